"""Learning the catalogue: what there is to learn from, learning, taking up, versions."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from desktop_app.domain.learned_models import LearnedModel, LearnStep, Prospects, Trial
from desktop_app.domain.metric_learning import Recipe
from desktop_app.domain.storage import ChangeSet
from desktop_app.services.workspace import Workspace
from desktop_app.ui.flows.learning_result_flow import LearningResultFlow
from desktop_app.ui.flows.learning_versions_flow import LearningVersionsFlow
from desktop_app.ui.flows.panes import Panes
from desktop_app.ui.flows.search_flow import SearchFlow
from desktop_app.ui.learning.page import LearningPage, LearnMode
from desktop_app.ui.learning.words import LearnState, headline
from desktop_app.ui.product_text import column_label, columns_by_name
from desktop_app.workers.browsing import Overview
from desktop_app.workers.long_work import Ending, WorkKind, WorkStatus
from desktop_app.workers.session import Session

RELOAD_MS = 1_500


class LearningFlow(QObject):
    """Fills the page while it is in front; learning goes on when it is not.

    Signals: ``products_wanted`` (title, product ids) to be listed; ``product_wanted`` (product
    id) whose fields are to be looked at; ``search_changed`` when another version is searched
    with; ``failed`` (UserFacingError).
    """

    products_wanted = Signal(str, object)
    product_wanted = Signal(object)
    search_changed = Signal()
    failed = Signal(object)

    def __init__(
        self,
        session: Session,
        panes: Panes,
        searching: SearchFlow,
        page: LearningPage,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._panes = panes
        self._page = page
        self._is_front = False
        self._is_searchable = False
        self._is_stale = True
        self._labels: dict[str, str] = {}
        self._learned: tuple[LearnedModel, Trial] | None = None
        self.results = LearningResultFlow(session, searching, page, self)
        self.results.products_wanted.connect(self.products_wanted)
        self.results.product_wanted.connect(self.product_wanted)
        self.results.brought.connect(self._look)
        self.versions = LearningVersionsFlow(session, panes, self.results, page, parent=self)
        self.versions.search_changed.connect(self.search_changed)
        self._reload = QTimer(self)
        self._reload.setSingleShot(True)
        self._reload.setInterval(RELOAD_MS)
        self._reload.timeout.connect(self._look)
        session.opening.connect(self._open)
        session.opened.connect(self._attach)
        session.failed.connect(self._detach)
        session.closed.connect(self._detach)
        page.start.learn_wanted.connect(self._learn)
        page.running.stop_wanted.connect(self._stop)
        page.running.pause_wanted.connect(self._pause)
        page.running.resume_wanted.connect(self._resume)
        page.mode_changed.connect(self._mode_changed)

    @Slot(bool)
    def set_front(self, is_front: bool) -> None:
        """Whether the page is in front: what became stale meanwhile is read then."""
        self._is_front = is_front
        self.results.set_front(is_front)
        if is_front and self._is_stale:
            self._look()

    @Slot(object)
    def take_overview(self, overview: Overview) -> None:
        """What the catalogue holds: its columns, and the queries asked of it."""
        columns = columns_by_name(overview.columns)
        self._labels = {name: column_label(column) for name, column in columns.items()}
        self.results.take_overview(overview, self._labels)

    # The catalogue

    @Slot()
    def _open(self) -> None:
        """A catalogue is on its way."""
        self._page.show_state(LearnState.LOADING)

    @Slot(object)
    def _attach(self, workspace: Workspace) -> None:
        learner, keeper = self._session.learner, self._session.keeper
        assert learner is not None and keeper is not None
        learner.prospects_read.connect(self._take_prospects)
        learner.stepped.connect(self._step)
        learner.ended.connect(self._end)
        learner.failed.connect(self.failed)
        learner.failed.connect(self._look)
        keeper.changed.connect(self._take_changes)
        keeper.work_changed.connect(self._show_work)
        keeper.searchable.connect(self._begin)
        keeper.idle.connect(self._look)
        self.results.attach(learner, is_read_only=workspace.catalogue.read_only)
        self.versions.attach(learner)
        self._is_stale = True

    @Slot()
    def _begin(self) -> None:
        """The indexes are loaded."""
        self._is_searchable = self._is_stale = True
        self._look()
        if (learner := self._session.learner) is not None:
            learner.read_versions()

    @Slot()
    def _detach(self) -> None:
        self._reload.stop()
        self._is_searchable, self._is_stale = False, True
        self._learned = None
        self.results.detach()
        page = self._page
        page.notice.clear()
        page.problem.clear()
        page.show_state(LearnState.NO_CATALOGUE)
        page.choose_mode(LearnMode.LEARN)
        self.versions.detach()

    @Slot()
    def _look(self) -> None:
        learner, keeper = self._session.learner, self._session.keeper
        workspace = self._session.workspace
        if learner is None or keeper is None or workspace is None:
            return
        if not self._is_front:
            self._is_stale = True
            return
        if learner.is_learning:
            self._page.show_state(LearnState.RUNNING)
        elif workspace.catalogue.read_only:
            self._page.show_state(LearnState.READ_ONLY)
        elif not keeper.is_idle:
            self._page.show_state(LearnState.READING)
        else:
            if self._page.state is not LearnState.READY:
                self._page.show_state(LearnState.LOADING)
            self._is_stale = not self._is_searchable
            if self._is_searchable:
                learner.read_prospects()

    @Slot(object, object)
    def _take_prospects(self, prospects: Prospects, begun: frozenset[str]) -> None:
        learner, keeper = self._session.learner, self._session.keeper
        if learner is None or keeper is None or learner.is_learning or not keeper.is_idle:
            return
        self._page.start.show_prospects(prospects, self._labels, begun)
        is_enough = prospects.n_lacking == 0
        self._page.show_state(LearnState.READY if is_enough else LearnState.TOO_FEW, prospects)

    @Slot(object)
    def _take_changes(self, changes: ChangeSet) -> None:
        if changes == ChangeSet():
            return
        self._is_stale = True
        if self._is_front and not self._reload.isActive():
            self._reload.start()
        self.results.take_changes(changes)

    @Slot(object)
    def _mode_changed(self, mode: LearnMode) -> None:
        if mode is LearnMode.LEARN:
            self._look()

    # Learning

    @Slot(object, bool)
    def _learn(self, recipe: Recipe, anew: bool) -> None:
        learner = self._session.learner
        if learner is None or learner.is_learning:
            return
        self._learned = None
        self._page.notice.clear()
        self._page.problem.clear()
        self._page.running.begin(recipe)
        learner.learn(recipe, anew=anew)
        self._page.show_state(LearnState.RUNNING)
        self._page.choose_mode(LearnMode.LEARN)

    @Slot(object)
    def _step(self, step: LearnStep) -> None:
        if step.point is not None:
            self._page.running.add_point(step.point)
        if step.model is not None and step.trial is not None:
            self._learned = step.model, step.trial
        elif step.trial is not None:
            # There was too little to learn from after all.
            self._page.notice.tell(step.trial.reason)

    @Slot(object)
    def _end(self, ending: Ending) -> None:
        self._is_stale = True
        if ending is Ending.CANCELLED:
            self._page.notice.tell(self.tr("Learning was stopped. The search is as it was."))
        learned, self._learned = self._learned, None
        if ending is Ending.DONE and learned is not None:
            model, trial = learned
            self.results.bring(model.version)
            if not self._is_front:
                words = self.tr("The catalogue was learned: {0}").format(headline(trial).lower())
                self._panes.status.show_message(words)
            # What there is to learn from is looked at once the result is in front.
            return
        self._look()

    @Slot(object)
    def _show_work(self, status: WorkStatus | None) -> None:
        learner, keeper = self._session.learner, self._session.keeper
        if learner is None or keeper is None:
            return
        if learner.is_learning:
            running = self._page.running
            if status is not None and status.kind is WorkKind.LEARN:
                running.show_progress(status.progress)
            elif status is not None:
                running.show_waiting()
            running.set_paused(status is not None and status.paused)
        elif self._is_front and not keeper.is_idle and self._page.state is not LearnState.READING:
            self._look()

    @Slot()
    def _stop(self) -> None:
        if (learner := self._session.learner) is not None:
            learner.stop()

    @Slot()
    def _pause(self) -> None:
        if (keeper := self._session.keeper) is not None:
            keeper.pause()

    @Slot()
    def _resume(self) -> None:
        if (keeper := self._session.keeper) is not None:
            keeper.resume()
