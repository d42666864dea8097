"""The map of a catalogue's silhouettes on disk: one file of arrays, written whole or not at all."""

from __future__ import annotations

import contextlib
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.errors import StorageFull, UserFacingError
from desktop_app.domain.shape_map import FreePlace, LayoutDraft, ShapeCluster, ShapeMap
from desktop_app.domain.shapes import DrawnOutline
from desktop_app.infra.whole_files import is_full, written_whole

FORMAT = 1
MAP_FILE, DRAFT_FILE = "shape-map.npz", "shape-map-begun.npz"
_DAMAGE = (OSError, KeyError, TypeError, ValueError, IndexError, EOFError, zipfile.BadZipFile)
Arrays = dict[str, NDArray[Any]]


class NpzShapeMapStore:
    """The ShapeMapStore port. Nothing is pickled: no code can hide in the files, and each is
    vouched for by the checksums of its archive."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, version: str) -> ShapeMap | None:
        """See ShapeMapStore."""
        try:
            about, arrays = _read(self._folder / MAP_FILE)
            return _map_of(about, arrays) if about["version"] == version else None
        except _DAMAGE:
            return None

    def save(self, shape_map: ShapeMap) -> None:
        """See ShapeMapStore."""
        about, arrays = _told(shape_map)
        self._write(MAP_FILE, about, arrays)
        with contextlib.suppress(OSError):
            (self._folder / DRAFT_FILE).unlink(missing_ok=True)

    def load_draft(self, version: str) -> LayoutDraft | None:
        """See ShapeMapStore."""
        try:
            about, arrays = _read(self._folder / DRAFT_FILE)
            ids, places = arrays["content_ids"], arrays["places"]
            if about["version"] != version or places.shape != (len(ids), 2):
                return None
            if ids.dtype != np.int64 or not np.isfinite(places).all():
                return None
            return LayoutDraft(version, ids, places.astype(np.float32), int(about["rounds"]))
        except _DAMAGE:
            return None

    def save_draft(self, draft: LayoutDraft) -> None:
        """See ShapeMapStore."""
        about = {"version": draft.version, "rounds": draft.rounds}
        arrays: Arrays = {"content_ids": draft.content_ids, "places": draft.places}
        self._write(DRAFT_FILE, about, arrays)

    def _write(self, name: str, about: Mapping[str, Any], arrays: Arrays) -> None:
        text = json.dumps({**about, "format": FORMAT}).encode()
        try:
            with written_whole(self._folder / name) as stream:
                np.savez(stream, about=np.frombuffer(text, np.uint8), **arrays)  # type: ignore[arg-type]
        except OSError as error:
            if is_full(error):
                raise StorageFull(
                    "The disk is full; the map of outlines was not kept.",
                    remedy="Free some space.",
                ) from error
            raise UserFacingError(
                "The map of outlines could not be kept.",
                remedy=f"Check that {self._folder} can be written to.",
                details=str(error),
            ) from error


def _read(path: Path) -> tuple[dict[str, Any], Arrays]:
    """Raises one of _DAMAGE."""
    # Opened here, for numpy leaves a damaged file open.
    with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    about = json.loads(arrays.pop("about").tobytes())
    if about["format"] != FORMAT:
        raise ValueError(f"format {about['format']}")
    return about, arrays


def _told(shape_map: ShapeMap) -> tuple[dict[str, Any], Arrays]:
    free = shape_map.free_places
    about = {
        "version": shape_map.version,
        "laid_out": shape_map.laid_out,
        "changed": shape_map.changed,
        "clusters": [[cluster.medoid, cluster.size] for cluster in shape_map.clusters],
        "free": [[[*p.neighbours], p.nearest, len(p.outline.points)] for p in free],
    }
    outlines = [place.outline.points for place in free]
    return about, {
        "content_ids": shape_map.content_ids,
        "places": shape_map.places,
        "cluster_of": shape_map.cluster_of,
        "circles": np.array([[p.x, p.y, p.radius, p.overlap] for p in free]).reshape(-1, 4),
        "outlines": np.concatenate([np.empty((0, 2), np.float32), *outlines]),
    }


def _map_of(about: dict[str, Any], arrays: Arrays) -> ShapeMap:
    """Raises one of _DAMAGE where it does not add up."""
    free: list[FreePlace] = []
    begin = 0
    for (x, y, radius, overlap), (neighbours, nearest, count) in zip(
        arrays["circles"].tolist(), about["free"], strict=True
    ):
        outline = DrawnOutline(arrays["outlines"][begin : begin + int(count)])
        ids = tuple(int(i) for i in neighbours)
        free.append(FreePlace(x, y, radius, outline, ids, int(nearest), overlap))
        begin += int(count)
    return ShapeMap(
        version=str(about["version"]),
        content_ids=arrays["content_ids"].astype(np.int64, casting="safe"),
        places=arrays["places"].astype(np.float32, casting="same_kind"),
        cluster_of=arrays["cluster_of"].astype(np.int32, casting="same_kind"),
        clusters=tuple(ShapeCluster(int(medoid), int(size)) for medoid, size in about["clusters"]),
        free_places=tuple(free),
        laid_out=int(about["laid_out"]),
        changed=int(about["changed"]),
    )
