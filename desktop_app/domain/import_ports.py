"""What importing and exporting need from file formats; adapters in ``infra.tables``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from desktop_app.domain.imports import ImportIssue, TableRules
from desktop_app.domain.products import FieldValue
from desktop_app.domain.progress import CancelToken


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row below the headers. ``number`` is the row as a spreadsheet counts it, from 1.

    ``cells`` is as long as the headers; empty cells are None, texts are stripped and not
    empty, dates are ISO 8601 texts.
    """

    number: int
    cells: tuple[FieldValue, ...]


@dataclass(frozen=True, slots=True)
class TableContents:
    """A product list as read. ``headers`` are distinct and not empty; wholly empty rows are
    left out. ``encoding`` and ``delimiter`` are empty for spreadsheets, ``sheet`` and
    ``sheets`` for delimited text. ``pictures`` are the entries of a workbook, as an
    ArchiveReader lists them, that are pictures lying in a row, by row number.
    """

    headers: tuple[str, ...]
    rows: tuple[TableRow, ...]
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    pictures: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


class TableReader(Protocol):
    """Reads product lists: delimited text and spreadsheets."""

    def read(
        self, content: bytes, *, name: str, rules: TableRules, token: CancelToken
    ) -> TableContents:
        """Read a whole file's bytes. ``name`` is its file name, for the format and for
        messages; of ``rules`` only encoding, delimiter and sheet are used. Raises
        UnreadableTable and Cancelled."""
        ...


@dataclass(frozen=True, slots=True)
class ArchiveEntry:
    """A file in an archive. ``path`` is relative, with ``/``, safe to join to a folder on
    every system; ``key`` names the entry to its archive."""

    path: str
    size_bytes: int
    crc32: int
    key: int


@dataclass(frozen=True, slots=True)
class ArchiveListing:
    """The readable files of an archive in path order, and what was left out."""

    entries: tuple[ArchiveEntry, ...]
    issues: tuple[ImportIssue, ...] = ()


class ArchiveReader(Protocol):
    """Reads ZIP files that may be damaged or hostile."""

    def list_entries(self, archive: Path) -> ArchiveListing:
        """Raises UserFacingError where the archive as a whole cannot be trusted or read."""
        ...

    def read(self, archive: Path, entry: ArchiveEntry) -> bytes:
        """One entry's bytes. Raises UserFacingError where it is damaged."""
        ...

    def extract(
        self, archive: Path, targets: Sequence[tuple[ArchiveEntry, Path]]
    ) -> Mapping[Path, str]:
        """Write entries to their targets, each appearing whole or not at all; returns the
        problems by target. Raises StorageFull."""
        ...


class SheetWriter(Protocol):
    """Writes a spreadsheet."""

    def write(
        self, path: Path, headers: Sequence[str], rows: Iterable[Sequence[FieldValue]]
    ) -> None:
        """Write a new file; numbers stay numbers, texts stay texts even where they look like
        formulas. Raises OSError."""
        ...


class FolderWatcher(Protocol):
    """Says when something changes beneath folders."""

    def watch(self, folder: Path, on_change: Callable[[Path], None], *, recursive: bool) -> None:
        """Call ``on_change`` with each path that was made, written, moved or deleted beneath
        ``folder``, in a thread of the watcher's own. Raises OSError where the folder cannot be
        watched."""
        ...

    def stop(self) -> None:
        """End every watch; when this returns, no call is made any more and no thread is left."""
        ...
