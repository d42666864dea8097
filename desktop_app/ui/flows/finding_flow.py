"""Looking for duplicates: begun, stopped, how far it is, and when there is more to show."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from desktop_app.services.workspace import Workspace
from desktop_app.ui.duplicates.page import DuplicatesPage, PageState
from desktop_app.ui.product_text import count_text
from desktop_app.workers.long_work import WorkKind, WorkStatus
from desktop_app.workers.session import Session

FIRST_GROUPS_MS, MORE_GROUPS_MS = 3_000, 15_000
"""How often groups are looked for while pictures are compared: before one is shown, and from
then on."""


class FindingFlow(QObject):
    """Joins the top of the page to the keeper.

    Signals: ``more_found`` when the board or the counts are worth reading anew.
    """

    more_found = Signal()

    def __init__(
        self, session: Session, page: DuplicatesPage, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._page = page
        self._news = QTimer(self)
        self._news.setSingleShot(True)
        self._news.timeout.connect(self.more_found)
        session.opened.connect(self._attach)
        session.closed.connect(self._detach)
        page.find_bar.find_wanted.connect(self.find)
        page.find_bar.stop_wanted.connect(self.stop)

    @property
    def is_finding(self) -> bool:
        """Whether pictures are compared, or will be once nothing goes before."""
        keeper = self._session.keeper
        return keeper is not None and keeper.is_finding

    @Slot()
    def find(self) -> None:
        """Compare the pictures that were not compared yet."""
        if (keeper := self._session.keeper) is not None:
            keeper.find_duplicates()
            self._show_work(keeper.status)

    @Slot()
    def stop(self) -> None:
        """Compare no more for now."""
        if (keeper := self._session.keeper) is not None:
            keeper.stop_finding()

    @Slot(object)
    def _attach(self, _workspace: Workspace) -> None:
        keeper = self._session.keeper
        assert keeper is not None
        keeper.work_changed.connect(self._show_work)
        keeper.compared.connect(self._end)
        keeper.idle.connect(self._count_again)

    @Slot()
    def _detach(self) -> None:
        self._news.stop()
        self._page.find_bar.show_progress("")

    @Slot(object)
    def _show_work(self, status: WorkStatus | None) -> None:
        if not self.is_finding:
            return
        page = self._page
        page.find_bar.show_progress(self._words(status))
        if page.state in (PageState.NOT_COMPARED, PageState.NO_PAIRS):
            page.show_state(PageState.FINDING)
        if not self._news.isActive():
            has_groups = page.state is PageState.REVIEW
            self._news.start(MORE_GROUPS_MS if has_groups else FIRST_GROUPS_MS)

    @Slot()
    def _end(self) -> None:
        self._news.stop()
        self._page.find_bar.show_progress("")
        self.more_found.emit()

    @Slot()
    def _count_again(self) -> None:
        """Pictures were read. A review under way is left alone."""
        if self._page.state is not PageState.REVIEW:
            self.more_found.emit()

    def _words(self, status: WorkStatus | None) -> str:
        if status is not None and status.kind is not WorkKind.FIND:
            return self.tr("Waits until the pictures were read and looked at closely")
        if status is None or not status.progress.total:
            return self.tr("Comparing pictures")
        return self.tr("Comparing pictures: {0} of {1}").format(
            count_text(status.progress.done), count_text(status.progress.total)
        )
