"""Where things are in a grid of cards, and on one card: arithmetic only."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect

from desktop_app.ui.theme import Space

CARD_WIDTHS = range(88, 361)
"""Least widths of a card that the size slider offers, in logical pixels."""

DEFAULT_CARD_WIDTH = 184
COMPACT_BELOW = 136
MARGIN = Space.M
GAP = Space.XS
PADDING = Space.S
LINE = 18
META_LINE = 16
BUTTON = 26


@dataclass(frozen=True, slots=True)
class GridGeometry:
    """Cards in rows that fill the width: as many columns as fit, then widened to fill.

    Coordinates are those of the content, whose height may exceed the viewport's.
    """

    count: int
    width: int
    card_width: int

    @property
    def columns(self) -> int:
        return max(1, (self.width - 2 * MARGIN) // self.card_width)

    @property
    def cell_width(self) -> int:
        """Widened by at most half, so that one column is not one giant."""
        fair = (self.width - 2 * MARGIN) // self.columns
        return max(1, min(fair, self.card_width * 3 // 2))

    @property
    def cell_height(self) -> int:
        return self.cell_width + text_height(self.cell_width)

    @property
    def lines(self) -> int:
        return -(-self.count // self.columns)

    @property
    def content_height(self) -> int:
        return self.lines * self.cell_height + 2 * MARGIN if self.count else 0

    def rect(self, row: int) -> QRect:
        """The cell of a row of the model."""
        line, column = divmod(row, self.columns)
        spare = max(0, self.width - 2 * MARGIN - self.columns * self.cell_width)
        # The pixels left by whole-number widths are shared out between the columns.
        extra = spare * column // self.columns if spare < self.columns else 0
        return QRect(
            MARGIN + column * self.cell_width + extra,
            MARGIN + line * self.cell_height,
            self.cell_width,
            self.cell_height,
        )

    def row_at(self, point: QPoint) -> int:
        """The row whose cell holds the point, -1 where there is none."""
        line = (point.y() - MARGIN) // self.cell_height
        for column in range(self.columns):
            row = line * self.columns + column
            if 0 <= row < self.count and self.rect(row).contains(point):
                return row
        return -1

    def rows_between(self, top: int, bottom: int) -> range:
        """The rows whose cells touch the band from ``top`` to ``bottom``."""
        if not self.count:
            return range(0)
        first = max(0, (top - MARGIN) // self.cell_height)
        last = max(0, (bottom - MARGIN) // self.cell_height)
        return range(
            min(self.count, first * self.columns), min(self.count, (last + 1) * self.columns)
        )

    def row_ranges_in(self, area: QRect) -> list[range]:
        """The rows touched by a rubber band, as one range per line."""
        ranges = []
        for row in self.rows_between(area.top(), area.bottom())[:: self.columns]:
            line = range(row, min(self.count, row + self.columns))
            touched = [r for r in line if self.rect(r).intersects(area)]
            if touched:
                ranges.append(range(touched[0], touched[-1] + 1))
        return ranges


def text_height(cell_width: int) -> int:
    """What a cell is higher than wide: one line when it is small, three otherwise."""
    lines = LINE if cell_width < COMPACT_BELOW else 2 * LINE + META_LINE
    return lines + PADDING


@dataclass(frozen=True, slots=True)
class CardLayout:
    """The parts of one card. A compact card leaves out the second and third line (null)."""

    card: QRect
    mat: QRect
    first_line: QRect
    second_line: QRect
    third_line: QRect
    bookmark: QRect
    query: QRect

    @property
    def is_compact(self) -> bool:
        return self.second_line.isNull()

    @classmethod
    def of(cls, cell: QRect) -> CardLayout:
        """The layout of a card in its cell."""
        card = cell.adjusted(GAP, GAP, -GAP, -GAP)
        side = card.width() - 2 * PADDING
        mat = QRect(card.left() + PADDING, card.top() + PADDING, side, side)
        left, width = mat.left() + 2, side - 4
        top = mat.bottom() + 1 + Space.XS
        first = QRect(left, top, width, LINE)
        if cell.width() < COMPACT_BELOW:
            second = third = QRect()
        else:
            second = QRect(left, first.bottom() + 1, width, LINE)
            third = QRect(left, second.bottom() + 1, width, META_LINE)
        bookmark = QRect(mat.right() - BUTTON - 3, mat.top() + 4, BUTTON, BUTTON)
        query = bookmark.translated(-BUTTON - 2, 0)
        return cls(card, mat, first, second, third, bookmark, query)
