"""Measuring what an adapter gains that was taught by a manifest's own pictures.

The rows of role ``train`` are learned from, together with the gallery pictures of their products;
those of role ``query`` are searched with before and after, and nothing else is asked of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.evidence import CHANNELS, Channel
from desktop_app.domain.fusion import Calibration, FusionModel
from desktop_app.domain.learned_models import LearnedModel, Projection
from desktop_app.domain.learning_ports import AdapterTeacher, LearnedModelFiles
from desktop_app.domain.masks import Masker
from desktop_app.domain.metric_learning import LabelledPictures, Recipe
from desktop_app.domain.metrics import RankedQuery, RankingScores, score_rankings
from desktop_app.domain.ports import Embedder
from desktop_app.domain.progress import CancelToken
from desktop_app.services.evaluate import EvaluationReport, Measurement, asked_of
from desktop_app.services.evaluation_gallery import EvaluationGallery
from desktop_app.services.evaluation_lesson import (
    FOLDS,
    Lesson,
    LessonParts,
    LessonReader,
    photo_scores,
    split_lesson,
)
from desktop_app.services.evaluation_manifest import LabelledPicture, Role, read_manifest
from desktop_app.services.learning.calibrating import LookPairs, fitted_look, look_pairs
from desktop_app.services.workspace import Workspace

SHARES = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0)
"""Of the way from where learning begins to where it leads: so many are tried."""


@dataclass(frozen=True, slots=True)
class Gain:
    """Scores of the same ``n_queries`` before and after, of ``n_products``."""

    before: RankingScores
    after: RankingScores
    n_queries: int
    n_products: int


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


@dataclass(frozen=True, slots=True)
class AdaptedReport:
    """What was measured before and after an adapter was taught.

    ``seen`` are queries of products that it learned from, ``unseen`` of those it did not, None
    where there are none. Query times ``after`` are without reading the picture, which was read
    for ``before``. ``adapter_s`` is all that teaching took, without reading the
    ``n_photos`` of ``n_products``; ``tries`` told how far to go.
    """

    before: EvaluationReport
    after: EvaluationReport
    seen: Gain | None
    unseen: Gain | None
    recipe: str
    adapter_s: float
    reading_s: float
    n_products: int
    n_photos: int
    tries: tuple[Try, ...]

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready form."""
        return {
            "before": self.before.to_json(),
            "after": self.after.to_json(),
            "seen": None if self.seen is None else asdict(self.seen),
            "unseen": None if self.unseen is None else asdict(self.unseen),
            "recipe": self.recipe,
            "adapter_s": round(self.adapter_s, 2),
            "reading_s": round(self.reading_s, 2),
            "n_products": self.n_products,
            "n_photos": self.n_photos,
            "tries": [asdict(tried) for tried in self.tries],
        }


@dataclass(frozen=True, slots=True)
class Adapting:
    """What an adapter is taught by. ``embedder`` is that of the workspace's model; ``unseen`` is
    the share of the products that is left out of teaching, in [0, 1)."""

    recipe: Recipe
    teacher: AdapterTeacher
    files: LearnedModelFiles
    embedder: Embedder
    masker: Masker
    unseen: float = 0.0


def evaluate_adapted(
    manifest: Path,
    workspace: Workspace,
    adapting: Adapting,
    *,
    token: CancelToken,
    channels: Sequence[Channel] = CHANNELS,
    label: str = "",
) -> AdaptedReport:
    """Teach, take the adapter up in ``workspace`` and search with every query, with the model
    itself and with what was learned. For the form see
    :func:`~desktop_app.services.evaluate.evaluate_manifest`.

    Without ``train`` rows the queries of products that are not left out are learned from, and
    only the others' are asked. Raises UnreadableTable, Cancelled, ModelUnavailable, and
    UserFacingError where there is too little to learn from or nothing to measure.
    """
    rows = read_manifest(manifest, label)
    gallery = EvaluationGallery(workspace, [row for row in rows if row.role is Role.GALLERY])
    gallery.read(token, enrich=set(channels) != {Channel.LOOK})
    plan = _planned(rows, gallery, adapting.unseen)
    begun = time.perf_counter()
    lesson_reader = LessonReader(
        workspace.catalogue, workspace.reader, adapting.embedder, adapting.masker
    )
    lesson = lesson_reader.read(gallery, plan.photos, token, without=plan.unseen)
    reading_s = time.perf_counter() - begun
    unseen = 1.0 if plan.asks_unseen_only else adapting.unseen
    taught = _taught(lesson, adapting, workspace.search.fusion, token, unseen=unseen)
    version = _kept(lesson, taught, adapting, workspace)
    for _step in workspace.take_up(version, token):
        token.checkpoint()
    measured = {
        each: Measurement(gallery, _search_with(workspace, each), channels=channels)
        for each in ("", version)
    }
    for query, own_product in asked_of(gallery, plan.queries):
        token.checkpoint()
        if plan.asks_unseen_only and query.label not in plan.unseen:
            continue
        request = gallery.request(query, own_product=own_product)
        for measurement in measured.values():
            if request is None:
                measurement.left_out += 1
            else:
                measurement.ask(query, request, token)
    before, after = measured[""], measured[version]
    before.problems |= lesson.problems
    leave_one_out = not plan.queries
    return AdaptedReport(
        before.report(leave_one_out=leave_one_out),
        after.report(leave_one_out=leave_one_out),
        _gain(before, after, lambda ranked: ranked.label not in plan.unseen),
        _gain(before, after, lambda ranked: ranked.label in plan.unseen),
        adapting.recipe.name,
        taught.seconds,
        reading_s,
        lesson.n_products,
        lesson.n_photos,
        taught.tries,
    )


