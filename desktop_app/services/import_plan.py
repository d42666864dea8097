"""Planning an import: reading a source without writing anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from desktop_app.domain.errors import UnreadableTable, UserFacingError
from desktop_app.domain.import_ports import ArchiveReader, TableContents, TableReader
from desktop_app.domain.imports import (
    ImportIssue,
    ImportPlan,
    ImportRequest,
    IssueKind,
    PictureFile,
    SourceKind,
)
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.progress import CancelToken
from desktop_app.services.import_folder import (
    FolderScan,
    FoundFiles,
    files_chosen,
    records_from_files,
)
from desktop_app.services.import_pattern import NamePattern, suggest_pattern
from desktop_app.services.import_pictures import FilesInArchive, FilesOnDisk, PictureFinder
from desktop_app.services.import_table import (
    TableRecords,
    effective_rules,
    preview_of,
    used_columns,
    with_pictures_by_sku,
)
from desktop_app.services.import_zip import list_archive, pictures_in_rows


@dataclass(frozen=True, slots=True)
class _TablePictures:
    """Where the pictures of a table are: one looked up by name, or all of them listed.
    ``in_rows`` are those that lie in the table itself, by row number."""

    finder: PictureFinder
    list_all: Callable[[], FoundFiles]
    in_rows: Mapping[int, Sequence[PictureFile]] = field(default_factory=dict)


class ImportPlanner:
    """Makes the plan of an import into one catalogue; see :meth:`ImportService.preview`."""

    def __init__(
        self, catalogue: Catalogue, *, tables: TableReader, archives: ArchiveReader
    ) -> None:
        self._catalogue = catalogue
        self._tables = tables
        self._archives = archives

    def plan(self, request: ImportRequest, token: CancelToken) -> ImportPlan:
        """Paths of the request are absolute."""
        missing = missing_roots(request)
        if request.paths[0] in missing:
            return ImportPlan(request, (), issues=_missing_issues(missing))
        match request.kind:
            case SourceKind.FOLDER:
                return _plan_of_files(request, self._scan(request.paths[0], token))
            case SourceKind.FILES:
                return _plan_of_files(request, files_chosen(request.paths))
            case SourceKind.TABLE:
                plan = self._plan_table(request, token)
                return replace(plan, issues=(*_missing_issues(missing), *plan.issues))
            case SourceKind.ZIP:
                return self._plan_zip(request, token)

    def _scan(self, folder: Path, token: CancelToken) -> FoundFiles:
        if folder.is_relative_to(self._catalogue.folder):
            raise UserFacingError(
                f"“{folder.name}” is the catalogue's own folder.",
                remedy="Choose the folder that holds your pictures.",
            )
        return FolderScan(folder, excluded=self._catalogue.folder, token=token).run()

    def _plan_table(self, request: ImportRequest, token: CancelToken) -> ImportPlan:
        path, root = request.paths[0], request.table_rules.picture_root
        try:
            content = path.read_bytes()
        except OSError as error:
            raise UnreadableTable(
                f"“{path.name}” could not be opened.",
                remedy="Close it in other programs, check that you may read it, and try again.",
                details=str(error),
            ) from error
        there = root is not None and root.is_dir()
        pictures = _TablePictures(
            FilesOnDisk([folder for folder in (root, path.parent) if folder]),
            lambda: self._scan(root.resolve(), token) if root and there else FoundFiles(()),
        )
        table = self._read(request, content, path.name, token)
        if not table.pictures:
            return self._plan_rows(request, table, pictures, token)
        in_rows, issues = pictures_in_rows(
            self._archives, path, self._catalogue.folder, table.pictures
        )
        plan = self._plan_rows(request, table, replace(pictures, in_rows=in_rows), token)
        return replace(plan, issues=(*issues, *plan.issues))

    def _plan_zip(self, request: ImportRequest, token: CancelToken) -> ImportPlan:
        archive = request.paths[0]
        held = list_archive(self._archives, archive, self._catalogue.folder)
        found = FoundFiles(held.pictures, held.issues)
        if held.table is None:
            return _plan_of_files(request, found)
        place = PurePosixPath(held.table.path)
        by_place = {str(file.place): file.picture for file in held.pictures}
        pictures = _TablePictures(FilesInArchive(by_place, str(place.parent)), lambda: found)
        content = self._archives.read(archive, held.table)
        table = self._read(request, content, place.name, token)
        plan = self._plan_rows(request, table, pictures, token)
        issues = [*held.issues, *plan.issues]
        named = {picture.path for record in plan.records for picture in record.pictures}
        left = len({picture.path for picture in by_place.values()} - named)
        if left:
            count = "1 picture is" if left == 1 else f"{left:,} pictures are"
            reason = f"{count} not named in the list “{place.name}”."
            issues.append(ImportIssue(IssueKind.SKIPPED, archive.name, reason))
        return replace(plan, issues=tuple(issues))

    def _read(
        self, request: ImportRequest, content: bytes, name: str, token: CancelToken
    ) -> TableContents:
        return self._tables.read(content, name=name, rules=request.table_rules, token=token)

    def _plan_rows(
        self,
        request: ImportRequest,
        table: TableContents,
        pictures: _TablePictures,
        token: CancelToken,
    ) -> ImportPlan:
        columns = self._catalogue.products.columns()
        remembered = self._catalogue.imports.table_rules(table.headers)
        rules = effective_rules(table, request.table_rules, columns, remembered)
        rows = TableRecords(table, rules, columns, pictures.finder, pictures.in_rows)
        records = rows.read(token)
        if not rows.names_pictures:
            named = _plan_of_files(request, pictures.list_all())
            request = replace(request, folder_rules=named.request.folder_rules)
            records = with_pictures_by_sku(records, named.records)
            if records and not any(record.pictures for record in records):
                reason = "No column names pictures. Choose that column, or the folder of pictures."
                rows.issues.append(ImportIssue(IssueKind.NOTE, "columns", reason))
        # What was detected is not asked for: the file may be written otherwise next time.
        asked = replace(request.table_rules, mapping=rules.mapping, new_columns=rules.new_columns)
        existing = {column.name for column in columns}
        return ImportPlan(
            replace(request, table_rules=asked),
            tuple(records),
            issues=tuple(rows.issues),
            new_columns=tuple(c for c in used_columns(rules) if c.name not in existing),
            table=preview_of(table, rules),
        )


def _plan_of_files(request: ImportRequest, found: FoundFiles) -> ImportPlan:
    rules = request.folder_rules
    if rules.name_pattern.strip():
        pattern = NamePattern(rules.name_pattern).text
    else:
        pattern = suggest_pattern(str(file.place) for file in found.files)
    rules = replace(rules, name_pattern=pattern)
    records, issues = records_from_files(found.files, rules)
    return ImportPlan(
        replace(request, folder_rules=rules), tuple(records), issues=(*found.issues, *issues)
    )


def missing_roots(request: ImportRequest) -> list[Path]:
    """The parts of a source that are not there now, such as those on a drive that is not
    connected. Of files chosen one by one it is the first, where all are absent."""
    if request.kind is SourceKind.FILES:
        return [] if any(path.exists() for path in request.paths) else [request.paths[0]]
    root = request.table_rules.picture_root
    places = [request.paths[0], *([root] if root and request.kind is SourceKind.TABLE else [])]
    return [path for path in places if not path.exists()]


def _missing_issues(missing: Sequence[Path]) -> tuple[ImportIssue, ...]:
    reason = "It is not there; its drive may not be connected. Its pictures stay as they are."
    return tuple(ImportIssue(IssueKind.FAILED, str(path), reason) for path in missing)
