"""Reports as PDF contact sheets: pages of pictures with what is known of them."""

from __future__ import annotations

import io
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reportlab import rl_config
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from desktop_app.domain.report_ports import Report, ReportCard, ReportSection, Tone
from desktop_app.infra.reports.contents import address_of, readable, thumbnail_of
from desktop_app.infra.reports.letters import Lettering, Style

_WIDTH, _HEIGHT = A4
_MARGIN = 15 * mm
_TOP = _HEIGHT - 24 * mm
_BOTTOM = 18 * mm
_INNER = _WIDTH - 2 * _MARGIN
_COLUMNS = 4
_GAP = 5 * mm
_CARD_WIDTH = (_INNER - (_COLUMNS - 1) * _GAP) / _COLUMNS
_MAT = _CARD_WIDTH
_MAT_PADDING = 1.5 * mm
_MOST_LINES = 2
_HEAD_FACTS = 3
_MOST_TABLE_ROWS = 12
_STEP_SECTIONS = 20

_TITLE = Style(16, is_bold=True)
_FACT = Style(9)
_FACT_LABEL = Style(9, grey=0.4)
_PAGE = Style(8, grey=0.4)
_SECTION = Style(11, is_bold=True)
_NOTE = Style(8.5, grey=0.35)
_CARD = Style(9, is_bold=True)
_LINE = Style(8)
_LINK = Style(7.5, grey=0.35)
_BADGE = Style(7)
_TABLE = Style(7.5)
_TABLE_HEAD = Style(7.5, grey=0.4)
_BADGES = {Tone.PLAIN: "#E6E6EE", Tone.GOOD: "#D9F0DF", Tone.WARNING: "#FBE8C8"}
_HAIRLINE = HexColor("#D0D0D8")
_MAT_COLOUR = HexColor("#F4F4F6")
_LABEL_WIDTH = 38 * mm
_PAGE_COUNT = "page-count"


class PdfReportWriter:
    """Writes A4 pages: what the report states, then its sections. Pictures are fitted, never
    cropped; the fonts travel with the file. See
    :class:`~desktop_app.domain.report_ports.ReportWriter`."""

    def __init__(self, fonts: Path) -> None:
        self._fonts = fonts

    def steps(self, report: Report) -> int:
        return report.section_count

    def write(self, report: Report, path: Path) -> Generator[int, None, None]:
        sheets = _Sheets(Lettering(self._fonts), path, report)
        sheets.draw_facts()
        number = 0
        for number, section in enumerate(report.sections, 1):
            sheets.draw_section(section)
            if number % _STEP_SECTIONS == 0:
                yield number
        if not number:
            sheets.draw_line(report.empty_text, _FACT)
        sheets.save()


@dataclass(frozen=True, slots=True)
class _LaidCard:
    """A card with its texts broken into lines, and its height."""

    card: ReportCard
    heading: list[str]
    lines: list[str]

    @property
    def height(self) -> float:
        badge = _BADGE.leading + 5 if self.card.badge else 0.0
        links = _LINK.leading if self.card.links else 0.0
        heading = len(self.heading) * _CARD.leading
        return float(_MAT + 4 + badge + heading + len(self.lines) * _LINE.leading + links)


