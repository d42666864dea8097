"""The plan of a merge: rules at the left, groups in the middle, one group at the right."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.progress import Progress
from desktop_app.domain.resolving import ResolvePlan
from desktop_app.ui.busy_line import BusyLine
from desktop_app.ui.empty_state import EmptyState
from desktop_app.ui.notice_strip import NoticeStrip
from desktop_app.ui.problem_strip import ProblemStrip
from desktop_app.ui.product_text import count_text
from desktop_app.ui.progress_row import ProgressRow
from desktop_app.ui.resolving.group_detail import GroupDetail
from desktop_app.ui.resolving.merge_bar import MergeBar
from desktop_app.ui.resolving.plan_edits import PlanEdits, PlanTotals, members
from desktop_app.ui.resolving.plan_pane import PlanPane
from desktop_app.ui.resolving.rules_panel import AskForFolder, RulesPanel, ask_for_folder
from desktop_app.ui.resolving.words import products_text
from desktop_app.ui.theme import Space, Theme
from desktop_app.workers.resolving import PlanOptions, Proposal
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

RULES_WIDTH = 236
LIST_WIDTH = 340


class ResolveWindow(QWidget):
    """Shows a plan, lets it be changed and asks for it to be carried out; merges nothing itself.

    Signals: ``plan_wanted`` (PlanOptions, tuple of products to keep) when it has to be made
    anew from the same groups; ``options_chosen`` (PlanOptions) by a person; ``merge_wanted``
    (ResolvePlan, whether files go to the trash); ``stop_wanted`` while files go there.
    """

    plan_wanted = Signal(object, object)
    options_chosen = Signal(object)
    merge_wanted = Signal(object, bool)
    stop_wanted = Signal()

    def __init__(
        self,
        theme: Theme,
        thumbnails: ThumbnailLoader,
        *,
        ask_for_folder: AskForFolder = ask_for_folder,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._proposal: Proposal | None = None
        self._edits = PlanEdits()
        self._totals = PlanTotals()
        self.setProperty("surface", "content")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(self.tr("Merge duplicates"))
        self.resize(1180, 760)
        self.setMinimumSize(820, 560)
        self._busy = BusyLine(theme)
        self.problem = ProblemStrip(theme)
        self.notice = NoticeStrip(theme)
        self.progress = ProgressRow()
        self.progress.stop_wanted.connect(self.stop_wanted)
        self._summary = QLabel()
        self._summary.setProperty("role", "muted")
        self.rules = RulesPanel(theme, ask_for_folder=ask_for_folder)
        self.rules.changed.connect(self._options_changed)
        self._groups = PlanPane(theme, thumbnails)
        self._groups.all_wanted.connect(self._tick_all)
        self._groups.none_wanted.connect(self._tick_none)
        self.list = self._groups.list
        self.list.row_chosen.connect(self._show_row)
        self.list.plan.skipped.connect(self._skip)
        self.detail = GroupDetail(theme, thumbnails)
        self.detail.keep_wanted.connect(self._keep)
        self.detail.value_chosen.connect(self._choose_value)
        self._nothing = EmptyState(theme, icon="circle-check", title="", text="")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._make_plan())
        self._stack.addWidget(self._nothing)
        self._bar = MergeBar()
        self._bar.merge_wanted.connect(self._confirm)
        self._bar.close_wanted.connect(self.close)
        self._lay_out()
        self.show_busy()

    @property
    def plan(self) -> ResolvePlan:
        """What would be done now."""
        return self._edits.on_plan(self._proposal.plan) if self._proposal else ResolvePlan(())

    @property
    def kept(self) -> tuple[int, ...]:
        """The products that a person wants to keep, in the order they were chosen."""
        return tuple(self._edits.kept.values())

    def set_options(self, options: PlanOptions) -> None:
        """What plans are made with at first."""
        self.rules.set_options(options)

    def forget_edits(self) -> None:
        """The next proposal is for other groups."""
        self._edits = PlanEdits()
        self._bar.keep_files()
        self._proposal = None

    def show_busy(self) -> None:
        """A plan is being made, or carried out."""
        self._busy.start()
        self._bar.set_waiting(True)

    def show_proposal(self, proposal: Proposal) -> None:
        """Show a plan; what was changed by hand in the one before still holds."""
        self.stop_waiting()
        row = max(0, self.list.currentIndex().row())
        self._proposal = proposal
        self.list.plan.set_proposal(proposal, self._edits)
        count = self.list.plan.rowCount()
        self._stack.setCurrentIndex(0 if count else 1)
        self._nothing.set_words(
            self.tr("Nothing to merge"),
            self.tr(
                "Products that you said are the same in Duplicates come up here, to be merged "
                "into one."
            ),
        )
        if count:
            self.list.setCurrentIndex(self.list.plan.index(min(row, count - 1)))
        self._show_row(self.list.currentIndex().row())
        self._count()

    def show_nothing(self) -> None:
        """No catalogue is open."""
        self.forget_edits()
        self.stop_waiting()
        self.end_progress()
        self.notice.clear()
        self.list.plan.set_proposal(None, self._edits)
        self._nothing.set_words(self.tr("No catalogue is open"), "")
        self._stack.setCurrentIndex(1)
        self._show_row(-1)
        self._count()

    def show_progress(self, progress: Progress) -> None:
        """Files are on their way to the trash."""
        self.progress.show_progress(progress)

    def end_progress(self) -> None:
        """No file is on its way any more."""
        self.progress.hide()

    def stop_waiting(self) -> None:
        """What was asked for did not come about; the plan stands."""
        self._busy.stop()
        self._bar.set_waiting(False)

    def _make_plan(self) -> QWidget:
        line = QFrame()
        line.setProperty("role", "vertical-hairline")
        middle = QWidget()
        row = QHBoxLayout(middle)
        row.setContentsMargins(Space.L, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addWidget(line)
        row.addWidget(self._groups, 1)
        self.rules.setFixedWidth(RULES_WIDTH)
        parts = QSplitter(Qt.Orientation.Horizontal)
        parts.setHandleWidth(1)
        parts.setChildrenCollapsible(False)
        parts.addWidget(middle)
        parts.addWidget(self.detail)
        parts.setStretchFactor(1, 1)
        parts.setSizes([LIST_WIDTH, 2 * LIST_WIDTH])
        page = QWidget()
        whole = QHBoxLayout(page)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.rules)
        whole.addWidget(parts, 1)
        return page

    def _lay_out(self) -> None:
        title = QLabel(self.tr("Merge duplicates"))
        title.setProperty("role", "display")
        top = QHBoxLayout()
        top.setSpacing(Space.M)
        top.addWidget(title)
        top.addWidget(self._summary, 1, Qt.AlignmentFlag.AlignBottom)
        line = QFrame()
        line.setProperty("role", "hairline")
        inner = QVBoxLayout()
        inner.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        inner.setSpacing(Space.M)
        inner.addLayout(top)
        for part in (self.problem, self.notice, self.progress):
            inner.addWidget(part)
        inner.addWidget(self._stack, 1)
        inner.addWidget(line)
        inner.addWidget(self._bar)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._busy)
        column.addLayout(inner, 1)

    # What a person changes

    @Slot(object)
    def _options_changed(self, options: PlanOptions) -> None:
        self.options_chosen.emit(options)
        self._ask_again()

    @Slot(object)
    def _keep(self, product_id: int) -> None:
        if (group := self.detail.group) is not None:
            self._edits = self._edits.with_kept(members(group), product_id)
            self._ask_again()

    def _ask_again(self) -> None:
        self.show_busy()
        self.plan_wanted.emit(self.rules.options, self.kept)

    @Slot(str, object)
    def _choose_value(self, column: str, origin: int) -> None:
        if (group := self.detail.group) is not None:
            self._edits = self._edits.with_value(members(group), column, origin)
            self._edited(self.list.currentIndex().row())

    @Slot(int, bool)
    def _skip(self, row: int, is_skipped: bool) -> None:
        group, proposal = self.list.plan.group(row), self._proposal
        if group is None or proposal is None or self.list.plan.is_merged(row) != is_skipped:
            return
        self._edits = self._edits.with_skipped(members(group), is_skipped)
        sign = -1 if is_skipped else 1
        self._totals = self._totals.with_group(group, proposal.files[row], sign=sign)
        self._edited(row)
        self._show_totals()

    @Slot()
    def _tick_all(self) -> None:
        self._edits = replace(self._edits, skipped=frozenset())
        self._all_edited()

    @Slot()
    def _tick_none(self) -> None:
        groups = self._proposal.plan.groups if self._proposal is not None else ()
        self._edits = replace(self._edits, skipped=frozenset(map(members, groups)))
        self._all_edited()

    def _all_edited(self) -> None:
        self.list.plan.set_edits(self._edits)
        self._count()

    def _edited(self, row: int) -> None:
        self.list.plan.set_edits(self._edits, row)
        if row == self.list.currentIndex().row():
            self._show_row(row)

    @Slot(int)
    def _show_row(self, row: int) -> None:
        group = self.list.plan.group(row)
        is_chosen = group is not None and self._edits.kept.get(members(group)) == group.keep_id
        self.detail.show_group(self._proposal, group, is_chosen=is_chosen)

    def _count(self) -> None:
        proposal = self._proposal
        self._totals = PlanTotals()
        if proposal is not None:
            self._totals = self._edits.totals(proposal.plan, proposal.files)
        self._show_totals()

    def _show_totals(self) -> None:
        totals = self._totals
        self._bar.set_totals(totals)
        words = self.tr("{0} become {1}. Nothing is changed yet.").format(
            products_text(totals.products), count_text(totals.groups)
        )
        self._summary.setText(words if totals.groups else "")

    @Slot(bool)
    def _confirm(self, sends_files: bool) -> None:
        plan = self.plan
        if plan.groups:
            self.show_busy()
            self.merge_wanted.emit(plan, sends_files)

    # Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.list.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
            return
        super().keyPressEvent(event)
