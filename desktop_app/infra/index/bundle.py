"""An index on disk: a few data files of one generation, and a manifest that vouches for them.

Data files are written under names no earlier generation had; the manifest, replaced last, is
the moment at which the new generation holds. A crash before it leaves the former generation
as it was, one after it leaves files that the next save clears away.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from desktop_app.domain.errors import IndexDamaged
from desktop_app.domain.images import IdArray
from desktop_app.domain.storage import VectorFingerprint
from desktop_app.infra.index.segment import Codes, RowMask, Segment
from desktop_app.infra.index.snapshot import FaissSnapshot, Part

FORMAT = 1
MANIFEST = "manifest.json"
HASH_BLOCK = 1 << 20
CHECK_ROWS = 4096

Write = Callable[[bytes], int]

_DATA_FILE = re.compile(r"(?:exact|graph)-(\d+)\.(?:faiss|npy)(?:\.part)?|manifest\.json\.part")


@dataclass(frozen=True, slots=True)
class LoadedBundle:
    """What a bundle held, and which vectors it was made of."""

    snapshot: FaissSnapshot
    fingerprint: VectorFingerprint


class Bundle:
    """The index of one model in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self, model_key: str) -> LoadedBundle | None:
        """None where nothing was ever saved. Raises IndexDamaged, its message a clause that
        says what is wrong, where anything is not as the manifest promises."""
        try:
            text = (self.folder / MANIFEST).read_text("utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise IndexDamaged("its description cannot be read", details=str(error)) from error
        try:
            return self._read(json.loads(text), model_key)
        except (KeyError, TypeError, ValueError) as error:
            raise IndexDamaged("its description makes no sense", details=repr(error)) from error

    def save(self, snapshot: FaissSnapshot, fingerprint: VectorFingerprint) -> None:
        """Write a new generation and clear away the older ones. Raises OSError, the former
        generation then being as it was."""
        self.folder.mkdir(parents=True, exist_ok=True)
        generation = self._last_generation() + 1
        written: list[Path] = []
        try:
            parts = [self._write(part, generation, written) for part in snapshot.compacted().parts]
            manifest = {
                "format": FORMAT,
                "model_key": snapshot.model_key,
                "dimension": snapshot.dimension,
                "count": snapshot.size,
                "generation": generation,
                "fingerprint": {"count": fingerprint.count, "digest": fingerprint.digest},
                "parts": parts,
            }
            text = json.dumps(manifest, indent=1).encode()
            _write_file(self.folder / MANIFEST, lambda write: write(text))
        except OSError:
            # Nothing after the manifest's rename raises it, so no valid file is among these.
            _discard(written)
            raise
        self._clear_all_but(generation)

    def _write(self, part: Part, generation: int, written: list[Path]) -> dict[str, Any]:
        kind = "graph" if part.segment.is_graph else "exact"
        index_path = self.folder / f"{kind}-{generation:06}.faiss"
        rows_path = index_path.with_suffix(".npy")
        written += [index_path, rows_path]
        rows = np.stack([part.segment.ids, _flags(part)])
        return {
            "kind": kind,
            "count": part.segment.size,
            "index": _write_file(index_path, lambda write: _dump(part.segment.index, write)),
            "rows": _write_file(rows_path, lambda write: np.save(_Sink(write), rows)),
        }

    def _read(self, manifest: dict[str, Any], model_key: str) -> LoadedBundle:
        if manifest["format"] != FORMAT:
            raise IndexDamaged("it is of another version")
        if manifest["model_key"] != model_key:
            raise IndexDamaged("it belongs to another model")
        dimension = int(manifest["dimension"])
        parts = [self._read_part(described, dimension) for described in manifest["parts"]]
        snapshot = FaissSnapshot(model_key, parts, dimension=dimension)
        ids = snapshot.content_ids
        if snapshot.size != manifest["count"] or (ids[1:] == ids[:-1]).any():
            raise IndexDamaged("its pictures do not add up")
        fingerprint = manifest["fingerprint"]
        return LoadedBundle(
            snapshot, VectorFingerprint(int(fingerprint["count"]), str(fingerprint["digest"]))
        )

    def _read_part(self, described: dict[str, Any], dimension: int) -> Part:
        with self._verified(described["rows"]) as file:
            rows = np.load(file, allow_pickle=False)
        with self._verified(described["index"]) as file:
            try:
                index = faiss.read_index(faiss.PyCallbackIOReader(file.read))
            except RuntimeError as error:
                raise IndexDamaged("a file cannot be read", details=str(error)) from error
        graph = described["kind"] == "graph"
        expected = faiss.IndexHNSWSQ if graph else faiss.IndexScalarQuantizer
        count = int(described["count"])
        if not isinstance(index, expected) or (index.d, index.ntotal) != (dimension, count):
            raise IndexDamaged("a file holds something else")
        if rows.dtype != np.int64 or rows.shape != (2, count):
            raise IndexDamaged("a file holds something else")
        segment = Segment(np.ascontiguousarray(rows[0]), index)
        if not _finite(segment.codes):
            raise IndexDamaged("a vector is not a number")
        return Part(segment, _alive(rows[1]))

    @contextlib.contextmanager
    def _verified(self, described: dict[str, Any]) -> Iterator[BufferedReader]:
        """The file open at its start, after its size and checksum were found right."""
        path = self.folder / Path(str(described["name"])).name
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

    def _generations(self) -> list[tuple[Path, int]]:
        """Our data files, finished or not, and the generation in their names."""
        matches = ((path, _DATA_FILE.fullmatch(path.name)) for path in self.folder.iterdir())
        return [(path, int(match[1] or 0)) for path, match in matches if match is not None]

    def _last_generation(self) -> int:
        return max((generation for _, generation in self._generations()), default=0)

    def _clear_all_but(self, generation: int) -> None:
        _discard([path for path, other in self._generations() if other != generation])


class _Sink:
    """What numpy.save needs of a file."""

    def __init__(self, write: Write) -> None:
        self.write = write


def _dump(index: Any, write: Write) -> None:
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


def _write_file(path: Path, write_content: Callable[[Write], Any]) -> dict[str, Any]:
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
        _discard([part])
        raise
    _sync_folder(path.parent)
    return {"name": path.name, "bytes": size, "sha256": digest.hexdigest()}


def _discard(paths: Iterable[Path]) -> None:
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


def _flags(part: Part) -> IdArray:
    if part.alive is None:
        return np.ones(part.segment.size, np.int64)
    return part.alive.astype(np.int64)


def _alive(flags: IdArray) -> RowMask | None:
    alive = flags != 0
    return None if alive.all() else alive


def _finite(codes: Codes) -> bool:
    """In blocks that stay in the processor's cache."""
    return all(
        bool(np.isfinite(codes[start : start + CHECK_ROWS]).all())
        for start in range(0, len(codes), CHECK_ROWS)
    )
