"""The training objective of U²-Net."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits


def deep_supervision_loss(outputs: Sequence[Tensor], truth: Tensor) -> Tensor:
    """The sum over the fused and the six side maps of their binary cross-entropy.

    Qin et al. 2020, equations 1 and 2, all weights 1, the mean taken over pixels and pictures.
    ``outputs`` are logits (n, 1, height, width), ``truth`` of that shape is in [0, 1].
    """
    losses = [binary_cross_entropy_with_logits(each.float(), truth) for each in outputs]
    return torch.stack(losses).sum()


def mean_iou(probability: Tensor, truth: Tensor) -> float:
    """Intersection over union of what is above one half, averaged over pictures (n, ...)."""
    found, wanted = (probability > 0.5).flatten(1), (truth > 0.5).flatten(1)
    union = (found | wanted).sum(1)
    overlap = (found & wanted).sum(1) / union.clamp(min=1)
    return float(torch.where(union > 0, overlap, torch.ones_like(overlap)).mean())
