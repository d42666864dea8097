"""Product lists of any known format, as headers and rows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from desktop_app.domain.errors import UnreadableTable
from desktop_app.domain.import_ports import TableContents, TableRow
from desktop_app.domain.imports import TableRules
from desktop_app.domain.products import FieldValue
from desktop_app.domain.progress import CancelToken
from desktop_app.infra.tables.delimited import parse_delimited
from desktop_app.infra.tables.embedded_pictures import pictures_by_row
from desktop_app.infra.tables.encoding import decode_text
from desktop_app.infra.tables.spreadsheet import (
    is_old_workbook,
    read_workbook,
    refuse_old_workbook,
)

_ZIP_MAGIC = b"PK\x03\x04"
_BINARY_MAGIC = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf")
_HEADER_SEARCH_ROWS = 20
_HEADER_SHARE = 0.6
# A text that a spreadsheet would run as a formula is exported behind an apostrophe.
_GUARDED = re.compile(r"'+[=+\-@\t\r]")

Record = tuple[int, list[FieldValue]]


class FileTableReader:
    """Reads CSV, TSV, other delimited text, and XLSX; tells them apart by content."""

    def read(
        self, content: bytes, *, name: str, rules: TableRules, token: CancelToken
    ) -> TableContents:
        """See :class:`~desktop_app.domain.import_ports.TableReader`."""
        if not content.strip():
            raise UnreadableTable(f"“{name}” is empty.", remedy="Check the file and try again.")
        if is_old_workbook(content):
            raise refuse_old_workbook(content, name)
        if content.startswith(_BINARY_MAGIC) or (
            content.startswith(_ZIP_MAGIC) and name.lower().endswith((".ods", ".numbers", ".xlsb"))
        ):
            raise UnreadableTable(
                f"“{name}” is not a format that can be read.",
                remedy="Save the list as XLSX or CSV and import that file.",
            )
        if content.startswith(_ZIP_MAGIC):
            grid, sheet, sheets = read_workbook(content, name=name, sheet=rules.sheet, token=token)
            headers, rows = _split_headers(grid, name)
            pictures = pictures_by_row(content, sheet)
            return TableContents(headers, rows, sheet=sheet, sheets=sheets, pictures=pictures)
        text, encoding = decode_text(content, name=name, encoding=rules.encoding)
        records, delimiter = parse_delimited(
            text, name=name, delimiter=rules.delimiter, token=token
        )
        plain = [[_unguarded(cell) for cell in record] for record in records]
        headers, rows = _split_headers(plain, name)
        return TableContents(headers, rows, encoding=encoding, delimiter=delimiter)


def _unguarded(cell: str) -> FieldValue:
    return cell[1:] if _GUARDED.match(cell) else cell


def _split_headers(
    grid: Sequence[Sequence[FieldValue]], name: str
) -> tuple[tuple[str, ...], tuple[TableRow, ...]]:
    """Headers and rows, without the empty rows and the columns that hold nothing at all."""
    records: list[Record] = []
    for number, row in enumerate(grid, start=1):
        cells = [_stripped(cell) for cell in row]
        if any(cell is not None for cell in cells):
            records.append((number, cells))
    if not records:
        raise UnreadableTable(
            f"“{name}” holds no rows.", remedy="Check the file, or choose another sheet."
        )
    at = _header_position(records)
    body = records[at + 1 :]
    header_cells = records[at][1]
    width = max(len(header_cells), *(len(cells) for _, cells in body), 1)
    filled = [False] * width
    for _, cells in records[at:]:
        for column, cell in enumerate(cells):
            if cell is not None:
                filled[column] = True
    kept = [column for column in range(width) if filled[column]]
    rows = tuple(
        TableRow(number, tuple(cells[c] if c < len(cells) else None for c in kept))
        for number, cells in body
    )
    return _distinct([_at(header_cells, column) for column in kept], kept), rows


def _stripped(cell: FieldValue) -> FieldValue:
    if isinstance(cell, str):
        return cell.strip() or None
    return cell


def _at(cells: Sequence[FieldValue], column: int) -> FieldValue:
    return cells[column] if column < len(cells) else None


def _header_position(records: Sequence[Record]) -> int:
    """The first row about as wide as the table, past titles and addresses above it."""
    head = records[:_HEADER_SEARCH_ROWS]
    counts = [sum(cell is not None for cell in cells) for _, cells in head]
    needed = max(counts) * _HEADER_SHARE
    return next(at for at, count in enumerate(counts) if count >= needed)


def _distinct(cells: Sequence[FieldValue], columns: Sequence[int]) -> tuple[str, ...]:
    headers: list[str] = []
    for cell, column in zip(cells, columns, strict=True):
        text = _header_text(cell) or f"Column {column + 1}"
        header, copy = text, 2
        while header in headers:
            header, copy = f"{text} ({copy})", copy + 1
        headers.append(header)
    return tuple(headers)


def _header_text(cell: FieldValue) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split())
