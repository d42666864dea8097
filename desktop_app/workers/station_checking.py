"""Checking a station: products are asked for one after another, and what is held up is tried in
the search lane."""

from __future__ import annotations

import random

from PySide6.QtCore import QObject, Signal

from desktop_app.domain.capturing import AnswerThresholds, Burst
from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.products import ProductCard
from desktop_app.domain.progress import CancelToken
from desktop_app.services.capture.checking import (
    CHECKED,
    StationTrial,
    station_report,
)
from desktop_app.services.workspace import Workspace
from desktop_app.workers.lane import Lane


class StationChecker(QObject):
    """One check at a time. While it ``is_asking``, bursts belong to :meth:`take`.

    Signals: ``opened`` (how many products can be asked for); ``asked`` (number from 1, how many,
    ProductCard); ``looking`` when a burst is being tried; ``tried`` (StationTrial); ``reported``
    (StationReport, AnswerThresholds that would follow); ``used`` (AnswerThresholds) once the
    station answers by them; ``trial_failed`` (UserFacingError): the same product can be tried
    again; ``failed`` (UserFacingError).
    """

    opened = Signal(int)
    asked = Signal(int, int, object)
    looking = Signal()
    tried = Signal(object)
    reported = Signal(object, object)
    used = Signal(object)
    trial_failed = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        workspace: Workspace,
        *,
        searching: Lane,
        browsing: Lane,
        writing: Lane,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._service = workspace.capturing
        self._searching = searching
        self._browsing = browsing
        self._writing = writing
        self._waiting: list[int] = []
        self._total = 0
        self._trials: list[StationTrial] = []
        self._asked: int | None = None
        self._is_trying = False
        # Answers to what an earlier check asked are not this one's.
        self._check = 0

    @property
    def is_asking(self) -> bool:
        """Whether a product is asked for."""
        return self._asked is not None

    def open(self) -> None:
        """Ask for ``opened``: which products there are to ask for, in a new order."""
        self.stop()
        seed = random.randrange(1 << 30)

        def done(proposed: tuple[int, ...]) -> None:
            self._waiting = list(proposed)
            self.opened.emit(len(proposed))

        self._browsing.call(
            lambda _token: self._service.check.proposed(seed=seed),
            key="station-check",
            on_done=done,
            on_failed=self.failed.emit,
        )

    def start(self) -> None:
        """Ask for the first product; ``asked`` follows."""
        self._check += 1
        self._trials = []
        self._is_trying = False
        self._total = min(CHECKED, len(self._waiting))
        self._ask_next()

    def skip(self) -> None:
        """Ask for another product in place of this one, which comes up again last."""
        if self._asked is not None and not self._is_trying:
            self._waiting.append(self._asked)
            self._ask_next()

    def take(self, burst: Burst) -> None:
        """Try a burst of the product asked for; ``tried`` or ``trial_failed`` follows, and then
        ``asked`` or ``reported``. Nothing while another is being tried."""
        product_id, check = self._asked, self._check
        if product_id is None or self._is_trying:
            return
        self._is_trying = True
        self.looking.emit()

        def work(token: CancelToken) -> StationTrial:
            return self._service.check.trial(product_id, burst, token)

        def done(trial: StationTrial) -> None:
            if check != self._check:
                return
            self._is_trying = False
            self._trials.append(trial)
            self.tried.emit(trial)
            self._ask_next()

        def fail(error: UserFacingError) -> None:
            if check == self._check:
                self._is_trying = False
                self.trial_failed.emit(error)

        self._searching.call(work, key="capture", on_done=done, on_failed=fail)

    def use(self) -> None:
        """Answer by what was measured from now on; ``used`` follows."""
        trials = tuple(self._trials)
        if trials:
            self._writing.call(
                lambda _token: self._service.use_station(trials),
                on_done=self.used.emit,
                on_failed=self.failed.emit,
            )

    def stop(self) -> None:
        """Ask no more; bursts are looked up again."""
        self._check += 1
        self._asked = None
        self._is_trying = False

    def _ask_next(self) -> None:
        if len(self._trials) >= self._total or not self._waiting:
            self._asked = None
            self._report()
            return
        self._asked = product_id = self._waiting.pop(0)
        check, number = self._check, len(self._trials) + 1

        def done(cards: list[ProductCard]) -> None:
            if check != self._check:
                return
            if cards:
                self.asked.emit(number, self._total, cards[0])
            else:
                # It was removed meanwhile.
                self._ask_next()

        self._browsing.call(
            lambda _token: self._workspace.catalogue.products.cards([product_id]),
            key="station-card",
            on_done=done,
            on_failed=self.failed.emit,
        )

    def _report(self) -> None:
        trials = tuple(self._trials)
        if not trials:
            return
        for trial in trials:
            self._waiting.append(trial.product_id)

        def work(_token: CancelToken) -> tuple[object, AnswerThresholds]:
            report = station_report(trials, self._service.thresholds.found)
            return report, self._service.proposed_thresholds(trials)

        self._browsing.call(
            work,
            key="station-report",
            on_done=lambda told: self.reported.emit(*told),
            on_failed=self.failed.emit,
        )
