"""The dialog that checks a station, joined to the catalogue that is open."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from desktop_app.domain.capturing import AnswerThresholds, Burst, StationReport
from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.products import ProductCard
from desktop_app.services.capture.checking import StationTrial
from desktop_app.ui.capture.station_check_dialog import StationCheckDialog
from desktop_app.ui.theme import Theme
from desktop_app.workers.station_checking import StationChecker
from desktop_app.workers.thumbnail_loader import ThumbnailLoader


class StationCheckFlow(QObject):
    """One dialog at a time. While it ``is_asking``, bursts are to be given to :meth:`take`.

    Signals: ``take_wanted`` to take a picture now; ``asking_changed`` (bool) when bursts begin or
    cease to belong to the check; ``used`` (AnswerThresholds) when the station answers by what was
    measured; ``failed`` (UserFacingError).
    """

    take_wanted = Signal()
    asking_changed = Signal(bool)
    used = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        window: QWidget,
        theme: Theme,
        thumbnails: ThumbnailLoader,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._theme = theme
        self._thumbnails = thumbnails
        self._checker: StationChecker | None = None
        self._can_use = True
        self._was_asking = False
        self.dialog: StationCheckDialog | None = None

    @property
    def is_asking(self) -> bool:
        """Whether a product is asked for."""
        return self._checker is not None and self._checker.is_asking

    def attach(self, checker: StationChecker, *, can_use: bool = True) -> None:
        """A catalogue was opened; ``can_use`` is false where nothing may be written into it."""
        self._checker = checker
        self._can_use = can_use
        checker.opened.connect(self._opened)
        checker.asked.connect(self._asked)
        checker.looking.connect(self._looking)
        checker.tried.connect(self._tried)
        checker.reported.connect(self._reported)
        checker.used.connect(self._used)
        checker.trial_failed.connect(self._trial_failed)
        checker.failed.connect(self.failed)

    @Slot()
    def detach(self) -> None:
        """The catalogue is being closed."""
        if self.dialog is not None:
            self.dialog.close()
        self._checker = None
        self._tell_asking()

    @Slot()
    def show(self) -> None:
        """Open the dialog, or bring it to the front."""
        if self._checker is None:
            return
        if self.dialog is None:
            self.dialog = dialog = StationCheckDialog(self._theme, self._thumbnails, self._window)
            dialog.start_wanted.connect(self._start)
            dialog.skip_wanted.connect(self._skip)
            dialog.take_wanted.connect(self.take_wanted)
            dialog.use_wanted.connect(self._use)
            dialog.stopped.connect(self._stopped)
            self._checker.open()
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    def take(self, burst: Burst) -> None:
        """Try a burst of the product asked for."""
        if self._checker is not None:
            self._checker.take(burst)

    def _tell_asking(self) -> None:
        if self.is_asking != self._was_asking:
            self._was_asking = self.is_asking
            self.asking_changed.emit(self._was_asking)

    @Slot()
    def _start(self) -> None:
        if self._checker is not None:
            self._checker.start()
            self._tell_asking()

    @Slot()
    def _skip(self) -> None:
        if self._checker is not None:
            self._checker.skip()

    @Slot()
    def _use(self) -> None:
        if self._checker is not None:
            self._checker.use()

    @Slot()
    def _stopped(self) -> None:
        if self._checker is not None:
            self._checker.stop()
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None
        self._tell_asking()

    @Slot(int)
    def _opened(self, available: int) -> None:
        if self.dialog is not None:
            self.dialog.show_introduction(available)

    @Slot(int, int, object)
    def _asked(self, number: int, total: int, card: ProductCard) -> None:
        if self.dialog is not None:
            self.dialog.show_product(number, total, card)

    @Slot()
    def _looking(self) -> None:
        if self.dialog is not None:
            self.dialog.show_looking()

    @Slot(object)
    def _tried(self, trial: StationTrial) -> None:
        if self.dialog is not None:
            self.dialog.tell_trial(trial)

    @Slot(object, object)
    def _reported(self, report: StationReport, proposed: AnswerThresholds) -> None:
        if self.dialog is not None:
            self.dialog.show_report(report, proposed, can_use=self._can_use)
        self._tell_asking()

    @Slot(object)
    def _used(self, thresholds: AnswerThresholds) -> None:
        if self.dialog is not None:
            self.dialog.tell_used()
        self.used.emit(thresholds)

    @Slot(object)
    def _trial_failed(self, error: UserFacingError) -> None:
        if self.dialog is not None:
            self.dialog.tell_problem(str(error))
