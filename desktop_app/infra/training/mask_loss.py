"""The training objective of U²-Net."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, binary_cross_entropy_with_logits


def deep_supervision_loss(
    outputs: Sequence[Tensor], truth: Tensor, *, edge_weight: float = 0.0
) -> Tensor:
    """The sum over the fused and the side maps of their binary cross-entropy.

    Qin et al. 2020, equations 1 and 2, all weights 1, the mean taken over pixels and pictures.
    ``outputs`` are logits (n, 1, height, width), ``truth`` of that shape is in [0, 1]. With an
    ``edge_weight`` pixels count up to so much more the less they are like those around them
    (Wei, Wang and Huang, "F3Net", 2020, equation 3), whose share the mean is then of.
    """
    weight = None
    if edge_weight > 0:
        reach = max(1, truth.shape[-1] // 16)
        around = avg_pool2d(truth, 2 * reach + 1, stride=1, padding=reach, count_include_pad=False)
        weight = 1 + edge_weight * (around - truth).abs()
        weight = weight / weight.mean()
    losses = [binary_cross_entropy_with_logits(each.float(), truth, weight) for each in outputs]
    return torch.stack(losses).sum()


def mean_iou(probability: Tensor, truth: Tensor) -> float:
    """Intersection over union of what is above one half, averaged over pictures (n, ...)."""
    found, wanted = (probability > 0.5).flatten(1), (truth > 0.5).flatten(1)
    union = (found | wanted).sum(1)
    overlap = (found & wanted).sum(1) / union.clamp(min=1)
    return float(torch.where(union > 0, overlap, torch.ones_like(overlap)).mean())
