"""The capture log: what was held before the camera, what it was, and what was decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QItemSelection, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.capturing import CaptureRecord
from desktop_app.ui.capture.log_delegate import ROW_HEIGHT, LogDelegate
from desktop_app.ui.capture.log_words import captures_text
from desktop_app.ui.empty_state import EmptyState
from desktop_app.ui.item_models.capture_log_model import RECORD, CaptureLogModel
from desktop_app.ui.notice_strip import NoticeStrip
from desktop_app.ui.pane_actions import icon_button, make_action
from desktop_app.ui.tall_rows_view import TallRowsView
from desktop_app.ui.theme import Space, Theme

MOST_PIECES = 1_000_000


class LogPane(QWidget):
    """Shows records; whoever owns it reads and writes them.

    Signals: ``more_wanted`` (id of the oldest record shown) when older ones should be added;
    ``remove_wanted`` (list of record ids); ``restore_wanted`` when the last removal should be
    taken back; ``pieces_wanted`` (CaptureRecord, pieces); ``product_wanted`` (product id) to
    show a product; ``export_wanted``.
    """

    more_wanted = Signal(object)
    remove_wanted = Signal(object)
    restore_wanted = Signal()
    pieces_wanted = Signal(object, object)
    product_wanted = Signal(object)
    export_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title = QLabel(self.tr("Captures"))
        self._title.setProperty("role", "title")
        self._count = QLabel()
        self._count.setProperty("role", "meta")
        self.export_action = make_action(self, theme, self.tr("Export captures…"), icon="download")
        self.export_action.triggered.connect(self.export_wanted)
        self.remove_action = make_action(
            self, theme, self.tr("Delete from the log"), icon="trash", shortcut="Del"
        )
        self.remove_action.triggered.connect(self._remove)
        self.open_action = make_action(self, theme, self.tr("Show the product"), icon="eye")
        self.open_action.triggered.connect(self._open)
        self.records = CaptureLogModel(self)
        self.records.more_wanted.connect(self.more_wanted)
        self.view = _LogView(theme, self)
        self.view.setModel(self.records)
        self.view.doubleClicked.connect(self._open)
        self.view.opened.connect(self._open)
        self.view.pieces_changed.connect(self._add_pieces)
        self.view.customContextMenuRequested.connect(self._show_menu)
        self.view.selectionModel().selectionChanged.connect(self._selection_changed)
        self.notice = NoticeStrip(theme)
        self.pieces = QSpinBox()
        self.pieces.setRange(0, MOST_PIECES)
        self.pieces.setKeyboardTracking(False)
        self.pieces.setAccessibleName(self.tr("Pieces of the chosen capture"))
        self.pieces.setToolTip(self.tr("Pieces of the chosen capture (+ and −)"))
        self.pieces.valueChanged.connect(self._set_pieces)
        self._empty = EmptyState(
            theme,
            icon="camera",
            title=self.tr("Nothing was captured yet"),
            text=self.tr("Whatever is held before the camera is listed here, the newest first."),
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._empty)
        self._lay_out()
        self._show_state()

    def use_pictures(self, fetch: Callable[[int], bytes] | None) -> None:
        """Take the records' pictures from here, by record id; called in other threads."""
        self.records.use_pictures(fetch)

    def set_records(self, records: Sequence[CaptureRecord], total: int) -> None:
        """Show these, the newest first, of ``total`` in the log."""
        chosen = self.view.chosen
        self.records.set_records(records, total)
        self.view.choose([record.id for record in chosen])
        self._show_state()

    def add_older(self, records: Sequence[CaptureRecord]) -> None:
        """Show these below."""
        self.records.add_older(records)

    def put(self, record: CaptureRecord) -> None:
        """Show a new record on top, or one that changed in its place."""
        self.records.put(record)
        self._show_state()

    def tell_removed(self, count: int) -> None:
        """Records are gone from the log; offer them back."""
        words = (
            self.tr("1 capture was deleted from the log.")
            if count == 1
            else self.tr("{0} captures were deleted from the log.").format(count)
        )
        self.notice.tell(words, (self.tr("Undo"), self.restore_wanted.emit))

    def close_down(self) -> None:
        """Wait for what runs in the background."""
        self.records.close()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(Space.M, Space.S, Space.S, Space.S)
        head.setSpacing(Space.S)
        head.addWidget(self._title)
        head.addWidget(self._count, 1)
        head.addWidget(icon_button(self.export_action))
        self._foot = QWidget()
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(Space.M, Space.S, Space.S, Space.S)
        foot.setSpacing(Space.S)
        words = QLabel(self.tr("&Pieces"))
        words.setBuddy(self.pieces)
        foot.addWidget(words)
        foot.addWidget(self.pieces)
        foot.addStretch(1)
        foot.addWidget(icon_button(self.open_action))
        foot.addWidget(icon_button(self.remove_action))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        row = QHBoxLayout()
        row.setContentsMargins(Space.S, 0, Space.S, Space.XS)
        row.addWidget(self.notice)
        column.addLayout(row)
        column.addWidget(self._stack, 1)
        column.addWidget(self._foot)

    def _show_state(self) -> None:
        total = self.records.total
        self._stack.setCurrentWidget(self.view if self.records.rowCount() else self._empty)
        self._count.setText(captures_text(total) if total else "")
        self.export_action.setEnabled(total > 0)
        self._show_chosen()

    def _show_chosen(self) -> None:
        chosen = self.view.chosen
        single = chosen[0] if len(chosen) == 1 else None
        has_product = single is not None and bool(single.sku)
        self.remove_action.setEnabled(bool(chosen))
        self.open_action.setEnabled(single is not None and single.product_id is not None)
        self.pieces.setEnabled(has_product)
        self.pieces.blockSignals(True)
        self.pieces.setValue(single.pieces if single is not None and has_product else 0)
        self.pieces.blockSignals(False)
        self._foot.setVisible(self.records.rowCount() > 0)

    @Slot(QItemSelection, QItemSelection)
    def _selection_changed(self, _new: QItemSelection, _old: QItemSelection) -> None:
        self._show_chosen()

    @Slot()
    def _remove(self) -> None:
        if chosen := self.view.chosen:
            self.remove_wanted.emit([record.id for record in chosen])

    @Slot()
    def _open(self) -> None:
        chosen = self.view.chosen
        if len(chosen) == 1 and chosen[0].product_id is not None:
            self.product_wanted.emit(chosen[0].product_id)

    @Slot(int)
    def _set_pieces(self, pieces: int) -> None:
        chosen = self.view.chosen
        if len(chosen) == 1 and chosen[0].pieces != pieces:
            self.pieces_wanted.emit(chosen[0], pieces)

    @Slot(int)
    def _add_pieces(self, more: int) -> None:
        if self.pieces.isEnabled():
            self.pieces.setValue(self.pieces.value() + more)

    @Slot(QPoint)
    def _show_menu(self, place: QPoint) -> None:
        index = self.view.indexAt(place)
        if not index.isValid():
            return
        if not self.view.selectionModel().isSelected(index):
            self.view.setCurrentIndex(index)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.open_action)
        menu.addAction(self.remove_action)
        menu.popup(self.view.viewport().mapToGlobal(place))


class _LogView(TallRowsView):
    """Signals: ``opened`` by Enter; ``pieces_changed`` (how many more) by + and -."""

    opened = Signal()
    pieces_changed = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(ROW_HEIGHT, parent)
        self._delegate = LogDelegate(theme, self)
        self.setItemDelegate(self._delegate)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setProperty("surface", "pane")
        self.setAccessibleName(self.tr("Captures, the newest first"))
        theme.changed.connect(self.viewport().update)

    @property
    def chosen(self) -> list[CaptureRecord]:
        """The chosen records, from the top."""
        if self.model() is None:
            return []
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self.model().index(row, 0).data(RECORD) for row in rows]

    def choose(self, record_ids: Sequence[int]) -> None:
        """Choose those of these that are shown."""
        model = self.model()
        assert isinstance(model, CaptureLogModel)
        for record_id in record_ids:
            row = model.row_of(record_id)
            if row is not None:
                self.selectRow(row)

    # Qt

    def paintEvent(self, event: QPaintEvent) -> None:
        self._delegate.begin_frame()
        super().paintEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.pieces_changed.emit(1)
        elif key == Qt.Key.Key_Minus:
            self.pieces_changed.emit(-1)
        else:
            super().keyPressEvent(event)
