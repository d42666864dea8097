"""Checking a station: products that the catalogue knows are held before its camera."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from desktop_app.domain.answering import AnswerSample
from desktop_app.domain.assurance import log_odds_of
from desktop_app.domain.capturing import Burst, Hint, StationReport
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.progress import CancelToken
from desktop_app.services.capture.recognising import Recogniser

CHECKED = 10
LEAST_CHECKED = 3
"""Fewer products tell nothing of a station."""


@dataclass(frozen=True, slots=True)
class StationTrial:
    """One known product that was held before the camera.

    ``place`` is where it came among the products found, from 1; 0 where it was not among them.
    ``confidence`` is how sure what came first was, ``right`` the product itself (0 where it was
    not found), and ``unknown`` what comes first when the catalogue is searched as if it did not
    have the product. ``hints`` are those of the best shot.
    """

    product_id: int
    place: int
    confidence: float
    right: float
    unknown: float
    hints: tuple[Hint, ...] = ()


class StationCheck:
    """Belongs to the thread that searches; :meth:`proposed` may be asked from any."""

    def __init__(self, catalogue: Catalogue, recogniser: Recogniser) -> None:
        self._catalogue = catalogue
        self._recogniser = recogniser

    def proposed(self, *, seed: int = 0) -> tuple[int, ...]:
        """Every product that can be recognised by a picture, in an order in which to ask for
        them: drawn by ``seed``, of several categories first. A person skips what is not at
        hand."""
        shown = np.unique(self._catalogue.pictures.content_map().product_ids)
        drawn = np.random.default_rng(seed).permutation(shown).tolist()
        kinds = self._catalogue.products.values("category")
        seen: Counter[str] = Counter()
        places = {}
        for product_id in drawn:
            kind = kinds.get(product_id, "")
            places[product_id] = seen[kind]
            seen[kind] += 1
        return tuple(sorted(drawn, key=lambda product_id: places[product_id]))

    def trial(self, product_id: int, burst: Burst, token: CancelToken) -> StationTrial:
        """What the pictures alone make of a product that is known to be this one. Raises
        Cancelled, ModelUnavailable, UserFacingError."""
        pictures = self._recogniser.pictures_of(burst)
        _, hits = self._recogniser.found(pictures, token)
        _, without = self._recogniser.found(pictures, token, without=(product_id,))
        place, right = next(
            (
                (place, hit.score)
                for place, hit in enumerate(hits, 1)
                if hit.product_id == product_id
            ),
            (0, 0.0),
        )
        return StationTrial(
            product_id,
            place,
            hits[0].score if hits else 0.0,
            right,
            without[0].score if without else 0.0,
            burst.shots[0].view.hints,
        )


def station_report(trials: Sequence[StationTrial], found: float) -> StationReport:
    """How well a station does, with ``found`` as the confidence from which a product is FOUND.
    Raises ValueError where there is no trial."""
    if not trials:
        raise ValueError("no trial")
    count = len(trials)
    hints = Counter(hint for trial in trials for hint in trial.hints)
    return StationReport(
        count,
        first=sum(trial.place == 1 for trial in trials) / count,
        first_three=sum(1 <= trial.place <= 3 for trial in trials) / count,
        found=sum(trial.place == 1 and trial.right >= found for trial in trials) / count,
        confidences=tuple(trial.right for trial in trials),
        hints=tuple(hints.most_common()),
    )


def sample_of(trials: Sequence[StationTrial]) -> AnswerSample:
    """What trials tell of known and unknown products before this camera."""
    right = [trial for trial in trials if trial.place == 1]
    return AnswerSample(
        known=np.array([log_odds_of(trial.right) for trial in right]),
        unknown=np.array([log_odds_of(trial.unknown) for trial in trials]),
        wrong=len(trials) - len(right),
    )
