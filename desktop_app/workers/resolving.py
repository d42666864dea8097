"""Merging what was said to be the same: plans in the search lane, merging and what goes to the
trash in the index lane."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop_app.domain.duplicates import DuplicateGroup
from desktop_app.domain.errors import PlanOutdated, UserFacingError
from desktop_app.domain.products import Column, Product
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.resolving import USUAL_RULES, KeepRule, PictureRule, ResolvePlan
from desktop_app.domain.storage import ChangeSet
from desktop_app.services.duplicates.resolving import (
    apply_plan,
    plan_resolution,
    products_of,
    protected_products,
)
from desktop_app.services.duplicates.trash_journal import FileEntry, FileState, PlannedFile
from desktop_app.services.duplicates.trashing import (
    TrashStep,
    files_to_trash,
    forget_unfinished,
    resume_trash,
    trash_files,
    unfinished_trash,
)
from desktop_app.services.workspace import Workspace
from desktop_app.workers.keeping import Keeper
from desktop_app.workers.lane import Job, Lane, Run


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """How a person wants plans made: the keep rules in order, what becomes of pictures, and
    folders whose products are never dropped."""

    rules: tuple[KeepRule, ...] = USUAL_RULES[1:]
    pictures: PictureRule = PictureRule.NEW
    protected: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    """A plan with the products it is about, by id, and the catalogue's own columns. ``files``
    counts for each group those that could go to the trash once it is merged."""

    plan: ResolvePlan
    products: Mapping[int, Product]
    columns: tuple[Column, ...]
    options: PlanOptions
    files: tuple[int, ...]

    @classmethod
    def of(
        cls,
        plan: ResolvePlan,
        products: Mapping[int, Product],
        columns: tuple[Column, ...] = (),
        options: PlanOptions = PlanOptions(),
    ) -> Proposal:
        files = tuple(len(files_to_trash(ResolvePlan((group,)))) for group in plan.groups)
        return cls(plan, products, columns, options, files)


@dataclass(frozen=True, slots=True)
class TrashResult:
    """What became of files: those that went, stayed, and could not be moved."""

    sent: tuple[FileEntry, ...] = ()
    kept: tuple[FileEntry, ...] = ()
    failed: tuple[FileEntry, ...] = ()
    is_whole: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class _Basis:
    groups: tuple[DuplicateGroup, ...]
    products: Mapping[int, Product]
    columns: tuple[Column, ...]


class Resolver(QObject):
    """Makes plans and carries them out.

    Signals: ``proposed`` (Proposal); ``failed`` (UserFacingError) where no plan could be made or
    files could not go; ``merged`` (ResolvePlan, ChangeSet); ``outdated`` (PlanOutdated) where the
    plan no longer fits and nothing was done; ``merge_failed`` where the keeper told why;
    ``unfinished`` (list of PlannedFile that were to go to the trash and did not);
    ``trash_progressed`` (Progress), ``trashed`` (TrashResult).
    """

    proposed = Signal(object)
    failed = Signal(object)
    merged = Signal(object, object)
    outdated = Signal(object)
    merge_failed = Signal()
    unfinished = Signal(object)
    trash_progressed = Signal(object)
    trashed = Signal(object)

    def __init__(
        self,
        workspace: Workspace,
        keeper: Keeper,
        *,
        searching: Lane,
        writing: Lane,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._catalogue = workspace.catalogue
        self._keeper = keeper
        self._searching = searching
        self._writing = writing
        self._basis: _Basis | None = None
        self._trashing: Job | None = None
        self._entries: list[FileEntry] = []

    # Planning

    def propose(
        self,
        options: PlanOptions,
        *,
        kept: Sequence[int] = (),
        product_ids: Collection[int] | None = None,
        fresh: bool = True,
    ) -> None:
        """Ask for ``proposed``, or ``failed``; the newest wins. ``kept`` are products that a
        person wants to keep, the later before the earlier; ``product_ids`` limits the plan to
        groups with one of these. With ``fresh`` false the groups are those of the last plan."""

        def work(_token: CancelToken) -> Proposal:
            basis = self._basis
            if fresh or basis is None:
                basis = self._basis = self._read(product_ids)
            return _proposal(basis, options, kept)

        def plan(_none: object = None) -> None:
            self._searching.call(
                work, key="resolve-plan", on_done=self.proposed.emit, on_failed=self.failed.emit
            )

        if fresh:
            # Verdicts on their way into the catalogue are in the plan.
            self._writing.call(lambda _token: None, key="resolve-plan", on_done=plan)
        else:
            plan()

    def merge(self, plan: ResolvePlan) -> None:
        """Do as planned, as one change; ``merged``, ``outdated`` or ``merge_failed`` follows.
        Undoable, and no file is touched."""
        outdated: list[PlanOutdated] = []

        def change() -> ChangeSet:
            try:
                return apply_plan(self._catalogue, plan)
            except PlanOutdated as error:
                outdated.append(error)
                return ChangeSet()

        def then(changes: ChangeSet | None) -> None:
            if outdated:
                self.outdated.emit(outdated[0])
            elif changes is None:
                self.merge_failed.emit()
            else:
                self.merged.emit(plan, changes)

        self._keeper.edit(change, then=then)

    # Files

    def move_to_trash(self, plan: ResolvePlan) -> None:
        """Move the files that a merged plan left to the trash; ``trashed`` or ``failed``
        follows."""
        workspace = self._workspace
        self._run(lambda token: trash_files(workspace.catalogue, plan, workspace.trash, token))

    def look_for_unfinished(self) -> None:
        """Ask for ``unfinished``, where there is anything."""

        def tell(files: list[PlannedFile]) -> None:
            if files:
                self.unfinished.emit(files)

        self._writing.call(
            lambda _token: unfinished_trash(self._catalogue),
            on_done=tell,
            on_failed=self.failed.emit,
        )

    def resume_trash(self) -> None:
        """Go on with files that were to go; ``trashed`` or ``failed`` follows."""
        workspace = self._workspace
        self._run(lambda token: resume_trash(workspace.catalogue, workspace.trash, token))

    def forget_unfinished(self) -> None:
        """Leave the files that were still to go where they are."""
        self._writing.call(
            lambda _token: forget_unfinished(self._catalogue), on_failed=self.failed.emit
        )

    def stop(self) -> None:
        """Move no more files; those that are still to go can go later."""
        if self._trashing is not None:
            self._writing.cancel(self._trashing)

    def _run(self, work: Run) -> None:
        if self._trashing is not None:
            return
        self._entries = []

        def step(value: TrashStep) -> None:
            self._entries.append(value.entry)
            self.trash_progressed.emit(value.progress)

        def fail(error: UserFacingError) -> None:
            self._trashing = None
            self.failed.emit(error)

        self._trashing = self._writing.run(
            work,
            on_step=step,
            on_done=lambda _none: self._end(is_whole=True),
            on_failed=fail,
            on_cancelled=lambda: self._end(is_whole=False),
        )

    def _end(self, *, is_whole: bool) -> None:
        self._trashing = None
        by_state = {
            state: tuple(entry for entry in self._entries if entry.state is state)
            for state in FileState
        }
        self.trashed.emit(
            TrashResult(
                by_state[FileState.SENT],
                by_state[FileState.KEPT],
                by_state[FileState.FAILED],
                is_whole,
            )
        )

    def _read(self, product_ids: Collection[int] | None) -> _Basis:
        groups: Iterable[DuplicateGroup] = self._workspace.duplicates.board().said_same()
        if product_ids is not None:
            wanted = set(product_ids)
            groups = (group for group in groups if not wanted.isdisjoint(group.product_ids))
        chosen = tuple(groups)
        products = products_of(self._catalogue, chosen)
        return _Basis(chosen, products, self._catalogue.products.columns())


def _proposal(basis: _Basis, options: PlanOptions, kept: Sequence[int]) -> Proposal:
    """In the lane."""
    place_of = {
        product_id: place
        for place, group in enumerate(basis.groups)
        for product_id in group.product_ids
    }
    keep = {place_of[product_id]: product_id for product_id in kept if product_id in place_of}
    plan = plan_resolution(
        basis.groups,
        basis.products,
        options.rules,
        protected=protected_products(basis.products.values(), options.protected),
        pictures=options.pictures,
        keep=keep,
    )
    return Proposal.of(plan, basis.products, basis.columns, options)
