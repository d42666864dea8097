"""The chances between all products of a group, as a small table to choose a pair from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from desktop_app.domain.duplicates import Verdict
from desktop_app.ui.duplicates.words import VERDICT_KEYS, verdict_word
from desktop_app.ui.product_text import Confidence, confidence_text
from desktop_app.ui.theme import FontSize, Theme

CELL_WIDTH, CELL_HEIGHT, LABEL = 40, 22, 20
MOST = 9


@dataclass(frozen=True, slots=True)
class Edge:
    """A pair of a group: the places of its products, its row, chance and verdict."""

    first: int
    second: int
    pair_row: int
    chance: float
    verdict: Verdict | None


class PairMatrix(QWidget):
    """Products by their numbers on both sides, every pair once below the diagonal.

    Signals: ``pair_chosen`` (pair row) by a person.
    """

    pair_chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._names: tuple[str, ...] = ()
        self._edges: dict[tuple[int, int], Edge] = {}
        self._current = -1
        self._hot: tuple[int, int] | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Chances between the products of the group"))
        theme.changed.connect(self.update)

    def show_group(self, names: Sequence[str], edges: Sequence[Edge], current: int) -> None:
        """Products by place, at most MOST, and the pairs between them; ``current`` is the row
        of the pair on view."""
        self._names = tuple(names[:MOST])
        self._edges = {(each.first, each.second): each for each in edges}
        self._current = current
        self.updateGeometry()
        self.update()

    def cell_of(self, pair_row: int) -> QRect | None:
        """Where a pair is."""
        for each in self._edges.values():
            if each.pair_row == pair_row:
                return self._cell(each.first, each.second)
        return None

    def _cell(self, column: int, line: int) -> QRect:
        corner = QPoint(LABEL + column * CELL_WIDTH, LABEL + (line - 1) * CELL_HEIGHT)
        return QRect(corner, QSize(CELL_WIDTH - 2, CELL_HEIGHT - 2))

    def _at(self, point: QPoint) -> tuple[int, int] | None:
        column = (point.x() - LABEL) // CELL_WIDTH
        line = (point.y() - LABEL) // CELL_HEIGHT + 1
        return (column, line) if 0 <= column < line < len(self._names) else None

    # Qt

    def sizeHint(self) -> QSize:
        count = max(0, len(self._names) - 1)
        return QSize(LABEL + count * CELL_WIDTH, LABEL + count * CELL_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self._theme.colours
        count = len(self._names)
        painter.setFont(self._theme.font(FontSize.META))
        painter.setPen(colours.text_muted)
        centre = Qt.AlignmentFlag.AlignCenter
        for place in range(count - 1):
            top = QRect(LABEL + place * CELL_WIDTH, 0, CELL_WIDTH - 2, LABEL)
            painter.drawText(top, centre, str(place + 1))
            side = QRect(0, LABEL + place * CELL_HEIGHT, LABEL - 4, CELL_HEIGHT - 2)
            painter.drawText(side, centre, str(place + 2))
        for line in range(1, count):
            for column in range(line):
                self._paint_cell(painter, column, line)

    def _paint_cell(self, painter: QPainter, column: int, line: int) -> None:
        colours = self._theme.colours
        cell = self._cell(column, line)
        edge = self._edges.get((column, line))
        painter.setPen(Qt.PenStyle.NoPen)
        if edge is None:
            painter.setBrush(colours.hover)
            painter.drawRoundedRect(cell, 4, 4)
            painter.setPen(colours.text_disabled)
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, "–")
            return
        level = Confidence.of(edge.chance)
        is_good = level in (Confidence.CERTAIN, Confidence.LIKELY)
        ground = colours.good_soft if is_good else colours.warn_soft
        ink = colours.good if is_good else colours.warn
        if level is Confidence.UNLIKELY:
            ground, ink = colours.hover, colours.text_muted
        painter.setBrush(ground)
        if edge.pair_row == self._current:
            painter.setPen(QPen(colours.accent, 2))
            painter.drawRoundedRect(cell.adjusted(1, 1, -1, -1), 4, 4)
        else:
            if self._hot == (column, line):
                painter.setPen(QPen(colours.control, 1))
            painter.drawRoundedRect(cell, 4, 4)
        painter.setPen(ink)
        words = str(round(edge.chance * 100))
        if edge.verdict is not None:
            words = f"{words} {VERDICT_KEYS[edge.verdict]}"
        painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, words)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        hot = self._at(event.position().toPoint())
        if hot != self._hot:
            self._hot = hot
            can_choose = hot in self._edges
            shape = Qt.CursorShape.PointingHandCursor if can_choose else Qt.CursorShape.ArrowCursor
            self.setCursor(shape)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hot = None
        self.update()
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self._at(event.position().toPoint())
        edge = self._edges.get(place) if place is not None else None
        if edge is not None:
            self.pair_chosen.emit(edge.pair_row)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = self._at(event.pos())
            words = self._words(place) if place is not None else ""
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    def _words(self, place: tuple[int, int]) -> str:
        names = self.tr("{0} and {1}").format(self._names[place[0]], self._names[place[1]])
        edge = self._edges.get(place)
        if edge is None:
            return "\n".join((names, self.tr("Not found to be alike")))
        said = verdict_word(edge.verdict) if edge.verdict is not None else ""
        lines = (names, confidence_text(edge.chance), said)
        return "\n".join(line for line in lines if line)
