"""What was to go to the trash and how far that got, written down before and after each file."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from desktop_app.domain.errors import StorageFull, UserFacingError

FILE_NAME = "trash-journal.jsonl"

_DISK_IS_FULL = (errno.ENOSPC, errno.EDQUOT)


class FileState(StrEnum):
    """PLANNED: to go. SENDING: about to go. SENT: gone. KEPT: it was not to go after all.
    FAILED: the trash did not take it."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    KEPT = "kept"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file that is to go, and the hash of the content it goes for."""

    path: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A line of the journal. ``reason`` says in words for the user why a file stayed."""

    file: PlannedFile
    state: FileState
    reason: str = ""
    at: str = ""


class TrashJournal:
    """The journal of one catalogue folder, one JSON object in a line, only ever added to.

    Raises StorageFull and UserFacingError where it cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME

    def add(self, entries: Iterable[FileEntry]) -> None:
        """Write entries so that they are on the disk when this returns."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        lines = [
            json.dumps(
                {
                    "at": at,
                    "state": entry.state.value,
                    "path": entry.file.path,
                    "content": entry.file.content_hash,
                    **({"reason": entry.reason} if entry.reason else {}),
                }
            )
            for entry in entries
        ]
        if not lines:
            return
        with self._told(), self._path.open("ab+") as stream:
            if stream.tell() and not self._ends_whole():
                # A line that was being written when the power went stays alone.
                stream.write(b"\n")
            stream.write("".join(f"{line}\n" for line in lines).encode("ascii"))
            stream.flush()
            os.fsync(stream.fileno())

    def entries(self) -> Iterator[FileEntry]:
        """All lines that can be read, the oldest first."""
        try:
            lines = self._path.read_text(encoding="ascii", errors="replace").splitlines()
        except FileNotFoundError:
            return
        for line in lines:
            entry = _entry(line)
            if entry is not None:
                yield entry

    def unfinished(self) -> list[FileEntry]:
        """The last word on every file that neither went nor stayed, in the order planned."""
        last: dict[PlannedFile, FileEntry] = {}
        for entry in self.entries():
            if entry.state is FileState.PLANNED:
                last.pop(entry.file, None)
            last[entry.file] = entry
        return [e for e in last.values() if e.state in (FileState.PLANNED, FileState.SENDING)]

    def _ends_whole(self) -> bool:
        with self._path.open("rb") as stream:
            stream.seek(-1, os.SEEK_END)
            return stream.read(1) == b"\n"

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno in _DISK_IS_FULL:
                raise StorageFull(
                    "The disk is full; no more files go to the trash.",
                    remedy="Free some space and go on.",
                ) from error
            raise UserFacingError(
                "What goes to the trash cannot be written down, so that nothing more goes.",
                remedy=f"Check that the folder {self._path.parent} can be written to.",
                details=str(error),
            ) from error


def _entry(line: str) -> FileEntry | None:
    try:
        read: Any = json.loads(line)
        return FileEntry(
            PlannedFile(str(read["path"]), str(read["content"])),
            FileState(read["state"]),
            str(read.get("reason", "")),
            str(read.get("at", "")),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
