"""Products of a ZIP, and unpacking its pictures into the catalogue's folder."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.images import PICTURE_SUFFIXES
from desktop_app.domain.import_ports import ArchiveEntry, ArchiveReader
from desktop_app.domain.imports import ImportIssue, ImportRecord, IssueKind, PictureFile
from desktop_app.services.import_folder import (
    FoundFile,
    is_hidden,
    natural_key,
    skipped_issues,
)

PICTURES_FOLDER = "pictures"
_TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".xlsx"})
_READ_BYTES = 1 << 20
_MOST_NAMESAKES = 1000


@dataclass(frozen=True, slots=True)
class ArchiveFiles:
    """What an archive holds. Pictures have the path they would be unpacked to, and no mtime."""

    pictures: tuple[FoundFile, ...]
    table: ArchiveEntry | None
    issues: tuple[ImportIssue, ...]


def unpacking_folder(catalogue_folder: Path, archive: Path) -> Path:
    """Where an archive's pictures go."""
    return catalogue_folder / PICTURES_FOLDER / (archive.stem.strip(" .") or "archive")


def list_archive(archives: ArchiveReader, archive: Path, catalogue_folder: Path) -> ArchiveFiles:
    """Raises UserFacingError where the archive cannot be read or trusted."""
    folder = unpacking_folder(catalogue_folder, archive)
    listing = archives.list_entries(archive)
    issues = list(listing.issues)
    skipped: Counter[str] = Counter()
    pictures: list[FoundFile] = []
    tables: list[ArchiveEntry] = []
    for entry in listing.entries:
        place = PurePosixPath(entry.path)
        suffix = place.suffix.lower()
        if any(is_hidden(part) for part in place.parts):
            continue
        if suffix in _TABLE_SUFFIXES:
            tables.append(entry)
        elif suffix not in PICTURE_SUFFIXES:
            skipped[suffix] += 1
        elif not entry.size_bytes:
            issues.append(ImportIssue(IssueKind.FAILED, entry.path, "The file is empty."))
        else:
            pictures.append(
                FoundFile(place, PictureFile(folder / place, size_bytes=entry.size_bytes))
            )
    tables.sort(key=lambda entry: (entry.path.count("/"), natural_key(entry.path)))
    issues.extend(
        ImportIssue(IssueKind.SKIPPED, entry.path, f"{tables[0].path} is read as the product list.")
        for entry in tables[1:]
    )
    pictures.sort(key=lambda file: natural_key(str(file.place)))
    issues.extend(skipped_issues(skipped))
    return ArchiveFiles(tuple(pictures), tables[0] if tables else None, tuple(issues))


def pictures_in_rows(
    archives: ArchiveReader,
    workbook: Path,
    catalogue_folder: Path,
    named: Mapping[int, Sequence[str]],
) -> tuple[dict[int, tuple[PictureFile, ...]], tuple[ImportIssue, ...]]:
    """The pictures that lie in the rows of a workbook, by row number, each with the path it
    would be unpacked to; and what cannot be taken. ``named`` are the entries of each row."""
    try:
        listing = archives.list_entries(workbook)
    except UserFacingError as error:
        return {}, (ImportIssue(IssueKind.FAILED, "pictures", error.what),)
    folder = unpacking_folder(catalogue_folder, workbook)
    entries = {entry.path: entry for entry in listing.entries}
    rows: dict[int, tuple[PictureFile, ...]] = {}
    issues = []
    for row, names in named.items():
        found = [
            entries[name]
            for name in names
            if name in entries and PurePosixPath(name).suffix.lower() in PICTURE_SUFFIXES
        ]
        rows[row] = tuple(
            PictureFile(folder / entry.path, size_bytes=entry.size_bytes) for entry in found
        )
        if len(found) < len(names):
            reason = "A picture in this row is in a format that cannot be read."
            issues.append(ImportIssue(IssueKind.FAILED, f"row {row}", reason))
    return rows, tuple(issues)


class Unpacker:
    """Unpacks the pictures of planned records, a batch at a time; pictures that lie elsewhere
    stay as they are.

    A file that is there already is used if its bytes are those of the archive; a different
    file of the same name is left alone and the new one gets a number.
    """

    def __init__(self, archives: ArchiveReader, archive: Path, catalogue_folder: Path) -> None:
        """Raises UserFacingError where the archive can no longer be read."""
        self._archives = archives
        self._archive = archive
        self._folder = unpacking_folder(catalogue_folder, archive)
        self._entries = {
            self._folder / entry.path: entry for entry in archives.list_entries(archive).entries
        }

    def unpack(
        self, records: Sequence[ImportRecord]
    ) -> tuple[list[ImportRecord], list[ImportIssue]]:
        """The records with the pictures that are on disk now, and what went wrong. Raises
        StorageFull."""
        places: dict[Path, Path] = {}
        taken: set[str] = set()
        missing: list[tuple[ArchiveEntry, Path]] = []
        for path in dict.fromkeys(p.path for record in records for p in record.pictures):
            entry = self._entries.get(path)
            if entry is None:
                continue
            places[path], exists = _place_for(entry, path, taken)
            taken.add(str(places[path]).casefold())
            if not exists:
                missing.append((entry, places[path]))
        problems = self._archives.extract(self._archive, missing)
        unpacked, issues = [], []
        for record in records:
            pictures = []
            for picture in record.pictures:
                if not picture.path.is_relative_to(self._folder):
                    pictures.append(picture)
                    continue
                place = places.get(picture.path)
                problem = (
                    "It is no longer in the archive." if place is None else problems.get(place)
                )
                if place is None or problem:
                    issues.append(ImportIssue(IssueKind.FAILED, record.origin, str(problem)))
                    continue
                status = place.stat()
                pictures.append(
                    replace(
                        picture,
                        path=place,
                        size_bytes=status.st_size,
                        mtime_ns=status.st_mtime_ns,
                    )
                )
            unpacked.append(replace(record, pictures=tuple(pictures)))
        return unpacked, issues


def _place_for(entry: ArchiveEntry, path: Path, taken: set[str]) -> tuple[Path, bool]:
    """Where the entry is or may be put, and whether it is there already."""
    for number in range(1, _MOST_NAMESAKES):
        place = path if number == 1 else path.with_stem(f"{path.stem} ({number})")
        if str(place).casefold() in taken:
            continue
        if not place.exists():
            return place, False
        if _has_content(place, entry):
            return place, True
    return path.with_stem(f"{path.stem} {entry.crc32:08x}"), False


def _has_content(path: Path, entry: ArchiveEntry) -> bool:
    try:
        if path.stat().st_size != entry.size_bytes:
            return False
        checksum = 0
        with path.open("rb") as file:
            while chunk := file.read(_READ_BYTES):
                checksum = zlib.crc32(chunk, checksum)
    except OSError:
        return False
    return checksum == entry.crc32
