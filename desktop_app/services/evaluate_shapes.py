"""Measuring the ways of searching by shape beside each other, step by step."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.category_first import CategoryFirstResults, PipelineSteps
from desktop_app.domain.container_classes import ContainerClass
from desktop_app.domain.errors import UnreadableImage, UnreadableTable, UserFacingError
from desktop_app.domain.evidence import SAME_SHAPE, Channel
from desktop_app.domain.images import IdArray
from desktop_app.domain.metrics import RankedQuery, RankingScores, score_rankings
from desktop_app.domain.progress import CancelToken, Progress
from desktop_app.domain.search import QueryPicture, SearchRequest
from desktop_app.domain.shapes import ShapeRequest
from desktop_app.services.evaluate import Unreadable, ranking_alone
from desktop_app.services.evaluation_gallery import EvaluationGallery
from desktop_app.services.evaluation_manifest import LabelledPicture, Role, read_manifest
from desktop_app.services.workspace import Workspace

MEASURING = "Searching by shape"
CATEGORY_COLUMN = "category"


class Method(StrEnum):
    """What is measured, in the order of the table; the value names it there.

    LOOK is the embedding of the whole picture alone. GREY, GREY_CLASS and CATEGORY_FIRST are
    the steps of :class:`~desktop_app.services.shapes.category_first.CategoryFirstSearch`: the
    nearest grey pictures of all, those of the predicted class, and the whole method. OUTLINE is
    the search by outline, FUSED what the window shows at first, and SAME_SHAPE what it shows
    with the sliders set to the same shape.
    """

    LOOK = "embedding alone"
    GREY = "grey neighbours"
    GREY_CLASS = "grey, within the class"
    CATEGORY_FIRST = "category first"
    OUTLINE = "outline"
    FUSED = "all channels"
    SAME_SHAPE = "all, same shape"


STEPS: Mapping[Method, PipelineSteps] = {
    Method.GREY: PipelineSteps(within_class=False, by_overlap=False),
    Method.GREY_CLASS: PipelineSteps(by_overlap=False),
    Method.CATEGORY_FIRST: PipelineSteps(),
}


@dataclass(frozen=True, slots=True)
class MethodFigures:
    """One row of the table. A query's time runs from its file to its ranking; what several
    methods share counts for each."""

    scores: RankingScores
    ms_per_query_p50: float
    ms_per_query_p95: float

    def to_json(self) -> dict[str, Any]:
        return {
            **asdict(self.scores),
            "ms_per_query_p50": round(self.ms_per_query_p50, 2),
            "ms_per_query_p95": round(self.ms_per_query_p95, 2),
        }


@dataclass(frozen=True, slots=True)
class ShapesReport:
    """What was measured. ``parts`` are the figures of the queries with each value of a column.

    ``backbone`` names the network of the grey pictures. ``class_accuracy`` is the share of
    queries whose class was told right, among the ``n_classes_known`` whose category is one of
    the fifteen. ``left_out`` and ``leave_one_out`` as in an evaluation of all channels.
    """

    figures: Mapping[Method, MethodFigures]
    parts: Mapping[str, Mapping[Method, MethodFigures]]
    backbone: str
    n_queries: int
    n_gallery: int
    left_out: int
    leave_one_out: bool
    class_accuracy: float
    n_classes_known: int
    unreadable: tuple[Unreadable, ...]

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready form."""

        def table(figures: Mapping[Method, MethodFigures]) -> dict[str, Any]:
            return {method.name.lower(): known.to_json() for method, known in figures.items()}

        return {
            "methods": table(self.figures),
            "parts": {value: table(figures) for value, figures in self.parts.items()},
            "backbone": self.backbone,
            "n_queries": self.n_queries,
            "n_gallery": self.n_gallery,
            "left_out": self.left_out,
            "leave_one_out": self.leave_one_out,
            "class_accuracy": self.class_accuracy if self.n_classes_known else None,
            "n_classes_known": self.n_classes_known,
            "unreadable": [asdict(picture) for picture in self.unreadable],
        }


