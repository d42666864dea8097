"""Finding the pictures of a folder tree, and making products of file names."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from desktop_app.domain.images import PICTURE_SUFFIXES
from desktop_app.domain.imports import (
    FolderRules,
    ImportIssue,
    ImportRecord,
    IssueKind,
    PictureFile,
)
from desktop_app.domain.products import FieldValue
from desktop_app.domain.progress import CancelToken
from desktop_app.services.import_pattern import WHOLE_NAME, NamePattern, view_rank

# Thumbnails and leftovers that systems and storage boxes strew about.
_SYSTEM_FOLDERS = frozenset(
    {"__macosx", "@eadir", "$recycle.bin", "system volume information", "lost+found", "#recycle"}
)
_SYSTEM_FILES = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"})
_DIGITS = re.compile(r"(\d+)")
_MAX_NOTES = 50


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A picture and its place below the imported folder or in the archive."""

    place: PurePosixPath
    picture: PictureFile


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """The pictures of a place in natural order, and what was passed over."""

    files: tuple[FoundFile, ...]
    issues: tuple[ImportIssue, ...] = ()


class FolderScan:
    """Walks a folder tree once, following links but never in circles."""

    def __init__(self, root: Path, *, excluded: Path, token: CancelToken) -> None:
        self._root = root
        self._token = token
        self._visited = {_identity(excluded)}
        self._linked: list[PurePosixPath] = []
        self._files: list[FoundFile] = []
        self._issues: list[ImportIssue] = []
        self._skipped: Counter[str] = Counter()

    def run(self) -> FoundFiles:
        """Raises Cancelled."""
        waiting = [PurePosixPath()]
        while waiting:
            self._token.checkpoint()
            waiting.extend(reversed(self._scan(waiting.pop())))
            if not waiting and self._linked:
                # Last, so that a folder also reached by a link keeps its own place.
                self._linked.sort(reverse=True)
                waiting.append(self._linked.pop())
        files = sorted(self._files, key=lambda file: natural_key(str(file.place)))
        return FoundFiles(tuple(files), (*self._issues, *skipped_issues(self._skipped)))

    def _scan(self, place: PurePosixPath) -> list[PurePosixPath]:
        """Take the files of one folder in; returns its sub-folders."""
        folder = self._root / place
        sub_folders = []
        try:
            identity = _identity(folder)
            if identity in self._visited:
                return []
            self._visited.add(identity)
            with os.scandir(folder) as entries:
                for entry in entries:
                    if is_hidden(entry.name) or _has_hidden_attribute(entry):
                        continue
                    if not entry.is_dir():
                        self._take(entry, place / entry.name)
                    elif entry.is_symlink():
                        self._linked.append(place / entry.name)
                    else:
                        sub_folders.append(place / entry.name)
        except OSError as error:
            reason = f"The folder could not be read: {error.strerror or error}."
            self._issues.append(ImportIssue(IssueKind.FAILED, str(place), reason))
        return sorted(sub_folders)

    def _take(self, entry: os.DirEntry[str], place: PurePosixPath) -> None:
        suffix = place.suffix.lower()
        if suffix not in PICTURE_SUFFIXES:
            self._skipped[suffix] += 1
            return
        try:
            status = entry.stat()
        except OSError as error:
            reason = f"It could not be read: {error.strerror or error}."
            self._issues.append(ImportIssue(IssueKind.FAILED, str(place), reason))
            return
        if not stat.S_ISREG(status.st_mode):
            return
        if not status.st_size:
            self._issues.append(ImportIssue(IssueKind.FAILED, str(place), "The file is empty."))
            return
        picture = PictureFile(
            self._root / place, size_bytes=status.st_size, mtime_ns=status.st_mtime_ns
        )
        self._files.append(FoundFile(place, picture))


def _identity(folder: Path) -> tuple[int, int, str]:
    """Equal for the same folder reached by different ways. Raises OSError."""
    status = folder.stat()
    # Some network drives number nothing.
    return status.st_dev, status.st_ino, "" if status.st_ino else str(folder.resolve())


def files_chosen(paths: Sequence[Path]) -> FoundFiles:
    """Picture files chosen one by one; each stands at the top."""
    files, issues = [], []
    for path in dict.fromkeys(paths):
        try:
            status = path.stat()
        except OSError as error:
            reason = f"It could not be read: {error.strerror or error}."
            issues.append(ImportIssue(IssueKind.FAILED, path.name, reason))
            continue
        if not status.st_size:
            issues.append(ImportIssue(IssueKind.FAILED, path.name, "The file is empty."))
            continue
        picture = PictureFile(path, size_bytes=status.st_size, mtime_ns=status.st_mtime_ns)
        files.append(FoundFile(PurePosixPath(path.name), picture))
    files.sort(key=lambda file: natural_key(str(file.place)))
    return FoundFiles(tuple(files), tuple(issues))


