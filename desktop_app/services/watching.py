"""Which watched sources should be read again, and when: once things have been quiet."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop_app.domain.images import PICTURE_SUFFIXES
from desktop_app.domain.import_ports import FolderWatcher
from desktop_app.domain.imports import Source, SourceKind

QUIET_S = 3.0
"""A source is due when nothing has changed for this long: copies take their time."""
PATIENCE_S = 60.0
"""A source that never comes to rest is due after this long all the same."""
RETRY_S = 30.0
"""How often places that were absent are looked for."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A folder to watch for one source; with ``files`` only those in it matter."""

    source_id: int
    folder: Path
    files: frozenset[Path] = frozenset()


@dataclass(slots=True)
class _Unrest:
    first_s: float
    last_s: float


class WatchService:
    """Collects changes beneath the sources that are to be watched.

    Changes arrive in the watcher's threads; :meth:`due` is polled (about every second) by
    whoever starts rescans. ``clock`` gives seconds that only grow.
    """

    def __init__(
        self, watcher: FolderWatcher, *, own_folder: Path, clock: Callable[[], float]
    ) -> None:
        self._watcher = watcher
        self._own_folder = own_folder
        self._clock = clock
        self._lock = threading.Lock()
        self._unrest: dict[int, _Unrest] = {}
        self._watched: list[_Place] = []
        self._absent: list[_Place] = []
        self._look_again_s = 0.0

    def start(self, sources: Sequence[Source]) -> None:
        """Watch those of ``sources`` that ask for it, in place of any watched before.

        May take long where a network folder has to be listed; not for the GUI thread.
        """
        self.stop()
        places = [place for source in sources if source.request.watch for place in _places(source)]
        self._watched = [place for place in places if self._watch(place)]
        self._absent = [place for place in places if place not in self._watched]
        self._look_again_s = self._clock() + RETRY_S

    def due(self) -> list[int]:
        """Ids of the sources that changed and have come to rest, each told once.

        Asks the disk now and then whether the folders are there; not for the GUI thread.
        """
        now = self._clock()
        if now >= self._look_again_s:
            self._look_again_s = now + RETRY_S
            self._look_for_drives()
        with self._lock:
            due = [
                source_id
                for source_id, unrest in self._unrest.items()
                if now - unrest.last_s >= QUIET_S or now - unrest.first_s >= PATIENCE_S
            ]
            for source_id in due:
                del self._unrest[source_id]
        return sorted(due)

    def stop(self) -> None:
        """End watching; changes not yet told are forgotten."""
        self._watcher.stop()
        self._watched, self._absent = [], []
        with self._lock:
            self._unrest.clear()

    def _watch(self, place: _Place) -> bool:
        try:
            self._watcher.watch(
                place.folder,
                lambda path: self._changed(place, path),
                recursive=not place.files,
            )
        except OSError:
            return False
        return True

    def _look_for_drives(self) -> None:
        """A drive that goes takes its watch along, and what changes while it is away makes no
        events."""
        back = [place for place in self._absent if self._watch(place)]
        gone = [place for place in self._watched if not place.folder.is_dir()]
        self._absent = [place for place in self._absent if place not in back] + gone
        self._watched = [place for place in self._watched if place not in gone] + back
        for place in back:
            self._note(place.source_id)

    def _changed(self, place: _Place, path: Path) -> None:
        if path in place.files if place.files else self._matters(place, path):
            self._note(place.source_id)

    def _matters(self, place: _Place, path: Path) -> bool:
        if path.is_relative_to(self._own_folder):
            return False
        below = path.relative_to(place.folder).parts if path.is_relative_to(place.folder) else ()
        if any(part.startswith(".") for part in below):
            return False
        # Folders matter too, and what is gone may have been one.
        return path.suffix.lower() in PICTURE_SUFFIXES or not path.is_file()

    def _note(self, source_id: int) -> None:
        now = self._clock()
        with self._lock:
            unrest = self._unrest.setdefault(source_id, _Unrest(now, now))
            unrest.last_s = now


def _places(source: Source) -> list[_Place]:
    request = source.request
    if request.kind is SourceKind.FOLDER:
        return [_Place(source.id, request.paths[0])]
    folders = dict.fromkeys(path.parent for path in request.paths)
    places = [
        _Place(source.id, folder, frozenset(p for p in request.paths if p.parent == folder))
        for folder in folders
    ]
    root = request.table_rules.picture_root
    if request.kind is SourceKind.TABLE and root is not None:
        places.append(_Place(source.id, root))
    return places
