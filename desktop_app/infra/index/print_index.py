"""An immutable index of key points: which pictures share print with a query.

Made of segments as the index of embeddings is (see ``snapshot``): an added batch is merged with
its forerunners until each segment is more than twice the next, and snapshots share what did not
change. A picture that is gone stays in its segment, masked out, until that is rewritten.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import IdArray
from desktop_app.domain.print_features import PrintFeatures
from desktop_app.infra.index.print_segment import (
    FLAT_LIMIT,
    Pictures,
    PrintSegment,
    RowMask,
    add_points,
    flat_index,
    inverted_index,
)
from desktop_app.infra.index.print_voting import coarse_angles, coarse_scales, votes
from desktop_app.infra.vision.print.codebook import PrintCodebook

KEPT_QUERIES = 4
"""Of so many queries what was proposed is kept, for when another picture joins one."""
NEIGHBOURS = 24
PROPOSING = 160
"""Key points of a query that look for pictures, the most telling ones: of packs held before
100,000 pictures as many were proposed by them as by 300."""
MERGE_RATIO = 2
MOST_DEAD_SHARE = 0.5

Found = tuple[IdArray, NDArray[np.float32]]


@dataclass(frozen=True, slots=True, eq=False)
class PrintPart:
    """A segment and which of its pictures still hold; ``alive`` None means all."""

    segment: PrintSegment
    alive: RowMask | None = None

    @property
    def ids(self) -> IdArray:
        return self.segment.ids if self.alive is None else self.segment.ids[self.alive]

    @property
    def marks(self) -> IdArray:
        marks = self.segment.pictures.marks
        return marks if self.alive is None else marks[self.alive]

    @property
    def points(self) -> int:
        """Key points of the pictures that hold."""
        if self.alive is None:
            return self.segment.points
        return int(np.diff(self.segment.starts)[self.alive].sum())

    def without(self, content_ids: IdArray) -> PrintPart:
        rows = self.segment.rows_of(content_ids)
        rows = rows[rows >= 0]
        if not rows.size or (self.alive is not None and not self.alive[rows].any()):
            return self
        alive = np.ones(len(self.segment.ids), np.bool_) if self.alive is None else self.alive
        alive = alive.copy()
        alive[rows] = False
        return PrintPart(self.segment, alive)


@dataclass(frozen=True, slots=True, eq=False)
class _Proposed:
    """What was found for a query, which is told by its identity."""

    query: PrintFeatures
    limit: int
    allowed: IdArray | None
    found: Found


class PrintIndex:
    """The PrintProposals port over FAISS. Immutable; may be asked from any thread."""

    def __init__(self, codebook: PrintCodebook, parts: Sequence[PrintPart] = ()) -> None:
        """No content holds in two parts."""
        self.codebook = codebook
        self.parts = tuple(parts)
        self._restricted: tuple[IdArray, list[RowMask | None]] | None = None
        self._proposed: tuple[_Proposed, ...] = ()

    @property
    def size(self) -> int:
        """How many pictures can be proposed."""
        return sum(len(part.ids) for part in self.parts)

    @cached_property
    def _points(self) -> int:
        return sum(part.segment.points for part in self.parts)

    @cached_property
    def content_ids(self) -> IdArray:
        """Sorted."""
        return np.sort(np.concatenate([np.empty(0, np.int64), *(part.ids for part in self.parts)]))

    def propose(self, query: PrintFeatures, limit: int, *, allowed: IdArray | None = None) -> Found:
        """See PrintProposals. Votes are at least 0 and grow with the number of key points that
        agree; ties go by id."""
        nothing = np.empty(0, np.int64), np.empty(0, np.float32)
        if limit < 1 or not len(query) or not self.parts:
            return nothing
        for known in self._proposed:
            if known.query is query and known.limit == limit and known.allowed is allowed:
                return known.found
        found = self._voted(query, limit, allowed)
        kept = self._proposed[-KEPT_QUERIES + 1 :]
        self._proposed = (*kept, _Proposed(query, limit, allowed, found))
        return found

    def _voted(self, query: PrintFeatures, limit: int, allowed: IdArray | None) -> Found:
        descriptors = query.descriptors
        if descriptors is None:
            descriptors = self.codebook.decode(query.codes)
        descriptors = np.ascontiguousarray(descriptors[:PROPOSING], np.float32)
        masks = self._masks(allowed)
        columns = [
            self._neighbours(part, mask, query, descriptors)
            for part, mask in zip(self.parts, masks, strict=True)
            if mask is None or mask.any()
        ]
        if not columns:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        distances, owners, positions, turns, growths = (
            np.concatenate(column, axis=1) for column in zip(*columns, strict=True)
        )
        if len(columns) > 1:
            order = np.argsort(distances, axis=1, kind="stable")[:, :NEIGHBOURS]
            distances, owners, positions, turns, growths = (
                np.take_along_axis(column, order, axis=1)
                for column in (distances, owners, positions, turns, growths)
            )
        ids, counts = votes(distances, owners, positions, turns, growths)
        order = np.lexsort((ids, -counts))[:limit]
        return ids[order], counts[order]

    def extended(self, content_ids: IdArray, features: Sequence[PrintFeatures]) -> PrintIndex:
        """With these pictures added, or put in the place of what the contents had. Raises
        ValueError where an id is repeated or the two are not of one length."""
        if len(np.unique(content_ids)) != len(content_ids) or len(content_ids) != len(features):
            raise ValueError("contents and features do not go together")
        if not len(content_ids):
            return self
        parts = [part.without(content_ids) for part in self.parts]
        return PrintIndex(self.codebook, self._merged([*parts, self._part(content_ids, features)]))

    def without(self, content_ids: IdArray) -> PrintIndex:
        """With these contents gone; those that are not here are passed over."""
        parts = [part.without(content_ids) for part in self.parts]
        if all(new is old for new, old in zip(parts, self.parts, strict=True)):
            return self
        return PrintIndex(self.codebook, self._merged(parts))

    def holds(self, content_ids: IdArray, features: Sequence[PrintFeatures]) -> NDArray[np.bool_]:
        """Which of the contents are here with these very key points."""
        held = np.zeros(len(content_ids), np.bool_)
        wanted = marks_of(features)
        for part in self.parts:
            rows = part.segment.rows_of(content_ids)
            here = rows >= 0
            if part.alive is not None:
                here &= part.alive[rows]
            held |= here & (part.segment.pictures.marks[rows] == wanted)
        return held

    def _masks(self, allowed: IdArray | None) -> list[RowMask | None]:
        """Which pictures of each part may be proposed; kept for the last ``allowed``."""
        if allowed is None:
            return [part.alive for part in self.parts]
        kept = self._restricted
        if kept is not None and kept[0] is allowed:
            return kept[1]
        masks: list[RowMask | None] = []
        for part in self.parts:
            mask = np.isin(part.segment.ids, allowed, assume_unique=True)
            masks.append(mask if part.alive is None else mask & part.alive)
        self._restricted = (allowed, masks)
        return masks

    def _neighbours(
        self,
        part: PrintPart,
        mask: RowMask | None,
        query: PrintFeatures,
        descriptors: NDArray[np.float32],
    ) -> tuple[NDArray[np.float32], IdArray, IdArray, IdArray, IdArray]:
        """What ``votes`` takes, of one part. Positions are made distinct between parts."""
        segment = part.segment
        distances, positions = segment.search(descriptors, NEIGHBOURS, mask, among=self._points)
        known = np.maximum(positions, 0)
        owners = segment.ids[segment.owners(known)]
        side = max(query.width, query.height)
        turns = segment.pictures.angles[known].astype(np.int64)
        turns -= coarse_angles(query.angles[:PROPOSING]).astype(np.int64)[:, np.newaxis]
        growths = segment.pictures.scales[known].astype(np.int64)
        growths -= coarse_scales(query.scales[:PROPOSING], side).astype(np.int64)[:, np.newaxis]
        offset = np.int64(self.parts.index(part)) << 40
        return distances, owners, positions + offset, turns, growths

    def _part(self, content_ids: IdArray, features: Sequence[PrintFeatures]) -> PrintPart:
        starts = np.cumsum([0, *(len(each) for each in features)]).astype(np.int64)
        vectors = self.codebook.decode(np.concatenate([each.codes for each in features]))
        angles = np.concatenate([coarse_angles(each.angles) for each in features])
        scales = np.concatenate(
            [coarse_scales(each.scales, max(each.width, each.height)) for each in features]
        )
        if len(vectors) > FLAT_LIMIT:
            index = inverted_index(self.codebook)
            add_points(index, self.codebook, vectors)
        else:
            index = flat_index(vectors)
        pictures = Pictures(content_ids.copy(), marks_of(features), starts, angles, scales)
        return PrintPart(PrintSegment(pictures, index))

    def _merged(self, parts: Sequence[PrintPart]) -> list[PrintPart]:
        """Restores the order of sizes."""
        kept: list[PrintPart] = []
        for part in parts:
            points = part.points
            run = [part]
            while kept and kept[-1].points <= MERGE_RATIO * points:
                run.insert(0, kept.pop())
                points += run[0].points
            if len(run) > 1 or points < part.segment.points * MOST_DEAD_SHARE:
                run = [self._merge(run)] if points else []
            kept += run
        return kept

    def _merge(self, parts: Sequence[PrintPart]) -> PrintPart:
        """One part of what still holds in ``parts``."""
        sizes = [
            np.diff(part.segment.starts)[slice(None) if part.alive is None else part.alive]
            for part in parts
        ]
        starts = np.cumsum([0, *np.concatenate(sizes).tolist()]).astype(np.int64)
        points = [_living_points(part) for part in parts]
        places = list(zip((part.segment for part in parts), points, strict=True))
        pictures = Pictures(
            np.concatenate([part.ids for part in parts]),
            np.concatenate([part.marks for part in parts]),
            starts,
            np.concatenate([segment.pictures.angles[rows] for segment, rows in places]),
            np.concatenate([segment.pictures.scales[rows] for segment, rows in places]),
        )
        if all(part.segment.is_flat for part in parts) and starts[-1] <= FLAT_LIMIT:
            index = flat_index(
                np.concatenate([segment.vectors()[rows] for segment, rows in places])
            )
        else:
            index = self._inverted(parts, points)
        return PrintPart(PrintSegment(pictures, index))

    def _inverted(
        self, parts: Sequence[PrintPart], points: Sequence[NDArray[np.intp] | slice]
    ) -> Any:
        index = inverted_index(self.codebook)
        for part, rows in zip(parts, points, strict=True):
            if part.segment.is_flat:
                add_points(index, self.codebook, part.segment.vectors()[rows])
                continue
            added = faiss.clone_index(part.segment.index)
            if part.alive is not None:
                _drop_dead(added, part)
            index.merge_from(added, index.ntotal)
        return index


def marks_of(features: Sequence[PrintFeatures]) -> IdArray:
    """A number for each that changes with its key points."""
    marks = [zlib.crc32(each.codes.tobytes(), each.width) for each in features]
    return np.array(marks, np.int64)


def _living_points(part: PrintPart) -> NDArray[np.intp] | slice:
    """The positions of the pictures that hold."""
    if part.alive is None:
        return slice(None)
    return np.flatnonzero(np.repeat(part.alive, np.diff(part.segment.starts)))


def _drop_dead(index: Any, part: PrintPart) -> None:
    """Take the key points of gone pictures out, and number the others as they then lie."""
    assert part.alive is not None
    alive = np.repeat(part.alive, np.diff(part.segment.starts))
    dead = np.packbits(~alive, bitorder="little")
    index.remove_ids(faiss.IDSelectorBitmap(dead))
    numbers = np.cumsum(alive) - 1
    lists = index.invlists
    for cell in range(index.nlist):
        size = lists.list_size(cell)
        if size:
            ids = faiss.rev_swig_ptr(lists.get_ids(cell), size)
            ids[:] = numbers[ids]
