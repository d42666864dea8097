"""Every write to the catalogue, in the index lane: edits, undo, imports, indexing, enriching.

The lane is the catalogue's single writer. Edits are short calls that go between the steps of
an import or an indexing pass, so they never wait for those to end. Looking closer at pictures
goes on whenever there is nothing to import or to read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop_app.domain.categories import CategoryReport
from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.filters import ProductFilter, SavedFilter
from desktop_app.domain.imports import ImportIssue, ImportPlan, ImportRequest
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.products import FieldValue, ProductFields
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.search import SearchResults
from desktop_app.domain.storage import ChangeSet
from desktop_app.services.exporting import write_issues_csv
from desktop_app.services.workspace import Workspace
from desktop_app.workers.lane import Lane
from desktop_app.workers.long_work import LongWork, WorkStatus


class Keeper(QObject):
    """Changes the catalogue and keeps the search index up to date.

    Signals: ``changed`` (ChangeSet) after every write; ``edited`` (ChangeSet) after those a person
    made and can undo; ``undone`` (ChangeSet) after one was taken back; ``work_changed``
    (WorkStatus, or None where nothing is worth showing); ``idle`` when the last import or indexing
    pass ended; ``enriched`` when there was no picture left to look closer at; ``can_enrich`` (bool)
    whether there are such pictures and nobody looks at them; ``compared`` when looking for
    duplicates ended, by itself or not; ``mapped`` likewise of the map of outlines;
    ``searchable`` once the index is loaded; ``index_problem``
    (text) where it was damaged and rebuilt; ``classified`` (ImportRequest); ``planned``
    (ImportPlan); ``plan_failed`` (UserFacingError); ``imported`` (ImportReport); ``learned``
    (CategoryReport, or None where there was too little to learn from) after the categories were
    learned anew; ``told`` (text) for a finished small job; ``failed`` (UserFacingError).
    """

    changed = Signal(object)
    edited = Signal(object)
    undone = Signal(object)
    work_changed = Signal(object)
    idle = Signal()
    enriched = Signal()
    can_enrich = Signal(bool)
    compared = Signal()
    mapped = Signal()
    searchable = Signal()
    index_problem = Signal(str)
    classified = Signal(object)
    planned = Signal(object)
    plan_failed = Signal(object)
    imported = Signal(object)
    learned = Signal(object)
    told = Signal(str)
    failed = Signal(object)

    def __init__(self, lane: Lane, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lane = lane
        self._workspace = workspace
        self._catalogue: Catalogue = workspace.catalogue
        self._work = LongWork(lane, workspace, self)
        for signal, own in (
            (self._work.changed, self.changed),
            (self._work.status_changed, self.work_changed),
            (self._work.idle, self.idle),
            (self._work.enriched, self.enriched),
            (self._work.can_enrich, self.can_enrich),
            (self._work.compared, self.compared),
            (self._work.mapped, self.mapped),
            (self._work.imported, self.imported),
            (self._work.failed, self.failed),
        ):
            signal.connect(own)

    @property
    def work(self) -> LongWork:
        """All that takes longer than a moment."""
        return self._work

    # Opening and indexing

    def start(self) -> None:
        """Load the index, then read what is still to be read."""

        def work(_token: CancelToken) -> str:
            return self._workspace.load_index()

        def ready(problem: str) -> None:
            self.searchable.emit()
            if problem:
                self.index_problem.emit(problem)
            self.index()

        self._lane.call(work, on_done=ready, on_failed=self.failed.emit)

    def reread(self, product_ids: Sequence[int] | None = None) -> None:
        """Read the pictures of these products, or of all, again."""
        ids = None if product_ids is None else list(product_ids)
        self._write(lambda: self._catalogue.pictures.mark_all_pending(ids))

    # Importing

    def classify(self, paths: Sequence[Path]) -> None:
        """Ask for ``classified`` or ``plan_failed``: what these files are to an import."""
        self._lane.call(
            lambda _token: self._workspace.importing.classify(paths),
            key="classify",
            on_done=self.classified.emit,
            on_failed=self.plan_failed.emit,
        )

    def plan_import(self, request: ImportRequest) -> None:
        """Ask for ``planned`` or ``plan_failed``; a newer request supersedes an older one."""

        def work(token: CancelToken) -> ImportPlan:
            return self._workspace.importing.preview(request, token)

        self._lane.call(
            work, key="plan", on_done=self.planned.emit, on_failed=self.plan_failed.emit
        )

    def apply_import(self, plan: ImportPlan) -> None:
        """Write a plan; ``imported`` follows, then the new pictures are read."""
        self._work.run_import(lambda token: self._workspace.importing.apply(plan, token))

    def rescan(self, source_id: int) -> None:
        """Read a remembered source again."""
        importing = self._workspace.importing
        self._work.run_import(lambda token: importing.rescan(source_id, token))

    def rescan_all(self) -> None:
        """Read every remembered source again, one after another."""

        def work(_token: CancelToken) -> list[int]:
            return [source.id for source in self._catalogue.imports.sources()]

        def found(source_ids: list[int]) -> None:
            for source_id in source_ids:
                self.rescan(source_id)

        self._lane.call(work, on_done=found, on_failed=self.failed.emit)

    def export_issues(self, issues: Sequence[ImportIssue], path: Path) -> None:
        """Write the issues of an import as CSV."""
        self._tell(lambda: write_issues_csv(issues, path), self.tr("Saved {}").format(path.name))

    def export_products(self, product_ids: Sequence[int], path: Path) -> None:
        """Write products as the file name's ending says."""
        exporting = self._workspace.exporting
        self._tell(
            lambda: exporting.export_products(self._catalogue, list(product_ids), path),
            self.tr("Saved {}").format(path.name),
        )

    # Edits

    def add_product(self, fields: ProductFields, pictures: Sequence[tuple[Path, str]]) -> None:
        """Add one product. Undoable."""
        self._edit(lambda: self._catalogue.products.add(fields, pictures))

    def update_fields(self, ids: Sequence[int], values: Mapping[str, FieldValue]) -> None:
        """Set fields of products. Undoable."""
        self._edit(lambda: self._catalogue.products.update_fields(ids, values))

    def learn_categories(self) -> None:
        """Learn the predicted column anew; ``learned`` or ``failed`` follows."""
        reports: list[CategoryReport | None] = []
        self._lane.run(
            self._workspace.categories.learn,
            on_step=lambda step: reports.append(step.report),
            on_done=lambda _none: self.learned.emit(reports[-1]),
            on_failed=self.failed.emit,
        )

    def set_bookmarked(self, ids: Sequence[int], bookmarked: bool) -> None:
        """Undoable."""
        self._edit(lambda: self._catalogue.products.set_bookmarked(ids, bookmarked))

    def remove_products(self, ids: Sequence[int]) -> None:
        """Take products out; files stay on disk. Undoable."""
        self._edit(lambda: self._catalogue.products.remove(ids))

    def merge_products(self, keep_id: int, drop_ids: Sequence[int]) -> None:
        """Move the pictures of ``drop_ids`` to ``keep_id`` and remove the others. Undoable."""
        self._edit(lambda: self._catalogue.products.merge(keep_id, drop_ids, {}))

    def add_pictures(self, product_id: int, pictures: Sequence[tuple[Path, str]]) -> None:
        """Add pictures to a product. Undoable."""
        self._edit(lambda: self._catalogue.pictures.add(product_id, pictures))

    def remove_pictures(self, picture_ids: Sequence[int]) -> None:
        """Take pictures out; files stay on disk. Undoable."""
        self._edit(lambda: self._catalogue.pictures.remove(picture_ids))

    def set_main_picture(self, picture_id: int) -> None:
        """Undoable."""
        self._edit(lambda: self._catalogue.products.set_main_picture(picture_id))

    def edit(
        self,
        change: Callable[[], ChangeSet],
        *,
        then: Callable[[ChangeSet | None], None] | None = None,
    ) -> None:
        """Carry out an undoable change of another service; ``then`` gets what it changed, after
        everybody else, and None where it failed."""
        self._write(change, tell=self.edited.emit, then=then)

    def undo(self) -> None:
        """Take the last edit back; ``undone`` follows."""
        self._write(self._catalogue.history.undo, tell=self.undone.emit)

    def redo(self) -> None:
        """Do the last undone edit again; ``edited`` follows."""
        self._edit(self._catalogue.history.redo)

    # Things kept in the catalogue

    def save_filter(self, name: str, product_filter: ProductFilter) -> None:
        """Keep a filter under a name."""
        self._keep(lambda: self._catalogue.saved.save_filter(name, product_filter))

    def rename_filter(self, saved: SavedFilter, name: str) -> None:
        """Keep a saved filter under another name."""

        def work() -> None:
            self._catalogue.saved.save_filter(name, saved.filter)
            if name != saved.name:
                self._catalogue.saved.delete_filter(saved.id)

        self._keep(work)

    def delete_filter(self, filter_id: int) -> None:
        """Forget a saved filter."""
        self._keep(lambda: self._catalogue.saved.delete_filter(filter_id))

    def remember_query(self, results: SearchResults) -> None:
        """Keep a query with what it found."""
        if not self._catalogue.read_only:
            self._keep(lambda: self._workspace.search.remember(results))

    def clear_recent_queries(self) -> None:
        """Forget all queries."""
        self._keep(self._catalogue.saved.clear_recent_queries)

    def rename_catalogue(self, name: str) -> None:
        """Give the catalogue another name; its folder keeps its own."""
        self._keep(lambda: self._catalogue.rename(name))

    # Steering long work

    def index(self) -> None:
        """Read pictures that are waiting; does nothing while that already runs."""
        self._work.index()

    def enrich(self) -> None:
        """Look closer at the pictures that were read, after what is under way."""
        self._work.enrich()

    def find_duplicates(self) -> None:
        """Compare the pictures that were not compared yet, after everything else; ``compared``
        follows."""
        self._work.find_duplicates()

    @property
    def is_finding(self) -> bool:
        """Whether duplicates are looked for, or will be once nothing goes before."""
        return self._work.is_finding

    def stop_finding(self) -> None:
        """Look for duplicates no more; what was compared is kept. ``compared`` follows."""
        self._work.stop_finding()

    def map_shapes(self, *, anew: bool = False) -> None:
        """Bring the map of outlines up to date after everything else, or lay all out ``anew``;
        ``mapped`` follows."""
        self._work.map_shapes(anew=anew)

    @property
    def is_mapping(self) -> bool:
        """Whether the map of outlines is made, or will be once nothing goes before."""
        return self._work.is_mapping

    def stop_mapping(self) -> None:
        """Make the map no further for now. ``mapped`` follows."""
        self._work.stop_mapping()

    def enrich_unasked(self, wanted: bool) -> None:
        """Whether to look closer whenever pictures were read. Stops it where not."""
        self._work.enrich_unasked(wanted)

    @property
    def status(self) -> WorkStatus | None:
        """What runs now; an import goes before an indexing pass, and that before the rest."""
        return self._work.status

    @property
    def is_idle(self) -> bool:
        """Whether neither an import nor an indexing pass is under way."""
        return self._work.is_idle

    def pause(self) -> None:
        """Pause what runs; searching and editing go on."""
        self._work.pause()

    def resume(self) -> None:
        """Go on with what was paused."""
        self._work.resume()

    def cancel(self) -> None:
        """Stop what runs; what was done is kept and can be taken up later. Looking closer then
        waits until it is asked for."""
        self._work.cancel()

    def _edit(self, change: Callable[[], ChangeSet]) -> None:
        self._write(change, tell=self.edited.emit)

    def _write(
        self,
        change: Callable[[], ChangeSet],
        *,
        tell: Callable[[ChangeSet], object] | None = None,
        then: Callable[[ChangeSet | None], None] | None = None,
    ) -> None:
        def work(_token: CancelToken) -> ChangeSet:
            changes = change()
            if changes.structure or changes.pictures:
                self._workspace.publish_contents()
            return changes

        def done(changes: ChangeSet) -> None:
            self.changed.emit(changes)
            if tell is not None and changes != ChangeSet():
                tell(changes)
            if changes.pictures:
                self.index()
            if then is not None:
                then(changes)

        def fail(error: UserFacingError) -> None:
            self.failed.emit(error)
            if then is not None:
                then(None)

        self._lane.call(work, on_done=done, on_failed=fail)

    def _keep(self, change: Callable[[], object]) -> None:
        self._lane.call(
            lambda _token: change(),
            on_done=lambda _result: self.changed.emit(ChangeSet(structure=True)),
            on_failed=self.failed.emit,
        )

    def _tell(self, work: Callable[[], object], text: str) -> None:
        self._lane.call(
            lambda _token: work(),
            on_done=lambda _result: self.told.emit(text),
            on_failed=self.failed.emit,
        )
