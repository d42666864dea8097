"""The two-branch network of semantic granularity metric learning."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True, slots=True, eq=False)
class Branched:
    """What the two branches say: ``vectors`` (n, d) unit rows, ``logits`` (n, a) of attributes,
    whose sigmoid is the probability of each."""

    vectors: Tensor
    logits: Tensor


class TwoBranchNetwork(nn.Module):
    """A shared trunk, an embedding branch and an attribute branch, taught together.

    Features x (n, ``in_features``) go through the trunk h = relu(V x + v) of ``width``; the
    embedding branch gives W x + U h, the attribute branch A h + B x + b. The way past the trunk
    lets the embedding start as the features themselves: with ``dimension`` equal to
    ``in_features`` W starts as the identity, and U as zero. The embedding is thus what an adapter
    can hold (:class:`desktop_app.domain.learned_models.Projection`).

    Where a network that is tuned is the trunk, its pooled features are x and ``width`` may be 0:
    both branches are then one layer on them, as in Manandhar, Bastan and Yap, "Semantic
    granularity metric learning for visual search", 2019, figure 2.
    """

    def __init__(
        self, in_features: int, *, dimension: int, n_attributes: int, width: int, seed: int = 0
    ) -> None:
        super().__init__()
        self.trunk = nn.Linear(in_features, width) if width else None
        self.past = nn.Linear(in_features, dimension, bias=False)
        self.embedding = nn.Linear(width, dimension, bias=False) if width else None
        self.attributes = nn.Linear(in_features + width, n_attributes)
        draw = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            if dimension == in_features:
                self.past.weight.copy_(torch.eye(dimension))
            else:
                nn.init.orthogonal_(self.past.weight, generator=draw)
            if self.trunk is not None and self.embedding is not None:
                nn.init.kaiming_uniform_(self.trunk.weight, nonlinearity="relu", generator=draw)
                self.trunk.bias.zero_()
                self.embedding.weight.zero_()
            nn.init.xavier_uniform_(self.attributes.weight, generator=draw)
            self.attributes.bias.zero_()

    def forward(self, features: Tensor) -> Branched:
        vectors, seen = self.past(features), features
        if self.trunk is not None and self.embedding is not None:
            shared = functional.relu(self.trunk(features))
            vectors, seen = vectors + self.embedding(shared), torch.cat([features, shared], 1)
        return Branched(functional.normalize(vectors, dim=1), self.attributes(seen))
