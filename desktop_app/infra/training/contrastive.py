"""The loss that draws views of one thing together."""

from __future__ import annotations

import torch
from torch import Tensor


def contrastive_loss(
    vectors: Tensor, things: Tensor, kinds: Tensor, *, temperature: float = 0.07
) -> Tensor:
    """InfoNCE over all pairs of a batch, each view once the query.

    ``vectors`` (n, d) have unit length; views with equal ``things`` (n,) are positives, all others
    negatives, but for pairs with equal ``kinds`` (n,) other than -1, which say nothing. With one
    positive each this is InfoNCE (van den Oord, Li and Vinyals 2018, equation 4) in both
    directions; with several the mean of their logarithms is taken outside (Khosla et al.,
    "Supervised contrastive learning", 2020, equation 2). Views without a positive are left out;
    0 where no view has one.
    """
    logits = vectors @ vectors.T / temperature
    own = torch.eye(len(vectors), dtype=torch.bool, device=vectors.device)
    same = things[:, None] == things[None, :]
    unsure = (kinds[:, None] == kinds[None, :]) & (kinds[:, None] >= 0) & ~same
    log_shares = logits - logits.masked_fill(own | unsure, -torch.inf).logsumexp(1, keepdim=True)
    positive = same & ~own
    count = positive.sum(1)
    mean = log_shares.masked_fill(~positive, 0.0).sum(1) / count.clamp(min=1)
    has_one = count > 0
    return -(mean * has_one).sum() / has_one.sum().clamp(min=1)
