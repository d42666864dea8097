"""Outlines as SVG: one at its true size, or a sheet of many."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from desktop_app.domain.outline_sheets import OutlineSheet, laid_sheet, scale_words
from desktop_app.domain.shapes import DrawnOutline, OutlinePoints
from desktop_app.infra.drawings.rings import Points

_MARGIN_SHARE = 0.04
_MARGIN = 15.0
_HEAD = 14.0
_FONT = 'font-family="sans-serif"'
_UNSIZED_HEIGHT = 100.0


def write_outlines(path: Path, outlines: Sequence[tuple[str, DrawnOutline]], *, title: str) -> None:
    """Write a new file. Raises OSError."""
    if len(outlines) == 1:
        text = _single(*outlines[0], title=title)
    else:
        text = _sheet(laid_sheet(outlines), title)
    path.write_text(text, encoding="utf-8", newline="\n")


def _single(caption: str, outline: DrawnOutline, *, title: str) -> str:
    """In its own unit, or 100 units high; in millimetres where these are known."""
    points = outline.points.astype(np.float64)
    low, high = points.min(axis=0), points.max(axis=0)
    unit = outline.mm_per_unit or _UNSIZED_HEIGHT / (high[1] - low[1])
    points, size = (points - low) * unit, (high - low) * unit
    margin = _MARGIN_SHARE * float(size.max())
    width, height = size + 2 * margin
    unit_name = "mm" if outline.mm_per_unit else ""
    box = f"{-margin:.4f} {-margin:.4f} {width:.4f} {height:.4f}"
    return "\n".join(
        (
            *_opening(f"{width:.4f}{unit_name}", f"{height:.4f}{unit_name}", box),
            f"<title>{escape(title or caption)}</title>",
            _shape(points, caption, stroke=float(size.max()) / 400),
            "</svg>\n",
        )
    )


def _sheet(sheet: OutlineSheet, title: str) -> str:
    form = sheet.form
    width = form.width + 2 * _MARGIN
    height = _HEAD + max(1, sheet.rows) * form.row_height + 2 * _MARGIN
    lines = [
        *_opening(f"{width:.2f}mm", f"{height:.2f}mm", f"0 0 {width:.2f} {height:.2f}"),
        f"<title>{escape(title)}</title>",
        f'<text x="{_MARGIN}" y="{_MARGIN + 4}" {_FONT} font-size="5" font-weight="600">'
        f"{escape(title)}</text>",
        f'<text x="{_MARGIN}" y="{_MARGIN + 9}" {_FONT} font-size="2.8" fill="#666">'
        f"{escape(scale_words(sheet))}</text>",
    ]
    for cell in sheet.cells:
        left = _MARGIN + cell.column * (form.cell_width + form.gap)
        top = _MARGIN + _HEAD + cell.row * form.row_height
        lines.append(f'<g transform="translate({left:.2f} {top:.2f})">')
        lines.append(_shape(cell.points, cell.caption, stroke=0.25))
        words = cell.caption if not cell.height_mm else f"{cell.caption} · {cell.height_mm:.0f} mm"
        lines.append(
            f'<text x="{form.cell_width / 2:.2f}" y="{form.cell_height + 4:.2f}" {_FONT}'
            f' font-size="2.8" text-anchor="middle">{escape(words)}</text>'
        )
        lines.append("</g>")
    return "\n".join((*lines, "</svg>\n"))


def _opening(width: str, height: str, box: str) -> tuple[str, ...]:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="{box}">',
    )


def _shape(points: Points | OutlinePoints, name: str, *, stroke: float) -> str:
    start, *rest = (f"{x:.4f} {y:.4f}" for x, y in points)
    path = f"M{start}L{' '.join(rest)}Z"
    return (
        f'<path aria-label={quoteattr(name)} d={quoteattr(path)} fill="#d9d9e3"'
        f' stroke="#1d1d22" stroke-width="{stroke:.4f}" stroke-linejoin="round"/>'
    )
