"""The map of a catalogue's silhouettes: like outlines lie near each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence import ShapeFeatures
from desktop_app.domain.images import FloatMatrix, IdArray
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.shapes import DrawnOutline

Places = NDArray[np.float32]
"""(n, 2): x to the right and y down; the middle is the origin, and nearly all lie within 1."""

LEAST_MAPPED = 3
"""Fewer outlines make no map."""
MOST_CHANGED = 0.25
"""Once this share of what a map was laid out with came or went since, it is worth laying it out
anew."""
UNGROUPED = -1

Report = Callable[[float], None]
"""Told the share done in [0, 1]."""


@dataclass(frozen=True, slots=True)
class ShapeCluster:
    """Pictures of like outline. ``medoid`` is the content whose outline is most like the others';
    ``size`` counts pictures."""

    medoid: int
    size: int


@dataclass(frozen=True, slots=True, eq=False)
class FreePlace:
    """Room between outlines where the range has none: a circle on the map.

    ``outline`` is the one between those of ``neighbours`` (content ids by rising distance) and
    ``overlap`` in [0, 1] that with ``nearest``, which is most like it of all.
    """

    x: float
    y: float
    radius: float
    outline: DrawnOutline
    neighbours: tuple[int, ...]
    nearest: int
    overlap: float


@dataclass(frozen=True, slots=True, eq=False)
class ShapeMap:
    """Where each picture's outline lies; immutable.

    ``content_ids`` are sorted and distinct; ``places`` (n, 2) and ``cluster_of`` (n,) int32,
    places in ``clusters`` or UNGROUPED, are aligned with them. ``version`` names what the
    outlines were compared by. ``laid_out`` contents were there when all were laid out together,
    and ``changed`` came or went since, without moving the others.
    """

    version: str
    content_ids: IdArray
    places: Places
    cluster_of: NDArray[np.int32]
    clusters: tuple[ShapeCluster, ...] = ()
    free_places: tuple[FreePlace, ...] = ()
    laid_out: int = 0
    changed: int = 0

    def __post_init__(self) -> None:
        count = len(self.content_ids)
        if self.places.shape != (count, 2) or self.cluster_of.shape != (count,):
            raise ValueError(f"{self.places.shape} places for {count} contents")
        if not np.isfinite(self.places).all() or (np.diff(self.content_ids) <= 0).any():
            raise ValueError("not a map")
        if count and not UNGROUPED <= self.cluster_of.min() <= self.cluster_of.max() < len(
            self.clusters
        ):
            raise ValueError("a cluster that is not there")

    @property
    def is_worn(self) -> bool:
        """Whether so much came or went that it is worth laying it out anew."""
        return self.changed > MOST_CHANGED * self.laid_out


@dataclass(frozen=True, slots=True, eq=False)
class LayoutDraft:
    """A layout under way, from which it can go on: the ``places`` of the ``content_ids`` that
    are laid out first, after so many ``rounds``."""

    version: str
    content_ids: IdArray
    places: Places
    rounds: int


@dataclass(frozen=True, slots=True)
class EmptyCircle:
    """A circle of the map with nothing in it; ``around`` are rows of the nearest places on
    different sides, by rising distance."""

    x: float
    y: float
    radius: float
    around: tuple[int, ...]


class ShapeLayout(Protocol):
    """Lays vectors out in two dimensions and groups them. The same input gives the same output.
    Safe from any thread. Long work asks ``token`` and raises Cancelled."""

    @property
    def version(self) -> str: ...

    def lay_out(
        self,
        content_ids: IdArray,
        vectors: FloatMatrix,
        token: CancelToken,
        *,
        report: Report,
        begun: LayoutDraft | None = None,
        keep: Callable[[LayoutDraft], None] = lambda _draft: None,
    ) -> Places:
        """(n, 2) of (n, d), aligned; n is at least LEAST_MAPPED. ``keep`` is handed drafts now
        and then; ``begun`` is one of them, ignored where it is of other contents."""
        ...

    def place(
        self,
        vectors: FloatMatrix,
        known: FloatMatrix,
        places: Places,
        token: CancelToken,
        *,
        report: Report,
    ) -> tuple[Places, NDArray[np.int64]]:
        """Where vectors (n, d) lie among ``known`` (m, d) at ``places``, and the row of the
        nearest of those, (n,)."""
        ...

    def group(
        self, vectors: FloatMatrix, token: CancelToken, *, report: Report
    ) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """The cluster of each vector, (n,), and the medoid's row of each cluster, by falling
        size."""
        ...

    def empty_circles(self, places: Places, most: int) -> list[EmptyCircle]:
        """The largest within the hull of all places that hardly overlap, by falling radius."""
        ...


class OutlineBlender(Protocol):
    """Finds the outline between others. Safe from any thread."""

    def blend(self, shapes: Sequence[ShapeFeatures]) -> DrawnOutline | None:
        """Of the mean proportions and the mean shape; its height is 1. Those that have too little
        in common with the others are left out; None where nothing lies between any."""
        ...


class ShapeMapStore(Protocol):
    """Keeps the map of one catalogue, and a layout under way, on disk; only the index lane calls
    it. A cache: what is damaged or of another version is not there."""

    def load(self, version: str) -> ShapeMap | None: ...

    def save(self, shape_map: ShapeMap) -> None:
        """Atomically; a draft is dropped. Raises StorageFull, and UserFacingError where the
        folder cannot be written."""
        ...

    def load_draft(self, version: str) -> LayoutDraft | None: ...

    def save_draft(self, draft: LayoutDraft) -> None:
        """As :meth:`save`."""
        ...
