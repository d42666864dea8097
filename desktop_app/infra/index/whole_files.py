"""Files of an index that are written whole or not at all, and vouched for by a checksum."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from io import BufferedReader
from pathlib import Path
from typing import Any

import faiss

from desktop_app.domain.errors import IndexDamaged

Write = Callable[[bytes], int]


class Sink:
    """What numpy.save needs of a file."""

    def __init__(self, write: Write) -> None:
        self.write = write


@contextlib.contextmanager
def verified(folder: Path, described: dict[str, Any]) -> Iterator[BufferedReader]:
    """The file that ``write_file`` told of, open at its start, after its size and checksum were
    found right. Raises IndexDamaged."""
    path = folder / Path(str(described["name"])).name
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size != described["bytes"]:
                raise IndexDamaged("a file is shorter or longer than it should be")
            if hashlib.file_digest(file, "sha256").hexdigest() != described["sha256"]:
                raise IndexDamaged("a file was changed or damaged")
            file.seek(0)
            yield file
    except FileNotFoundError as error:
        raise IndexDamaged("a file is missing", details=str(error)) from error
    except OSError as error:
        raise IndexDamaged("a file cannot be read", details=str(error)) from error


def dump_index(index: Any, write: Write) -> None:
    """FAISS writes through Python, because it opens paths in the system's narrow encoding
    only; what Python raises meanwhile it would turn into a RuntimeError."""
    trouble: list[OSError] = []

    def guarded(block: bytes) -> int:
        try:
            return write(block)
        except OSError as error:
            trouble.append(error)
            return 0

    try:
        faiss.write_index(index, faiss.PyCallbackIOWriter(guarded))
    except RuntimeError as error:
        raise (trouble[0] if trouble else error) from error
    if trouble:
        raise trouble[0]


def write_file(path: Path, write_content: Callable[[Write], Any]) -> dict[str, Any]:
    """Write ``path`` whole or not at all; returns what the manifest says of it."""
    digest = hashlib.sha256()
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:

            def write(block: bytes) -> int:
                digest.update(block)
                return file.write(block)

            write_content(write)
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        part.replace(path)
    except OSError:
        discard([part])
        raise
    _sync_folder(path.parent)
    return {"name": path.name, "bytes": size, "sha256": digest.hexdigest()}


def discard(paths: Iterable[Path]) -> None:
    """Best effort: another process may be reading one of them, and the next save tries again."""
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink()


def _sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut, where the system lets folders be synced."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
