"""Which contents a picture is worth comparing with, to find it a second time."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence_ports import CopyHasher
from desktop_app.domain.images import IdArray
from desktop_app.domain.ports import IndexSnapshot
from desktop_app.domain.print_features import PrintFeatures
from desktop_app.domain.storage import ContentMap
from desktop_app.services.copy_index import COPY_DISTANCE
from desktop_app.services.duplicates.compared_pictures import ComparedPictures
from desktop_app.services.evidence_indexes import EvidenceIndexes

NEAREST = 16
"""So many nearest in LOOK are judged at most."""
FETCHED = 48
"""So many are fetched: other pictures of the same product lie between."""
LEAST_LOOK = 0.5
"""Less alike by LOOK alone is not judged: pictures cropped by a tenth are at 0.88 and above,
turned by 25 degrees on black, the worst that was tried, at 0.54."""
AS_ALIKE = 0.04
MOST_TOGETHER = 2
"""What is less than the first worse in LOOK is judged together with what comes first, up to so
many. Of 3,466 pairs of copies that shop software made the hash misses 47, and in LOOK each of
these comes before all that are no copies. Of 550 pictures cropped, mirrored, stretched, or turned
by 25 degrees on white 14 do not, among 1,404; 9 of those are second, and this near to the first."""
CLOSE_HASHES = 4
"""Copies whose hashes differ more, up to COPY_DISTANCE, have to be near in LOOK as well: of
3,466 pairs of copies that shop software made all 66 of that kind were, and of 1,559 lookalikes
502."""
MOST_COPIES = 24
STRONGEST_POINTS, FEWEST_POINTS = 32, 12
"""A picture with fewer key points is not looked for by print; of more the strongest count."""
PROPOSED_BY_PRINT = 3
LEAST_VOTES = 0.6
"""Of 289 packs those that are the same got 0.7 to 5 votes and came first or second, with 64 key
points as with 32; of others one in four got more than 0.8."""


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """What is compared: vectors, the indexes of print and copies, and who shows what."""

    snapshot: IndexSnapshot
    indexes: EvidenceIndexes
    shown: ShownContents


class ShownContents:
    """Which contents live products show, and which are the matter of one product alone."""

    def __init__(self, contents: ContentMap) -> None:
        self._ids, first, counts = np.unique(
            contents.content_ids, return_index=True, return_counts=True
        )
        self._owners = np.where(counts == 1, contents.product_ids[first], -1)

    def others_than(self, content_id: int, content_ids: IdArray) -> NDArray[np.bool_]:
        """Which of the contents are shown, and not only by the one product that shows this
        content: views of one product are never its duplicates."""
        owner = int(self._owner(np.array([content_id]))[0])
        owners = self._owner(content_ids)
        is_other = (owners >= -1) & (content_ids != content_id)
        return np.asarray(is_other if owner < 0 else is_other & (owners != owner), np.bool_)

    def _owner(self, content_ids: IdArray) -> IdArray:
        """The product, -1 where several show it, -2 where none does."""
        if not len(self._ids):
            return np.full(len(content_ids), -2, np.int64)
        places = np.searchsorted(self._ids, content_ids).clip(max=len(self._ids) - 1)
        return np.where(self._ids[places] == content_ids, self._owners[places], -2)


@dataclass(frozen=True, slots=True, eq=False)
class Proposals:
    """Contents to compare one with: ``certain`` in any case, ``alike`` run by run from the
    most alike on, as long as that pays."""

    content_id: int
    certain: tuple[int, ...]
    alike: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """A content with those that are near in LOOK, by falling ``likeness`` (n,)."""

    content_id: int
    ids: IdArray
    likeness: NDArray[np.float32]


def neighbours(
    content_ids: Sequence[int], pictures: ComparedPictures, gallery: Gallery
) -> list[Neighbours]:
    """Those of each content; none of one without a vector."""
    looks = {
        picture.content_id: picture.look
        for picture in pictures.get(content_ids)
        if picture.look is not None
    }
    found: dict[int, Neighbours] = {}
    if looks:
        ids, scores = gallery.snapshot.search_many(np.stack(list(looks.values())), FETCHED)
        for content_id, row, likeness in zip(looks, ids, scores, strict=True):
            kept = np.flatnonzero((row >= 0) & (likeness >= LEAST_LOOK))
            kept = kept[gallery.shown.others_than(content_id, row[kept])]
            found[content_id] = Neighbours(content_id, row[kept], likeness[kept])
    nothing, unlike = np.empty(0, np.int64), np.empty(0, np.float32)
    return [found.get(i) or Neighbours(i, nothing, unlike) for i in content_ids]


class Proposer:
    """Adds what copies and print propose to the nearest in LOOK. Safe from any thread."""

    def __init__(self, pictures: ComparedPictures, hasher: CopyHasher, gallery: Gallery) -> None:
        self._pictures = pictures
        self._hasher = hasher
        self._gallery = gallery

    def proposals(self, near: Neighbours, known: Sequence[int]) -> Proposals:
        """``known`` are contents that go with this one already."""
        content_id = near.content_id
        proposed = [self._copies(near), self._by_print(content_id)]
        certain = np.concatenate([np.array(known, np.int64), *proposed])
        certain = certain[self._gallery.shown.others_than(content_id, certain)]
        first = dict.fromkeys(certain.tolist())
        return Proposals(content_id, tuple(first), _runs(near, first))

    def _copies(self, near: Neighbours) -> IdArray:
        content_id, copies = near.content_id, self._gallery.indexes.copies
        if copies is None:
            return np.empty(0, np.int64)
        image = self._pictures.pixels(content_id)
        if image is not None:
            hashes = self._hasher.hashes(image)
        else:
            (picture,) = self._pictures.get([content_id])
            if picture.perceptual_hash is None:
                return np.empty(0, np.int64)
            hashes = np.array([picture.perceptual_hash], np.uint64)
        matches = copies.matches(hashes, COPY_DISTANCE)
        found = matches.content_ids
        is_kept = (matches.distances <= CLOSE_HASHES) | np.isin(found, near.ids)
        is_kept &= self._gallery.shown.others_than(content_id, found)
        return found[is_kept][:MOST_COPIES]

    def _by_print(self, content_id: int) -> IdArray:
        (picture,) = self._pictures.get([content_id])
        prints, features = self._gallery.indexes.print, picture.print
        if prints is None or features is None or len(features) < FEWEST_POINTS:
            return np.empty(0, np.int64)
        found, votes = prints.propose(strongest(features), FETCHED)
        found = found[votes >= LEAST_VOTES]
        is_other = self._gallery.shown.others_than(content_id, found)
        return found[is_other][:PROPOSED_BY_PRINT]


def _runs(near: Neighbours, passed_over: Container[int]) -> tuple[tuple[int, ...], ...]:
    """The nearest, those of about one likeness together."""
    runs: list[list[int]] = []
    begins = 0.0
    for content_id, likeness in zip(
        near.ids[:NEAREST].tolist(), near.likeness[:NEAREST].tolist(), strict=True
    ):
        if content_id in passed_over:
            continue
        if runs and begins - likeness < AS_ALIKE and len(runs[-1]) < MOST_TOGETHER:
            runs[-1].append(content_id)
        else:
            runs.append([content_id])
            begins = likeness
    return tuple(map(tuple, runs))


def strongest(features: PrintFeatures) -> PrintFeatures:
    """With the most telling key points alone."""
    rows = slice(STRONGEST_POINTS)
    return replace(
        features,
        points=features.points[rows],
        scales=features.scales[rows],
        angles=features.angles[rows],
        codes=features.codes[rows],
        descriptors=None if features.descriptors is None else features.descriptors[rows],
    )
