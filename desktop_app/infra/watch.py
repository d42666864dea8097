"""Noticing changes beneath folders (watchdog only here)."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserver

POLL_INTERVAL_S = 30.0
# Reading a file also makes events; listening to those would have an import trigger itself.
_CHANGES: list[type[FileSystemEvent]] = [
    FileCreatedEvent,
    FileModifiedEvent,
    FileClosedEvent,
    FileMovedEvent,
    FileDeletedEvent,
    DirCreatedEvent,
    DirMovedEvent,
    DirDeletedEvent,
]
_NETWORK_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afpfs", "9p", "davfs", "fuse.sshfs", "fuse.rclone"}
    | {"fuse.gvfsd-fuse", "vboxsf", "fuse.vmhgfs-fuse", "prl_fs", "virtiofs", "ceph"}
)
_MOUNTS = Path("/proc/self/mounts")
_ESCAPED = re.compile(r"\\(\d{3})")


class _Handler(FileSystemEventHandler):
    def __init__(self, on_change: Callable[[Path], None]) -> None:
        self._on_change = on_change

    def on_any_event(self, event: FileSystemEvent) -> None:
        for path in (event.src_path, event.dest_path):
            if path:
                self._on_change(Path(os.fsdecode(path)))


class WatchdogWatcher:
    """The FolderWatcher port: by the system's notifications, or by looking again every
    ``poll_interval_s`` seconds where the system sends none (network drives, or its limit on
    watches is reached). Starting to poll lists the whole folder once."""

    def __init__(
        self,
        *,
        poll_interval_s: float = POLL_INTERVAL_S,
        sends_no_events: Callable[[Path], bool] | None = None,
    ) -> None:
        self._poll_interval_s = poll_interval_s
        self._sends_no_events = sends_no_events or on_network_drive
        self._observers: list[BaseObserver] = []

    def watch(self, folder: Path, on_change: Callable[[Path], None], *, recursive: bool) -> None:
        if not folder.is_dir():
            raise NotADirectoryError(f"not a folder: {folder}")
        handler = _Handler(on_change)
        if not self._sends_no_events(folder):
            try:
                self._start(Observer(), folder, handler, recursive=recursive)
            except OSError:
                # The limit on watches is reached, or the file system knows none.
                pass
            else:
                return
        polling = PollingObserver(timeout=self._poll_interval_s)
        self._start(polling, folder, handler, recursive=recursive)

    def stop(self) -> None:
        observers, self._observers = self._observers, []
        for observer in observers:
            observer.stop()
        for observer in observers:
            observer.join()

    def _start(
        self,
        observer: BaseObserver,
        folder: Path,
        handler: FileSystemEventHandler,
        *,
        recursive: bool,
    ) -> None:
        observer.schedule(handler, str(folder), recursive=recursive, event_filter=_CHANGES)
        observer.start()
        self._observers.append(observer)


def on_network_drive(folder: Path) -> bool:
    """Whether changes made by other machines may go unnoticed by this one's system."""
    path = str(folder)
    if sys.platform == "win32":
        return path.startswith("\\\\")
    if sys.platform == "darwin":
        return path.startswith("/Volumes/")
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return False
    return file_system_of(folder, mounts) in _NETWORK_FILE_SYSTEMS


def file_system_of(folder: Path, mounts: str) -> str:
    """The type of the file system that holds ``folder``, by a table as in /proc/mounts."""
    best, kind = -1, ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = _ESCAPED.sub(lambda code: chr(int(code[1], 8)), fields[1])
        # The last of several mounts on one point covers the others.
        if len(point) >= best and folder.is_relative_to(point):
            best, kind = len(point), fields[2]
    return kind
