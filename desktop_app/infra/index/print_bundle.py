"""The print index on disk: files of one generation and a manifest that vouches for them, in the
manner of ``bundle``."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from desktop_app.domain.errors import IndexDamaged
from desktop_app.infra.index.print_index import PrintIndex, PrintPart
from desktop_app.infra.index.print_segment import Pictures, PrintSegment
from desktop_app.infra.index.whole_files import Sink, discard, dump_index, verified, write_file
from desktop_app.infra.vision.print.codebook import PrintCodebook

FORMAT = 1
MANIFEST = "manifest.json"

_DATA_FILE = re.compile(r"part-(\d+)-\d+(?:-\w+)?\.(?:faiss|npy)(?:\.part)?|manifest\.json\.part")


@dataclass(frozen=True, slots=True)
class LoadedPrintBundle:
    """What a bundle held, and the revision of the records it was made of."""

    index: PrintIndex
    revision: str


class PrintBundle:
    """The print index of one catalogue in one folder."""

    def __init__(self, folder: Path, codebook: PrintCodebook) -> None:
        self.folder = folder
        self._codebook = codebook

    def load(self, version: str) -> LoadedPrintBundle | None:
        """None where nothing was ever saved, or with another ``version`` of the channel. Raises
        IndexDamaged, its message a clause that says what is wrong."""
        try:
            manifest = json.loads((self.folder / MANIFEST).read_text("utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise IndexDamaged("its description cannot be read", details=str(error)) from error
        try:
            if manifest["format"] != FORMAT or manifest["version"] != version:
                return None
            parts = [self._read_part(described) for described in manifest["parts"]]
            index = PrintIndex(self._codebook, parts)
            ids = index.content_ids
            if index.size != manifest["count"] or (ids[1:] == ids[:-1]).any():
                raise IndexDamaged("its pictures do not add up")
            return LoadedPrintBundle(index, str(manifest["revision"]))
        except (KeyError, TypeError, ValueError) as error:
            raise IndexDamaged("its description makes no sense", details=repr(error)) from error

    def save(self, index: PrintIndex, *, version: str, revision: str) -> None:
        """Write a new generation and clear away the older ones. Raises OSError, the former
        generation then being as it was."""
        self.folder.mkdir(parents=True, exist_ok=True)
        generation = max((number for _, number in self._files()), default=0) + 1
        written: list[Path] = []
        try:
            manifest = {
                "format": FORMAT,
                "version": version,
                "revision": revision,
                "count": index.size,
                "parts": [
                    self._write_part(part, f"part-{generation:06}-{place}", written)
                    for place, part in enumerate(index.parts)
                ],
            }
            text = json.dumps(manifest, indent=1).encode()
            write_file(self.folder / MANIFEST, lambda write: write(text))
        except OSError:
            discard(written)
            raise
        discard([path for path, number in self._files() if number != generation])

    def _write_part(self, part: PrintPart, name: str, written: list[Path]) -> dict[str, Any]:
        segment = part.segment
        alive = np.ones(len(segment.ids), np.bool_) if part.alive is None else part.alive
        rows = np.stack([segment.ids, np.diff(segment.starts), segment.pictures.marks, alive])
        geometry = np.stack([segment.pictures.angles, segment.pictures.scales])
        pictures = self.folder / f"{name}-pictures.npy"
        points = self.folder / f"{name}-points.npy"
        index = self.folder / f"{name}.faiss"
        written += [pictures, points, index]
        return {
            "rows": write_file(pictures, lambda write: np.save(Sink(write), rows)),
            "geometry": write_file(points, lambda write: np.save(Sink(write), geometry)),
            "index": write_file(index, lambda write: dump_index(segment.index, write)),
        }

    def _read_part(self, described: dict[str, Any]) -> PrintPart:
        with verified(self.folder, described["rows"]) as file:
            rows = np.load(file, allow_pickle=False)
        with verified(self.folder, described["geometry"]) as file:
            geometry = np.load(file, allow_pickle=False)
        with verified(self.folder, described["index"]) as file:
            try:
                index = faiss.read_index(faiss.PyCallbackIOReader(file.read))
            except RuntimeError as error:
                raise IndexDamaged("a file cannot be read", details=str(error)) from error
        if rows.dtype != np.int64 or rows.ndim != 2 or len(rows) != 4:
            raise IndexDamaged("a file holds something else")
        starts = np.concatenate([[0], np.cumsum(rows[1])]).astype(np.int64)
        points = int(starts[-1])
        if not isinstance(index, faiss.IndexFlat | faiss.IndexIVFPQ):
            raise IndexDamaged("a file holds something else")
        if index.d != self._codebook.length or index.ntotal > points:
            raise IndexDamaged("a file holds something else")
        if geometry.dtype != np.uint8 or geometry.shape != (2, points):
            raise IndexDamaged("a file holds something else")
        ids, _, marks, alive = (np.ascontiguousarray(row) for row in rows)
        pictures = Pictures(ids, marks, starts, geometry[0], geometry[1])
        return PrintPart(PrintSegment(pictures, index), None if (alive != 0).all() else alive != 0)

    def _files(self) -> list[tuple[Path, int]]:
        """Our data files, finished or not, and the generation in their names."""
        matches = ((path, _DATA_FILE.fullmatch(path.name)) for path in self.folder.iterdir())
        return [(path, int(match[1] or 0)) for path, match in matches if match is not None]
