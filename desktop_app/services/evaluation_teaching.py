"""Teaching an adapter by a manifest's own pictures, as far as they say."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.fusion import Calibration, FusionModel
from desktop_app.domain.learned_models import Projection
from desktop_app.domain.learning_ports import AdapterTeacher
from desktop_app.domain.metric_learning import LabelledPictures, Recipe
from desktop_app.domain.progress import CancelToken
from desktop_app.services.evaluation_lesson import (
    FOLDS,
    Lesson,
    LessonParts,
    photo_scores,
    split_lesson,
)
from desktop_app.services.learning.calibrating import LookPairs, fitted_look, look_pairs

SHARES = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0)
"""Of the way from where learning begins to where it leads: so many are tried."""


@dataclass(frozen=True, slots=True)
class Try:
    """How photos that were not learned from find their gallery picture by LOOK after a ``share``
    of the way that learning leads, 0 being before any: Recall@1 and the mean of 1 / rank, of
    ``held`` photos of products that were taught and of products that were not
    (``validation``)."""

    share: float
    held: tuple[float, float]
    validation: tuple[float, float]

    def worth(self, unseen: float) -> float:
        """Where a share ``unseen`` of what is searched for was not taught. Recall@1 moves in jumps
        where photos are few; the ranks tell the way between."""
        return (1 - unseen) * sum(self.held) + unseen * sum(self.validation)


@dataclass(frozen=True, slots=True, eq=False)
class TaughtAdapter:
    """``look`` is LOOK's calibration; ``tries`` told how far to go; ``seconds`` is what all of it
    took."""

    projection: Projection
    look: Calibration
    tries: tuple[Try, ...]
    seconds: float


def taught_adapter(
    lesson: Lesson,
    recipe: Recipe,
    teacher: AdapterTeacher,
    fusion: FusionModel,
    token: CancelToken,
    *,
    base_key: str,
    unseen: float,
) -> TaughtAdapter:
    """First fold by fold without some products and some photos of the others, which tell how far
    to go the way that learning leads, and what cosines are worth; then by everything, as far. Of
    equals the nearest to the start is taken, but where all that is searched for was taught the
    farthest: photos held back are easier than those to come, being of the same day."""
    begun = time.perf_counter()
    pictures = lesson.pictures

    def way_by(taught: LabelledPictures) -> _Way:
        return _way(replace(recipe, most_s=0.0), taught, teacher, base_key, token)

    folds = [split_lesson(lesson, fold) for fold in range(FOLDS)]
    try:
        ways = [way_by(pictures.only(parts.taught)) for parts in folds]
        tries = [_tried(lesson, folds, ways, share) for share in (0.0, *SHARES)]
        further = -1 if unseen else 1
        best = max(tries[1:], key=lambda tried: (tried.worth(unseen), further * tried.share))
        final = way_by(pictures).after(best.share)
    except ValueError as error:
        raise UserFacingError(
            "There is too little to learn from.",
            remedy="Some products need two pictures or more of role gallery and train.",
            details=str(error),
        ) from error
    look = _look(lesson, folds, [way.after(best.share) for way in ways], fusion, token)
    return TaughtAdapter(final, look, tuple(tries), time.perf_counter() - begun)


@dataclass(frozen=True, slots=True, eq=False)
class _Way:
    start: Projection
    end: Projection

    def after(self, share: float) -> Projection:
        return self.start.towards(self.end, share)


def _way(
    recipe: Recipe,
    taught: LabelledPictures,
    teacher: AdapterTeacher,
    base_key: str,
    token: CancelToken,
) -> _Way:
    """From where learning begins to where the recipe leads."""
    nothing = taught.only(np.empty(0, np.intp))
    *_, last = teacher.teach(recipe, taught, nothing, base_key=base_key, token=token)
    assert last.projection is not None
    assert last.start is not None
    return _Way(last.start, last.projection)


def _tried(lesson: Lesson, folds: Sequence[LessonParts], ways: Sequence[_Way], share: float) -> Try:
    """Every photo of a fold counts alike; a ``share`` of 0 is the base model itself."""
    held: list[NDArray[np.intp]] = []
    validation: list[NDArray[np.intp]] = []
    for parts, way in zip(folds, ways, strict=True):
        projection = way.after(share) if share else None
        held.append(_ranks(lesson, parts.held, projection))
        validation.append(_ranks(lesson, parts.validation, projection))
    return Try(share, _found(held), _found(validation))


def _ranks(
    lesson: Lesson, rows: NDArray[np.intp], projection: Projection | None
) -> NDArray[np.intp]:
    """Of each photo's gallery picture, from 1."""
    scores = photo_scores(lesson, rows, projection)
    right = np.where(scores.is_right, scores.look, -np.inf).max(axis=1, initial=-1, keepdims=True)
    ranks: NDArray[np.intp] = 1 + ((scores.look >= right) & ~scores.is_right).sum(axis=1)
    return ranks


def _found(ranks: Sequence[NDArray[np.intp]]) -> tuple[float, float]:
    every = np.concatenate(ranks)
    if not len(every):
        return 0.0, 0.0
    return float((every == 1).mean()), float((1 / every).mean())


def _look(
    lesson: Lesson,
    folds: Sequence[LessonParts],
    projections: Sequence[Projection],
    fusion: FusionModel,
    token: CancelToken,
) -> Calibration:
    """From photos that were not learned from, searched with in the gallery."""
    found = [
        _pairs(lesson, parts, projection, token)
        for parts, projection in zip(folds, projections, strict=True)
    ]
    return fitted_look(
        LookPairs(
            np.concatenate([pairs.scores for pairs in found]),
            np.concatenate([pairs.is_right for pairs in found]),
            np.concatenate([pairs.base_scores for pairs in found]),
        ),
        fusion,
    )


def _pairs(
    lesson: Lesson, parts: LessonParts, projection: Projection, token: CancelToken
) -> LookPairs:
    rows = np.union1d(parts.validation, parts.held)
    before, now = photo_scores(lesson, rows), photo_scores(lesson, rows, projection)
    return look_pairs(
        len(now.look),
        lambda places: before.look[places],
        lambda places: now.look[places],
        lambda places: now.is_right[places],
        token,
    )
