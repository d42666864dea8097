"""Paints the rows of the capture log: the picture, the product, when and what came of it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QStyleOptionViewItem

from desktop_app.domain.capturing import CaptureRecord, Decision, Outcome
from desktop_app.ui.capture.log_words import line_text, what_text
from desktop_app.ui.confidence_pill import HEIGHT as PILL_HEIGHT
from desktop_app.ui.confidence_pill import ConfidencePill
from desktop_app.ui.item_models.capture_log_model import PICTURE_KEY, RECORD
from desktop_app.ui.picture_tiles import PictureTiles, device_ratio
from desktop_app.ui.row_ground import paint_row_ground
from desktop_app.ui.theme import FontSize, Space, Theme

Index = QModelIndex | QPersistentModelIndex

MAT = 48
ROW_HEIGHT = MAT + 2 * Space.S
ICON = 14
_LINE = 20


class LogDelegate(QStyledItemDelegate):
    """Call :meth:`begin_frame` before the view paints."""

    def __init__(self, theme: Theme, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view
        self._tiles = PictureTiles()
        self._pill = ConfidencePill(theme)
        self._strong = theme.font(semibold=True)
        self._meta = theme.font(FontSize.META)

    def begin_frame(self) -> None:
        """The view is about to be painted."""
        self._tiles.begin_frame()

    def _paint_words(self, painter: QPainter, room: QRect, record: CaptureRecord) -> None:
        colours = self._theme.colours
        icon, tone = _mark(record)
        has_pill = record.outcome is not Outcome.NOT_FOUND
        pill = self._pill.width(record.confidence, with_word=False) if has_pill else 0
        line = QRect(room.left(), room.center().y() - _LINE + 1, room.width(), _LINE)
        first = line.adjusted(0, 0, -(pill + Space.S if pill else 0), 0)
        is_named = bool(record.sku or record.title)
        ink = colours.text if is_named else colours.text_muted
        _draw(painter, first, what_text(record), self._strong, ink)
        if pill:
            place = QRect(line.right() - pill, line.center().y() - PILL_HEIGHT // 2 + 1, pill, 0)
            place.setHeight(PILL_HEIGHT)
            self._pill.paint(painter, place, record.confidence, with_word=False, on_mat=False)
        line.translate(0, _LINE)
        mark = QRect(line.left(), line.center().y() - ICON // 2 + 1, ICON, ICON)
        ratio = device_ratio(painter)
        painter.drawPixmap(
            mark, self._theme.icons.pixmap(icon, ICON, colour=tone, device_ratio=ratio)
        )
        line.setLeft(mark.right() + Space.XS + 2)
        _draw(painter, line, line_text(record), self._meta, colours.text_muted)

    # Qt

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(0, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_row_ground(painter, option, self._theme)
        record: CaptureRecord = index.data(RECORD)
        room = option.rect.adjusted(Space.M, Space.S, -Space.M, -Space.S)
        mat = QRect(room.left(), room.top(), MAT, MAT)
        picture, key = index.data(Qt.ItemDataRole.DecorationRole), index.data(PICTURE_KEY)
        if not self._tiles.paint(painter, mat, picture, key, ground=self._theme.colours.mat):
            self._view.viewport().update()
        room.setLeft(mat.right() + Space.M)
        self._paint_words(painter, room, record)
        painter.restore()


def _mark(record: CaptureRecord) -> tuple[str, str]:
    """An icon and its colour token, so that neither is alone."""
    if record.decision is Decision.REJECTED:
        return "x", "bad"
    if record.decision is Decision.ENROLLED:
        return "plus", "accent_text"
    if record.decision is Decision.LEFT:
        return "minus", "text_muted"
    return ("check", "good") if record.outcome is Outcome.FOUND else ("check", "warn")


def _draw(painter: QPainter, room: QRect, words: str, font: QFont, ink: QColor) -> None:
    painter.setFont(font)
    painter.setPen(ink)
    elided = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, elided)
