"""What an import reads, plans, and reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from desktop_app.domain.products import Column, FieldValue
from desktop_app.domain.progress import Progress
from desktop_app.domain.storage import ChangeSet


class SourceKind(StrEnum):
    """Where products come from. A ZIP's pictures are copied into the catalogue folder."""

    FOLDER = "folder"
    TABLE = "table"
    ZIP = "zip"
    FILES = "files"


PICTURE_TARGET = "picture"
VIEW_TARGET = "view"
IGNORE_TARGET = ""


@dataclass(frozen=True, slots=True)
class FolderRules:
    """How file names become products.

    ``name_pattern`` holds the placeholders ``{sku}`` and, optionally, ``{view}``, matched
    against the file name without its ending; a name that does not match is its own SKU.
    A pattern with ``/`` (``{sku}/{view}``) takes the folders right above the file along; an
    empty one lets the preview suggest one.
    ``category_from_folder`` takes the first sub-folder below the imported one as category,
    where the pattern does not use it and its name says more than "images".
    """

    name_pattern: str = "{sku}"
    category_from_folder: bool = True


@dataclass(frozen=True, slots=True)
class TableRules:
    """How a table's columns become fields.

    ``mapping`` maps each header to a core field name, an extra column's name (declared in
    ``new_columns`` where the catalogue lacks it), PICTURE_TARGET (a path or several parted
    by ``;`` or ``|``, relative to ``picture_root`` or the table), VIEW_TARGET, or
    IGNORE_TARGET. ``encoding``, ``delimiter`` and ``sheet`` are detected where empty.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    new_columns: tuple[Column, ...] = ()
    picture_root: Path | None = None
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What a person dropped or chose, with the rules to read it by.

    ``paths`` is one folder, one table or one ZIP, or any number of picture files.
    """

    kind: SourceKind
    paths: tuple[Path, ...]
    folder_rules: FolderRules = field(default_factory=FolderRules)
    table_rules: TableRules = field(default_factory=TableRules)
    watch: bool = False


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A picture found on disk or named by a table. ``size_bytes`` and ``mtime_ns`` are 0
    where the file is absent.
    """

    path: Path
    view: str = ""
    size_bytes: int = 0
    mtime_ns: int = 0


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """One product of the source. ``fields`` holds only what the source says, by column name,
    converted to the column's kind. ``origin`` names the place: ``row 12``, ``jars/a-1.jpg``.
    """

    sku: str
    fields: Mapping[str, FieldValue]
    pictures: tuple[PictureFile, ...]
    origin: str


class IssueKind(StrEnum):
    """SKIPPED was left out on purpose, FAILED could not be read, NOTE was taken with a remark."""

    SKIPPED = "skipped"
    FAILED = "failed"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class ImportIssue:
    """Something a person may want to mend in the source."""

    kind: IssueKind
    origin: str
    reason: str


@dataclass(frozen=True, slots=True)
class TablePreview:
    """The head of a table and how its columns would be read."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    row_count: int
    rules: TableRules
    sheets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """Everything an import would write, shown before anything is written."""

    request: ImportRequest
    records: tuple[ImportRecord, ...]
    issues: tuple[ImportIssue, ...] = ()
    new_columns: tuple[Column, ...] = ()
    table: TablePreview | None = None

    @property
    def picture_count(self) -> int:
        return sum(len(record.pictures) for record in self.records)

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories that occur, sorted."""
        found = {str(r.fields["category"]) for r in self.records if r.fields.get("category")}
        return tuple(sorted(found))


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did. ``issues`` joins those of the plan and those met while writing."""

    products_added: int = 0
    products_updated: int = 0
    products_unchanged: int = 0
    pictures_added: int = 0
    pictures_moved: int = 0
    pictures_replaced: int = 0
    pictures_unchanged: int = 0
    pictures_offline: int = 0
    issues: tuple[ImportIssue, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportStep:
    """One committed batch of an import. The last step, and only it, carries the report."""

    progress: Progress
    changes: ChangeSet = field(default_factory=ChangeSet)
    report: ImportReport | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """An imported place the catalogue remembers, so that it can be read again."""

    id: int
    request: ImportRequest
    last_read_at: str
