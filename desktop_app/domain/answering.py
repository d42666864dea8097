"""From what a search found to what the station says, and from which confidence on.

A threshold is read off two samples: how sure the first hit was of products that the catalogue
has, and of products that it has not (see :mod:`desktop_app.domain.assurance`). Both are compared
as log-odds, in which they spread out: most lie close to 0 or to 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.capturing import AnswerThresholds, Outcome
from desktop_app.domain.search import Hit

WANTED_FALSE_ACCEPTS = 0.1
"""The share of unknown products that may be taken for known ones. It is that of the samples: in
the shipped one no product of an unknown one's brand is known. Where others of its brand are, it
was taken for one of them in 23 of 100 cases of the demo range, and in 36 of 100 of cartons that
differ in a line of print. With half the share, three of ten products of a rendered video more
had to be confirmed."""

MOST_OFFERED = 0.3
"""The share of unknown products for which known ones may be offered."""

SHIPPED_WEIGHT = 20.0
"""How many captures of a station the shipped sample counts as."""

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class AnswerSample:
    """What captures gave, as log-odds of the first hit: ``known`` of products that came first
    themselves, ``unknown`` of products that the catalogue did not have. ``wrong`` counts those
    it had where another one came first."""

    known: Values
    unknown: Values
    wrong: int = 0

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready form; :meth:`from_json` is its inverse, to three decimals."""
        return {
            "known": [round(float(value), 3) for value in np.sort(self.known)],
            "unknown": [round(float(value), 3) for value in np.sort(self.unknown)],
            "wrong": self.wrong,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> AnswerSample:
        """Raises KeyError, TypeError or ValueError where ``data`` is not of the written form."""
        known, unknown = (np.array(data[name], np.float64) for name in ("known", "unknown"))
        wrong = int(data["wrong"])
        if known.ndim != 1 or unknown.ndim != 1 or not len(unknown) or wrong < 0:
            raise ValueError("not a sample")
        if not (np.isfinite(known).all() and np.isfinite(unknown).all() and len(known) + wrong):
            raise ValueError("not a sample")
        return cls(known, unknown, wrong)


def fitted_thresholds(
    shipped: AnswerSample,
    station: AnswerSample | None = None,
    *,
    wanted: float = WANTED_FALSE_ACCEPTS,
) -> AnswerThresholds:
    """The lowest confidence at which no more than ``wanted`` of unknown products are FOUND, and
    the lowest at which no more than MOST_OFFERED of them are offered known ones.

    The shares are those of both samples together, a capture of the ``station`` counting once
    and the shipped sample as SHIPPED_WEIGHT captures. A product is never FOUND by a confidence
    below one half. ``misses`` counts known products that another one came before.
    """
    unknown, unknown_weights = _joined(
        shipped.unknown, None if station is None else station.unknown
    )
    lost = [np.full(sample.wrong, -np.inf) for sample in (shipped, station) if sample is not None]
    known, known_weights = _joined(
        np.concatenate([shipped.known, lost[0]]),
        None if station is None else np.concatenate([station.known, lost[1]]),
    )
    found = max(0.0, _lowest(unknown, unknown_weights, wanted))
    perhaps = min(found, _lowest(unknown, unknown_weights, max(wanted, MOST_OFFERED)))
    return AnswerThresholds(
        _confidence(found),
        _confidence(perhaps),
        false_accepts=float(unknown_weights[unknown >= found].sum()),
        misses=float(known_weights[known < found].sum()),
    )


def outcome_of(hits: Sequence[Hit], thresholds: AnswerThresholds) -> Outcome:
    """What the station says where no code decides; ``hits`` as AssuranceModel.assured gives
    them."""
    if not hits or hits[0].score < thresholds.perhaps:
        return Outcome.NOT_FOUND
    return Outcome.FOUND if hits[0].score >= thresholds.found else Outcome.PERHAPS


def _joined(shipped: Values, station: Values | None) -> tuple[Values, Values]:
    """Values of both with weights that sum to 1."""
    if station is None or not len(station):
        return shipped, np.full(len(shipped), 1 / len(shipped))
    values = np.concatenate([shipped, station])
    weights = np.concatenate(
        [np.full(len(shipped), SHIPPED_WEIGHT / len(shipped)), np.ones(len(station))]
    )
    return values, weights / weights.sum()


def _lowest(values: Values, weights: Values, share: float) -> float:
    """The lowest threshold that no more than ``share`` of the values reach: right above one of
    them, or below all."""
    order = np.argsort(-values, kind="stable")
    reached = np.cumsum(weights[order])
    above = order[reached > share + 1e-9]
    return float(np.nextafter(values[above[0]] + 1e-6, np.inf)) if len(above) else -np.inf


def _confidence(log_odds: float) -> float:
    return float(0.5 * (1 + np.tanh(0.5 * log_odds)))
