"""From what a table says of a picture to the file that is meant."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from desktop_app.domain.images import PICTURE_SUFFIXES
from desktop_app.domain.imports import PictureFile

_LIST_SIGNS = re.compile(r"[;|\n]")
_WEB = re.compile(r"(https?|ftp)://", re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


@dataclass(frozen=True, slots=True)
class FoundPictures:
    """What a picture cell led to. ``problems`` holds (text, reason) pairs."""

    files: tuple[PictureFile, ...] = ()
    web_addresses: int = 0
    problems: tuple[tuple[str, str], ...] = ()


class PictureFinder(Protocol):
    """Looks a picture up by the name a table gives; with ``anywhere`` also by the last part
    of that name alone."""

    def find(self, name: str, *, anywhere: bool = True) -> PictureFile | None: ...


def find_pictures(cell: str, finder: PictureFinder) -> FoundPictures:
    """The pictures of a cell: one name, or several parted by ``;``, ``|`` or line breaks."""
    files: list[PictureFile] = []
    problems: list[tuple[str, str]] = []
    web_addresses = 0
    for name in _names(cell, finder):
        if _WEB.match(name):
            web_addresses += 1
            continue
        found = finder.find(name)
        if found is None:
            problems.append((name, "was not found"))
        elif found.path.suffix.lower() not in PICTURE_SUFFIXES:
            problems.append((name, "is not a picture format that can be read"))
        elif not found.size_bytes:
            problems.append((name, "is empty"))
        else:
            files.append(found)
    return FoundPictures(tuple(files), web_addresses, tuple(problems))


def _names(cell: str, finder: PictureFinder) -> list[str]:
    parts = [part.strip() for part in _LIST_SIGNS.split(cell)]
    names = [part for part in parts if part]
    if len(parts) > 1 and not _WEB.match(cell) and finder.find(cell, anywhere=False):
        return [cell]
    if len(names) == 1 and "," in cell and not finder.find(names[0], anywhere=False):
        by_comma = [part.strip() for part in names[0].split(",")]
        if all(PurePosixPath(part).suffix.lower() in PICTURE_SUFFIXES for part in by_comma):
            return by_comma
    return names


class FilesOnDisk:
    """Finds pictures beneath folders, each asked in turn, then in their direct sub-folders.

    Names may be absolute, have backslashes, differ in case or Unicode form, or lack the
    ending. Folders are listed once and remembered.
    """

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = [root.resolve() for root in roots]
        self._listings: dict[Path, dict[str, str]] = {}
        self._sub_folders: list[Path] | None = None

    def find(self, name: str, *, anywhere: bool = True) -> PictureFile | None:
        for text in dict.fromkeys((name, name.replace("\\", "/"))):
            if "\0" in text:
                return None
            path = Path(text)
            if path.is_absolute():
                found = _stat(path) or self._beneath(Path(path.anchor), path.parts[1:])
                if found:
                    return found
            elif not _DRIVE.match(text):
                for root in self._roots:
                    if found := self._beneath(root, path.parts):
                        return found
        if not anywhere:
            return None
        return self._by_file_name(PurePosixPath(name.replace("\\", "/")).name)

    def _by_file_name(self, file_name: str) -> PictureFile | None:
        """For paths of another machine, and names without their folder."""
        if self._sub_folders is None:
            self._sub_folders = [
                root / entry
                for root in self._roots
                for entry in sorted(self._listing(root).values())
                if not entry.startswith((".", "__")) and (root / entry).is_dir()
            ]
        for folder in (*self._roots, *self._sub_folders):
            if found := self._beneath(folder, (file_name,)):
                return found
        return None

    def _beneath(self, folder: Path, parts: Sequence[str]) -> PictureFile | None:
        if not parts:
            return None
        for part in parts[:-1]:
            if part == os.pardir:
                folder = folder.parent
                continue
            actual = self._listing(folder).get(same_name(part))
            if actual is None:
                return None
            folder = folder / actual
        listing = self._listing(folder)
        for file_name in with_endings(parts[-1]):
            if actual := listing.get(same_name(file_name)):
                # An exact match wins over one that differs in case.
                exact = folder / file_name
                return _stat(exact) or _stat(folder / actual)
        return None

    def _listing(self, folder: Path) -> dict[str, str]:
        known = self._listings.get(folder)
        if known is None:
            try:
                names = sorted(os.listdir(folder))  # noqa: PTH208 names only, no Path objects
            except OSError:
                names = []
            known = {same_name(name): name for name in reversed(names)}
            self._listings[folder] = known
        return known


class FilesInArchive:
    """Finds pictures among the entries of an archive, relative to the table's place in it."""

    def __init__(self, pictures: Mapping[str, PictureFile], table_folder: str = "") -> None:
        self._by_path = {same_name(path): file for path, file in pictures.items()}
        self._by_name: dict[str, PictureFile] = {}
        for path, file in pictures.items():
            self._by_name.setdefault(same_name(PurePosixPath(path).name), file)
        self._table_folder = table_folder

    def find(self, name: str, *, anywhere: bool = True) -> PictureFile | None:
        path = PurePosixPath(name.replace("\\", "/").lstrip("/"))
        for text in with_endings(str(path)):
            for place in (PurePosixPath(self._table_folder) / text, PurePosixPath(text)):
                normal = os.path.normpath(str(place)).replace(os.sep, "/")
                if found := self._by_path.get(same_name(normal)):
                    return found
        by_name = (self._by_name.get(same_name(text)) for text in with_endings(path.name))
        return next(filter(None, by_name), None) if anywhere else None


def with_endings(name: str) -> Iterable[str]:
    """The name, and where it has no picture ending also the name with each."""
    yield name
    if PurePosixPath(name).suffix.lower() not in PICTURE_SUFFIXES:
        for suffix in sorted(PICTURE_SUFFIXES):
            yield name + suffix


def same_name(name: str) -> str:
    """Equal for names that differ only in case or in the Unicode form of their accents."""
    return unicodedata.normalize("NFC", name).casefold()


def _stat(path: Path) -> PictureFile | None:
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    return PictureFile(path, size_bytes=status.st_size, mtime_ns=status.st_mtime_ns)
