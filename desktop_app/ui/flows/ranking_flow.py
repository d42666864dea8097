"""The person's ranking rules, handed to every search."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from desktop_app.services.workspace import Workspace
from desktop_app.settings import Settings
from desktop_app.ui.flows.search_flow import SearchFlow
from desktop_app.workers.session import Session


class RankingFlow(QObject):
    """Has searches prefer what the preferences say, from the next one on."""

    def __init__(
        self,
        session: Session,
        searching: SearchFlow,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._searching = searching
        self._rules = settings.ranking_rules
        session.opened.connect(self._attach)

    def use_settings(self, settings: Settings) -> None:
        """Rank by these, and search again where that changes anything."""
        if settings.ranking_rules == self._rules:
            return
        self._rules = settings.ranking_rules
        if (workspace := self._session.workspace) is not None:
            workspace.ranking.use_rules(self._rules)
            self._searching.refresh()

    @Slot(object)
    def _attach(self, workspace: Workspace) -> None:
        workspace.ranking.use_rules(self._rules)
