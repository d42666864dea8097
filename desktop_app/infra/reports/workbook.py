"""Reports as XLSX, with pictures in the cells."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.report_ports import Cell, CellKind, Report, ReportColumn, ReportSheet
from desktop_app.infra.reports.contents import (
    address_of,
    file_address,
    readable,
    thumbnail_of,
)

PICTURE_SIDE = 96
"""Pixels that a picture may take up in its cell."""

MOST_ROWS = 1_048_575
"""Of a sheet, below its headers."""

_MARGIN = 4
_HEADER_HEIGHT = 40
_PICTURE_COLUMN_CHARS = 14
_MOST_TEXT = 32_767
# A spreadsheet program opens no sheet with more links.
_MOST_LINKS = 65_000
_STEP_ROWS = 50
_ABOUT = "About this report"
_MOVE_AND_SIZE_WITH_CELLS = 1


class XlsxReportWriter:
    """Writes a sheet for each of the report's, with frozen headers and filters, and one that
    says what the report states. Numbers are numbers, and no text is run as a formula.

    Rows and pictures wait on disk, so that memory hardly grows with the report. Raises
    UserFacingError where a sheet cannot hold all rows. See
    :class:`~desktop_app.domain.report_ports.ReportWriter`.
    """

    def steps(self, report: Report) -> int:
        return report.sheet_row_count

    def write(self, report: Report, path: Path) -> Generator[int, None, None]:
        with (
            tempfile.TemporaryDirectory(prefix="twinshelf-") as folder,
            _workbook(path, folder) as book,
        ):
            formats = _Formats.of(book)
            book.set_properties(
                {
                    "title": readable(report.title),
                    "comments": readable("\n".join(f"{k}: {text}" for k, text in report.facts)),
                }
            )
            done = 0
            pictures = _Pictures(Path(folder))
            for sheet in report.sheets:
                writer = _SheetWriter(book, sheet, formats, pictures)
                for rows in writer.write():
                    yield done + rows
                done += sheet.row_count
            _write_about(book, report, formats)
            try:
                book.close()
            except xlsxwriter.exceptions.FileCreateError as error:
                raise error.args[0] from error


@contextmanager
def _workbook(path: Path, folder: str) -> Iterator[Any]:
    """A workbook whose rows wait in files of ``folder``, which it leaves open where it is
    never closed."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": folder})
    try:
        yield book
    finally:
        for sheet in book.worksheets():
            sheet.row_data_fh.close()


@dataclass(frozen=True, slots=True)
class _Formats:
    header: Any
    text: Any
    number: Any
    share: Any
    link: Any
    title: Any
    label: Any

    @classmethod
    def of(cls, book: Any) -> _Formats:
        top = {"valign": "vcenter"}
        return cls(
            header=book.add_format(
                {"bold": True, "bottom": 1, "bg_color": "#ECECF4", "text_wrap": True, **top}
            ),
            text=book.add_format({"text_wrap": True, **top}),
            number=book.add_format(top),
            share=book.add_format({"num_format": "0.0%", **top}),
            link=book.add_format({"font_color": "#3F3FB5", "underline": 1, **top}),
            title=book.add_format({"bold": True, "font_size": 15}),
            label=book.add_format({"bold": True, "valign": "top"}),
        )


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A picture in its file, with its size in pixels and the size to show it in."""

    path: str
    width: int
    height: int
    shown: tuple[float, float]


class _Pictures:
    """Pictures waiting in a folder, each once, for as long as the workbook is written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[bytes, _Waiting | None] = {}

    def put(self, data: Cell) -> _Waiting | None:
        """None where there is nothing to show."""
        if not isinstance(data, bytes) or not data:
            return None
        digest = hashlib.blake2b(data, digest_size=16).digest()
        if digest not in self._known:
            self._known[digest] = self._written(data, len(self._known))
        return self._known[digest]

    def _written(self, data: bytes, number: int) -> _Waiting | None:
        found = thumbnail_of(data)
        if found is None:
            return None
        path = self._folder / f"{number}{found.suffix}"
        path.write_bytes(data)
        shown = found.fitted(PICTURE_SIDE, PICTURE_SIDE)
        return _Waiting(str(path), found.width, found.height, shown)