@dataclass(frozen=True, slots=True)
class _Plan:
    """``unseen`` are labels of which nothing is learned."""

    photos: tuple[LabelledPicture, ...]
    queries: tuple[LabelledPicture, ...]
    unseen: frozenset[str]
    asks_unseen_only: bool


def _planned(
    rows: Sequence[LabelledPicture], gallery: EvaluationGallery, unseen_share: float
) -> _Plan:
    photos = tuple(row for row in rows if row.role is Role.TRAIN)
    queries = tuple(row for row in rows if row.role is Role.QUERY)
    without_photos = not photos
    if without_photos:
        photos = queries
    asked = {query.label for query, _ in asked_of(gallery, queries)}
    labels = sorted(asked if without_photos else asked & {photo.label for photo in photos})
    labels = [name for name in labels if name]
    drawn = np.random.default_rng(0).permutation(len(labels))[: round(unseen_share * len(labels))]
    unseen = frozenset(labels[place] for place in drawn.tolist())
    if without_photos and not unseen:
        raise UserFacingError(
            "There is nothing to learn from: the manifest has no row of role train.",
            remedy="Leave out some products with --adapt-unseen; the queries of the others are "
            "learned from then.",
        )
    return _Plan(photos, queries, unseen, asks_unseen_only=without_photos)


@dataclass(frozen=True, slots=True, eq=False)
class _Taught:
    projection: Projection
    look: Calibration
    tries: tuple[Try, ...]
    seconds: float


def _taught(
    lesson: Lesson,
    adapting: Adapting,
    fusion: FusionModel,
    token: CancelToken,
    *,
    unseen: float,
) -> _Taught:
    """First fold by fold without some products and some photos of the others, which tell how far
    to go the way that learning leads, and what cosines are worth; then by everything, as far. Of
    equals the nearest to the start is taken, but where all that is searched for was taught the
    farthest: photos held back are easier than those to come, being of the same day."""
    begun = time.perf_counter()
    pictures = lesson.pictures
    folds = [split_lesson(lesson, fold) for fold in range(FOLDS)]
    try:
        ways = [_way(adapting, pictures.only(parts.taught), token) for parts in folds]
        tries = [_tried(lesson, folds, ways, share) for share in (0.0, *SHARES)]
        further = -1 if unseen else 1
        best = max(tries[1:], key=lambda tried: (tried.worth(unseen), further * tried.share))
        final = _way(adapting, pictures, token).after(best.share)
    except ValueError as error:
        raise UserFacingError(
            "There is too little to learn from.",
            remedy="Some products need two pictures or more of role gallery and train.",
            details=str(error),
        ) from error
    look = _look(lesson, folds, [way.after(best.share) for way in ways], fusion, token)
    return _Taught(final, look, tuple(tries), time.perf_counter() - begun)


@dataclass(frozen=True, slots=True, eq=False)
class _Way:
    start: Projection
    end: Projection

    def after(self, share: float) -> Projection:
        return self.start.towards(self.end, share)


def _way(adapting: Adapting, taught: LabelledPictures, token: CancelToken) -> _Way:
    """From where learning begins to where the whole recipe leads, whatever time that takes."""
    recipe = replace(adapting.recipe, most_s=0.0)
    nothing = taught.only(np.empty(0, np.intp))
    *_, last = adapting.teacher.teach(
        recipe, taught, nothing, base_key=adapting.embedder.key, token=token
    )
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


def _kept(lesson: Lesson, taught: _Taught, adapting: Adapting, workspace: Workspace) -> str:
    """The version under which it was kept."""
    projection = taught.projection
    model = LearnedModel(
        adapting.files.next_version(),
        projection.key,
        projection.base_key,
        workspace.model_name,
        adapting.recipe,
        datetime.now(UTC).isoformat(timespec="seconds"),
        lesson.n_products,
        lesson.n_photos,
        look=taught.look,
    )
    return adapting.files.save(model, projection).version


def _search_with(workspace: Workspace, version: str) -> Callable[..., Any]:
    return lambda request, token: workspace.search_with(version, request, token)


def _gain(
    before: Measurement, after: Measurement, is_meant: Callable[[RankedQuery], bool]
) -> Gain | None:
    kept_before, kept_after = (
        [ranked for ranked in measurement.fused if is_meant(ranked)]
        for measurement in (before, after)
    )
    if not kept_before or len(kept_before) != len(kept_after):
        return None
    return Gain(
        score_rankings(kept_before),
        score_rankings(kept_after),
        len(kept_before),
        len({ranked.label for ranked in kept_before}),
    )