def evaluate_shapes(
    manifest: Path,
    workspace: Workspace,
    *,
    token: CancelToken,
    label: str = "",
    by: str = "",
    tell: Callable[[Progress], None] = lambda _: None,
) -> ShapesReport:
    """Search the gallery of ``manifest`` with its queries in every way there is.

    Form, gallery and labels are those of
    :func:`~desktop_app.services.evaluate.evaluate_manifest`. ``by`` names a column for whose
    values the figures are given too. Where there is a column ``category``, it also tells how
    often the class was right. Raises UnreadableTable, Cancelled, ModelUnavailable, and
    UserFacingError where no query can be scored.
    """
    pictures = read_manifest(manifest, label)
    parted_by = _values(manifest, by, required=True) if by else {}
    gallery = EvaluationGallery(workspace, [p for p in pictures if p.role is Role.GALLERY])
    gallery.read(token, enrich=True)
    asked: list[tuple[LabelledPicture, int | None]] = [
        (picture, None) for picture in pictures if picture.role is Role.QUERY
    ]
    leave_one_out = not asked
    if leave_one_out:
        products = gallery.product_ids.tolist()
        asked = [(gallery.picture_of(product_id), product_id) for product_id in products]
    run = _Run(workspace, gallery, _values(manifest, CATEGORY_COLUMN, required=False))
    begun = time.monotonic()
    for done, (query, own_product) in enumerate(asked):
        token.checkpoint()
        tell(Progress(MEASURING, done, len(asked), time.monotonic() - begun))
        run.ask(query, own_product, token)
    if not run.asked:
        raise UserFacingError(
            "There is nothing to measure: no query has another picture of its label in the "
            "gallery.",
            remedy="Check the columns sku and role, or score by another column with --label.",
        )
    return run.report(parted_by, leave_one_out)


@dataclass(frozen=True, slots=True, eq=False)
class _Answer:
    """What one method said to one query."""

    product_ids: IdArray
    ms: float


@dataclass(slots=True, eq=False)
class _Asked:
    """One query and the rankings it got."""

    picture: LabelledPicture
    ranked: dict[Method, RankedQuery] = field(default_factory=dict)
    ms: dict[Method, float] = field(default_factory=dict)


