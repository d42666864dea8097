"""DXF as a CAD program writes it."""

from __future__ import annotations

import math
from pathlib import Path

import ezdxf
import numpy as np
import pytest
from ezdxf.document import Drawing
from ezdxf.layouts import Modelspace

from desktop_app.domain.errors import UserFacingError
from desktop_app.infra.drawings.outline_files import DrawingFiles
from desktop_app.infra.drawings.safe_xml import Unsafe
from tests.drawings.conftest import BOTTLE, outline_of, overlap, size_of

UP = BOTTLE * (1, -1)


def drawn(units: int = 4) -> tuple[Drawing, Modelspace]:
    drawing = ezdxf.new()
    drawing.units = units
    return drawing, drawing.modelspace()


def saved(drawing: Drawing, folder: Path) -> Path:
    path = folder / "drawing.dxf"
    drawing.saveas(path)
    return path


def test_single_lines_in_any_order_make_the_outline(files: DrawingFiles, tmp_path: Path) -> None:
    drawing, space = drawn()
    sides = list(zip(UP, np.roll(UP, -1, axis=0), strict=True))
    for place in np.random.default_rng(1).permutation(len(sides)):
        start, end = sides[place]
        space.add_line(*((start, end) if place % 2 else (end, start)))
    read = files.read(saved(drawing, tmp_path))
    assert overlap(read, outline_of(BOTTLE)) > 0.999
    assert size_of(read)[1] * read.mm_per_unit == pytest.approx(120)


@pytest.mark.parametrize(
    ("units", "height_mm"), [(4, 120), (5, 1200), (1, 120 * 25.4), (6, 120_000), (0, 0)]
)
def test_units_become_millimetres(
    files: DrawingFiles, tmp_path: Path, units: int, height_mm: float
) -> None:
    drawing, space = drawn(units)
    space.add_lwpolyline(UP, close=True)
    read = files.read(saved(drawing, tmp_path))
    assert size_of(read)[1] * read.mm_per_unit == pytest.approx(height_mm, rel=1e-4)


def test_bulges_arcs_and_splines_are_curved(files: DrawingFiles, tmp_path: Path) -> None:
    # A stadium three ways: 40 wide, 100 high.
    turn = np.linspace(0, math.pi, 60)
    cap = np.stack((20 * np.cos(turn), 30 + 20 * np.sin(turn)), axis=1)
    stadium = outline_of(np.vstack((cap, -cap)))
    bulged, space = drawn()
    corners = [(20, -30, 0), (20, 30, 1), (-20, 30, 0), (-20, -30, 1)]
    space.add_lwpolyline(corners, format="xyb", close=True)
    assert overlap(files.read(saved(bulged, tmp_path)), stadium) > 0.997

    arcs, space = drawn()
    space.add_arc((0, 30), 20, 0, 180)
    space.add_arc((0, -30), 20, 180, 360)
    space.add_line((20, -30), (20, 30))
    space.add_line((-20, 30), (-20, -30))
    assert overlap(files.read(saved(arcs, tmp_path)), stadium) > 0.997

    splines, space = drawn()
    space.add_spline(fit_points=[(x, y, 0) for x, y in cap])
    space.add_spline(fit_points=[(-x, -y, 0) for x, y in cap])
    space.add_polyline2d([(20, -30), (20, 30)])
    space.add_polyline2d([(-20, 30), (-20, -30)])
    assert overlap(files.read(saved(splines, tmp_path)), stadium) > 0.997

    oval, space = drawn()
    space.add_ellipse((0, 0), major_axis=(0, 50), ratio=0.4)
    full = np.linspace(0, 2 * math.pi, 200, endpoint=False)
    ellipse = outline_of(np.stack((20 * np.cos(full), 50 * np.sin(full)), axis=1))
    assert overlap(files.read(saved(oval, tmp_path)), ellipse) > 0.997


def test_the_outline_counts_and_not_what_else_is_drawn(files: DrawingFiles, tmp_path: Path) -> None:
    drawing, space = drawn()
    space.add_lwpolyline(UP, close=True)
    space.add_circle((25, -80), 8)
    space.add_text("BOTTLE 100 ml", height=300)
    drawing.layers.add("hidden").off()
    space.add_circle((25, -60), 900, dxfattribs={"layer": "hidden"})
    read = files.read(saved(drawing, tmp_path))
    assert overlap(read, outline_of(BOTTLE)) > 0.999


def test_half_a_profile_beside_its_centre_line_is_mirrored(
    files: DrawingFiles, tmp_path: Path
) -> None:
    drawing, space = drawn()
    half = [(25, 0), (32, 0), (32, -20), (30, -20), (30, -25), (46, -38), (46, -120), (25, -120)]
    space.add_lwpolyline(half)
    drawing.linetypes.add("CENTER", [2.0, 1.25, -0.25, 0.25, -0.25])
    space.add_line((25, 0), (25, -120), dxfattribs={"linetype": "CENTER"})
    assert overlap(files.read(saved(drawing, tmp_path)), outline_of(BOTTLE)) > 0.999


def test_blocks_are_taken_apart(files: DrawingFiles, tmp_path: Path) -> None:
    drawing, space = drawn()
    block = drawing.blocks.new("bottle")
    block.add_lwpolyline(UP, close=True)
    space.add_blockref("bottle", (500, 900), dxfattribs={"xscale": 2, "yscale": 2})
    read = files.read(saved(drawing, tmp_path))
    assert overlap(read, outline_of(BOTTLE)) > 0.999
    assert size_of(read)[1] == pytest.approx(240, rel=1e-4)


def test_a_flood_of_blocks_is_refused(files: DrawingFiles, tmp_path: Path) -> None:
    drawing, space = drawn()
    block = drawing.blocks.new("bottle")
    block.add_line((0, 0), (1, 1))
    attributes = {"row_count": 30_000, "column_count": 30_000, "row_spacing": 1}
    space.add_blockref("bottle", (0, 0), dxfattribs={**attributes, "column_spacing": 1})
    with pytest.raises(Unsafe):
        files.read(saved(drawing, tmp_path))


@pytest.mark.parametrize(
    "content", [b"", b"no drawing at all", b"0\nSECTION\n2\nENTITIES\n0\nLINE\n10\nx\n", b"\0" * 99]
)
def test_broken_files_are_told(files: DrawingFiles, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.dxf"
    path.write_bytes(content)
    with pytest.raises(UserFacingError) as told:
        files.read(path)
    assert told.value.remedy


def test_lines_that_enclose_nothing_are_told(files: DrawingFiles, tmp_path: Path) -> None:
    drawing, space = drawn()
    space.add_line((0, 0), (10, 0))
    space.add_line((10, 0), (30, 20))
    with pytest.raises(UserFacingError, match="closed outline"):
        files.read(saved(drawing, tmp_path))
