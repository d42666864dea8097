"""Adam whose weights decay to where they started.

Written out, for torch's own optimisers load its compiler when the first one is made, which takes
as long as loading torch itself, and adapters are learned in seconds.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

FIRST_BETA, SECOND_BETA, EPSILON = 0.9, 0.999, 1e-8


class AdamTowardsStart:
    """Adam (Kingma and Ba, "Adam: a method for stochastic optimization", 2015, algorithm 1) with
    decoupled decay (Loshchilov and Hutter, "Decoupled weight decay regularization", 2019, algorithm
    2), of ``network`` to where its weights are now rather than to zero (L2-SP; Li, Grandvalet and
    Davoine, "Explicit inductive bias for transfer learning with convolutional networks", 2018,
    equation 3). ``others`` do not decay."""

    def __init__(
        self,
        network: Iterable[nn.Parameter],
        others: Iterable[nn.Parameter],
        *,
        rate: float,
        decay: float,
    ) -> None:
        decaying = list(network)
        self._weights = [*decaying, *others]
        self._starts = [weights.detach().clone() for weights in decaying]
        self._means = [torch.zeros_like(weights) for weights in self._weights]
        self._squares = [torch.zeros_like(weights) for weights in self._weights]
        self._rate, self._pull = rate, rate * decay
        self._count = 0

    @torch.no_grad()
    def step(self) -> None:
        """One step against the gradients, which are gone afterwards."""
        self._count += 1
        first = 1 - FIRST_BETA**self._count
        second = 1 - SECOND_BETA**self._count
        for weights, start in zip(self._weights, self._starts, strict=False):
            weights.lerp_(start, self._pull)
        for weights, mean, square in zip(self._weights, self._means, self._squares, strict=True):
            slope: Tensor | None = weights.grad
            if slope is None:
                continue
            mean.lerp_(slope, 1 - FIRST_BETA)
            square.mul_(SECOND_BETA).addcmul_(slope, slope, value=1 - SECOND_BETA)
            size = (square / second).sqrt_().add_(EPSILON)
            weights.addcdiv_(mean, size, value=-self._rate / first)
            weights.grad = None
