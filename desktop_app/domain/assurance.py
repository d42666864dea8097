"""How sure it is that a hit is the product, where the catalogue may not have it at all.

The confidence of a hit says how likely its picture and the query show one item, judged by the
two alone. Whoever holds a product before a camera asks more: is this the one, or is the product
unknown? What speaks for the first hit there is how far it leads the second (of an unknown
product several are about as unlike), and whether print agrees point by point. The two are
weighed together with the confidence by a logistic model (Scheirer et al., "Toward open set
recognition", PAMI 2013, state the problem; the lead is the ratio test of Lowe, "Distinctive
image features from scale-invariant keypoints", IJCV 2004, section 7.1, in log-odds). Its weights
are learned from products that were asked for twice, in a catalogue that has them and in the
same without them (desktop_app.learn_answers).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence import Channel
from desktop_app.domain.fusion import logistic
from desktop_app.domain.search import Hit

FEATURES = ("confidence", "lead", "print", "look")
MOST_CONFIDENCE, MOST_LEAD = 8.0, 6.0
"""Log-odds beyond that say no more."""

_NEAREST = 1e-12
_ROUNDS = 50
_RIDGE = 1.0

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class AssuranceModel:
    """``weights`` are those of FEATURES."""

    bias: float
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.weights) != len(FEATURES):
            raise ValueError(f"not the weights of {FEATURES}: {self.weights}")

    def log_odds(self, features: Values) -> Values:
        """Of rows of FEATURES (n, 4)."""
        return np.asarray(features @ np.array(self.weights) + self.bias, np.float64)

    def assured(self, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        """The hits with how sure each is in place of its confidence, by falling score; ``hits``
        by falling confidence. Of hits that are equally sure the order stays."""
        if not hits:
            return ()
        scores = logistic(self.log_odds(features_of(hits))).tolist()
        sure = [replace(hit, score=score) for hit, score in zip(hits, scores, strict=True)]
        return tuple(sorted(sure, key=lambda hit: -hit.score))

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready form; :meth:`from_json` is its inverse, to four decimals."""
        named = zip(FEATURES, self.weights, strict=True)
        return {"bias": round(self.bias, 4), **{name: round(w, 4) for name, w in named}}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> AssuranceModel:
        """Raises KeyError, TypeError or ValueError where ``data`` is not of the written form."""
        return cls(float(data["bias"]), tuple(float(data[name]) for name in FEATURES))


def features_of(hits: Sequence[Hit]) -> Values:
    """Rows of FEATURES (n, 4) of hits by falling confidence: log-odds of the confidence, by how
    much they lead the best other hit (below 0 where another leads), and the scores of PRINT and
    LOOK in [0, 1], 0 where a channel says nothing."""
    odds = [log_odds_of(hit.score) for hit in hits]
    rows = []
    for place, hit in enumerate(hits):
        others = odds[1] if place == 0 and len(odds) > 1 else odds[0]
        lead = MOST_LEAD if len(odds) == 1 else odds[place] - others
        rows.append(
            (
                float(np.clip(odds[place], -MOST_CONFIDENCE, MOST_CONFIDENCE)),
                float(np.clip(lead, -MOST_LEAD, MOST_LEAD)),
                _score(hit, Channel.PRINT),
                _score(hit, Channel.LOOK),
            )
        )
    return np.array(rows, np.float64).reshape(-1, len(FEATURES))


def fitted_assurance(features: Values, is_right: NDArray[np.bool_]) -> AssuranceModel:
    """Logistic regression of ``is_right`` (n,) on rows of FEATURES, both outcomes weighing the
    same in sum, with a ridge on the weights; by Newton's method. No weight is below 0: whatever
    would count against a hit is left out. Raises ValueError where one outcome is missing."""
    if is_right.all() or not is_right.any():
        raise ValueError("only one outcome")
    kept = np.ones(len(FEATURES), np.bool_)
    while True:
        bias, weights = _regression(features[:, kept], is_right)
        if (weights >= 0).all():
            break
        dropped = np.flatnonzero(kept)[int(np.argmin(weights))]
        kept[dropped] = False
    whole = np.zeros(len(FEATURES))
    whole[kept] = weights
    return AssuranceModel(bias, tuple(whole.tolist()))


def log_odds_of(confidence: float) -> float:
    """The log-odds of a confidence in [0, 1]; always finite."""
    inside = min(max(confidence, _NEAREST), 1 - _NEAREST)
    return float(np.log(inside / (1 - inside)))


def _score(hit: Hit, channel: Channel) -> float:
    reading = hit.evidence.readings.get(channel)
    return 0.0 if reading is None else reading.score


def _regression(features: Values, is_right: NDArray[np.bool_]) -> tuple[float, Values]:
    rows = np.column_stack([np.ones(len(features)), features])
    shares = np.where(is_right, 0.5 / is_right.sum(), 0.5 / (~is_right).sum()) * len(rows)
    ridge = np.full(rows.shape[1], _RIDGE)
    ridge[0] = 1e-6
    theta = np.zeros(rows.shape[1])
    for _ in range(_ROUNDS):
        chance = logistic(rows @ theta)
        slope = rows.T @ (shares * (is_right - chance)) - ridge * theta
        bend = (rows * (shares * chance * (1 - chance))[:, None]).T @ rows + np.diag(ridge)
        step = np.linalg.solve(bend, slope)
        theta += step
        if np.abs(step).max() < 1e-8:
            break
    return float(theta[0]), theta[1:]