class _Run:
    """One measurement: what was found so far and what went wrong. ``categories`` are those of
    the pictures, by path."""

    def __init__(
        self, workspace: Workspace, gallery: EvaluationGallery, categories: Mapping[Path, str]
    ) -> None:
        self._workspace = workspace
        self._gallery = gallery
        self._categories = categories
        self._counts = Counter(gallery.labels.tolist())
        self._known = {container.value for container in ContainerClass}
        self._limit = len(gallery.product_ids)
        self.asked: list[_Asked] = []
        self._problems: dict[str, str] = {}
        self._left_out = 0
        self._told: list[bool] = []
        self._backbone = ""

    def ask(self, query: LabelledPicture, own_product: int | None, token: CancelToken) -> None:
        """Search in every way; a product of its own is not to be found."""
        count = self._counts[query.label] - (own_product is not None)
        if not query.label or count < 1:
            self._left_out += 1
            return
        picture = QueryPicture(query.path.name, path=query.path)
        exclude = () if own_product is None else (own_product,)
        try:
            answers = {
                **self._fused(picture, exclude, token),
                **self._category_first(picture, query, exclude, token),
                Method.OUTLINE: self._outline(picture, exclude, token),
            }
        except UnreadableImage as error:
            self._problems[str(query.path)] = str(error)
            return
        asked = _Asked(query)
        for method in Method:
            answer = answers[method]
            is_right = self._gallery.is_right(answer.product_ids, query.label)
            asked.ranked[method] = RankedQuery(query.label, is_right, count)
            asked.ms[method] = answer.ms
        self.asked.append(asked)

    def _fused(
        self, picture: QueryPicture, exclude: tuple[int, ...], token: CancelToken
    ) -> dict[Method, _Answer]:
        search = self._workspace.search
        request = SearchRequest(picture, limit=self._limit, exclude_products=exclude)
        results = search.search(request, token)
        again = search.rerank(results, SAME_SHAPE.weights)
        timing = results.timing
        by_look = np.empty(0, np.int64)
        if results.candidates is not None:
            order = ranking_alone(results.candidates, Channel.LOOK)
            by_look = results.candidates.product_ids[order]
        look_ms = timing.decode_ms + timing.embed_ms + timing.filter_ms + timing.rank_ms
        return {
            Method.LOOK: _Answer(by_look, look_ms),
            Method.FUSED: _Answer(_products(results.hits), timing.total_ms),
            Method.SAME_SHAPE: _Answer(_products(again.hits), timing.total_ms),
        }

    def _category_first(
        self,
        picture: QueryPicture,
        query: LabelledPicture,
        exclude: tuple[int, ...],
        token: CancelToken,
    ) -> dict[Method, _Answer]:
        answers: dict[Method, _Answer] = {}
        read_ms = 0.0
        results: CategoryFirstResults
        for method, steps in STEPS.items():
            results = self._workspace.category_first.search(
                picture, token, limit=self._limit, exclude_products=exclude, steps=steps
            )
            # The picture is read for the first of them alone.
            read_ms = max(read_ms, results.timing.read_ms)
            ms = read_ms + results.timing.rank_ms + results.timing.overlap_ms
            answers[method] = _Answer(_products(results.hits), ms)
            self._backbone = results.backbone
        category = self._categories.get(query.path, "")
        if category in self._known and results.container is not None:
            self._told.append(results.container.value == category)
        return answers

    def _outline(
        self, picture: QueryPicture, exclude: tuple[int, ...], token: CancelToken
    ) -> _Answer:
        begun = time.perf_counter()
        shape = self._workspace.shapes.read(picture, token)
        found = np.empty(0, np.int64)
        if shape is not None:
            request = ShapeRequest(shape, limit=self._limit, exclude_products=exclude)
            found = _products(self._workspace.shapes.search(request, token).hits)
        return _Answer(found, (time.perf_counter() - begun) * 1e3)

    def report(self, values: Mapping[Path, str], leave_one_out: bool) -> ShapesReport:
        """``values`` of the column the figures are parted by, by path."""
        parts: dict[str, list[_Asked]] = {}
        for asked in self.asked if values else ():
            parts.setdefault(values.get(asked.picture.path, ""), []).append(asked)
        problems = {**self._gallery.problems, **self._problems}
        return ShapesReport(
            figures=_figures(self.asked),
            parts={value: _figures(parts[value]) for value in sorted(parts)},
            backbone=self._backbone,
            n_queries=len(self.asked),
            n_gallery=len(self._gallery.product_ids),
            left_out=self._left_out,
            leave_one_out=leave_one_out,
            class_accuracy=float(np.mean(self._told)) if self._told else 0.0,
            n_classes_known=len(self._told),
            unreadable=tuple(Unreadable(path, reason) for path, reason in problems.items()),
        )


def _figures(asked: Sequence[_Asked]) -> dict[Method, MethodFigures]:
    figures = {}
    for method in Method:
        times: NDArray[np.float64] = np.array([query.ms[method] for query in asked])
        figures[method] = MethodFigures(
            score_rankings([query.ranked[method] for query in asked]),
            float(np.percentile(times, 50)),
            float(np.percentile(times, 95)),
        )
    return figures


def _products(hits: Sequence[Any]) -> IdArray:
    return np.array([hit.product_id for hit in hits], np.int64)


def _values(manifest: Path, column: str, *, required: bool) -> Mapping[Path, str]:
    """The values of a column by picture. Raises UnreadableTable where a required one lacks."""
    try:
        return {picture.path: picture.label for picture in read_manifest(manifest, column)}
    except UnreadableTable:
        if required:
            raise
        return {}
