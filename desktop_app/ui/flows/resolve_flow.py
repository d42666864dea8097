"""Merging what was said to be the same: from the plan to the change, its undo, and the files."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from desktop_app.domain.errors import PlanOutdated, UserFacingError
from desktop_app.domain.progress import Progress
from desktop_app.domain.resolving import PictureRule, ResolvePlan
from desktop_app.domain.storage import ChangeSet
from desktop_app.services.duplicates.trash_journal import PlannedFile
from desktop_app.services.workspace import Workspace
from desktop_app.settings import Settings
from desktop_app.ui.flows.panes import Panes
from desktop_app.ui.product_text import count_text
from desktop_app.ui.resolving.window import ResolveWindow
from desktop_app.ui.resolving.words import files_text, products_text
from desktop_app.workers.resolving import PlanOptions, Proposal, TrashResult
from desktop_app.workers.session import Session

RELOAD_MS = 300


class ResolveFlow(QObject):
    """Shows the window of a plan. Signals: ``options_chosen`` (PlanOptions) to be remembered."""

    options_chosen = Signal(object)

    def __init__(
        self, session: Session, panes: Panes, settings: Settings, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._panes = panes
        self._options = plan_options(settings)
        self._window: ResolveWindow | None = None
        self._product_ids: Collection[int] | None = None
        self._is_merging = False
        self._sends_files = False
        self._offers_undo = False
        # Several changes in a row make one new plan.
        self._reload = QTimer(self)
        self._reload.setSingleShot(True)
        self._reload.setInterval(RELOAD_MS)
        self._reload.timeout.connect(self._propose)
        session.opened.connect(self._attach)
        session.closed.connect(self._detach)

    @property
    def window(self) -> ResolveWindow | None:
        """The window, once it was opened."""
        return self._window

    @Slot()
    def show(self) -> None:
        """Plan for everything that was said to be the same."""
        self.show_for(None)

    @Slot(object)
    def show_for(self, product_ids: Collection[int] | None) -> None:
        """Plan for the groups with one of these products, or for all."""
        window = self._made()
        self._product_ids = product_ids
        window.forget_edits()
        window.show()
        window.raise_()
        window.activateWindow()
        if self._session.resolver is None:
            window.show_nothing()
            return
        self._propose()
        self._session.resolver.look_for_unfinished()

    def _made(self) -> ResolveWindow:
        if self._window is None:
            window = ResolveWindow(
                self._panes.theme, self._panes.thumbnails, parent=self._panes.window
            )
            window.set_options(self._options)
            window.plan_wanted.connect(self._plan_again)
            window.options_chosen.connect(self._remember)
            window.merge_wanted.connect(self._merge)
            window.stop_wanted.connect(self._stop)
            self._window = window
        return self._window

    @Slot(object)
    def _attach(self, _workspace: Workspace) -> None:
        resolver, keeper = self._session.resolver, self._session.keeper
        assert resolver is not None and keeper is not None
        resolver.proposed.connect(self._show_proposal)
        resolver.failed.connect(self._show_problem)
        resolver.merged.connect(self._tell_merged)
        resolver.outdated.connect(self._plan_outdated)
        resolver.merge_failed.connect(self._merge_failed)
        resolver.unfinished.connect(self._offer_to_go_on)
        resolver.trash_progressed.connect(self._show_progress)
        resolver.trashed.connect(self._tell_trashed)
        keeper.edited.connect(self._changed)
        keeper.undone.connect(self._changed)
        keeper.failed.connect(self._edit_failed)
        resolver.look_for_unfinished()
        if self._is_shown:
            self._reload.start()

    @Slot()
    def _detach(self) -> None:
        self._reload.stop()
        self._is_merging = self._offers_undo = False
        if self._window is not None:
            self._window.show_nothing()

    @property
    def _is_shown(self) -> bool:
        return self._window is not None and self._window.isVisible()

    # Plans

    @Slot()
    def _propose(self) -> None:
        resolver, window = self._session.resolver, self._window
        if resolver is not None and window is not None:
            window.show_busy()
            resolver.propose(window.rules.options, kept=window.kept, product_ids=self._product_ids)

    @Slot(object, object)
    def _plan_again(self, options: PlanOptions, kept: Sequence[int]) -> None:
        if (resolver := self._session.resolver) is not None:
            resolver.propose(options, kept=kept, fresh=False)

    @Slot(object)
    def _show_proposal(self, proposal: Proposal) -> None:
        if self._window is not None:
            self._window.show_proposal(proposal)

    @Slot(object)
    def _remember(self, options: PlanOptions) -> None:
        self._options = options
        self.options_chosen.emit(options)

    @Slot(object)
    def _changed(self, _changes: ChangeSet) -> None:
        """What a plan stands on may be another thing now, and the merge not the last change."""
        if self._is_merging:
            return
        if self._offers_undo and self._window is not None:
            self._offers_undo = False
            self._window.notice.clear()
        if self._is_shown:
            self._reload.start()

    # Merging

    @Slot(object, bool)
    def _merge(self, plan: ResolvePlan, sends_files: bool) -> None:
        if (resolver := self._session.resolver) is not None:
            self._is_merging, self._sends_files = True, sends_files
            resolver.merge(plan)

    @Slot(object, object)
    def _tell_merged(self, plan: ResolvePlan, _changes: ChangeSet) -> None:
        resolver, window = self._session.resolver, self._window
        self._is_merging = False
        if resolver is None or window is None:
            return
        window.problem.clear()
        window.forget_edits()
        groups = len(plan.groups)
        words = self.tr("Merged {0} into {1}.").format(
            products_text(plan.dropped + groups), count_text(groups)
        )
        window.notice.tell(words, (self.tr("Undo"), self._undo))
        self._offers_undo = True
        if self._sends_files:
            resolver.move_to_trash(plan)
        self._propose()

    @Slot(object)
    def _plan_outdated(self, _error: PlanOutdated) -> None:
        self._is_merging = self._offers_undo = False
        if self._window is not None:
            self._window.notice.tell(
                self.tr(
                    "Products changed since the plan was made, so nothing was merged. This is "
                    "the plan as it would be now."
                )
            )
        self._propose()

    @Slot()
    def _merge_failed(self) -> None:
        self._is_merging = False
        if self._window is not None:
            self._window.stop_waiting()

    @Slot(object)
    def _edit_failed(self, error: UserFacingError) -> None:
        if self._is_merging and self._window is not None:
            self._window.problem.show_error(error)

    @Slot()
    def _undo(self) -> None:
        if (keeper := self._session.keeper) is not None:
            keeper.undo()

    @Slot(object)
    def _show_problem(self, error: UserFacingError) -> None:
        if self._window is not None:
            self._window.stop_waiting()
            self._window.end_progress()
            self._window.problem.show_error(error)
        else:
            self._panes.show_problem(error)

    # Files

    @Slot(object)
    def _offer_to_go_on(self, files: Sequence[PlannedFile]) -> None:
        words = self.tr("{0} were still to go to the trash when that was interrupted.").format(
            files_text(len(files))
        )
        if self._is_shown and self._window is not None:
            self._offers_undo = False
            self._window.notice.tell(
                words,
                (self.tr("Move them now"), self._go_on),
                (self.tr("Leave them"), self._leave_files),
            )
        else:
            more = self.tr("Resolve… in Duplicates offers to go on.")
            self._panes.status.show_message(f"{words} {more}")

    @Slot()
    def _go_on(self) -> None:
        if (resolver := self._session.resolver) is not None:
            resolver.resume_trash()

    @Slot()
    def _leave_files(self) -> None:
        if (resolver := self._session.resolver) is not None:
            resolver.forget_unfinished()

    @Slot()
    def _stop(self) -> None:
        if (resolver := self._session.resolver) is not None:
            resolver.stop()

    @Slot(object)
    def _show_progress(self, progress: Progress) -> None:
        if self._window is not None:
            self._window.show_progress(progress)

    @Slot(object)
    def _tell_trashed(self, result: TrashResult) -> None:
        words = self.tr("{0} moved to the trash.").format(files_text(len(result.sent)))
        stayed = (*result.failed, *result.kept)
        if stayed:
            more = self.tr("{0} stayed: {1}")
            first = stayed[0]
            reason = f"{Path(first.file.path).name}, {first.reason}"
            words = f"{words} {more.format(files_text(len(stayed)), reason)}"
        window = self._window
        if window is None:
            return
        window.end_progress()
        offers = []
        if self._offers_undo and window.notice.words:
            words = f"{window.notice.words} {words}"
            offers.append((self.tr("Undo the merge"), self._undo))
        if not result.is_whole:
            offers.append((self.tr("Move the others too"), self._go_on))
        window.notice.tell(words, *offers)


def plan_options(settings: Settings) -> PlanOptions:
    """As a person last chose them."""
    return PlanOptions(
        settings.keep_rules,
        PictureRule(settings.merged_pictures),
        tuple(Path(folder) for folder in settings.protected_folders),
    )


def options_kept(settings: Settings, options: PlanOptions) -> Settings:
    """The settings with these options: the reverse of :func:`plan_options`."""
    return replace(
        settings,
        keep_rules=options.rules,
        merged_pictures=options.pictures.value,
        protected_folders=tuple(str(folder) for folder in options.protected),
    )
