"""Measuring what an adapter gains that was taught by a manifest's own pictures.

The rows of role ``train`` are learned from, together with the gallery pictures of their products;
those of role ``query`` are searched with before and after, and nothing else is asked of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.evidence import CHANNELS, Channel
from desktop_app.domain.learned_models import LearnedModel
from desktop_app.domain.learning_ports import AdapterTeacher, LearnedModelFiles
from desktop_app.domain.masks import Masker
from desktop_app.domain.metric_learning import Recipe
from desktop_app.domain.metrics import RankedQuery, RankingScores, score_rankings
from desktop_app.domain.ports import Embedder
from desktop_app.domain.progress import CancelToken
from desktop_app.services.evaluate import EvaluationReport, Measurement, asked_of
from desktop_app.services.evaluation_gallery import EvaluationGallery
from desktop_app.services.evaluation_lesson import Lesson, LessonReader
from desktop_app.services.evaluation_manifest import LabelledPicture, Role, read_manifest
from desktop_app.services.evaluation_teaching import TaughtAdapter, Try, taught_adapter
from desktop_app.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Gain:
    """Scores of the same ``n_queries`` before and after, of ``n_products``."""

    before: RankingScores
    after: RankingScores
    n_queries: int
    n_products: int


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
    taught = taught_adapter(
        lesson,
        adapting.recipe,
        adapting.teacher,
        workspace.search.fusion,
        token,
        base_key=adapting.embedder.key,
        unseen=unseen,
    )
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


def _kept(lesson: Lesson, taught: TaughtAdapter, adapting: Adapting, workspace: Workspace) -> str:
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