class _SheetWriter:
    """Writes one sheet from top to bottom; used once."""

    def __init__(
        self, book: Any, sheet: ReportSheet, formats: _Formats, pictures: _Pictures
    ) -> None:
        self._sheet = sheet
        self._formats = formats
        self._pictures = pictures
        self._out = book.add_worksheet(sheet.name)
        self._links = 0
        self._row = 0

    def write(self) -> Iterator[int]:
        out, columns = self._out, self._sheet.columns
        out.freeze_panes(1, 0)
        out.set_landscape()
        out.fit_to_pages(1, 0)
        out.repeat_rows(0)
        out.set_row_pixels(0, _HEADER_HEIGHT)
        for at, column in enumerate(columns):
            is_picture = column.kind is CellKind.PICTURE
            out.set_column(at, at, _PICTURE_COLUMN_CHARS if is_picture else column.width)
            out.write_string(0, at, readable(column.label), self._formats.header)
        for cells in self._sheet.rows:
            self._row += 1
            if self._row > MOST_ROWS:
                raise UserFacingError(
                    f"“{self._sheet.name}” has more than {MOST_ROWS:,} rows, which is all that a"
                    " spreadsheet can hold.",
                    remedy="Write a CSV instead, or report at a higher threshold.",
                )
            self._write_row(columns, cells)
            if self._row % _STEP_ROWS == 0:
                yield self._row
        out.autofilter(0, 0, self._row, len(columns) - 1)

    def _write_row(self, columns: tuple[ReportColumn, ...], cells: tuple[Cell, ...]) -> None:
        thumbnails = {
            at: found
            for at, column in enumerate(columns)
            if column.kind is CellKind.PICTURE and (found := self._pictures.put(cells[at]))
        }
        if thumbnails:
            # The height must be known before the row is written, and the row before the next.
            self._out.set_row_pixels(self._row, PICTURE_SIDE + 2 * _MARGIN)
        for at, (column, cell) in enumerate(zip(columns, cells, strict=True)):
            if at in thumbnails:
                self._insert(at, thumbnails[at])
            elif column.kind is not CellKind.PICTURE:
                self._write_cell(at, column.kind, cell)

    def _write_cell(self, at: int, kind: CellKind, cell: Cell) -> None:
        formats = self._formats
        if cell is None or cell == "" or isinstance(cell, bytes):
            self._out.write_blank(self._row, at, None, formats.text)
        elif isinstance(cell, bool):
            self._out.write_string(self._row, at, "yes" if cell else "no", formats.text)
        elif isinstance(cell, str):
            text = readable(cell)[:_MOST_TEXT]
            address = self._address(kind, cell)
            if address:
                self._links += 1
                self._out.write_url(self._row, at, address, formats.link, text)
            else:
                self._out.write_string(self._row, at, text, formats.text)
        else:
            shown = formats.share if kind is CellKind.SHARE else formats.number
            self._out.write_number(self._row, at, cell, shown)

    def _address(self, kind: CellKind, text: str) -> str:
        if kind not in (CellKind.FILE, CellKind.WEB) or self._links >= _MOST_LINKS:
            return ""
        address = file_address(text) if kind is CellKind.FILE else address_of(text)
        # XlsxWriter turns "file:///home/…" into "\home\…", which opens nowhere; it leaves
        # other schemes alone, and the case of a scheme means nothing (RFC 3986, 3.1).
        return address.replace("file://", "FILE://", 1)

    def _insert(self, at: int, picture: _Waiting) -> None:
        """Pictures move and shrink with their cells: a filtered row hides its own."""
        width, height = picture.shown
        options = {
            "object_position": _MOVE_AND_SIZE_WITH_CELLS,
            "x_offset": _MARGIN + (PICTURE_SIDE - width) / 2,
            "y_offset": _MARGIN + (PICTURE_SIDE - height) / 2,
            "x_scale": width / picture.width,
            "y_scale": height / picture.height,
        }
        self._out.insert_image(self._row, at, picture.path, options)


def _write_about(book: Any, report: Report, formats: _Formats) -> None:
    out = book.add_worksheet(_ABOUT)
    out.set_column(0, 0, 24)
    out.set_column(1, 1, 80)
    out.write_string(0, 0, readable(report.title), formats.title)
    for row, (label, text) in enumerate(report.facts, 2):
        out.write_string(row, 0, readable(label), formats.label)
        out.write_string(row, 1, readable(text), formats.text)
