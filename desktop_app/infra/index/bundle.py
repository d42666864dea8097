"""An index on disk: a few data files of one generation, and a manifest that vouches for them.

Data files are written under names no earlier generation had; the manifest, replaced last, is
the moment at which the new generation holds. A crash before it leaves the former generation
as it was, one after it leaves files that the next save clears away.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from desktop_app.domain.errors import IndexDamaged
from desktop_app.domain.images import IdArray
from desktop_app.domain.storage import VectorFingerprint
from desktop_app.infra.index.segment import Codes, RowMask, Segment
from desktop_app.infra.index.snapshot import FaissSnapshot, Part
from desktop_app.infra.index.whole_files import Sink, discard, dump_index, verified, write_file

FORMAT = 1
MANIFEST = "manifest.json"
CHECK_ROWS = 4096

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
            write_file(self.folder / MANIFEST, lambda write: write(text))
        except OSError:
            # Nothing after the manifest's rename raises it, so no valid file is among these.
            discard(written)
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
            "index": write_file(index_path, lambda write: dump_index(part.segment.index, write)),
            "rows": write_file(rows_path, lambda write: np.save(Sink(write), rows)),
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
        with verified(self.folder, described["rows"]) as file:
            rows = np.load(file, allow_pickle=False)
        with verified(self.folder, described["index"]) as file:
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

    def _generations(self) -> list[tuple[Path, int]]:
        """Our data files, finished or not, and the generation in their names."""
        matches = ((path, _DATA_FILE.fullmatch(path.name)) for path in self.folder.iterdir())
        return [(path, int(match[1] or 0)) for path, match in matches if match is not None]

    def _last_generation(self) -> int:
        return max((generation for _, generation in self._generations()), default=0)

    def _clear_all_but(self, generation: int) -> None:
        discard([path for path, other in self._generations() if other != generation])


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
