"""Where outlines stand on a sheet: cells in rows, captions below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.shapes import DrawnOutline


@dataclass(frozen=True, slots=True)
class SheetForm:
    """Sizes in millimetres. ``width`` is that of the area with cells."""

    width: float = 180.0
    cell_width: float = 41.0
    cell_height: float = 56.0
    gap: float = 5.0
    caption_height: float = 6.0

    @property
    def columns(self) -> int:
        return max(1, int((self.width + self.gap) // (self.cell_width + self.gap)))

    @property
    def row_height(self) -> float:
        return self.cell_height + self.caption_height + self.gap


@dataclass(frozen=True, slots=True, eq=False)
class SheetCell:
    """An outline in its cell: ``points`` (n, 2) in millimetres from the cell's upper left
    corner, y down, standing on the cell's lower edge. ``row`` and ``column`` count from 0;
    ``height_mm`` is the true height, 0 where it is not known."""

    caption: str
    points: NDArray[np.float64]
    row: int
    column: int
    height_mm: float


@dataclass(frozen=True, slots=True, eq=False)
class OutlineSheet:
    """``scale`` is millimetres of paper per true millimetre where all sizes are known, so that
    sizes can be compared; else 0, and each outline fills its cell."""

    form: SheetForm
    cells: tuple[SheetCell, ...]
    scale: float

    @property
    def rows(self) -> int:
        return 1 + max((cell.row for cell in self.cells), default=-1)


def laid_sheet(
    outlines: Sequence[tuple[str, DrawnOutline]], form: SheetForm | None = None
) -> OutlineSheet:
    """The outlines in rows from the left, in their order."""
    form = form or SheetForm()
    extents = [np.ptp(outline.points.astype(np.float64), axis=0) for _, outline in outlines]
    fits = [min(form.cell_width / extent[0], form.cell_height / extent[1]) for extent in extents]
    known = all(outline.mm_per_unit > 0 for _, outline in outlines)
    scale = 0.0
    if known and outlines:
        scale = min(
            fit / outline.mm_per_unit for fit, (_, outline) in zip(fits, outlines, strict=True)
        )
        scale = min(1.0, scale)
    cells = []
    for place, (caption, outline) in enumerate(outlines):
        factor = scale * outline.mm_per_unit if scale else fits[place]
        points = (outline.points - outline.points.min(axis=0)).astype(np.float64) * factor
        width, height = extents[place] * factor
        points += np.array(((form.cell_width - width) / 2, form.cell_height - height))
        row, column = divmod(place, form.columns)
        true = float(extents[place][1]) * outline.mm_per_unit
        cells.append(SheetCell(caption, points, row, column, true))
    return OutlineSheet(form, tuple(cells), scale)


def scale_words(sheet: OutlineSheet) -> str:
    """What the sizes on the sheet mean."""
    if not sheet.scale:
        return "Each outline fills its field; sizes cannot be compared."
    if sheet.scale == 1:
        return "All at their true size."
    return f"All at one scale, 1 : {1 / sheet.scale:.2f}."
