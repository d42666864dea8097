"""A report as writers see it: sheets for programs that calculate, sections for reading.

Everything is in the words a person reads; writers only lay out. Sheets and sections are read
anew each time they are walked.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from desktop_app.domain.products import FieldValue

Cell = FieldValue | bytes
"""bytes are an encoded small picture."""


class CellKind(StrEnum):
    """How a column's cells are shown: SHARE is a number in [0, 1] shown as per cent, PICTURE an
    encoded picture, FILE the path of a file and WEB an address, both as links."""

    TEXT = "text"
    NUMBER = "number"
    SHARE = "share"
    PICTURE = "picture"
    FILE = "file"
    WEB = "web"


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """``width`` is in characters."""

    label: str
    kind: CellKind = CellKind.TEXT
    width: int = 12


@dataclass(frozen=True, slots=True, eq=False)
class ReportSheet:
    """A table; each row has one cell for each column, None or b'' where there is nothing.
    ``row_count`` says about how many rows there are."""

    name: str
    columns: tuple[ReportColumn, ...]
    rows: Iterable[tuple[Cell, ...]]
    row_count: int


class Tone(StrEnum):
    """How a badge looks."""

    PLAIN = "plain"
    GOOD = "good"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class ReportCard:
    """One product to look at. ``lines`` are shown below the heading in their order; ``links``
    are (words, address) pairs, an address being a web address or the path of a file."""

    heading: str
    badge: str
    lines: tuple[str, ...] = ()
    tone: Tone = Tone.PLAIN
    links: tuple[tuple[str, str], ...] = ()
    thumbnail: bytes = b""


@dataclass(frozen=True, slots=True)
class ReportSection:
    """Cards that belong together, and a small table of texts below them."""

    heading: str
    note: str
    cards: tuple[ReportCard, ...]
    table_headers: tuple[str, ...] = ()
    table_rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """``facts`` are (label, text) pairs that every form of the report states; the first four
    are repeated on every page. The first sheet is the one that a form with a single table
    shows. ``empty_text`` stands where there is no section."""

    title: str
    facts: tuple[tuple[str, str], ...]
    sheets: tuple[ReportSheet, ...]
    sections: Iterable[ReportSection]
    section_count: int
    empty_text: str = "There is nothing to report."

    @property
    def sheet_row_count(self) -> int:
        return sum(sheet.row_count for sheet in self.sheets)


class ReportWriter(Protocol):
    """Writes a report in one format."""

    def steps(self, report: Report) -> int:
        """About how many steps :meth:`write` will take."""
        ...

    def write(self, report: Report, path: Path) -> Generator[int, None, None]:
        """Write a new file, yielding how many steps are done, now and then. Whoever stops
        asking leaves a part of a file at ``path``. Raises OSError."""
        ...
