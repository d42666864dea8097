"""A supplier's list held against the catalogue: what is known, new, changed or missing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from desktop_app.domain.duplicates import PairJudgement
from desktop_app.domain.imports import ImportPlan, ImportRecord
from desktop_app.domain.progress import Progress


class DiffStatus(StrEnum):
    """What a row is to the catalogue.

    MATCHED: a product of the catalogue, by number or picture. CHANGED_PICTURE: the number is
    known, and the picture does not look the same. VARIANT: not known, and another version of a
    known product. NEW: neither known nor like anything known. MISSING: a product of the
    catalogue that the list does not have.
    """

    MATCHED = "matched"
    CHANGED_PICTURE = "changed picture"
    VARIANT = "variant"
    NEW = "new"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class DiffRow:
    """One product of the list, or one that it lacks.

    ``record`` is what the list says, None where MISSING. ``product_id`` is the product of the
    catalogue that it is, looks most like or (MISSING) that is lacked; None where there is none.
    ``judgement`` is of the most alike pictures of both, None where none were compared.
    ``has_known_number`` says that SKU or barcode led to the product. ``thumbnail`` is the
    list's picture, encoded small, b'' where there is none; ``reason`` says why in words.
    """

    status: DiffStatus
    record: ImportRecord | None
    product_id: int | None
    judgement: PairJudgement | None
    reason: str
    has_known_number: bool = False
    thumbnail: bytes = b""


@dataclass(frozen=True, slots=True, eq=False)
class CatalogueDiff:
    """The whole comparison: rows in the order of the list, then the missing products by SKU.

    ``plan`` is what importing the whole list would write; nothing of it is written.
    ``threshold`` is the chance in [0, 1] from which on pictures count as the same.
    """

    plan: ImportPlan
    rows: tuple[DiffRow, ...]
    threshold: float

    def counts(self) -> dict[DiffStatus, int]:
        """How many rows have each status."""
        counted = Counter(row.status for row in self.rows)
        return {status: counted[status] for status in DiffStatus}


@dataclass(frozen=True, slots=True, eq=False)
class DiffStep:
    """Some rows compared. The last step, and only it, carries the comparison."""

    progress: Progress
    diff: CatalogueDiff | None = None
