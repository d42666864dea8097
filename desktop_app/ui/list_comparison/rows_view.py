"""The rows of a comparison as a list: both pictures, what the row is, how sure, and why."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem, QWidget

from desktop_app.domain.catalogue_diff import DiffStatus
from desktop_app.domain.products import PictureState, ProductCard
from desktop_app.ui.card_painter import CardPainter
from desktop_app.ui.confidence_pill import HEIGHT as PILL_HEIGHT
from desktop_app.ui.confidence_pill import ConfidencePill
from desktop_app.ui.list_comparison.rows_model import ComparisonModel, RowRole, RowView
from desktop_app.ui.list_comparison.words import ICONS, TONES, status_word
from desktop_app.ui.picture_tiles import PictureTiles, device_ratio
from desktop_app.ui.tall_rows_view import TallRowsView
from desktop_app.ui.theme import RADIUS, FontSize, Space, Theme
from desktop_app.ui.tick_delegate import TICK, TickDelegate
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

Index = QModelIndex | QPersistentModelIndex

MAT = 64
LINE = 18
ROW_HEIGHT = MAT + 2 * Space.S
STATUS_WIDTH = 152
ICON = 14
PICTURES_LEFT = 2 * Space.M + TICK

_KNOWN = (DiffStatus.MATCHED, DiffStatus.CHANGED_PICTURE)


class ComparisonView(TallRowsView):
    """Signals: ``product_wanted`` (product id, its SKU) by Enter or a double click."""

    product_wanted = Signal(object, str)

    def __init__(
        self,
        theme: Theme,
        thumbnails: ThumbnailLoader,
        list_pictures: ThumbnailLoader,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(ROW_HEIGHT, parent)
        self.rows = ComparisonModel(thumbnails, list_pictures, self)
        self.setModel(self.rows)
        self._delegate = _RowDelegate(theme, self)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName(self.tr("Rows of the comparison"))
        self.doubleClicked.connect(self._open)
        theme.changed.connect(self.viewport().update)

    def _open(self, index: Index) -> None:
        if index.isValid():
            view: RowView = index.data(RowRole.VIEW)
            if view.card is not None:
                self.product_wanted.emit(view.card.id, view.card.sku)

    # Qt

    def paintEvent(self, event: QPaintEvent) -> None:
        self._delegate.begin_frame()
        super().paintEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
            return
        super().keyPressEvent(event)


class _RowDelegate(TickDelegate):
    def __init__(self, theme: Theme, view: QAbstractItemView) -> None:
        super().__init__(theme, view)
        self._tiles = PictureTiles()
        self._cards = CardPainter(theme, self._tiles)
        self._pill = ConfidencePill(theme)
        self._strong = theme.font(semibold=True)
        self._base = theme.font()
        self._meta = theme.font(FontSize.META)

    def begin_frame(self) -> None:
        """The view is about to be painted."""
        self._tiles.begin_frame()

    def tick_rect(self, row: QRect) -> QRect:
        return QRect(row.left() + Space.M, row.center().y() - TICK // 2, TICK, TICK)

    # Qt

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(0, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        view: RowView = index.data(RowRole.VIEW)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_ground(painter, option)
        if view.can_be_ticked:
            self.paint_tick(painter, option, is_on=view.is_ticked)
        room = option.rect.adjusted(PICTURES_LEFT, Space.S, -Space.M, -Space.S)
        mat = QRect(room.left(), room.top(), MAT, MAT)
        self._paint_picture(painter, mat, _list_card(view), view.list_picture)
        mat.translate(MAT + Space.S, 0)
        self._paint_picture(painter, mat, view.card, view.picture)
        words = QRect(room)
        words.setLeft(mat.right() + Space.L)
        words.setRight(room.right() - STATUS_WIDTH - Space.M)
        self._paint_words(painter, words, view)
        state = QRect(room.right() - STATUS_WIDTH, room.top(), STATUS_WIDTH, MAT)
        self._paint_state(painter, state, view)
        painter.restore()

    def _paint_picture(
        self, painter: QPainter, mat: QRect, card: ProductCard | None, picture: QPixmap | None
    ) -> None:
        if card is None:
            painter.setPen(self.theme.colours.hairline)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(mat.adjusted(0, 0, -1, -1), RADIUS, RADIUS)
            self._text(painter, mat, "–", self._base, self.theme.colours.text_muted, centred=True)
        elif not self._cards.paint_picture(painter, mat, card, picture):
            # Out of time for scaling in this frame; the next one goes on.
            self.view.viewport().update()

    def _paint_words(self, painter: QPainter, room: QRect, view: RowView) -> None:
        """Both numbers where they differ, what it is, and the reason."""
        colours = self.theme.colours
        record, card = view.row.record, view.card
        line = QRect(room.left(), room.top() + 1, room.width(), LINE)
        own = record.sku if record is not None else card.sku if card is not None else ""
        left = self._text(painter, line, own, self._strong, colours.text)
        if record is not None and card is not None and card.sku.casefold() != own.casefold():
            other = QRect(left + Space.S, line.top(), line.right() - left - Space.S, LINE)
            is_known = view.row.status in _KNOWN
            words = self.tr("in the catalogue: {0}") if is_known else self.tr("like {0}")
            self._text(painter, other, words.format(card.sku), self._meta, colours.text_muted)
        line.translate(0, LINE)
        if record is not None:
            named = [record.fields.get(name) for name in ("title", "brand", "category")]
        else:
            named = [] if card is None else [card.title, card.brand, card.category]
        title = " · ".join(str(each) for each in named if each)
        self._text(painter, line, title, self._base, colours.text)
        reason = QRect(room.left(), line.bottom() + 1, room.width(), room.bottom() - line.bottom())
        painter.setFont(self._meta)
        painter.setPen(colours.text_muted)
        painter.drawText(reason, Qt.TextFlag.TextWordWrap, view.row.reason)

    def _paint_state(self, painter: QPainter, room: QRect, view: RowView) -> None:
        status, judgement = view.row.status, view.row.judgement
        ink = getattr(self.theme.colours, TONES[status])
        line = QRect(room.left(), room.top() + 1, room.width(), LINE)
        icon = self.theme.icons.pixmap(
            ICONS[status], ICON, colour=ink, device_ratio=device_ratio(painter)
        )
        painter.drawPixmap(QPoint(line.left(), line.top() + 2), icon)
        line.setLeft(line.left() + ICON + Space.XS)
        self._text(painter, line, status_word(status), self._strong, ink)
        if judgement is None:
            return
        is_variant = status is DiffStatus.VARIANT
        chance = judgement.variant if is_variant else judgement.same
        width = self._pill.width(chance, with_word=False)
        place = QRect(room.left(), line.bottom() + Space.S, width, PILL_HEIGHT)
        self._pill.paint(painter, place, chance, with_word=False, on_mat=False)
        words = self.tr("a variant") if is_variant else self.tr("the same")
        beside = QRect(place.right() + Space.S, place.top() - 1, room.right() - place.right(), LINE)
        self._text(painter, beside, words, self._meta, self.theme.colours.text_muted)

    @staticmethod
    def _text(
        painter: QPainter,
        place: QRect,
        text: str,
        font: QFont,
        ink: QColor,
        *,
        centred: bool = False,
    ) -> int:
        """Returns where it ends."""
        metrics = QFontMetrics(font)
        painter.setFont(font)
        painter.setPen(ink)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, place.width()))
        flags = Qt.AlignmentFlag.AlignCenter if centred else Qt.AlignmentFlag.AlignVCenter
        painter.drawText(place, flags, shown)
        return place.left() + metrics.horizontalAdvance(shown)


def _list_card(view: RowView) -> ProductCard | None:
    """What stands for the list's picture while it is decoded, or where there is none."""
    record = view.row.record
    if record is None:
        return None
    has_picture = bool(view.row.thumbnail)
    return ProductCard(
        0,
        record.sku,
        picture_count=len(record.pictures),
        state=PictureState.READY if has_picture or not record.pictures else PictureState.FAILED,
        thumbnail=f"list {view.list_key}" if has_picture else "",
    )
