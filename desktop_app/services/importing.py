"""Importing products and pictures: what was dropped, what it would write, and writing it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import replace
from pathlib import Path

from desktop_app.domain.errors import CatalogueReadOnly, UserFacingError
from desktop_app.domain.images import PICTURE_SUFFIXES
from desktop_app.domain.import_ports import ArchiveReader, TableReader
from desktop_app.domain.imports import (
    FolderRules,
    ImportIssue,
    ImportPlan,
    ImportRecord,
    ImportReport,
    ImportRequest,
    ImportStep,
    SourceKind,
)
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.progress import CancelToken, Progress
from desktop_app.services.import_apply import ImportRun
from desktop_app.services.import_plan import ImportPlanner, missing_roots
from desktop_app.services.import_zip import Unpacker, unpacking_folder

TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xlsm"})
# Known to be product lists, and refused by the reader with what to do about them.
_OTHER_TABLE_SUFFIXES = frozenset({".xls", ".xlsb", ".ods", ".numbers"})
_WHAT_CAN_COME_IN = (
    "Drop a folder of pictures, a product list (XLSX, CSV, TSV), a ZIP, or picture files."
)


class ImportService:
    """Imports into one catalogue. Called in the index lane; ``preview`` may run anywhere."""

    def __init__(
        self,
        catalogue: Catalogue,
        *,
        tables: TableReader,
        archives: ArchiveReader,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._catalogue = catalogue
        self._planner = ImportPlanner(catalogue, tables=tables, archives=archives)
        self._archives = archives
        self._clock = clock

    def classify(self, paths: Sequence[Path]) -> ImportRequest:
        """What was dropped, with rules that let the preview suggest the rest.

        Raises UserFacingError where it is nothing, absent, of several kinds, or of none that
        can be imported.
        """
        chosen = tuple(dict.fromkeys(_absolute(path) for path in paths))
        if not chosen:
            raise UserFacingError("Nothing was chosen to import.", remedy=_WHAT_CAN_COME_IN)
        for path in chosen:
            if not path.exists():
                raise UserFacingError(
                    f"“{path}” is not there.",
                    remedy="If it is on another drive, connect that drive and try again.",
                )
        kinds = {_kind_of(path) for path in chosen}
        if None in kinds:
            odd = next(path for path in chosen if _kind_of(path) is None)
            raise UserFacingError(f"“{odd.name}” cannot be imported.", remedy=_WHAT_CAN_COME_IN)
        (kind, *others) = kinds
        if others or (len(chosen) > 1 and kind is not SourceKind.FILES):
            raise UserFacingError(
                "Several things were dropped that cannot be imported together.",
                remedy="Import one folder, list or ZIP at a time, or picture files only.",
            )
        assert kind is not None
        return ImportRequest(kind, chosen, FolderRules(name_pattern=""))

    def preview(self, request: ImportRequest, token: CancelToken) -> ImportPlan:
        """Everything the import would write; nothing is written.

        ``request`` of the plan has the rules as they were found or suggested. A source that is
        not there gives a plan without records and an issue that says so. Raises Cancelled,
        UnreadableTable for a list that cannot be parsed, and UserFacingError for a name
        pattern that cannot be understood or an archive that cannot be opened.
        """
        absolute = tuple(_absolute(path) for path in request.paths)
        return self._planner.plan(replace(request, paths=absolute), token)

    def apply(self, plan: ImportPlan, token: CancelToken) -> Iterator[ImportStep]:
        """Write a plan, one committed batch a step; the last step carries the report.

        Known files are compared by size and time, then by content: unchanged, replaced (to be
        read again), moved (keeps product and vectors), gone (marked offline, never removed)
        and back. Raises Cancelled, CatalogueReadOnly and StorageFull; committed batches stay,
        and applying again goes on from there.
        """
        if self._catalogue.read_only:
            raise CatalogueReadOnly(
                "This catalogue is open for reading only.",
                remedy=self._catalogue.read_only_reason,
            )
        if not plan.records and plan.request.paths[0] in missing_roots(plan.request):
            yield ImportStep(Progress("Importing", 0), report=ImportReport(issues=plan.issues))
            return
        run = ImportRun(
            self._catalogue,
            plan,
            prepare=self._preparation(plan),
            missing_roots=lambda: missing_roots(plan.request),
            clock=self._clock,
        )
        yield from run.run(token)

    def rescan(self, source_id: int, token: CancelToken) -> Iterator[ImportStep]:
        """Read a remembered source again and write what changed. What a person took out of
        the catalogue stays out; importing the place anew brings it back. Raises what
        :meth:`preview` and :meth:`apply` raise, and UserFacingError for an unknown source."""
        source = next((s for s in self._catalogue.imports.sources() if s.id == source_id), None)
        if source is None:
            raise UserFacingError(
                "This source is no longer remembered.", remedy="Import the folder or list again."
            )
        plan = self.preview(source.request, token)
        kept = without_removed(
            plan.records,
            removed_skus=self._catalogue.products.removed_skus(),
            removed_paths=self._catalogue.pictures.removed_paths(),
        )
        yield from self.apply(replace(plan, records=kept), token)

    def _preparation(
        self, plan: ImportPlan
    ) -> Callable[[Sequence[ImportRecord]], tuple[list[ImportRecord], list[ImportIssue]]]:
        if not self.holds_pictures(plan):
            return lambda records: (list(records), [])
        return Unpacker(self._archives, plan.request.paths[0], self._catalogue.folder).unpack

    def holds_pictures(self, plan: ImportPlan) -> bool:
        """Whether pictures of the plan are still to be unpacked from its source."""
        if plan.request.kind is not SourceKind.TABLE:
            return plan.request.kind is SourceKind.ZIP
        folder = unpacking_folder(self._catalogue.folder, plan.request.paths[0])
        return any(p.path.is_relative_to(folder) for r in plan.records for p in r.pictures)


def without_removed(
    records: Sequence[ImportRecord], *, removed_skus: Set[str], removed_paths: Set[str]
) -> tuple[ImportRecord, ...]:
    """The records less the products and pictures that were taken out of the catalogue.

    A record of a merged product stays where one of its pictures does: they are with the
    product that was kept.
    """
    kept = []
    for record in records:
        pictures = tuple(p for p in record.pictures if str(p.path) not in removed_paths)
        has_lost_some = len(pictures) < len(record.pictures)
        is_gone = record.sku.casefold() in removed_skus and (has_lost_some or not pictures)
        if not is_gone and (pictures or not record.pictures):
            kept.append(replace(record, pictures=pictures))
    return tuple(kept)


def _absolute(path: Path) -> Path:
    """Links in the way are followed, the last one excepted, so that names stay as seen."""
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 resolve() would follow the last link
    return absolute.resolve() if absolute.is_dir() else absolute.parent.resolve() / absolute.name


def _kind_of(path: Path) -> SourceKind | None:
    suffix = path.suffix.lower()
    if path.is_dir():
        return SourceKind.FOLDER
    if suffix in TABLE_SUFFIXES | _OTHER_TABLE_SUFFIXES:
        return SourceKind.TABLE
    if suffix == ".zip":
        return SourceKind.ZIP
    return SourceKind.FILES if suffix in PICTURE_SUFFIXES else None
