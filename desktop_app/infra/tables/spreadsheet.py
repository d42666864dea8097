"""XLSX workbooks: reading a sheet with the values a person sees, and writing one."""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from desktop_app.domain.errors import UnreadableTable
from desktop_app.domain.products import FieldValue
from desktop_app.domain.progress import CancelToken

MAX_UNPACKED_BYTES = 2 << 30
MAX_CELL_CHARS = 32_767
_OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_CHECK_EVERY = 500
_ZEROS_FORMAT = re.compile(r"0{2,}")
# openpyxl trusts the XML: a damaged workbook fails wherever its reading happens to stumble.
_DAMAGED = (
    *(InvalidFileException, zipfile.BadZipFile, zlib.error, EOFError, OSError, SyntaxError),
    *(LookupError, ValueError, TypeError, AttributeError),
)
_SAVE_AS_XLSX = "Open it in a spreadsheet program, save it as XLSX and import that file."


def is_old_workbook(content: bytes) -> bool:
    """Whether this is the container of XLS files and of password-protected XLSX files."""
    return content.startswith(_OLE_MAGIC)


def refuse_old_workbook(content: bytes, name: str) -> UnreadableTable:
    """The error for a file of which :func:`is_old_workbook` is true."""
    if _ENCRYPTED_STREAM in content:
        return UnreadableTable(
            f"“{name}” is protected with a password.",
            remedy="Save a copy without the password and import that file.",
        )
    return UnreadableTable(f"“{name}” is in the old Excel format.", remedy=_SAVE_AS_XLSX)


def read_workbook(
    content: bytes, *, name: str, sheet: str, token: CancelToken
) -> tuple[list[list[FieldValue]], str, tuple[str, ...]]:
    """The rows of a sheet from the first row on, its name, and the names of all sheets.

    ``sheet`` empty means the first visible sheet that holds anything. Raises
    UnreadableTable and Cancelled.
    """
    try:
        _refuse_bomb(content, name)
        with warnings.catch_warnings():
            # openpyxl warns of features it drops (validation, conditional formats).
            warnings.simplefilter("ignore")
            # Cached values: what the spreadsheet program last computed for each formula.
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            try:
                return _read_sheet(book, name, sheet, token)
            finally:
                book.close()
    except _DAMAGED as error:
        raise UnreadableTable(
            f"“{name}” is damaged or not a workbook.",
            remedy=_SAVE_AS_XLSX,
            details=f"{type(error).__name__}: {error}",
        ) from error


def _read_sheet(
    book: Any, name: str, sheet: str, token: CancelToken
) -> tuple[list[list[FieldValue]], str, tuple[str, ...]]:
    names = tuple(each.title for each in book.worksheets)
    if sheet and sheet not in names:
        raise UnreadableTable(
            f"“{name}” has no sheet named “{sheet}”.",
            remedy="Choose one of: " + ", ".join(names) + ".",
        )
    visible = [each.title for each in book.worksheets if each.sheet_state == "visible"]
    rows: list[list[FieldValue]] = []
    chosen = sheet or next(iter(visible or names), "")
    for candidate in [sheet] if sheet else visible or names:
        rows = _sheet_rows(book[candidate], token)
        if rows:
            chosen = candidate
            break
    return rows, chosen, names


def _sheet_rows(worksheet: Any, token: CancelToken) -> list[list[FieldValue]]:
    # Some programs write a wrong extent, which would cut the sheet off.
    worksheet.reset_dimensions()
    rows: list[list[FieldValue]] = []
    for number, cells in enumerate(worksheet.iter_rows()):
        if number % _CHECK_EVERY == 0:
            token.checkpoint()
        rows.append([_value(cell) for cell in cells])
    while rows and all(value is None for value in rows[-1]):
        rows.pop()
    return rows


def _value(cell: Any) -> FieldValue:
    value = cell.value
    if value is None or isinstance(value, bool):
        return value
    if cell.data_type == "e":
        return None
    if isinstance(value, (int, float)):
        return _number(value, cell.number_format)
    if isinstance(value, dt.datetime):
        value = value.date() if value.time() == dt.time() else value
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return str(value)


def _number(value: float, number_format: str) -> FieldValue:
    if _ZEROS_FORMAT.fullmatch(number_format) and value >= 0 and float(value).is_integer():
        # An article number kept as a number and shown with leading zeros.
        return f"{int(value):0{len(number_format)}d}"
    return float(value)


def _refuse_bomb(content: bytes, name: str) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        unpacked = sum(info.file_size for info in archive.infolist())
    if unpacked > MAX_UNPACKED_BYTES:
        raise UnreadableTable(
            f"“{name}” would unpack to {unpacked >> 20:,} MB.",
            remedy="Export only the columns you need, for example as CSV.",
        )


class XlsxWriter:
    """Writes one sheet with bold, frozen headers and a filter row."""

    def write(
        self, path: Path, headers: Sequence[str], rows: Iterable[Sequence[FieldValue]]
    ) -> None:
        book = Workbook(write_only=True)
        sheet = book.create_sheet("Products")
        sheet.freeze_panes = "A2"
        sheet.append([self._cell(sheet, header, bold=True) for header in headers])
        count = 1
        for row in rows:
            sheet.append([self._cell(sheet, value) for value in row])
            count += 1
        if headers:
            sheet.auto_filter.ref = f"A1:{get_column_letter(len(headers))}{count}"
        book.save(path)

    @staticmethod
    def _cell(sheet: Any, value: FieldValue, *, bold: bool = False) -> Any:
        if not isinstance(value, str):
            return value
        text = ILLEGAL_CHARACTERS_RE.sub("", value)[:MAX_CELL_CHARS]
        cell = WriteOnlyCell(sheet, text)
        # openpyxl takes any text that begins with "=" for a formula.
        cell.data_type = "s"
        if bold:
            cell.font = Font(bold=True)
        return cell
