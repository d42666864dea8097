"""What a catalogue's index of silhouettes is made of, in memory and on disk."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.errors import IndexDamaged
from desktop_app.domain.images import FloatMatrix, IdArray
from desktop_app.infra.index.whole_files import Sink, discard, verified, write_file

FORMAT = 1
MANIFEST = "manifest.json"

_DATA_FILE = re.compile(r"shapes-(\d+)-(?:rows|vectors)\.npy(?:\.part)?|manifest\.json\.part")


@dataclass(frozen=True, slots=True, eq=False)
class ShapeRecords:
    """Records that were read. ``content_ids`` (n,) rise; ``marks`` (n,) int64 change with a
    record; ``vectors`` (m, d) are those of the ``usable`` (n,) ones, in their order."""

    content_ids: IdArray
    marks: IdArray
    usable: NDArray[np.bool_]
    vectors: FloatMatrix

    def __post_init__(self) -> None:
        count = len(self.content_ids)
        if self.marks.shape != (count,) or self.usable.shape != (count,):
            raise ValueError("contents, marks and claims of different lengths")
        if self.vectors.ndim != 2 or len(self.vectors) != np.count_nonzero(self.usable):
            raise ValueError(f"vectors of shape {self.vectors.shape}")
        if (self.content_ids[1:] <= self.content_ids[:-1]).any():
            raise ValueError("contents that do not rise")

    @classmethod
    def none(cls, dimension: int) -> ShapeRecords:
        empty = np.empty(0, np.int64)
        return cls(empty, empty, np.empty(0, np.bool_), np.empty((0, dimension), np.float32))

    def holds(self, content_ids: IdArray, marks: IdArray) -> NDArray[np.bool_]:
        """Which of these contents were read as these marks tell."""
        if not len(self.content_ids):
            return np.zeros(len(content_ids), np.bool_)
        places = np.searchsorted(self.content_ids, content_ids)
        places = np.minimum(places, len(self.content_ids) - 1)
        same: NDArray[np.bool_] = (self.content_ids[places] == content_ids) & (
            self.marks[places] == marks
        )
        return same

    def with_those(self, others: ShapeRecords) -> ShapeRecords:
        """With these added, or put in the place of what the contents had."""
        mine = self.without(others.content_ids)
        ids = np.concatenate([mine.content_ids, others.content_ids])
        order = np.argsort(ids, kind="stable")
        usable = np.concatenate([mine.usable, others.usable])
        row_of = np.cumsum(usable) - 1
        rows = row_of[order][usable[order]]
        return ShapeRecords(
            ids[order],
            np.concatenate([mine.marks, others.marks])[order],
            usable[order],
            np.concatenate([mine.vectors, others.vectors])[rows],
        )

    def without(self, content_ids: IdArray) -> ShapeRecords:
        """With these contents gone; those that are not here are passed over."""
        left = ~np.isin(self.content_ids, content_ids)
        if left.all():
            return self
        return ShapeRecords(
            self.content_ids[left],
            self.marks[left],
            self.usable[left],
            self.vectors[left[self.usable]],
        )


@dataclass(frozen=True, slots=True)
class StoredShapes:
    """What a folder held, and the revision of the catalogue's records it was made of."""

    records: ShapeRecords
    revision: str


def load_shapes(folder: Path, version: str, dimension: int) -> StoredShapes | None:
    """None where nothing was ever saved, or by another ``version`` of the method. Raises
    IndexDamaged, its message a clause that says what is wrong."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise IndexDamaged("its description cannot be read", details=str(error)) from error
    try:
        if manifest["format"] != FORMAT or manifest["version"] != version:
            return None
        with verified(folder, manifest["rows"]) as file:
            rows = np.load(file, allow_pickle=False)
        with verified(folder, manifest["vectors"]) as file:
            vectors = np.load(file, allow_pickle=False)
        if rows.dtype != np.int64 or rows.ndim != 2 or len(rows) != 3:
            raise IndexDamaged("a file holds something else")
        if vectors.dtype != np.float32 or vectors.shape[1:] != (dimension,):
            raise IndexDamaged("a file holds something else")
        if not np.isfinite(vectors).all():
            raise IndexDamaged("a silhouette is not a number")
        ids, marks, usable = (np.ascontiguousarray(row) for row in rows)
        records = ShapeRecords(ids, marks, usable != 0, vectors)
        return StoredShapes(records, str(manifest["revision"]))
    except (KeyError, TypeError, ValueError) as error:
        raise IndexDamaged("its description makes no sense", details=repr(error)) from error


def save_shapes(folder: Path, records: ShapeRecords, *, version: str, revision: str) -> None:
    """Write a new generation and clear away the older ones. Raises OSError, the former
    generation then being as it was."""
    folder.mkdir(parents=True, exist_ok=True)
    generation = max((number for _, number in _data_files(folder)), default=0) + 1
    rows = np.stack([records.content_ids, records.marks, records.usable.astype(np.int64)])
    written = [folder / f"shapes-{generation:06}-{what}.npy" for what in ("rows", "vectors")]
    try:
        manifest = {
            "format": FORMAT,
            "version": version,
            "revision": revision,
            "rows": write_file(written[0], lambda write: np.save(Sink(write), rows)),
            "vectors": write_file(written[1], lambda write: np.save(Sink(write), records.vectors)),
        }
        text = json.dumps(manifest, indent=1).encode()
        write_file(folder / MANIFEST, lambda write: write(text))
    except OSError:
        discard(written)
        raise
    discard([path for path, number in _data_files(folder) if number != generation])


def _data_files(folder: Path) -> list[tuple[Path, int]]:
    """Our data files, finished or not, and the generation in their names."""
    matches = ((path, _DATA_FILE.fullmatch(path.name)) for path in folder.iterdir())
    return [(path, int(match[1] or 0)) for path, match in matches if match is not None]
