"""What a report on duplicates says: the groups, their products and pairs, and how they came about.

Groups are an iterable that is read anew each time it is walked, so that a report of any length
fits in memory.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from desktop_app.domain.duplicates import PairJudgement, Verdict
from desktop_app.domain.products import Column, ProductCard


class ProductRole(StrEnum):
    """What becomes of a product of a group: KEPT stays, DUPLICATE is taken for the kept one,
    VARIANT is another version and no duplicate."""

    KEPT = "kept"
    DUPLICATE = "duplicate"
    VARIANT = "variant"


class IncludedGroups(StrEnum):
    """Which groups are told: ALL, those whose pairs all have a verdict (DECIDED), or those that
    wait for one (OPEN)."""

    ALL = "all"
    DECIDED = "decided"
    OPEN = "open"

    def takes(self, is_decided: bool) -> bool:
        return self is IncludedGroups.ALL or is_decided == (self is IncludedGroups.DECIDED)


@dataclass(frozen=True, slots=True)
class ReportedPicture:
    """A picture of a product: the path of its file and the encoded small picture; '' and b''
    where there is none."""

    path: str = ""
    thumbnail: bytes = b""


@dataclass(frozen=True, slots=True)
class ReportedProduct:
    """A product of a group with its main picture."""

    card: ProductCard
    role: ProductRole
    picture: ReportedPicture


@dataclass(frozen=True, slots=True)
class ReportedPair:
    """Two products of a group and the pictures of them that were compared."""

    product_a: int
    product_b: int
    judgement: PairJudgement
    verdict: Verdict | None
    picture_a: ReportedPicture
    picture_b: ReportedPicture


@dataclass(frozen=True, slots=True)
class ReportedGroup:
    """A group with its products, the kept one first, then duplicates, then variants, and its
    pairs by falling chance.

    ``number`` counts from 1. ``cohesion`` and ``strongest`` are the lowest and highest chance
    among the pairs of its duplicates, both 0 where it holds variants only: then all of its
    products are VARIANT.
    """

    number: int
    products: tuple[ReportedProduct, ...]
    pairs: tuple[ReportedPair, ...]
    cohesion: float
    strongest: float
    is_decided: bool


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What a report says of itself.

    ``threshold`` and ``expected_precision`` are in [0, 1]; the latter was learned from
    ``verdict_count`` verdicts, or is the shipped one where that is 0. Counts are of the whole
    report: ``group_count`` groups of duplicates of ``product_count`` products, with
    ``pair_count`` pairs, of which ``decided_count`` have a verdict. ``variant_group_count``
    groups beside these hold variants only. ``made_at`` is a date for people to read.
    """

    catalogue: str
    model: str
    threshold: float
    expected_precision: float
    verdict_count: int
    group_count: int
    product_count: int
    pair_count: int
    decided_count: int
    variant_group_count: int
    made_at: str
    included: IncludedGroups = IncludedGroups.ALL


@dataclass(frozen=True, slots=True, eq=False)
class DuplicateReport:
    """``columns`` are the fields of a product that are told, in order."""

    facts: ReportFacts
    columns: tuple[Column, ...]
    groups: Iterable[ReportedGroup]
