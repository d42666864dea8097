"""The status line: what runs in the background, and pausing, resuming and stopping it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from desktop_app.domain.filters import ProductFilter
from desktop_app.domain.products import PictureState
from desktop_app.services.workspace import Workspace
from desktop_app.settings import Settings
from desktop_app.ui.flows.browse_flow import BrowseFlow
from desktop_app.ui.flows.panes import Panes
from desktop_app.workers.long_work import WorkKind
from desktop_app.workers.session import Session


class WorkFlow(QObject):
    """Joins the status line to the keeper.

    Signals: ``can_enrich`` (bool) whether there are pictures to look closer at and nobody does.
    """

    can_enrich = Signal(bool)

    def __init__(
        self,
        session: Session,
        panes: Panes,
        browsing: BrowseFlow,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._panes = panes
        self._browsing = browsing
        self._settings = settings
        session.opened.connect(self._attach)
        session.closed.connect(self._detach)
        status = panes.status
        status.pause_requested.connect(self._pause)
        status.resume_requested.connect(self._resume)
        status.cancel_requested.connect(self._cancel)
        status.enrich_requested.connect(self.enrich)
        status.problems_requested.connect(self._show_problems)

    def use_settings(self, settings: Settings) -> None:
        """Preferences changed."""
        self._settings = settings
        if (keeper := self._session.keeper) is not None:
            keeper.enrich_unasked(settings.look_closer)

    @Slot()
    def enrich(self) -> None:
        """Look closer at the pictures that were read, where it was stopped or never begun."""
        if (keeper := self._session.keeper) is not None:
            keeper.enrich()

    @Slot(object)
    def _attach(self, _workspace: Workspace) -> None:
        keeper = self._session.keeper
        assert keeper is not None
        keeper.work_changed.connect(self._panes.status.show_work)
        keeper.can_enrich.connect(self._offer_to_enrich)
        keeper.enrich_unasked(self._settings.look_closer)

    @Slot()
    def _detach(self) -> None:
        self._panes.status.show_work(None)
        self._offer_to_enrich(False)

    @Slot(bool)
    def _offer_to_enrich(self, can_enrich: bool) -> None:
        self._panes.status.offer_to_enrich(can_enrich)
        self.can_enrich.emit(can_enrich)

    @Slot(object)
    def _pause(self, _kind: WorkKind) -> None:
        if (keeper := self._session.keeper) is not None:
            keeper.pause()

    @Slot(object)
    def _resume(self, _kind: WorkKind) -> None:
        if (keeper := self._session.keeper) is not None:
            keeper.resume()

    @Slot(object)
    def _cancel(self, _kind: WorkKind) -> None:
        if (keeper := self._session.keeper) is not None:
            keeper.cancel()

    @Slot()
    def _show_problems(self) -> None:
        self._browsing.set_filter(ProductFilter(picture_state=PictureState.FAILED))
