"""The adapter of OutlineFiles: which reader a file wants, and how outlines are written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.images import PICTURE_SUFFIXES
from desktop_app.domain.ports import ImageReader
from desktop_app.domain.shapes import DrawnOutline
from desktop_app.infra.drawings.dxf_reading import read_dxf
from desktop_app.infra.drawings.picture_reading import READ_SIDE, read_drawing
from desktop_app.infra.drawings.rings import Points, area, closed_rings, outer_ring
from desktop_app.infra.drawings.safe_xml import Unsafe
from desktop_app.infra.drawings.svg_reading import SvgLines, read_svg
from desktop_app.infra.drawings.svg_writing import write_outlines

MOST_BYTES = 16 * 2**20
_PAGE_SLACK = 0.01


class DrawingFiles:
    """Implements OutlineFiles; safe from any thread. ``fonts`` is the folder of those that set
    captions in PDF."""

    def __init__(self, reader: ImageReader, fonts: Path) -> None:
        self._reader = reader
        self._fonts = fonts

    def read(self, path: Path) -> DrawnOutline:
        """See OutlineFiles."""
        suffix = path.suffix.lower()
        if suffix in (".svg", ".dxf"):
            self._check_size(path)
        if suffix == ".svg":
            try:
                drawing = read_svg(path.read_bytes())
            except OSError as error:
                raise _unreadable(path, error) from error
            ring = outer_ring(_without_page(closed_rings(drawing.lines), drawing))
            return _outline(ring, drawing.mm_per_unit)
        if suffix == ".dxf":
            lines, mm_per_unit = read_dxf(path)
            return _outline(outer_ring(closed_rings(lines)), mm_per_unit)
        if suffix in PICTURE_SUFFIXES:
            return _outline(read_drawing(self._reader.decode(path, max_side=READ_SIDE)), 0.0)
        raise UserFacingError(
            f"“{path.name}” is no drawing.", remedy="Choose an SVG, DXF or picture file."
        )

    def write_svg(
        self, path: Path, outlines: Sequence[tuple[str, DrawnOutline]], *, title: str = ""
    ) -> None:
        """See OutlineFiles."""
        write_outlines(path, outlines, title=title)

    def write_pdf(
        self, path: Path, outlines: Sequence[tuple[str, DrawnOutline]], *, title: str = ""
    ) -> None:
        """See OutlineFiles."""
        # The library of PDF takes a while to load.
        from desktop_app.infra.reports.outline_sheets import write_outline_pages  # noqa: PLC0415

        write_outline_pages(path, outlines, self._fonts, title=title)

    @staticmethod
    def _check_size(path: Path) -> None:
        try:
            size = path.stat().st_size
        except OSError as error:
            raise _unreadable(path, error) from error
        if size > MOST_BYTES:
            raise Unsafe(
                f"“{path.name}” is too large for a drawing of an outline.",
                remedy="Keep only the outline of the container in it.",
            )


def _without_page(rings: list[Points], drawing: SvgLines) -> list[Points]:
    """Without the rectangle of the page, where there is anything else."""
    if drawing.frame is None:
        return rings
    left, top, right, bottom = drawing.frame
    page = (right - left) * (bottom - top)
    slack = _PAGE_SLACK * max(right - left, bottom - top)

    def is_page(ring: Points) -> bool:
        low, high = ring.min(axis=0), ring.max(axis=0)
        return (
            bool(np.abs(low - (left, top)).max() <= slack)
            and bool(np.abs(high - (right, bottom)).max() <= slack)
            and area(ring) >= 0.99 * page
        )

    kept = [ring for ring in rings if not is_page(ring)]
    return kept or rings


def _outline(ring: Points | None, mm_per_unit: float) -> DrawnOutline:
    if ring is not None and (np.ptp(ring, axis=0) > 0).all():
        # Single precision is kept for the outline, not spent on where the drawing lies.
        return DrawnOutline((ring - ring.min(axis=0)).astype(np.float32), mm_per_unit)
    raise UserFacingError(
        "There is no closed outline in this drawing.",
        remedy="Join its lines into one closed outline, and save it again.",
    )


def _unreadable(path: Path, error: OSError) -> UserFacingError:
    return UserFacingError(
        f"“{path.name}” could not be read.",
        remedy="Look whether it is still there and may be read.",
        details=str(error),
    )
