"""Outlines into files and out of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.outlines import boxed_outline
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.shape_ports import OutlineFiles
from desktop_app.domain.shapes import DrawnOutline
from desktop_app.domain.sizes import SizeKind
from desktop_app.services.exporting import written_whole
from desktop_app.services.shapes.container_sizes import ContainerSizes
from desktop_app.services.shapes.search import ShapeSearch

DRAWING_SUFFIXES = (".svg", ".dxf")
SHEET_SUFFIXES = (".pdf", ".svg")
_BATCH = 256


class OutlineDrawings:
    """Reads drawings, and draws the silhouettes of a catalogue. Any thread may read; the rest
    is for the searching one."""

    def __init__(self, files: OutlineFiles, catalogue: Catalogue, shapes: ShapeSearch) -> None:
        self._files = files
        self._catalogue = catalogue
        self._shapes = shapes
        self._sizes = ContainerSizes(catalogue)

    def read(self, path: Path) -> DrawnOutline:
        """See OutlineFiles."""
        return self._files.read(path)

    def silhouettes(
        self, shown: Iterable[tuple[int, int]], token: CancelToken
    ) -> Iterator[tuple[str, DrawnOutline]]:
        """SKU and outline of products, each by one picture: (product id, content id) pairs, in
        their order. In true millimetres where the height is told; those without an outline are
        left out. Raises Cancelled."""
        pairs = list(shown)
        for first in range(0, len(pairs), _BATCH):
            token.checkpoint()
            batch = pairs[first : first + _BATCH]
            shapes = self._shapes.shapes_of([content_id for _, content_id in batch])
            for product_id, content_id in batch:
                if (shape := shapes.get(content_id)) is None:
                    continue
                points = boxed_outline(shape)
                if points is None:
                    continue
                product = self._catalogue.products.get(product_id)
                height_mm = self._sizes.of(product).get(SizeKind.HEIGHT, 0.0)
                yield product.fields.sku, DrawnOutline(points.astype(np.float32), height_mm)

    def check(self, path: Path) -> None:
        """Raises UserFacingError where the ending of ``path`` names no format of a sheet."""
        if path.suffix.lower() not in SHEET_SUFFIXES:
            raise UserFacingError(
                f"“{path.name}” names no format that outlines can be written in.",
                remedy="End the name with .pdf or .svg.",
            )

    def write(
        self, path: Path, outlines: Sequence[tuple[str, DrawnOutline]], *, title: str = ""
    ) -> None:
        """A sheet with all of them, or one that fills it, as PDF or SVG; the file appears whole
        or not at all. Raises UserFacingError, StorageFull on a full disk."""
        self.check(path)
        if not outlines:
            raise UserFacingError(
                "None of these products has an outline.",
                remedy="Outlines are read when pictures are looked at closer.",
            )
        is_pdf = path.suffix.lower() == ".pdf"
        write = self._files.write_pdf if is_pdf else self._files.write_svg
        with written_whole(path) as temporary:
            write(temporary, outlines, title=title)
