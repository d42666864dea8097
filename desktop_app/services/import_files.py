"""Comparing the files of a source with what the catalogue knows of them."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import Enum, auto
from pathlib import Path

from desktop_app.domain.hashing import file_content_hash
from desktop_app.domain.imports import PictureFile
from desktop_app.domain.products import PictureState
from desktop_app.domain.storage import KnownFile


class Change(Enum):
    """What became of a known file.

    SAME as last seen; TOUCHED: same bytes, other time; REPLACED: other bytes; BACK: offline
    till now, as last seen; UNREAD: back or changed, and its bytes were never read.
    """

    SAME = auto()
    TOUCHED = auto()
    REPLACED = auto()
    BACK = auto()
    UNREAD = auto()


class KnownFiles:
    """The catalogue's picture files, by where they are and by what they hold.

    ``planned`` are the paths of the files that the source has now.
    """

    def __init__(self, known: Iterable[KnownFile], planned: Iterable[Path]) -> None:
        self._by_path: dict[str, list[KnownFile]] = defaultdict(list)
        self._by_size: dict[int, list[KnownFile]] = defaultdict(list)
        self._planned = {str(path) for path in planned}
        self._moved: set[int] = set()
        self._absent: dict[str, bool] = {}
        for file in known:
            self._by_path[file.path].append(file)
            if file.size_bytes:
                self._by_size[file.size_bytes].append(file)

    def at(self, path: Path) -> list[KnownFile]:
        """The known pictures with this path, of one or several products."""
        return self._by_path.get(str(path), [])

    def found_at(self, path: Path) -> None:
        """Add a path that became known after planning."""
        self._planned.add(str(path))

    def change_of(self, known: KnownFile, file: PictureFile) -> Change:
        """Hashes the file only where size or time differ. Raises OSError."""
        was_offline = known.state is PictureState.OFFLINE
        if (known.size_bytes, known.mtime_ns) == (file.size_bytes, file.mtime_ns):
            if not was_offline:
                return Change.SAME
            return Change.BACK if known.content_hash else Change.UNREAD
        if not known.content_hash and known.state is not PictureState.FAILED:
            return Change.UNREAD
        # A file that could not be read may still carry the hash of what it was before.
        comparable = known.state is not PictureState.FAILED and known.size_bytes in (
            0,
            file.size_bytes,
        )
        if comparable and file_content_hash(file.path) == known.content_hash:
            return Change.TOUCHED
        return Change.REPLACED

    def moved_from(self, file: PictureFile, *, product_id: int | None) -> KnownFile | None:
        """The known picture that now lies at ``file``: same bytes, its own path absent.

        Where several fit, one of ``product_id`` and one of the same name come first.
        Hashes the file only where sizes agree. Raises OSError.
        """
        candidates = [
            known
            for known in self._by_size.get(file.size_bytes, ())
            if known.picture_id not in self._moved and self._is_vacated(known.path, file.path)
        ]
        read = [known for known in candidates if known.content_hash]
        digest = file_content_hash(file.path) if read else ""
        # Nothing is known of unread bytes, and nothing can be mixed up by a wrong guess.
        fitting = [known for known in read if known.content_hash == digest] or [
            known
            for known in candidates
            if not known.content_hash and known.mtime_ns == file.mtime_ns
        ]
        if not fitting:
            return None
        return min(
            fitting,
            key=lambda known: (
                known.product_id != product_id,
                Path(known.path).name != file.path.name,
                known.picture_id,
            ),
        )

    def mark_moved(self, known: KnownFile) -> None:
        """This picture has found its new place."""
        self._moved.add(known.picture_id)

    def gone(self, source_ids: set[int], roots: Iterable[Path]) -> Iterator[KnownFile]:
        """Pictures of the source (by id, or beneath its folders) whose file is absent."""
        prefixes = tuple(f"{root}{os.sep}" for root in roots)
        for path, files in self._by_path.items():
            if path in self._planned:
                continue
            for known in files:
                ours = known.picture_id in source_ids or path.startswith(prefixes)
                if ours and known.picture_id not in self._moved and self._is_absent(path):
                    yield known

    def _is_vacated(self, path: str, new_path: Path) -> bool:
        if path in self._planned:
            return False
        if self._is_absent(path):
            return True
        # On a file system without case a renamed file still answers to its old name.
        return path.casefold() == str(new_path).casefold() and new_path.samefile(path)

    def _is_absent(self, path: str) -> bool:
        """A path that cannot be asked about (no permission) is not taken for absent."""
        absent = self._absent.get(path)
        if absent is None:
            try:
                Path(path).stat()
                absent = False
            except (FileNotFoundError, NotADirectoryError):
                absent = True
            except (OSError, ValueError):
                absent = False
            self._absent[path] = absent
        return absent
