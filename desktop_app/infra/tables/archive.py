"""ZIP files that may be damaged or hostile."""

from __future__ import annotations

import errno
import re
import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from desktop_app.domain.errors import StorageFull, UserFacingError
from desktop_app.domain.import_ports import ArchiveEntry, ArchiveListing
from desktop_app.domain.imports import ImportIssue, IssueKind

MAX_RATIO = 200
"""An entry that unpacks to more than this many times its packed size is refused."""
MAX_ENTRIES = 1_000_000
_RATIO_MATTERS_FROM_BYTES = 8 << 20
_MAX_ENTRY_BYTES = 2 << 30
_ENCRYPTED_FLAG = 0x1
_UTF8_FLAG = 0x800
_COPY_BYTES = 1 << 20
_FORBIDDEN_CHARS = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')
_RESERVED_NAMES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_DISK_IS_FULL = (errno.ENOSPC, errno.EDQUOT)
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


class ZipArchiveReader:
    """Reads ZIP files; see :class:`~desktop_app.domain.import_ports.ArchiveReader`."""

    def list_entries(self, archive: Path) -> ArchiveListing:
        entries: list[ArchiveEntry] = []
        issues: list[ImportIssue] = []
        with _opened(archive) as opened:
            infos = opened.infolist()
            _refuse_bomb(archive, infos)
            for key, info in enumerate(infos):
                if info.is_dir():
                    continue
                name = _entry_name(info)
                problem = _problem(info, name)
                if problem:
                    issues.append(ImportIssue(IssueKind.FAILED, name, problem))
                else:
                    path = _portable_path(name)
                    entries.append(ArchiveEntry(path, info.file_size, info.CRC, key))
        entries.sort(key=lambda entry: (entry.path.casefold(), entry.path, entry.key))
        return ArchiveListing(tuple(entries), tuple(issues))

    def read(self, archive: Path, entry: ArchiveEntry) -> bytes:
        with _opened(archive) as opened:
            try:
                return opened.read(opened.infolist()[entry.key])
            except _DAMAGED as error:
                raise UserFacingError(
                    f"“{entry.path}” in “{archive.name}” is damaged.",
                    remedy="Ask for the archive again, or unpack it and import the folder.",
                    details=str(error),
                ) from error

    def extract(
        self, archive: Path, targets: Sequence[tuple[ArchiveEntry, Path]]
    ) -> Mapping[Path, str]:
        problems: dict[Path, str] = {}
        with _opened(archive) as opened:
            infos = opened.infolist()
            for entry, target in targets:
                try:
                    _extract_one(opened, infos[entry.key], target)
                except _DAMAGED:
                    problems[target] = "It is damaged in the archive."
                except OSError as error:
                    if error.errno in _DISK_IS_FULL:
                        raise StorageFull(
                            f"The disk is full; “{archive.name}” was unpacked in part.",
                            remedy="Free some space and import the archive again.",
                        ) from error
                    problems[target] = f"It could not be unpacked: {error.strerror or error}."
        return problems


@contextmanager
def _opened(archive: Path) -> Iterator[zipfile.ZipFile]:
    try:
        opened = zipfile.ZipFile(archive)
    except (OSError, *_DAMAGED) as error:
        raise UserFacingError(
            f"“{archive.name}” cannot be opened as a ZIP archive.",
            remedy="Check that the file is complete, or unpack it and import the folder.",
            details=f"{type(error).__name__}: {error}",
        ) from error
    with opened:
        yield opened


def _entry_name(info: zipfile.ZipInfo) -> str:
    """Many programs write UTF-8 without saying so; zipfile then reads it as cp437."""
    if info.flag_bits & _UTF8_FLAG:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def _problem(info: zipfile.ZipInfo, name: str) -> str:
    parts = name.replace("\\", "/").split("/")
    if ".." in parts or not parts[0] or _DRIVE.match(name):
        return "Its name points outside the archive."
    if stat.S_ISLNK(info.external_attr >> 16):
        return "It is a link, not a file."
    if info.flag_bits & _ENCRYPTED_FLAG:
        return "It is protected with a password."
    return ""


def _portable_path(name: str) -> str:
    """The name with what some system forbids in file names replaced by underscores."""
    parts = []
    for part in PurePosixPath(name.replace("\\", "/")).parts:
        plain = _FORBIDDEN_CHARS.sub("_", part).rstrip(" .") or "_"
        parts.append(f"_{plain}" if _RESERVED_NAMES.fullmatch(plain) else plain)
    return "/".join(parts)


def _refuse_bomb(archive: Path, infos: Sequence[zipfile.ZipInfo]) -> None:
    packed_limit = archive.stat().st_size
    suspicious = (
        len(infos) > MAX_ENTRIES
        # Entries that share their bytes claim more than the file holds.
        or sum(info.compress_size for info in infos) > packed_limit
        or any(info.file_size > _MAX_ENTRY_BYTES for info in infos)
        or any(
            info.file_size > max(_RATIO_MATTERS_FROM_BYTES, MAX_RATIO * info.compress_size)
            for info in infos
        )
    )
    if suspicious:
        raise UserFacingError(
            f"“{archive.name}” would unpack to far more than it holds and was not opened.",
            remedy="If you trust it, unpack it yourself and import the folder.",
        )


def _extract_one(opened: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.part")
    try:
        with temporary.open("wb") as sink, opened.open(info) as source:
            # zipfile stops at the declared size and checks the sum at the end.
            shutil.copyfileobj(source, sink, _COPY_BYTES)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
