"""Measuring retrieval on labelled pictures, through the parts that searching uses."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from desktop_app.domain.errors import UnreadableImage, UserFacingError
from desktop_app.domain.images import READING_SIDE, FloatMatrix, IdArray, RgbArray
from desktop_app.domain.metrics import RankedQuery, RankingScores, score_rankings
from desktop_app.domain.ports import Embedder, ImageReader, IndexSnapshot
from desktop_app.domain.progress import CancelToken
from desktop_app.services.evaluation_manifest import LabelledPicture, Role, read_manifest

IndexFactory = Callable[[str, IdArray, FloatMatrix], IndexSnapshot]
"""Makes a searchable index of vectors: (model key, ids, unit rows)."""


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


class Channel(Protocol):
    """One way of comparing pictures."""

    def add_gallery(self, pictures: Iterable[tuple[int, RgbArray]]) -> list[int]:
        """Take in the gallery, once; the ids that were taken."""
        ...

    def rank(self, query: RgbArray) -> IdArray:
        """Gallery ids by falling likeness."""
        ...


class LookChannel:
    """The embedding: the channel *look*."""

    def __init__(self, embedder: Embedder, index_factory: IndexFactory) -> None:
        self._embedder = embedder
        self._make_index = index_factory
        self._index: IndexSnapshot | None = None

    def add_gallery(self, pictures: Iterable[tuple[int, RgbArray]]) -> list[int]:
        """See Channel."""
        taken = list(self._embedder.embed_stream(pictures))
        ids = [picture_id for picture_id, _ in taken]
        if taken:
            vectors = np.stack([vector for _, vector in taken])
            self._index = self._make_index(self._embedder.key, np.array(ids, np.int64), vectors)
        return ids

    def rank(self, query: RgbArray) -> IdArray:
        """See Channel."""
        vector = self._embedder.embed([query])[0]
        if self._index is None:
            return np.empty(0, np.int64)
        return self._index.search(vector, self._index.size)[0]


def evaluate_manifest(
    manifest: Path,
    *,
    reader: ImageReader,
    embedder: Embedder,
    index_factory: IndexFactory,
    token: CancelToken,
    label: str = "",
) -> EvaluationReport:
    """Search the gallery of ``manifest`` with its queries, picture by picture.

    See :func:`read_manifest` for the form. A gallery picture is right where its label is the
    query's; without query rows every gallery picture is searched with among the others.
    Pictures that cannot be read are listed, not fatal. Raises UnreadableTable, Cancelled, and
    UserFacingError where no query can be scored.
    """
    pictures = read_manifest(manifest, label)
    gallery = [picture for picture in pictures if picture.role is Role.GALLERY]
    queries = [(None, picture) for picture in pictures if picture.role is Role.QUERY]
    leave_one_out = not queries
    run = _Run(reader, token, gallery)
    channels: dict[str, Channel] = {"look": LookChannel(embedder, index_factory)}
    for channel in channels.values():
        run.read_gallery(channel)
    asked: Sequence[tuple[int | None, LabelledPicture]] = (
        list(enumerate(gallery)) if leave_one_out else queries
    )
    ranked = run.rank(channels, asked)
    if not run.times_ms:
        raise UserFacingError(
            "There is nothing to measure: no query has another picture of its product in the "
            "gallery.",
            remedy="Check the columns sku and role, or score by another column with --label.",
        )
    scores = {name: score_rankings(found) for name, found in ranked.items()}
    return EvaluationReport(
        # With one channel its ranking is the one a search shows.
        scores=scores["look"],
        channels=scores,
        model_key=embedder.key,
        n_queries=len(run.times_ms),
        n_gallery=len(run.readable),
        left_out=run.left_out,
        leave_one_out=leave_one_out,
        ms_per_query_p50=float(np.percentile(run.times_ms, 50)),
        ms_per_query_p95=float(np.percentile(run.times_ms, 95)),
        unreadable=tuple(Unreadable(path, reason) for path, reason in run.problems.items()),
    )


class _Run:
    """One measurement: what was read so far and what went wrong."""

    def __init__(
        self, reader: ImageReader, token: CancelToken, gallery: Sequence[LabelledPicture]
    ) -> None:
        self._reader = reader
        self._token = token
        self._gallery = gallery
        self.readable: set[int] = set()
        self.problems: dict[str, str] = {}
        self.times_ms: list[float] = []
        self.left_out = 0

    def read_gallery(self, channel: Channel) -> None:
        self.readable.update(channel.add_gallery(self._decoded_gallery()))

    def rank(
        self,
        channels: Mapping[str, Channel],
        queries: Iterable[tuple[int | None, LabelledPicture]],
    ) -> dict[str, list[RankedQuery]]:
        """What each channel found. A query that is a gallery picture comes with its id and
        does not find itself."""
        ranked: dict[str, list[RankedQuery]] = {name: [] for name in channels}
        labels = np.array([picture.label for picture in self._gallery], dtype=object)
        relevant = Counter(self._gallery[index].label for index in self.readable)
        for own_id, query in queries:
            count = relevant[query.label] - (own_id in self.readable)
            if not query.label or count < 1:
                self.left_out += 1
                continue
            begun = time.perf_counter()
            rgb = self._decode(query.path, READING_SIDE)
            if rgb is None:
                continue
            found = {name: channel.rank(rgb) for name, channel in channels.items()}
            self.times_ms.append((time.perf_counter() - begun) * 1e3)
            for name, ids in found.items():
                others = ids if own_id is None else ids[ids != own_id]
                relevance = np.array(labels[others] == query.label, np.bool_)
                ranked[name].append(RankedQuery(query.label, relevance, count))
        return ranked

    def _decoded_gallery(self) -> Iterator[tuple[int, RgbArray]]:
        for index, picture in enumerate(self._gallery):
            rgb = self._decode(picture.path, READING_SIDE)
            if rgb is not None:
                yield index, rgb

    def _decode(self, path: Path, side: int) -> RgbArray | None:
        self._token.checkpoint()
        try:
            return self._reader.decode(path, max_side=side).rgb
        except UnreadableImage as error:
            self.problems[str(path)] = str(error)
            return None
