"""The versions of what was learned: taken up, gone back from, noted, exchanged, removed."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from desktop_app.domain.learned_models import LearnedModel
from desktop_app.ui.flows.learning_result_flow import LearningResultFlow
from desktop_app.ui.flows.panes import Panes
from desktop_app.ui.learning.page import LearningPage, LearnMode
from desktop_app.ui.learning.words import version_name
from desktop_app.workers.learning import Learner, Versions
from desktop_app.workers.long_work import Ending
from desktop_app.workers.session import Session


class LearningVersionsFlow(QObject):
    """Fills the list of versions and does what is asked of them.

    Signals: ``search_changed`` when another version is searched with.
    """

    search_changed = Signal()

    def __init__(
        self,
        session: Session,
        panes: Panes,
        results: LearningResultFlow,
        page: LearningPage,
        *,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._panes = panes
        self._results = results
        self._page = page
        self._versions = Versions()
        self._left: tuple[LearnMode, str] | None = None
        session.failed.connect(self._forget_left)
        outcome, versions = page.result.outcome, page.versions
        outcome.use_wanted.connect(self._use_shown)
        outcome.back_wanted.connect(self._go_back)
        outcome.later_wanted.connect(self._leave)
        outcome.again_wanted.connect(self._learn_otherwise)
        outcome.note_changed.connect(self._note_shown)
        versions.use_wanted.connect(self._take_up)
        versions.look_wanted.connect(self._look_at)
        versions.removal_wanted.connect(self._ask_to_remove)
        versions.export_wanted.connect(self._export)
        versions.import_wanted.connect(self._import)
        versions.note_edited.connect(self._note)

    def attach(self, learner: Learner) -> None:
        """A catalogue was opened."""
        learner.versions_read.connect(self._take_versions)
        learner.taking_up.connect(self._tell_taking_up)
        learner.take_up_ended.connect(self._end_taking_up)
        learner.model_wanted.connect(self._reopen)
        learner.imported.connect(self._tell_imported)
        learner.told.connect(self._panes.status.show_message)
        self._show_abilities()
        if self._left is not None:
            mode, words = self._left
            self._left = None
            self._page.choose_mode(mode)
            self._page.notice.tell(words)

    def detach(self) -> None:
        """It was closed."""
        self._versions = Versions()
        self._page.versions.show_versions(Versions())
        self._page.compare.show_versions(Versions())
        self._show_abilities()

    # Using

    @Slot(str)
    def _take_up(self, version: str) -> None:
        if (learner := self._session.learner) is not None:
            learner.take_up(version)

    @Slot()
    def _use_shown(self) -> None:
        if (version := self._results.version) is not None:
            self._take_up(version)

    @Slot()
    def _go_back(self) -> None:
        """To the version before it, where that is still there; else to the model as it came."""
        active = self._versions.find(self._versions.active)
        parent = active.parent if active is not None else ""
        self._take_up(parent if self._versions.find(parent) is not None else "")

    @Slot()
    def _leave(self) -> None:
        version = self._results.version or ""
        self._page.choose_mode(LearnMode.VERSIONS)
        self._page.versions.choose(version)
        words = self.tr("{0} stays here. The search is as it was.")
        self._page.notice.tell(words.format(version_name(version)))

    @Slot()
    def _learn_otherwise(self) -> None:
        self._page.choose_mode(LearnMode.LEARN)

    @Slot(str)
    def _tell_taking_up(self, version: str) -> None:
        self._show_abilities()
        words = (
            self.tr("{0} is being taken up. Until it is ready the search answers as before.")
            if version
            else self.tr("Going back to the model as it came. Until then all stays as it is.")
        )
        self._page.notice.tell(words.format(version_name(version)))

    @Slot(str, object)
    def _end_taking_up(self, version: str, ending: Ending) -> None:
        self._show_abilities()
        if ending is Ending.DONE:
            words = (
                self.tr("The search uses {0} from now on.").format(version_name(version))
                if version
                else self.tr("The search uses the model as it came from now on.")
            )
            self._page.notice.tell(words)
            self._panes.status.show_message(words)
            self.search_changed.emit()
        elif ending is Ending.CANCELLED:
            self._page.notice.tell(self.tr("Stopped. The search is as it was."))
        else:
            self._page.notice.clear()

    @Slot(str)
    def _reopen(self, model: str) -> None:
        """A tuned network is a model of its own; its pictures were read meanwhile. What is on view
        is so again once the catalogue is opened with it."""
        self._left = self._page.mode, self._page.notice.words
        self._session.reopen(model=model)

    @Slot()
    def _forget_left(self) -> None:
        self._left = None

    def _show_abilities(self) -> None:
        learner, workspace = self._session.learner, self._session.workspace
        is_busy = learner is not None and learner.is_taking_up
        is_read_only = workspace is not None and workspace.catalogue.read_only
        self._page.versions.set_state(
            is_read_only=is_read_only, is_busy=is_busy, is_open=workspace is not None
        )
        self._page.result.outcome.set_busy(is_busy or is_read_only)

    # Versions

    @Slot(object)
    def _take_versions(self, versions: Versions) -> None:
        self._versions = versions
        self._page.versions.show_versions(versions)
        self._page.compare.show_versions(versions)
        self._results.take_versions(versions)
        self._show_abilities()

    @Slot(str)
    def _look_at(self, version: str) -> None:
        self._results.bring(version)

    @Slot(str)
    def _note_shown(self, note: str) -> None:
        if (version := self._results.version) is not None:
            self._note(version, note)

    @Slot(str, str)
    def _note(self, version: str, note: str) -> None:
        if (learner := self._session.learner) is not None:
            learner.annotate(version, note)

    @Slot(str)
    def _ask_to_remove(self, version: str) -> None:
        words = (
            self.tr("Remove {0} for good? It is deleted with the model tuned for it.")
            if self._versions.has_own_model(version)
            else self.tr("Remove {0} for good? Its files are deleted.")
        )
        words = f"{words} {self.tr('Your pictures stay.')}"
        self._page.notice.tell(
            words.format(version_name(version).lower()),
            (self.tr("Remove"), lambda: self._remove(version)),
        )

    def _remove(self, version: str) -> None:
        if (learner := self._session.learner) is not None:
            learner.remove(version)

    @Slot(str, object)
    def _export(self, version: str, path: Path) -> None:
        if (learner := self._session.learner) is not None:
            learner.export(version, path)

    @Slot(object)
    def _import(self, path: Path) -> None:
        if (learner := self._session.learner) is not None:
            learner.import_from(path)

    @Slot(object)
    def _tell_imported(self, model: LearnedModel) -> None:
        words = self.tr("Imported as {0}. Compare it on your own queries before you use it.")
        self._page.notice.tell(words.format(version_name(model.version).lower()))
