"""The queries asked lately: a list below the query, or a row of pictures in the strip."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPoint, QRect, QRectF, QSize, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import QAction, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.search import RecentQuery
from desktop_app.ui.item_models.recent_queries_model import (
    DetailRole,
    Index,
    QueryRole,
    RecentQueriesModel,
)
from desktop_app.ui.pane_actions import icon_button, make_action
from desktop_app.ui.theme import RADIUS, FontSize, Space, Theme

ROW_PX = 52
THUMBNAIL_PX = 40
STRIP_PX = 60


class RecentQueries(QWidget):
    """Signals: ``chosen`` (RecentQuery), ``clear_wanted``."""

    chosen = Signal(object)
    clear_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = RecentQueriesModel(self)
        self._heading = QLabel(self.tr("Recent"))
        self._heading.setProperty("role", "section")
        self.clear_action: QAction = make_action(
            self, theme, self.tr("Forget recent queries"), icon="trash"
        )
        self.clear_action.setIcon(theme.icons.icon("trash", "text_muted"))
        self.clear_action.triggered.connect(self.clear_wanted)
        self._clear = icon_button(self.clear_action, size=14)

        self.view = QListView()
        self.view.setModel(self._model)
        self._delegate = _RecentDelegate(theme, self.view)
        self.view.setItemDelegate(self._delegate)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setUniformItemSizes(True)
        self.view.setResizeMode(QListView.ResizeMode.Adjust)
        # What holds the list scrolls; the row of pictures is moved by wheel and arrows.
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setMouseTracking(True)
        self.view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setProperty("surface", "pane")
        self.view.setAccessibleName(self.tr("Recent queries"))
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._show_menu)
        self.view.clicked.connect(self._choose)
        self.view.activated.connect(self._choose)

        self._head = QWidget()
        head = QHBoxLayout(self._head)
        head.setContentsMargins(Space.S, 0, 0, 0)
        head.addWidget(self._heading)
        head.addStretch()
        head.addWidget(self._clear)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, Space.S, 0, 0)
        column.setSpacing(Space.XS)
        column.addWidget(self._head)
        column.addWidget(self.view, 1)
        self._column = column
        theme.changed.connect(self.view.viewport().update)

    def set_queries(self, queries: Sequence[RecentQuery]) -> None:
        """Show these, newest first."""
        self._model.set_queries(queries)
        self._fit()

    @property
    def is_empty(self) -> bool:
        return self._model.rowCount() == 0

    def set_compact(self, compact: bool) -> None:
        """A row of pictures instead of a list with words."""
        if compact == self._delegate.compact:
            return
        self._delegate.compact = compact
        self.view.setFlow(QListView.Flow.LeftToRight if compact else QListView.Flow.TopToBottom)
        self._fit()
        self._column.setContentsMargins(0, 0 if compact else Space.S, 0, 0)
        self.view.doItemsLayout()

    def set_heading_visible(self, visible: bool) -> None:
        """Whether there is room for the heading."""
        self._head.setVisible(visible)

    def _fit(self) -> None:
        rows = self._model.rowCount()
        self.view.setFixedHeight(STRIP_PX if self._delegate.compact else max(1, rows * ROW_PX))

    def close_down(self) -> None:
        """Wait for what runs in the background."""
        self._model.close()

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        query = index.data(QueryRole)
        if isinstance(query, RecentQuery):
            self.chosen.emit(query)

    @Slot(QPoint)
    def _show_menu(self, position: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.clear_action)
        menu.popup(self.view.viewport().mapToGlobal(position))


class _RecentDelegate(QStyledItemDelegate):
    """A thumbnail on its mat, the label, and below it when and how many."""

    def __init__(self, theme: Theme, view: QListView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view
        self.compact = False

    def _paint_thumbnail(self, painter: QPainter, rect: QRect, pixmap: QPixmap | None) -> None:
        colours = self._theme.colours
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(rect), 4, 4)
        painter.fillPath(outline, colours.mat)
        if pixmap is not None:
            size = QSizeF(pixmap.size())
            size.scale(QSizeF(rect.size()), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRectF(QPoint(0, 0), size)
            place.moveCenter(QRectF(rect).center())
            painter.save()
            painter.setClipPath(outline)
            painter.drawPixmap(place, pixmap, QRectF(pixmap.rect()))
            painter.restore()

    # Qt overrides

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        if self.compact:
            return QSize(STRIP_PX, STRIP_PX)
        return QSize(self._view.viewport().width(), ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = self._theme.colours
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(Qt.PenStyle.NoPen)
        if state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(colours.hover)
            painter.drawRoundedRect(rect, RADIUS, RADIUS)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colours.accent, 1))
            painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        thumbnail = index.data(Qt.ItemDataRole.DecorationRole)
        if self.compact:
            self._paint_thumbnail(painter, rect.adjusted(4, 4, -4, -4), thumbnail)
        else:
            inset = (ROW_PX - THUMBNAIL_PX) // 2
            place = QRect(rect.x() + Space.S, rect.y() + inset, THUMBNAIL_PX, THUMBNAIL_PX)
            self._paint_thumbnail(painter, place, thumbnail)
            self._paint_words(painter, rect, place.right() + 1 + Space.M, index)
        painter.restore()

    def _paint_words(self, painter: QPainter, rect: QRect, left: int, index: Index) -> None:
        colours = self._theme.colours
        width = rect.right() - Space.S - left
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        for text, font, colour, top in (
            (index.data(), self._theme.font(), colours.text, rect.y() + 8),
            (
                index.data(DetailRole),
                self._theme.font(FontSize.META),
                colours.text_muted,
                rect.y() + 27,
            ),
        ):
            painter.setFont(font)
            painter.setPen(colour)
            elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, width)
            painter.drawText(QRect(left, top, width, 18), flags, elided)
