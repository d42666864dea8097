"""Learns how to weigh the channels from queries with known answers.

Every channel's calibration is a rising piecewise linear function of its score, every trust
softplus(u . (1, context)); see :mod:`desktop_app.domain.fusion`. All are fitted together by
gradient descent on

    the mean over queries of  -log( sum of softmax(log-odds) over the right candidates )
    + CALIBRATION_SHARE * the mean over candidates of the binary cross-entropy

The first term puts the right candidate first (ListNet, Cao et al., "Learning to rank: from
pairwise approach to listwise approach", ICML 2007, top-one probability), the second makes the
logistic of the log-odds a probability. Channels are left out at random, so that those that
remain carry on when one has nothing to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from desktop_app.domain.evidence import CHANNELS, Channel, QueryContext
from desktop_app.domain.fusion import (
    CONTEXT_NAMES,
    Calibration,
    FusionModel,
    ScoreMatrix,
    with_medians,
)

KNOTS: dict[Channel, tuple[float, ...]] = {
    Channel.COPY: (0.0, 0.75, 0.85, 0.92, 0.97, 1.0),
    Channel.LOOK: (0.2, 0.35, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97, 1.0),
    Channel.PRINT: (0.0, 0.02, 0.1, 0.3, 0.6, 0.85, 1.0),
    Channel.SHAPE: (0.0, 0.4, 0.6, 0.75, 0.85, 0.92, 0.97, 1.0),
    Channel.COLOUR: (0.0, 0.2, 0.4, 0.55, 0.7, 0.8, 0.9, 1.0),
}
CALIBRATION_SHARE = 10.0
"""Of the entropy of a candidate: it is small on average, nearly all being easily wrong."""

LEFT_OUT = 0.2
"""How often a channel is left out for a query while learning."""

LOOK_NOISE = 0.1
"""Standard deviation of what is added to LOOK's scores while learning. The network was tuned on
pictures of the kinds learned from, and is surer of them than of products it has never met; with
this much noise its recall on them falls to about that of the network before it was tuned."""

STEPS = 600
BATCH = 128
RATE = 0.05
DECAY = 3e-3
"""Weight on the squares of what the context does to trust."""


@dataclass(frozen=True, slots=True, eq=False)
class LearnedQuery:
    """One query: ``scores`` (candidates, channels) as ScoreMatrix, ``context`` in the order
    of CONTEXT_NAMES, ``is_right`` (candidates,), at least one true. ``source`` names the set
    it is from."""

    source: str
    scores: ScoreMatrix
    context: NDArray[np.float32]
    is_right: NDArray[np.bool_]


class _Fusion(nn.Module):
    """The learned numbers. Rises are kept as softplus of free numbers, so that more likeness
    never speaks against a match."""

    def __init__(self) -> None:
        super().__init__()
        self.prior = nn.Parameter(torch.tensor(-3.0))
        self.starts = nn.Parameter(torch.full((len(CHANNELS),), -1.0))
        self.rises = nn.ParameterList(
            [nn.Parameter(torch.full((len(KNOTS[c]) - 1,), -0.5)) for c in CHANNELS]
        )
        self.trust = nn.Parameter(torch.zeros(len(CHANNELS), len(CONTEXT_NAMES)))
        self.centre = torch.zeros(len(CONTEXT_NAMES))

    def levels(self, place: int) -> Tensor:
        rises = functional.softplus(self.rises[place])
        return self.starts[place] + torch.cat([torch.zeros(1), rises.cumsum(0)])

    def forward(self, scores: Tensor, context: Tensor) -> Tensor:
        """``scores`` (q, n, channels) with NaN, ``context`` (q, names) -> log-odds (q, n)."""
        log_odds = self.prior.expand(scores.shape[:2]).clone()
        # ln(e - 1) is where softplus gives 1: trust starts at, and decays towards, that.
        trust = functional.softplus(
            (context - self.centre) @ self.trust.T + float(np.log(np.e - 1))
        )
        for place, channel in enumerate(CHANNELS):
            said = _interpolated(scores[..., place], KNOTS[channel], self.levels(place))
            log_odds = log_odds + trust[:, place, None] * said
        return log_odds

    def model(self, recipe: str) -> FusionModel:
        calibrations, trust = {}, {}
        with torch.no_grad():
            for place, channel in enumerate(CHANNELS):
                levels = tuple(round(float(v), 4) for v in self.levels(place))
                calibrations[channel] = Calibration(KNOTS[channel], levels)
                factors = self.trust[place]
                constant = float(np.log(np.e - 1) - self.centre @ factors)
                trust[channel] = tuple(round(float(v), 4) for v in (constant, *factors))
            return FusionModel(round(float(self.prior), 4), calibrations, trust, recipe)


def fit_fusion(queries: Sequence[LearnedQuery], *, recipe: str, seed: int = 0) -> FusionModel:
    """Learn from these; sets count equally, however many queries they have. Deterministic.
    Raises ValueError where there are none."""
    if not queries:
        raise ValueError("nothing to learn from")
    torch.manual_seed(seed)
    torch.set_num_threads(1)  # of this thread; the steps are too small to be shared
    rng = np.random.default_rng(seed)
    sources = sorted({query.source for query in queries})
    by_source = [[q for q in queries if q.source == source] for source in sources]
    network = _Fusion()
    network.centre = torch.tensor(np.mean([q.context for q in queries], axis=0))
    optimiser = torch.optim.Adam(network.parameters(), RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, STEPS)
    for _step in range(STEPS):
        drawn = [
            own[rng.integers(len(own))] for own in (by_source[i] for i in _round(rng, by_source))
        ]
        loss = _loss(network, drawn, rng)
        loss = loss + DECAY * network.trust.square().sum()
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
    return network.model(recipe)


def recall_at_1(model: FusionModel, queries: Sequence[LearnedQuery]) -> float:
    """The share of queries whose first candidate is right."""
    return float(np.mean([_is_first_right(model, query) for query in queries]))


def _is_first_right(model: FusionModel, query: LearnedQuery) -> bool:
    context = QueryContext(*map(float, query.context))
    return bool(query.is_right[int(np.argmax(model.log_odds(query.scores, context)))])


def _round(rng: np.random.Generator, by_source: Sequence[object]) -> NDArray[np.int64]:
    return rng.permutation(np.arange(BATCH) % len(by_source))


def _loss(network: _Fusion, drawn: Sequence[LearnedQuery], rng: np.random.Generator) -> Tensor:
    longest = max(len(query.scores) for query in drawn)
    scores = np.full((len(drawn), longest, len(CHANNELS)), np.nan, np.float32)
    right = np.zeros((len(drawn), longest), np.bool_)
    known = np.zeros((len(drawn), longest), np.bool_)
    for row, query in enumerate(drawn):
        count = len(query.scores)
        scores[row, :count], right[row, :count], known[row, :count] = (
            with_medians(query.scores),
            query.is_right,
            True,
        )
    absent = rng.random((len(drawn), 1, len(CHANNELS))) < LEFT_OUT
    # LOOK is there for whatever can be found at all.
    absent[..., CHANNELS.index(Channel.LOOK)] = False
    scores[np.broadcast_to(absent, scores.shape)] = np.nan
    look = scores[..., CHANNELS.index(Channel.LOOK)]
    look += rng.normal(0, LOOK_NOISE, look.shape).astype(np.float32)
    context = torch.tensor(np.stack([query.context for query in drawn]))
    is_known, is_right = torch.tensor(known), torch.tensor(right)
    log_odds = network(torch.tensor(scores), context)
    listed = log_odds.masked_fill(~is_known, -1e9)
    first = torch.logsumexp(listed, 1) - torch.logsumexp(listed.masked_fill(~is_right, -1e9), 1)
    entropy = functional.binary_cross_entropy_with_logits(
        log_odds, is_right.float(), reduction="none"
    )
    return first.mean() + CALIBRATION_SHARE * entropy[is_known].mean()


def _interpolated(scores: Tensor, knots: tuple[float, ...], levels: Tensor) -> Tensor:
    """Linear between knots, constant beyond; 0 where the score is NaN."""
    places = torch.tensor(knots)
    is_said = ~scores.isnan()
    held = torch.where(is_said, scores, places[0]).clamp(places[0], places[-1])
    above = torch.searchsorted(places, held.contiguous()).clamp(1, len(knots) - 1)
    low, high = places[above - 1], places[above]
    share = (held - low) / (high - low)
    values = levels[above - 1] * (1 - share) + levels[above] * share
    return torch.where(is_said, values, torch.zeros_like(values))
