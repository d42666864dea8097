"""From what the channels say to one confidence.

The confidence of a candidate is the logistic function of

    b + sum over the channels c that said something of  m_c * w_c(q) * l_c

where l_c is the channel's calibrated log-odds (Platt, "Probabilistic outputs for support vector
machines", 1999: l_c = slope * score + offset, less the prior), w_c(q) = u_c . (1, q) the trust
in the channel for a query with context q, never below 0, and m_c what the person's slider makes
of it. Slopes, offsets and trusts are learned (desktop_app.infra.training.learn_fusion) and
shipped as data. A channel that says nothing of any candidate adds nothing: in log-odds that
means "no news". Where it speaks of some, most of which are wrong, silence about another would be
a praise: that one is taken for the median of those it speaks of.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence import CHANNELS, Channel, ChannelWeights, QueryContext

CONTEXT_NAMES: tuple[str, ...] = tuple(entry.name for entry in fields(QueryContext))
STRONGEST_SLIDER = 4.0
"""What MUST_MATCH multiplies a channel's say by."""

ScoreMatrix = NDArray[np.float32]
"""Shape (candidates, len(CHANNELS)): scores in the order of CHANNELS, NaN where there is none."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """A channel's log-odds over its score: linear between ``scores`` (rising), constant
    beyond them. ``log_odds`` rise too and do not hold the prior."""

    scores: tuple[float, ...]
    log_odds: tuple[float, ...]

    def __call__(self, scores: NDArray[np.float32]) -> NDArray[np.float64]:
        """NaN stays NaN."""
        return np.where(np.isnan(scores), np.nan, np.interp(scores, self.scores, self.log_odds))


@dataclass(frozen=True, slots=True)
class FusionModel:
    """The learned part. ``prior`` is the log-odds b; ``trust`` holds u_c, the constant first,
    then one factor for each of CONTEXT_NAMES. ``recipe`` says what it was learned from."""

    prior: float
    calibrations: Mapping[Channel, Calibration]
    trust: Mapping[Channel, tuple[float, ...]]
    recipe: str = ""

    def trust_in(self, context: QueryContext) -> dict[Channel, float]:
        """How far each channel is trusted for a query, 0 or more."""
        values = np.array([1.0, *context_vector(context)])
        return {
            channel: float(softplus(values @ np.array(factors)))
            for channel, factors in self.trust.items()
        }

    def probabilities(self, scores: ScoreMatrix) -> NDArray[np.float64]:
        """Each channel's own calibrated probability, shape of ``scores``, NaN where none."""
        columns = [
            logistic(self.calibrations[channel](scores[:, place]) + self.prior)
            if channel in self.calibrations
            else np.full(len(scores), np.nan)
            for place, channel in enumerate(CHANNELS)
        ]
        return np.stack(columns, axis=1)

    def log_odds(
        self,
        scores: ScoreMatrix,
        context: QueryContext,
        weights: ChannelWeights | None = None,
        bonus: NDArray[np.float64] | None = None,
    ) -> NDArray[np.float64]:
        """The log-odds of each candidate. ``bonus`` (candidates,) are log-odds to add, such as
        those of rules."""
        log_odds = np.full(len(scores), self.prior)
        scores = with_medians(scores)
        trust = self.trust_in(context)
        factors = slider_factors(weights or ChannelWeights())
        for place, channel in enumerate(CHANNELS):
            if channel in self.calibrations:
                said = np.nan_to_num(self.calibrations[channel](scores[:, place]), nan=0.0)
                log_odds += factors[channel] * trust[channel] * said
        return log_odds if bonus is None else log_odds + bonus

    def confidences(
        self,
        scores: ScoreMatrix,
        context: QueryContext,
        weights: ChannelWeights | None = None,
        bonus: NDArray[np.float64] | None = None,
    ) -> NDArray[np.float64]:
        """The logistic function of :meth:`log_odds`, in [0, 1]."""
        return logistic(self.log_odds(scores, context, weights, bonus))

    def only(self, channels: Collection[Channel]) -> FusionModel:
        """The same, deaf to all other channels."""
        return replace(
            self,
            calibrations={c: known for c, known in self.calibrations.items() if c in channels},
            trust={c: known for c, known in self.trust.items() if c in channels},
        )

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready form; :meth:`from_json` is its inverse."""
        return {
            "prior": self.prior,
            "context": list(CONTEXT_NAMES),
            "calibrations": {
                channel.value: {"scores": list(c.scores), "log_odds": list(c.log_odds)}
                for channel, c in self.calibrations.items()
            },
            "trust": {channel.value: list(u) for channel, u in self.trust.items()},
            "recipe": self.recipe,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> FusionModel:
        """Raises KeyError, TypeError or ValueError where ``data`` is not of the written form."""
        if tuple(data["context"]) != CONTEXT_NAMES:
            raise ValueError(f"learned for another context: {data['context']}")
        calibrations = {
            Channel(name): Calibration(tuple(c["scores"]), tuple(c["log_odds"]))
            for name, c in data["calibrations"].items()
        }
        trust = {Channel(name): tuple(map(float, u)) for name, u in data["trust"].items()}
        if calibrations.keys() != trust.keys():
            raise ValueError("a calibration without a trust, or the reverse")
        return cls(float(data["prior"]), calibrations, trust, str(data["recipe"]))


def with_medians(scores: ScoreMatrix) -> ScoreMatrix:
    """``scores`` with each channel's gaps filled by its median over the candidates; a channel
    that says nothing at all stays NaN."""
    filled = scores.copy()
    for column in filled.T:
        gaps = np.isnan(column)
        if gaps.any() and not gaps.all():
            column[gaps] = np.median(column[~gaps])
    return filled


def context_vector(context: QueryContext) -> NDArray[np.float64]:
    """In the order of CONTEXT_NAMES."""
    return np.array([getattr(context, name) for name in CONTEXT_NAMES], np.float64)


def slider_factors(weights: ChannelWeights) -> dict[Channel, float]:
    """What each channel's say is multiplied by: the slider itself up to AS_LEARNED, from
    there rising to STRONGEST_SLIDER at MUST_MATCH."""
    factors = {
        channel: value if value <= 1 else 1 + (STRONGEST_SLIDER - 1) * (value - 1)
        for channel, value in weights.by_channel().items()
    }
    return {**factors, Channel.COPY: 1.0}


def logistic(log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 / (1 + exp(-x)), without overflow."""
    return 0.5 * (1 + np.tanh(0.5 * log_odds))


def softplus(value: float) -> float:
    """log(1 + exp(x)), without overflow."""
    return float(np.logaddexp(0.0, value))


def _cosine_calibration() -> Calibration:
    scores = np.linspace(0.001, 0.999, 999)
    log_odds = np.log(scores / (1 - scores))
    return Calibration(tuple(scores.tolist()), tuple(log_odds.tolist()))


LOOK_ALONE = FusionModel(
    0.0,
    {Channel.LOOK: _cosine_calibration()},
    # softplus(log(e - 1)) = 1, whatever the query.
    {Channel.LOOK: (float(np.log(np.e - 1)), *(0.0 for _ in CONTEXT_NAMES))},
    recipe="Nothing learned: the cosine similarity, clipped to [0.001, 0.999], as it is.",
)
"""For measuring LOOK by itself, and where nothing learned is at hand."""
