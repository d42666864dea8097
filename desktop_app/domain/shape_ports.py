"""What the services need of silhouettes; adapters in ``infra`` provide it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence import Orientation, ShapeFeatures
from desktop_app.domain.evidence_ports import EvidenceStore
from desktop_app.domain.images import FloatMatrix, IdArray, RgbArray
from desktop_app.domain.masks import ObjectMask
from desktop_app.domain.shapes import DrawnOutline, LaidShapes


@dataclass(frozen=True, slots=True, eq=False)
class ShapeAgreement:
    """How each of n silhouettes agrees with a query, after being laid on it: aligned arrays.
    ``scores``, ``overlaps`` and ``distances`` as in ShapeHit; NaN where there is no telling.
    """

    scores: NDArray[np.float32]
    overlaps: NDArray[np.float32]
    distances: NDArray[np.float32]
    orientations: tuple[Orientation, ...]


class ShapeComparer(Protocol):
    """Makes silhouettes and lays them on each other. Safe from any thread."""

    def of_mask(self, mask: ObjectMask, rgb: RgbArray | None = None) -> ShapeFeatures | None:
        """The silhouette without holes and, where the picture itself is given, without the
        object's shadow. None where there is no object worth calling so."""
        ...

    def of_outline(self, outline: DrawnOutline) -> ShapeFeatures:
        """Trusted fully: somebody drew it. Raises UserFacingError where it crosses itself so
        that nothing is left of it."""
        ...

    def compare(
        self, query: ShapeFeatures, others: Sequence[ShapeFeatures], *, turns: bool
    ) -> ShapeAgreement:
        """Each laid on the query by the transformation of a hand-held camera."""
        ...

    def lay(self, query: ShapeFeatures, hit: ShapeFeatures, *, turns: bool) -> LaidShapes | None:
        """Both outlines in one frame, for drawing; None where they cannot be laid."""
        ...


class ShapeProposals(Protocol):
    """An immutable index of silhouettes; may be asked from any thread."""

    @property
    def content_ids(self) -> IdArray:
        """What can be proposed, sorted."""
        ...

    @property
    def vectors(self) -> FloatMatrix:
        """(n, d), aligned: near where silhouettes are alike upright."""
        ...

    def propose(
        self, query: ShapeFeatures, limit: int, *, turns: bool, allowed: IdArray | None = None
    ) -> tuple[IdArray, NDArray[np.float32]]:
        """Content ids of the nearest by falling score, with their scores; ``allowed`` (sorted)
        restricts before ranking."""
        ...


class ShapeIndexStore(Protocol):
    """The on-disk cache of one catalogue's index of silhouettes; only the index lane calls it."""

    def open(self, evidence: EvidenceStore) -> ShapeProposals:
        """Load the cache and bring it up to date with the SHAPE records, or rebuild it; never
        raises for a damaged or stale one. Records that cannot be unpacked, and those of masks
        not to be relied on, are left out. Asked again it starts from what it gave, which is
        the same object where nothing is new."""
        ...

    def save(self) -> None:
        """Write what :meth:`open` last gave, where that is not on disk yet; nothing for a
        read-only catalogue. Where it cannot be written it is built again next time."""
        ...


class OutlineFiles(Protocol):
    """Reads outlines from drawings and writes them."""

    def read(self, path: Path) -> DrawnOutline:
        """SVG, DXF, or a picture of a white shape on black or a black one on white. Raises
        UserFacingError where there is no closed outline in it."""
        ...

    def write_svg(
        self, path: Path, outlines: Sequence[tuple[str, DrawnOutline]], *, title: str = ""
    ) -> None:
        """Write a new file: one sheet with a captioned outline for each; a single one fills it,
        at its true size where that is known. Raises OSError."""
        ...

    def write_pdf(
        self, path: Path, outlines: Sequence[tuple[str, DrawnOutline]], *, title: str = ""
    ) -> None:
        """Write a new file: pages with a captioned outline for each. Raises OSError."""
        ...
