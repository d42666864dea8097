"""Outlines as PDF: A4 pages with a captioned outline in each field."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reportlab import rl_config
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from desktop_app.domain.outline_sheets import OutlineSheet, SheetCell, laid_sheet, scale_words
from desktop_app.domain.shapes import DrawnOutline
from desktop_app.infra.reports.contents import readable
from desktop_app.infra.reports.letters import Lettering, Style

_WIDTH, _HEIGHT = A4
_MARGIN = 15 * mm
_HEAD = 20 * mm
_FOOT = 12 * mm
_TITLE = Style(14, is_bold=True)
_NOTE = Style(8.5, grey=0.35)
_CAPTION = Style(8, is_bold=True)
_SIZE = Style(7.5, grey=0.35)
_FILL, _LINE, _GROUND = HexColor("#DCDCE8"), HexColor("#1D1D22"), HexColor("#D0D0D8")


def write_outline_pages(
    path: Path, outlines: Sequence[tuple[str, DrawnOutline]], fonts: Path, *, title: str
) -> None:
    """Write a new file. The fonts travel with it. Raises OSError."""
    sheet = laid_sheet(outlines)
    rows = max(1, int((_HEIGHT - _HEAD - _FOOT - _MARGIN) // (sheet.form.row_height * mm)))
    rl_config.useA85 = 0
    canvas: Any = Canvas(str(path), pagesize=A4, pageCompression=1)
    canvas.setTitle(readable(title))
    canvas.setCreator("Twinshelf")
    letters = Lettering(fonts)
    pages = -(-sheet.rows // rows)
    for page in range(pages):
        _draw_head(canvas, letters, sheet, readable(title))
        for cell in sheet.cells:
            if page * rows <= cell.row < (page + 1) * rows:
                _draw_cell(canvas, letters, sheet, cell, cell.row - page * rows)
        words = f"page {page + 1} of {pages}"
        right = _WIDTH - _MARGIN - letters.width(words, _NOTE)
        letters.draw(canvas, right, 9 * mm, words, _NOTE)
        canvas.showPage()
    canvas.save()


def _draw_head(canvas: Any, letters: Lettering, sheet: OutlineSheet, title: str) -> None:
    inner = _WIDTH - 2 * _MARGIN
    top = _HEIGHT - _MARGIN
    words = letters.shortened(title, _TITLE, inner)
    letters.draw(canvas, _MARGIN, top - _TITLE.size, words, _TITLE)
    below = top - _TITLE.size - _NOTE.leading - 2
    letters.draw(canvas, _MARGIN, below, scale_words(sheet), _NOTE)


def _draw_cell(
    canvas: Any, letters: Lettering, sheet: OutlineSheet, cell: SheetCell, row: int
) -> None:
    form = sheet.form
    left = _MARGIN + cell.column * (form.cell_width + form.gap) * mm
    top = _HEIGHT - _MARGIN - _HEAD - row * form.row_height * mm
    base = top - form.cell_height * mm
    path = canvas.beginPath()
    for place, (x, y) in enumerate(cell.points.tolist()):
        (path.lineTo if place else path.moveTo)(left + x * mm, top - y * mm)
    path.close()
    canvas.setFillColor(_FILL)
    canvas.setStrokeColor(_LINE)
    canvas.setLineWidth(0.7)
    canvas.setLineJoin(1)
    canvas.drawPath(path, stroke=1, fill=1)
    canvas.setStrokeColor(_GROUND)
    canvas.setLineWidth(0.4)
    canvas.line(left, base, left + form.cell_width * mm, base)
    size = f"{cell.height_mm:.0f} mm" if cell.height_mm else ""
    room = form.cell_width * mm - (letters.width(size, _SIZE) + 6 if size else 0)
    words = letters.shortened(readable(cell.caption), _CAPTION, room)
    letters.draw(canvas, left, base - _CAPTION.leading - 1, words, _CAPTION)
    right = left + form.cell_width * mm - letters.width(size, _SIZE)
    letters.draw(canvas, right, base - _CAPTION.leading - 1, size, _SIZE)
