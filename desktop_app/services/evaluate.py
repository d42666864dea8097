"""Measuring retrieval on labelled pictures, by searching as the window does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.errors import UnreadableImage, UserFacingError
from desktop_app.domain.evidence import CHANNELS, Channel
from desktop_app.domain.metrics import RankedQuery, RankingScores, score_rankings
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.search import (
    CandidateTable,
    QueryAnalysis,
    SearchRequest,
    SearchResults,
)
from desktop_app.services.evaluation_gallery import EvaluationGallery, MeasuredWorkspace
from desktop_app.services.evaluation_manifest import LabelledPicture, Role, read_manifest


class Observer(Protocol):
    """Is shown every query with what was compared, for instance to learn from it."""

    def __call__(
        self, analysis: QueryAnalysis, table: CandidateTable, is_right: NDArray[np.bool_]
    ) -> None:
        """``is_right`` (rows of the table,) says which show what was looked for."""
        ...


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A picture that was left out, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """What was measured.

    ``scores`` are of the ranking a search shows, ``channels`` those of each channel alone.
    A query's time runs from its file to its ranking. ``left_out`` counts query pictures
    without another picture of their label in the gallery. ``leave_one_out`` says that the
    manifest had no query rows, so that each gallery picture was searched with.
    """

    scores: RankingScores
    channels: Mapping[str, RankingScores]
    model_key: str
    n_queries: int
    n_gallery: int
    left_out: int
    leave_one_out: bool
    ms_per_query_p50: float
    ms_per_query_p95: float
    unreadable: tuple[Unreadable, ...]

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready form, the scores at its top level."""
        return {
            **asdict(self.scores),
            "n_queries": self.n_queries,
            "n_gallery": self.n_gallery,
            "left_out": self.left_out,
            "leave_one_out": self.leave_one_out,
            "ms_per_query_p50": self.ms_per_query_p50,
            "ms_per_query_p95": self.ms_per_query_p95,
            "model_key": self.model_key,
            "channels": {name: asdict(scores) for name, scores in self.channels.items()},
            "unreadable": [asdict(picture) for picture in self.unreadable],
        }


def evaluate_manifest(
    manifest: Path,
    workspace: MeasuredWorkspace,
    *,
    token: CancelToken,
    channels: Sequence[Channel] = CHANNELS,
    label: str = "",
    observe: Observer | None = None,
) -> EvaluationReport:
    """Search the gallery of ``manifest`` with its queries, picture by picture.

    See :func:`read_manifest` for the form. The gallery is read into ``workspace``, each picture
    a product of its own. A gallery picture is right where its label is the query's; without
    query rows every gallery picture is searched with among the others. Pictures that cannot be
    read are listed, not fatal. ``channels`` are those reported one by one; the fused ranking is
    that of the workspace. With LOOK alone the pictures are not enriched. Raises
    UnreadableTable, Cancelled, and UserFacingError where no query can be scored.
    """
    pictures = read_manifest(manifest, label)
    gallery = EvaluationGallery(
        workspace, [picture for picture in pictures if picture.role is Role.GALLERY]
    )
    gallery.read(token, enrich=set(channels) != {Channel.LOOK})
    queries = [picture for picture in pictures if picture.role is Role.QUERY]
    measured = Measurement(gallery, workspace.search.search, channels=channels, observe=observe)
    for query, own_product in asked_of(gallery, queries):
        token.checkpoint()
        if (request := gallery.request(query, own_product=own_product)) is None:
            measured.left_out += 1
        else:
            measured.ask(query, request, token)
    return measured.report(leave_one_out=not queries)


def asked_of(
    gallery: EvaluationGallery, queries: Sequence[LabelledPicture]
) -> Iterator[tuple[LabelledPicture, int | None]]:
    """The queries, or, where there are none, each gallery picture with the product that it is."""
    if queries:
        for query in queries:
            yield query, None
    else:
        for product_id in gallery.product_ids.tolist():
            yield gallery.picture_of(product_id), product_id


class Measurement:
    """What a search found of queries, one after another. ``search`` is that of a workspace;
    ``left_out`` counts queries that were not asked."""

    def __init__(
        self,
        gallery: EvaluationGallery,
        search: Callable[[SearchRequest, CancelToken], SearchResults],
        *,
        channels: Sequence[Channel] = CHANNELS,
        observe: Observer | None = None,
    ) -> None:
        self._gallery = gallery
        self._search = search
        self._observe = observe
        self.fused: list[RankedQuery] = []
        self.alone: dict[Channel, list[RankedQuery]] = {channel: [] for channel in channels}
        self.problems: dict[str, str] = {}
        self.times_ms: list[float] = []
        self.left_out = 0
        self.model_key = ""

    def ask(self, query: LabelledPicture, request: SearchRequest, token: CancelToken) -> None:
        """Search with one picture, as :meth:`EvaluationGallery.request` says."""
        count = self._gallery.count_of(query.label) - len(request.exclude_products)
        begun = time.perf_counter()
        try:
            results = self._search(request, token)
        except UnreadableImage as error:
            self.problems[str(query.path)] = str(error)
            return
        self.times_ms.append((time.perf_counter() - begun) * 1e3)
        self.model_key = results.model_key
        found = np.array([hit.product_id for hit in results.hits], np.int64)
        is_right = self._gallery.is_right(found, query.label)
        self.fused.append(RankedQuery(query.label, is_right, count))
        table = results.candidates
        if table is None or results.analysis is None:
            return
        is_right = self._gallery.is_right(table.product_ids, query.label)
        for channel, ranked in self.alone.items():
            order = ranking_alone(table, channel)
            ranked.append(RankedQuery(query.label, is_right[order], count))
        if self._observe is not None:
            self._observe(results.analysis, table, is_right)

    def report(self, *, leave_one_out: bool) -> EvaluationReport:
        """Raises UserFacingError where no query could be scored."""
        if not self.times_ms:
            raise UserFacingError(
                "There is nothing to measure: no query has another picture of its product in "
                "the gallery.",
                remedy="Check the columns sku and role, or score by another column with --label.",
            )
        problems = {**self._gallery.problems, **self.problems}
        return EvaluationReport(
            scores=score_rankings(self.fused),
            channels={
                channel.value: score_rankings(ranked) for channel, ranked in self.alone.items()
            },
            model_key=self.model_key,
            n_queries=len(self.times_ms),
            n_gallery=len(self._gallery.product_ids),
            left_out=self.left_out,
            leave_one_out=leave_one_out,
            ms_per_query_p50=float(np.percentile(self.times_ms, 50)),
            ms_per_query_p95=float(np.percentile(self.times_ms, 95)),
            unreadable=tuple(Unreadable(path, reason) for path, reason in problems.items()),
        )


def ranking_alone(table: CandidateTable, channel: Channel) -> NDArray[np.intp]:
    """The rows of ``table`` as one channel orders them, each content a product of its own;
    rows it says nothing of come last, by product."""
    scores = np.nan_to_num(table.scores[:, CHANNELS.index(channel)], nan=-1.0)
    return np.lexsort((table.product_ids, -scores))
