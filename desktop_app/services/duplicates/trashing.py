"""Picture files of merged products, to the trash where that was asked for."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop_app.domain.errors import CatalogueReadOnly, UserFacingError
from desktop_app.domain.hashing import file_content_hash
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.progress import CancelToken, Progress
from desktop_app.domain.resolving import ResolvePlan, Trash
from desktop_app.services.duplicates.trash_journal import (
    FileEntry,
    FileState,
    PlannedFile,
    TrashJournal,
)

TRASHING = "Moving pictures to the trash"

IS_SHOWN = "A product shows this file."
IS_LAST = "This is the last file of a picture that a product shows."
IS_CHANGED = "This file has changed since it was read."
IS_ABSENT = "This file is not in its place."


@dataclass(frozen=True, slots=True)
class TrashStep:
    """One file: SENT, KEPT with the reason, or FAILED with the reason."""

    progress: Progress
    entry: FileEntry


def files_to_trash(plan: ResolvePlan) -> list[PlannedFile]:
    """The files the plan leaves: those of dropped products that the kept one does not take
    over and that were read, each once."""
    files = [
        PlannedFile(picture.path, picture.content_hash)
        for group in plan.groups
        for picture in group.left
        if picture.content_hash
    ]
    return list(dict.fromkeys(files))


def trash_files(
    catalogue: Catalogue, plan: ResolvePlan, trash: Trash, token: CancelToken
) -> Iterator[TrashStep]:
    """Move the files that a plan left to the trash, once it was applied.

    No file goes that a live product shows, that changed since it was read, or without which
    the content of a live product would be on no disk any more. What is to go is written in a
    journal in the catalogue's folder first; after a crash :func:`resume_trash` goes on. Raises
    Cancelled (what has not gone is still to go), CatalogueReadOnly, StorageFull, and
    UserFacingError where the journal cannot be written.
    """
    journal = _journal(catalogue)
    planned = [FileEntry(file, FileState.PLANNED) for file in files_to_trash(plan)]
    journal.add(planned)
    yield from _send(planned, catalogue, journal, trash, token)


def resume_trash(catalogue: Catalogue, trash: Trash, token: CancelToken) -> Iterator[TrashStep]:
    """Go on with what was planned and neither went nor stayed. Raises as
    :func:`trash_files`."""
    journal = _journal(catalogue)
    yield from _send(journal.unfinished(), catalogue, journal, trash, token)


def unfinished_trash(catalogue: Catalogue) -> list[PlannedFile]:
    """What :func:`resume_trash` would go on with."""
    return [entry.file for entry in TrashJournal(catalogue.folder).unfinished()]


def forget_unfinished(catalogue: Catalogue) -> None:
    """Leave the files that are still to go where they are."""
    journal = _journal(catalogue)
    left = [entry.file for entry in journal.unfinished()]
    journal.add(FileEntry(file, FileState.KEPT, "It was decided to keep it.") for file in left)


def _journal(catalogue: Catalogue) -> TrashJournal:
    if catalogue.read_only:
        raise CatalogueReadOnly(
            "This catalogue is open for reading only; no file goes to the trash.",
            remedy=catalogue.read_only_reason,
        )
    return TrashJournal(catalogue.folder)


def _send(
    entries: Sequence[FileEntry],
    catalogue: Catalogue,
    journal: TrashJournal,
    trash: Trash,
    token: CancelToken,
) -> Iterator[TrashStep]:
    begun = time.monotonic()
    shown = _ShownFiles(catalogue)
    failed = 0
    for done, entry in enumerate(entries, start=1):
        token.checkpoint()
        told = _send_one(entry, shown, journal, trash)
        journal.add([told])
        failed += told.state is FileState.FAILED
        elapsed = time.monotonic() - begun
        yield TrashStep(Progress(TRASHING, done, len(entries), elapsed, failed), told)


def _send_one(
    entry: FileEntry, shown: _ShownFiles, journal: TrashJournal, trash: Trash
) -> FileEntry:
    file = entry.file
    path = Path(file.path)
    if not os.path.lexists(path):
        if entry.state is FileState.SENDING:
            # It went, and the power did before that was written down.
            return FileEntry(file, FileState.SENT)
        return FileEntry(file, FileState.KEPT, IS_ABSENT)
    reason = shown.reason_to_keep(file)
    if reason:
        return FileEntry(file, FileState.KEPT, reason)
    journal.add([FileEntry(file, FileState.SENDING)])
    try:
        trash.send(path)
    except UserFacingError as error:
        return FileEntry(file, FileState.FAILED, str(error))
    return FileEntry(file, FileState.SENT)


class _ShownFiles:
    """The files that live products show, as they were when this was made."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._places: set[str] = set()
        self._by_content: dict[str, list[str]] = defaultdict(list)
        for known in catalogue.pictures.known_files():
            self._places.add(_normal(known.path))
            if known.content_hash:
                self._by_content[known.content_hash].append(known.path)

    def reason_to_keep(self, file: PlannedFile) -> str:
        """Why the file has to stay, in words for the user; '' where it may go."""
        path = Path(file.path)
        if _normal(file.path) in self._places:
            return IS_SHOWN
        if not _holds(path, file.content_hash):
            return IS_CHANGED
        others = self._by_content.get(file.content_hash, [])
        # Two names of one file are one copy.
        if any(_is_one_file(path, Path(other)) for other in others):
            return IS_SHOWN
        if others and not any(_holds(Path(other), file.content_hash) for other in others):
            return IS_LAST
        return ""


def _normal(path: str) -> str:
    return os.path.normcase(os.path.abspath(path))  # noqa: PTH100 - links stay as they are


def _holds(path: Path, content_hash: str) -> bool:
    try:
        return path.is_file() and file_content_hash(path) == content_hash
    except OSError:
        return False


def _is_one_file(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:
        return False