def is_hidden(name: str) -> bool:
    """Names that belong to a system rather than to a person."""
    return (
        name.startswith(".")
        or name.casefold() in _SYSTEM_FOLDERS
        or name.casefold() in _SYSTEM_FILES
    )


def _has_hidden_attribute(entry: os.DirEntry[str]) -> bool:
    if os.name != "nt":
        return False
    attributes = getattr(entry.stat(follow_symlinks=False), "st_file_attributes", 0)
    return bool(attributes & stat.FILE_ATTRIBUTE_HIDDEN)


def skipped_issues(skipped: Counter[str]) -> list[ImportIssue]:
    """One line for each file ending that is no picture's, by falling count."""
    return [
        ImportIssue(
            IssueKind.SKIPPED,
            f"*{suffix}" if suffix else "files without an ending",
            "1 file is not a picture." if count == 1 else f"{count:,} files are not pictures.",
        )
        for suffix, count in sorted(skipped.items(), key=lambda item: (-item[1], item[0]))
    ]


def natural_key(text: str) -> tuple[object, ...]:
    """Sorts ``a2`` before ``a10``, without case; the text itself breaks ties."""
    parts = _DIGITS.split(text.casefold())
    return tuple((int(p) if p.isdecimal() else -1, p) for p in parts), text


def records_from_files(
    files: Iterable[FoundFile], rules: FolderRules
) -> tuple[list[ImportRecord], list[ImportIssue]]:
    """One record for each SKU that the names hold, in the order of the files."""
    pattern = NamePattern(rules.name_pattern)
    groups: dict[str, list[FoundFile]] = defaultdict(list)
    skus: dict[str, str] = {}
    unmatched: dict[str, str] = {}
    for file in files:
        found = pattern.match(file.place)
        sku, view = found or (file.place.stem.strip() or file.place.name, "")
        sku = storable(sku)
        key = sku.casefold()
        skus.setdefault(key, sku)
        if found is None:
            unmatched.setdefault(key, str(file.place))
        picture = replace(file.picture, view=storable(view))
        groups[key].append(FoundFile(file.place, picture))
    records, issues, spread = [], [], 0
    for key, group in groups.items():
        record, categories = _record(skus[key], group, pattern, rules)
        records.append(record)
        spread += len(categories) > 1
        if len(categories) > 1 and spread <= _MAX_NOTES:
            reason = f"It is also in {', '.join(categories[1:])}; {categories[0]} is its category."
            issues.append(ImportIssue(IssueKind.NOTE, record.origin, reason))
    if spread > _MAX_NOTES:
        more = f"{spread - _MAX_NOTES:,} further SKUs are in several folders."
        issues.append(ImportIssue(IssueKind.NOTE, "folders", more))
    issues.extend(_unmatched_issues(unmatched, groups, pattern))
    return records, issues


def _record(
    sku: str, group: list[FoundFile], pattern: NamePattern, rules: FolderRules
) -> tuple[ImportRecord, list[str]]:
    """The record, and every category its pictures' folders name."""
    categories: list[str] = []
    if rules.category_from_folder:
        found = (storable(pattern.category(file.place)) for file in group)
        categories = list(dict.fromkeys(category for category in found if category))
    fields: dict[str, FieldValue] = {"category": categories[0]} if categories else {}
    origin = str(group[0].place)
    ordered = sorted(group, key=lambda file: view_rank(file.picture.view))
    pictures = tuple(file.picture for file in ordered)
    return ImportRecord(sku, fields, pictures, origin), categories


def _unmatched_issues(
    unmatched: dict[str, str], groups: dict[str, list[FoundFile]], pattern: NamePattern
) -> list[ImportIssue]:
    if pattern.text == WHOLE_NAME:
        return []
    # "A12.jpg" beside "A12_back.jpg" is a view of the same product, not a stray.
    stray = [place for key, place in unmatched.items() if len(groups[key]) == 1]
    reason = f"The name does not follow {pattern.text}; it is taken as the SKU."
    issues = [ImportIssue(IssueKind.NOTE, place, reason) for place in stray[:_MAX_NOTES]]
    if len(stray) > _MAX_NOTES:
        more = f"{len(stray) - _MAX_NOTES:,} further names do not follow {pattern.text}."
        issues.append(ImportIssue(IssueKind.NOTE, "file names", more))
    return issues


def storable(text: str) -> str:
    """Composed Unicode (macOS decomposes names), without what the catalogue cannot keep."""
    if text.isascii():
        return text.replace("\0", "")
    composed = unicodedata.normalize("NFC", text).replace("\0", "")
    return composed.encode("utf-8", "replace").decode("utf-8")
