"""The capture log and the stock-take, joined to the catalogue that is open."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop_app.domain.capturing import CaptureRecord
from desktop_app.ui.capture.log_pane import LogPane
from desktop_app.ui.capture.stock_view import StockView
from desktop_app.workers.capture_log import LogKeeper, LogPage, StockCount


class CaptureLogFlow(QObject):
    """Shows the log of one catalogue at a time; see :meth:`attach` and :meth:`detach`.

    Signals: ``product_wanted`` (product id) to show a product; ``told`` (text) when a file was
    written; ``failed`` (UserFacingError).
    """

    product_wanted = Signal(object)
    told = Signal(str)
    failed = Signal(object)

    def __init__(
        self, window: QWidget, log: LogPane, stock: StockView, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._log = log
        self._stock = stock
        self._keeper: LogKeeper | None = None
        log.product_wanted.connect(self.product_wanted)
        log.export_wanted.connect(self.export_log)
        log.more_wanted.connect(self._load_older)
        log.remove_wanted.connect(self._remove)
        log.restore_wanted.connect(self._restore)
        log.pieces_wanted.connect(self._set_pieces)
        stock.product_wanted.connect(self.product_wanted)
        stock.export_wanted.connect(self.export_stock)
        stock.start_wanted.connect(self._start)
        stock.resume_wanted.connect(self._resume)

    def attach(self, keeper: LogKeeper) -> None:
        """Show the log of the catalogue that was opened."""
        self._keeper = keeper
        self._log.use_pictures(keeper.picture)
        keeper.read.connect(self._show)
        keeper.older_read.connect(self._log.add_older)
        keeper.changed.connect(self._log.put)
        keeper.removed.connect(self._log.tell_removed)
        keeper.counted.connect(self._show_count)
        keeper.started.connect(self._stock.tell_started)
        keeper.exported.connect(self._tell_exported)
        keeper.failed.connect(self.failed)
        keeper.load()

    @Slot()
    def detach(self) -> None:
        """The catalogue is being closed."""
        self._keeper = None
        self._log.use_pictures(None)
        self._log.notice.clear()
        self._stock.notice.clear()
        self._log.set_records((), 0)
        self._stock.set_lines((), "")

    def close_down(self) -> None:
        """Wait for what runs in the background; for the end of the application."""
        self._log.close_down()

    @Slot(object)
    def put(self, record: CaptureRecord) -> None:
        """A record was made, or another decision was taken on it."""
        self._log.put(record)
        if self._keeper is not None:
            self._keeper.count_stock()

    @Slot()
    def reload(self) -> None:
        """Products changed: their names in the log may have."""
        if self._keeper is not None:
            self._keeper.load()

    @Slot()
    def export_log(self) -> None:
        """Let a person choose a file and write every capture into it."""
        path = self._chosen(self.tr("Export captures"), self.tr("captures.xlsx"))
        if path is not None and self._keeper is not None:
            self._keeper.export_log(path)

    @Slot()
    def export_stock(self) -> None:
        """Let a person choose a file and write the count into it."""
        path = self._chosen(self.tr("Export the count"), self.tr("stock-take.xlsx"))
        if path is not None and self._keeper is not None:
            self._keeper.export_stock(path)

    def _chosen(self, title: str, suggestion: str) -> Path | None:
        name, _kind = QFileDialog.getSaveFileName(
            self._window, title, suggestion, self.tr("Tables (*.xlsx *.csv)")
        )
        return Path(name) if name else None

    @Slot(object)
    def _show(self, page: LogPage) -> None:
        self._log.set_records(page.records, page.total)

    @Slot(object)
    def _show_count(self, count: StockCount) -> None:
        self._stock.set_lines(count.lines, count.began_at)

    @Slot(object)
    def _tell_exported(self, path: Path) -> None:
        self.told.emit(self.tr("Saved {0}").format(path.name))

    @Slot(object)
    def _load_older(self, before_id: int) -> None:
        if self._keeper is not None:
            self._keeper.load_older(before_id)

    @Slot(object)
    def _remove(self, record_ids: list[int]) -> None:
        if self._keeper is not None:
            self._keeper.remove(record_ids)

    @Slot()
    def _restore(self) -> None:
        if self._keeper is not None:
            self._keeper.restore()

    @Slot(object, object)
    def _set_pieces(self, record: CaptureRecord, pieces: int) -> None:
        if self._keeper is not None:
            self._keeper.set_pieces(record, pieces)

    @Slot()
    def _start(self) -> None:
        if self._keeper is not None:
            self._keeper.start_stock_take()

    @Slot()
    def _resume(self) -> None:
        if self._keeper is not None:
            self._keeper.resume_stock_take()