class _Sheets:
    """Draws from top to bottom, turning pages; used once."""

    def __init__(self, letters: Lettering, path: Path, report: Report) -> None:
        # Twice as large otherwise, for programs that cannot take bytes.
        rl_config.useA85 = 0
        self._letters = letters
        self._report = report
        self._canvas: Any = Canvas(str(path), pagesize=A4, pageCompression=1)
        self._canvas.setTitle(readable(report.title))
        self._canvas.setCreator("Twinshelf")
        facts = [text for _, text in report.facts]
        self._running_head = readable(" · ".join([report.title, *facts[:_HEAD_FACTS]]))
        self._running_foot = readable(" · ".join(facts[_HEAD_FACTS : _HEAD_FACTS + 1]))
        self._y = _TOP
        self._begin_page()

    def draw_facts(self) -> None:
        """The first page's head: title and facts."""
        self.draw_line(self._report.title, _TITLE)
        self._y -= 2 * mm
        for label, text in self._report.facts:
            lines = self._letters.lines(readable(text), _FACT, _INNER - _LABEL_WIDTH, most=4)
            for at, line in enumerate(lines or [""]):
                self._need(_FACT.leading)
                self._y -= _FACT.leading
                if at == 0:
                    words = self._letters.shortened(
                        readable(label), _FACT_LABEL, _LABEL_WIDTH - 2 * mm
                    )
                    self._text(_MARGIN, words, _FACT_LABEL)
                self._text(_MARGIN + _LABEL_WIDTH, line, _FACT)
        self._y -= 5 * mm

    def draw_line(self, text: str, style: Style) -> None:
        """One text over the width of the page, broken where needed."""
        for line in self._letters.lines(readable(text), style, _INNER, most=3):
            self._need(style.leading)
            self._y -= style.leading
            self._text(_MARGIN, line, style)

    def draw_section(self, section: ReportSection) -> None:
        """Heading and note stay with the first row of cards; a row is never parted."""
        cards = [self._laid(card) for card in section.cards]
        rows = [cards[at : at + _COLUMNS] for at in range(0, len(cards), _COLUMNS)]
        heights = [max(card.height for card in row) for row in rows]
        head = _SECTION.leading + (_NOTE.leading if section.note else 0) + 3 * mm
        self._need(head + (heights[0] if heights else 0))
        if self._y < _TOP:
            self._draw_hairline(self._y)
        self._y -= 1 * mm
        for text, style in ((section.heading, _SECTION), (section.note, _NOTE)):
            if text:
                self._y -= style.leading
                self._text(_MARGIN, self._letters.shortened(readable(text), style, _INNER), style)
        self._y -= 2 * mm
        for row, height in zip(rows, heights, strict=True):
            self._need(height)
            for at, card in enumerate(row):
                self._draw_card(card, _MARGIN + at * (_CARD_WIDTH + _GAP))
            self._y -= height + 3 * mm
        self._draw_table(section)
        self._y -= 4 * mm

    def save(self) -> None:
        """Finish the last page and write the file. Raises OSError."""
        self._end_page()
        self._canvas.beginForm(_PAGE_COUNT, 0, 0, 40 * mm, 10 * mm)
        self._letters.draw(self._canvas, 0, 2, str(self._canvas.getPageNumber() - 1), _PAGE)
        self._canvas.endForm()
        self._canvas.save()

    def _laid(self, card: ReportCard) -> _LaidCard:
        heading = self._letters.lines(readable(card.heading), _CARD, _CARD_WIDTH, most=_MOST_LINES)
        lines = [
            line
            for text in card.lines
            if text
            for line in self._letters.lines(readable(text), _LINE, _CARD_WIDTH, most=_MOST_LINES)
        ]
        return _LaidCard(card, heading, lines)

    def _draw_card(self, laid: _LaidCard, x: float) -> None:
        canvas, letters, card = self._canvas, self._letters, laid.card
        y = self._y - _MAT
        canvas.setFillColor(_MAT_COLOUR)
        canvas.roundRect(x, y, _CARD_WIDTH, _MAT, 4, stroke=0, fill=1)
        self._draw_picture(card, x, y)
        y -= 4
        if card.badge:
            words = letters.shortened(readable(card.badge), _BADGE, _CARD_WIDTH - 8)
            y -= _BADGE.leading + 2
            canvas.setFillColor(HexColor(_BADGES[card.tone]))
            canvas.roundRect(x, y, letters.width(words, _BADGE) + 8, _BADGE.leading + 1, 4, 0, 1)
            letters.draw(canvas, x + 4, y + 2.8, words, _BADGE)
            y -= 3
        for lines, style in ((laid.heading, _CARD), (laid.lines, _LINE)):
            for line in lines:
                y -= style.leading
                letters.draw(canvas, x, y + 2, line, style)
        self._draw_links(card, x, y - _LINK.leading + 2)

    def _draw_picture(self, card: ReportCard, x: float, y: float) -> None:
        found = thumbnail_of(card.thumbnail)
        if found is None:
            words = "No picture"
            left = x + (_CARD_WIDTH - self._letters.width(words, _NOTE)) / 2
            self._letters.draw(self._canvas, left, y + _MAT / 2, words, _NOTE)
            return
        side = _MAT - 2 * _MAT_PADDING
        width, height = found.fitted(side, side)
        left, low = x + (_CARD_WIDTH - width) / 2, y + (_MAT - height) / 2
        picture = ImageReader(io.BytesIO(found.data))
        self._canvas.drawImage(picture, left, low, width, height)

    def _draw_links(self, card: ReportCard, x: float, y: float) -> None:
        for words, target in card.links:
            address = address_of(readable(target))
            width = self._letters.width(words, _LINK)
            if address and x + width <= _WIDTH - _MARGIN + 1:
                self._letters.draw(self._canvas, x, y, words, _LINK)
                self._canvas.line(x, y - 1, x + width, y - 1)
                box = (x, y - 2, x + width, y + _LINK.size)
                self._canvas.linkURL(address, box, relative=0, thickness=0)
                x += width + 3 * mm

    def _draw_table(self, section: ReportSection) -> None:
        rows = section.table_rows[:_MOST_TABLE_ROWS]
        if not rows:
            return
        widths = self._column_widths(section.table_headers, rows)
        for at, row in enumerate((section.table_headers, *rows)):
            style = _TABLE if at else _TABLE_HEAD
            self._need(style.leading)
            self._y -= style.leading
            x = _MARGIN
            for cell, width in zip(row, widths, strict=True):
                words = self._letters.shortened(readable(cell), style, width - 2 * mm)
                self._text(x, words, style)
                x += width
        left = len(section.table_rows) - len(rows)
        if left:
            self.draw_line(f"and {left:,} more", _TABLE_HEAD)

    def _column_widths(
        self, headers: tuple[str, ...], rows: tuple[tuple[str, ...], ...]
    ) -> list[float]:
        """As wide as the cells need; the widest give way where the page is too narrow."""
        needed = [
            max(self._letters.width(readable(row[at]), _TABLE) for row in (headers, *rows)) + 3 * mm
            for at in range(len(headers))
        ]
        limit = max(needed, default=0.0)
        while sum(min(width, limit) for width in needed) > _INNER:
            limit *= 0.95
        return [min(width, limit) for width in needed]

    def _text(self, x: float, text: str, style: Style) -> None:
        self._letters.draw(self._canvas, x, self._y + style.size * 0.25, text, style)

    def _need(self, height: float) -> None:
        """Turn the page where ``height`` does not fit on it any more."""
        if self._y - height < _BOTTOM and self._y < _TOP:
            self._end_page()
            self._begin_page()

    def _begin_page(self) -> None:
        self._y = _TOP
        y = _HEIGHT - 15 * mm
        head = self._letters.shortened(self._running_head, _PAGE, _INNER)
        self._letters.draw(self._canvas, _MARGIN, y, head, _PAGE)
        self._draw_hairline(y - 2 * mm)

    def _draw_hairline(self, y: float) -> None:
        self._canvas.setStrokeColor(_HAIRLINE)
        self._canvas.setLineWidth(0.5)
        self._canvas.line(_MARGIN, y, _WIDTH - _MARGIN, y)

    def _end_page(self) -> None:
        canvas, y = self._canvas, 10 * mm
        words = f"page {canvas.getPageNumber()} of "
        left = _WIDTH - _MARGIN - self._letters.width(words + "0000", _PAGE)
        foot = self._letters.shortened(self._running_foot, _PAGE, left - _MARGIN - 4 * mm)
        self._letters.draw(canvas, _MARGIN, y, foot, _PAGE)
        self._letters.draw(canvas, left, y, words, _PAGE)
        # How many pages there are is known at the end only: a form drawn then.
        canvas.saveState()
        canvas.translate(left + self._letters.width(words, _PAGE), y - 2)
        canvas.doForm(_PAGE_COUNT)
        canvas.restoreState()
        canvas.showPage()
