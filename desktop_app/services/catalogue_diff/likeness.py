"""Which products of the catalogue a picture of the list looks like."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from desktop_app.domain.duplicate_ports import ComparedPicture, PairJudge
from desktop_app.domain.duplicates import PairJudgement
from desktop_app.domain.images import IdArray
from desktop_app.domain.ports import IndexSnapshot
from desktop_app.domain.storage import ContentMap
from desktop_app.services.catalogue_diff.looking import SeenPicture
from desktop_app.services.copy_index import COPY_DISTANCE
from desktop_app.services.duplicates.compared_pictures import ComparedPictures
from desktop_app.services.duplicates.finding import LEAST_CHANCE
from desktop_app.services.duplicates.proposing import (
    FETCHED,
    FEWEST_POINTS,
    LEAST_LOOK,
    LEAST_VOTES,
    MOST_COPIES,
    MOST_TOGETHER,
    NEAREST,
    PROPOSED_BY_PRINT,
    strongest,
)
from desktop_app.services.evidence_indexes import EvidenceIndexes

SAME_BYTES = PairJudgement(1.0)

Likeness = dict[int, PairJudgement]
"""The judgement of the most alike pictures, by product."""


class ShownBy:
    """Which products show a content and which contents a product shows."""

    def __init__(self, contents: ContentMap) -> None:
        self._contents = contents.content_ids
        self._products = contents.product_ids
        self._order = np.argsort(contents.product_ids, kind="stable")
        self._sorted_products = contents.product_ids[self._order]

    def products(self, content_id: int) -> list[int]:
        first, last = np.searchsorted(self._contents, [content_id, content_id + 1])
        return [int(i) for i in self._products[first:last]]

    def contents(self, product_id: int) -> list[int]:
        first, last = np.searchsorted(self._sorted_products, [product_id, product_id + 1])
        return [int(i) for i in self._contents[self._order[first:last]]]


class LikenessFinder:
    """Judges pictures of a list against the catalogue; used by one thread."""

    def __init__(
        self,
        judge: PairJudge,
        pictures: ComparedPictures,
        snapshot: IndexSnapshot,
        indexes: EvidenceIndexes,
        shown: ShownBy,
    ) -> None:
        self._judge = judge
        self._pictures = pictures
        self._snapshot = snapshot
        self._indexes = indexes
        self._shown = shown

    def with_product(self, seen: Sequence[SeenPicture], product_id: int) -> Likeness:
        """How like the pictures are to those of one product."""
        contents = self._shown.contents(product_id)
        likeness: Likeness = {}
        for picture in seen:
            if likeness.get(product_id) is not SAME_BYTES:
                self._judged(picture, contents, likeness)
        return {i: judgement for i, judgement in likeness.items() if i == product_id}

    def with_all(self, seen: Sequence[SeenPicture]) -> Likeness:
        """How like the pictures are to the products that may be the same. Of those that only
        look alike so many are judged as pays, the most alike first."""
        likeness: Likeness = {}
        for picture in seen:
            certain, alike = self._candidates(picture)
            self._judged(picture, certain, likeness)
            for start in range(0, len(alike), MOST_TOGETHER):
                chance = self._judged(picture, alike[start : start + MOST_TOGETHER], likeness)
                if chance < LEAST_CHANCE:
                    break
        return likeness

    def _judged(self, picture: SeenPicture, contents: Sequence[int], likeness: Likeness) -> float:
        """Adds to ``likeness``; returns the highest chance that was found."""
        one = self._compared(picture)
        others = [content_id for content_id in contents if content_id != picture.content_id]
        if picture.content_id:
            for product_id in self._shown.products(picture.content_id):
                likeness[product_id] = SAME_BYTES
        if one is None or not others:
            return 0.0
        highest = 0.0
        judgements = self._judge.judge(one, self._pictures.get(others))
        for content_id, judgement in zip(others, judgements, strict=True):
            highest = max(highest, judgement.same, judgement.variant)
            for product_id in self._shown.products(content_id):
                known = likeness.get(product_id)
                if known is None or _rank(judgement) > _rank(known):
                    likeness[product_id] = judgement
        return highest

    def _compared(self, picture: SeenPicture) -> ComparedPicture | None:
        if picture.content_id:
            return self._pictures.get([picture.content_id])[0]
        return picture.compared

    def _candidates(self, picture: SeenPicture) -> tuple[list[int], list[int]]:
        """Contents to judge in any case, and those that look alike, the most alike first."""
        one = self._compared(picture)
        if one is None:
            return [], []
        certain = self._shown_of(np.concatenate([self._copies(picture), self._by_print(one)]))
        alike = self._shown_of(self._nearest(one))
        return certain, [content_id for content_id in alike if content_id not in certain]

    def _shown_of(self, content_ids: IdArray) -> list[int]:
        return [i for i in dict.fromkeys(content_ids.tolist()) if self._shown.products(i)]

    def _nearest(self, one: ComparedPicture) -> IdArray:
        if one.look is None or not self._snapshot.size:
            return np.empty(0, np.int64)
        ids, scores = self._snapshot.search(one.look, NEAREST)
        return ids[scores >= LEAST_LOOK]

    def _copies(self, picture: SeenPicture) -> IdArray:
        copies = self._indexes.copies
        if copies is None or picture.hashes is None:
            return np.empty(0, np.int64)
        return copies.matches(picture.hashes, COPY_DISTANCE).content_ids[:MOST_COPIES]

    def _by_print(self, one: ComparedPicture) -> IdArray:
        prints = self._indexes.print
        if prints is None or one.print is None or len(one.print) < FEWEST_POINTS:
            return np.empty(0, np.int64)
        found, votes = prints.propose(strongest(one.print), FETCHED)
        return found[votes >= LEAST_VOTES][:PROPOSED_BY_PRINT]


def _rank(judgement: PairJudgement) -> tuple[float, float]:
    return max(judgement.same, judgement.variant), judgement.same
