"""Lists held against the catalogue in the index lane, where they are read and imported too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, SignalInstance

from desktop_app.domain.catalogue_diff import CatalogueDiff, DiffStep
from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.filters import ProductFilter
from desktop_app.domain.imports import ImportPlan
from desktop_app.domain.products import ProductCard
from desktop_app.domain.progress import CancelToken, Progress
from desktop_app.services.catalogue_diff.diff_words import diff_pages
from desktop_app.services.catalogue_diff.selecting import selected_plan
from desktop_app.services.workspace import Workspace
from desktop_app.workers.keeping import Keeper
from desktop_app.workers.lane import Job, Lane


@dataclass(frozen=True, slots=True, eq=False)
class ComparedList:
    """A comparison with the cards of the products in it, by id."""

    diff: CatalogueDiff
    cards: Mapping[int, ProductCard]


class ListComparer(QObject):
    """Compares one list at a time; imports nothing of it unasked.

    Signals: ``progressed`` (Progress), then ``compared`` (ComparedList), ``stopped`` or
    ``failed`` (UserFacingError); ``exported`` (Path) or ``export_failed`` (UserFacingError) of
    a comparison.
    """

    progressed = Signal(object)
    compared = Signal(object)
    stopped = Signal()
    failed = Signal(object)
    exported = Signal(object)
    export_failed = Signal(object)

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
        self._keeper = keeper
        self._searching = searching
        self._writing = writing
        self._job: Job | None = None

    @property
    def is_comparing(self) -> bool:
        return self._job is not None

    def compare(self, paths: Sequence[Path], scope: ProductFilter) -> None:
        """Read a list as an import would suggest, and hold it against the catalogue; products
        of ``scope`` that it lacks are missing. Nothing while one is being compared."""
        if self._job is not None:
            return
        workspace, reading = self._workspace, self.tr("Reading the list")
        unread = self.tr("No product could be read from “{0}”.").format(paths[0].name)

        def work(token: CancelToken) -> Iterator[Progress | ComparedList]:
            yield Progress(reading, 0)
            importing = workspace.importing
            plan = importing.preview(importing.classify(paths), token)
            if not plan.records:
                # Otherwise the whole catalogue would be called missing.
                reasons = [issue.reason for issue in plan.issues]
                raise UserFacingError(unread, remedy=reasons[0] if reasons else "")
            step: DiffStep | None = None
            for step in workspace.differ.compare(plan, token, scope=scope):
                yield step.progress
            assert step is not None and step.diff is not None
            yield ComparedList(step.diff, self._cards(step.diff))

        self._job = self._writing.run(
            work,
            on_step=self._step,
            on_failed=lambda error: self._end(self.failed, error),
            on_cancelled=lambda: self._end(self.stopped),
        )

    def stop(self) -> None:
        """Give the comparison up."""
        if self._job is not None:
            self._writing.cancel(self._job)

    def import_rows(self, diff: CatalogueDiff, rows: Collection[int]) -> None:
        """Import these rows (places in ``diff.rows``); the keeper tells the rest."""
        workspace, chosen = self._workspace, frozenset(rows)

        def work(_token: CancelToken) -> ImportPlan:
            return selected_plan(diff, chosen, skus=workspace.catalogue.products.values("sku"))

        self._writing.call(work, on_done=self._keeper.apply_import, on_failed=self.failed.emit)

    def export(self, diff: CatalogueDiff, path: Path) -> None:
        """Write a comparison as a report in the format that the ending of ``path`` names."""
        workspace = self._workspace

        def work(token: CancelToken) -> Iterator[Progress]:
            pages = diff_pages(
                diff,
                workspace.catalogue,
                model=workspace.model_name,
                made_at=f"{dt.datetime.now():%Y-%m-%d %H:%M}",
            )
            yield from workspace.reports.write(pages, path, token)

        self._searching.run(
            work,
            on_done=lambda _none: self.exported.emit(path),
            on_failed=self.export_failed.emit,
        )

    def _step(self, value: Progress | ComparedList) -> None:
        if isinstance(value, ComparedList):
            self._end(self.compared, value)
        else:
            self.progressed.emit(value)

    def _end(self, signal: SignalInstance, *values: object) -> None:
        self._job = None
        signal.emit(*values)

    def _cards(self, diff: CatalogueDiff) -> dict[int, ProductCard]:
        """In the lane."""
        ids = {row.product_id for row in diff.rows if row.product_id is not None}
        return {card.id: card for card in self._workspace.catalogue.products.cards(sorted(ids))}
