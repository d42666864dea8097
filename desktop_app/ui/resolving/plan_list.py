"""The list of a plan: pictures of what is kept and of what goes into it, with a tick."""

from __future__ import annotations

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyleOptionViewItem,
    QWidget,
)

from desktop_app.ui.card_painter import CardPainter
from desktop_app.ui.picture_tiles import PictureTiles, device_ratio
from desktop_app.ui.product_text import count_text
from desktop_app.ui.resolving.plan_model import PlanModel, PlanRole, PlanView
from desktop_app.ui.resolving.words import decided_text
from desktop_app.ui.tall_rows_view import TallRowsView
from desktop_app.ui.theme import RADIUS, FontSize, Space, Theme
from desktop_app.ui.tick_delegate import TICK, TickDelegate
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

Index = QModelIndex | QPersistentModelIndex

MAT = 44
LINE = 18
REASON = 108
"""Kept free beside the pictures, of which a narrow list shows fewer."""
ROW_HEIGHT = Space.S + LINE + Space.XS + MAT + Space.S


class PlanList(TallRowsView):
    """Signals: ``row_chosen`` (row, -1 for none)."""

    row_chosen = Signal(int)

    def __init__(
        self, theme: Theme, thumbnails: ThumbnailLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(ROW_HEIGHT, parent)
        self.plan = PlanModel(thumbnails, self)
        self.setModel(self.plan)
        self._rows = _PlanDelegate(theme, self)
        self.setItemDelegate(self._rows)
        self.setAccessibleName(self.tr("Groups to merge"))
        self.setToolTip(self.tr("Space ticks a group or leaves it alone"))
        theme.changed.connect(self.viewport().update)

    # Qt

    def paintEvent(self, event: QPaintEvent) -> None:
        self._rows.begin_frame()
        super().paintEvent(event)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.row_chosen.emit(current.row())


class _PlanDelegate(TickDelegate):
    """Asks for pictures only by reading the model."""

    def __init__(self, theme: Theme, view: QAbstractItemView) -> None:
        super().__init__(theme, view)
        self._tiles = PictureTiles()
        self._cards = CardPainter(theme, self._tiles)
        self._strong = theme.font(semibold=True)
        self._meta = theme.font(FontSize.META)

    def begin_frame(self) -> None:
        """The view is about to be painted."""
        self._tiles.begin_frame()

    # Qt

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(0, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        view: PlanView = index.data(PlanRole.VIEW)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_ground(painter, option)
        room = option.rect.adjusted(Space.M, Space.S, -Space.M, -Space.S)
        if view.group is not None:
            self.paint_tick(painter, option, is_on=view.is_merged)
        room.setLeft(room.left() + TICK + Space.S)
        self._paint_heading(painter, QRect(room.left(), room.top(), room.width(), LINE), view)
        below = QRect(room.left(), room.top() + LINE + Space.XS, room.width(), MAT)
        below.setLeft(self._paint_pictures(painter, below, view))
        self._paint_reason(painter, below, view)
        painter.restore()

    def _paint_heading(self, painter: QPainter, line: QRect, view: PlanView) -> None:
        """The number that stays, and those that go into it."""
        colours = self.theme.colours
        skus = [member.card.sku for member in view.members]
        more = view.total - len(skus)
        if view.group is None:
            words = ", ".join(skus) + (f" +{count_text(more)}" if more > 0 else "")
            self._text(painter, line, words, self._meta, colours.text_muted)
            return
        ink = colours.text if view.is_merged else colours.text_muted
        left = self._text(painter, line, skus[0], self._strong, ink)
        ratio = device_ratio(painter)
        arrow = self.theme.icons.pixmap("arrow-left", 14, colour="text_muted", device_ratio=ratio)
        painter.drawPixmap(QPoint(left + Space.XS, line.top() + 2), arrow)
        left += 14 + Space.S
        words = ", ".join(skus[1:]) + (f" +{count_text(more)}" if more > 0 else "")
        rest = QRect(left, line.top(), line.right() - left, LINE)
        self._text(painter, rest, words, self._meta, colours.text_muted)

    def _paint_pictures(self, painter: QPainter, room: QRect, view: PlanView) -> int:
        """Returns where they end."""
        left = room.left()
        if not view.is_merged:
            painter.setOpacity(0.55)
        for place, member in enumerate(view.members):
            if place > 1 and left + MAT > room.right() - REASON:
                break
            mat = QRect(left, room.top(), MAT, MAT)
            if not self._cards.paint_picture(painter, mat, member.card, member.picture):
                # Out of time for scaling in this frame; the next one goes on.
                self.view.viewport().update()
            if place == 0 and view.group is not None:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(self.theme.colours.accent, 2))
                painter.drawRoundedRect(mat.adjusted(1, 1, -1, -1), RADIUS, RADIUS)
            left += MAT + (Space.S if place == 0 and view.group is not None else Space.XS)
        painter.setOpacity(1.0)
        return left + Space.XS

    def _paint_reason(self, painter: QPainter, room: QRect, view: PlanView) -> None:
        """Why this one is kept, or why nothing is merged; a mark where something needs a look."""
        colours, group = self.theme.colours, view.group
        ink = colours.text_muted
        if group is None:
            words = view.reason
        elif not view.is_merged:
            words = self.tr("left alone")
        else:
            words = decided_text(group.decided_by, is_chosen=view.is_chosen)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
        if group is not None and group.warnings and view.is_merged:
            ratio = device_ratio(painter)
            mark = self.theme.icons.pixmap("triangle-alert", 14, colour="warn", device_ratio=ratio)
            painter.drawPixmap(QPoint(room.left(), room.center().y() - 7), mark)
            room = room.adjusted(14 + Space.XS, 0, 0, 0)
        painter.setFont(self._meta)
        painter.setPen(ink)
        painter.setClipRect(room)
        painter.drawText(room, flags, words)

    @staticmethod
    def _text(painter: QPainter, place: QRect, text: str, font: QFont, ink: QColor) -> int:
        """Returns where it ends."""
        metrics = QFontMetrics(font)
        painter.setFont(font)
        painter.setPen(ink)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, place.width()))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, shown)
        return place.left() + metrics.horizontalAdvance(shown)
