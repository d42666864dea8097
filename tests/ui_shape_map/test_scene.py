"""What a lasso holds, what is in sight, and what stands for the rest."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainterPath, QPolygonF

from desktop_app.ui.point_map.camera import MOST_SCALE, MapCamera
from desktop_app.ui.point_map.dots import DotCanvas
from desktop_app.ui.point_map.scene import FIRST_LEVEL, LAST_LEVEL, MapScene, level_of
from tests.ui_shape_map.maps import grid

PLACES = hnp.arrays(
    np.float32,
    st.tuples(st.integers(0, 80), st.just(2)),
    elements=st.floats(-1, 1, width=32),
)
CORNER = st.tuples(st.floats(-1.2, 1.2), st.floats(-1.2, 1.2))
CAMERAS = st.builds(
    MapCamera,
    st.integers(50, 900).map(float),
    st.integers(50, 900).map(float),
    st.floats(-1, 1),
    st.floats(-1, 1),
    st.floats(60, 4000),
)


def _scene(places: np.ndarray) -> MapScene:
    return MapScene(places, np.arange(len(places), dtype=np.int32))


def _crossings(x: float, y: float, corners: list[tuple[float, float]]) -> int:
    """Of the ray to the right, told edge by edge."""
    crossings = 0
    for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True):
        if min(y0, y1) <= y < max(y0, y1) and x < x0 + (y - y0) * ((x1 - x0) / (y1 - y0)):
            crossings += 1
    return crossings


@settings(max_examples=150, deadline=None)
@given(places=PLACES, corners=st.lists(CORNER, min_size=0, max_size=12))
def test_a_lasso_holds_exactly_the_points_inside(
    places: np.ndarray, corners: list[tuple[float, float]]
) -> None:
    held = _scene(places).in_polygon(corners)
    if len(corners) < 3:
        assert len(held) == 0
        return
    inside = [
        row
        for row, (x, y) in enumerate(places.astype(np.float64).tolist())
        if _crossings(x, y, corners) % 2
    ]
    assert held.tolist() == inside


def test_a_lasso_agrees_with_a_painted_path() -> None:
    rng = np.random.default_rng(4)
    places = rng.uniform(-1, 1, (400, 2)).astype(np.float32)
    angles = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    reach = 0.5 + 0.3 * np.cos(5 * angles)
    corners = list(zip(reach * np.cos(angles), reach * np.sin(angles), strict=True))
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(float(x), float(y)) for x, y in corners]))
    inside = [r for r, (x, y) in enumerate(places.tolist()) if path.contains(QPointF(x, y))]
    held = _scene(places).in_polygon([(float(x), float(y)) for x, y in corners])
    assert held.tolist() == inside and 0 < len(inside) < 400


@settings(max_examples=60, deadline=None)
@given(places=PLACES, first=CORNER, second=CORNER)
def test_a_rectangle_holds_what_lies_between_its_corners(
    places: np.ndarray, first: tuple[float, float], second: tuple[float, float]
) -> None:
    (left, right), (top, bottom) = (sorted(pair) for pair in zip(first, second, strict=True))
    inside = [
        row
        for row, (x, y) in enumerate(places.tolist())
        if left <= x <= right and top <= y <= bottom
    ]
    assert _scene(places).in_rectangle(first, second).tolist() == inside


@settings(max_examples=60, deadline=None)
@given(places=PLACES, camera=CAMERAS)
def test_one_stands_for_each_square_and_the_first_for_the_most(
    places: np.ndarray, camera: MapCamera
) -> None:
    scene = _scene(places)
    before: set[int] = set()
    for level in range(FIRST_LEVEL, LAST_LEVEL + 1):
        rows = set(scene.at_level(level).tolist())
        assert before <= rows  # who stands for many stands for fewer, too
        before = rows
    drawn = scene.drawn(camera)
    assert len(set(drawn.tolist())) == len(drawn)
    cells = np.floor(places[drawn].astype(np.float64) * 2.0 ** level_of(camera.scale))
    assert len(np.unique(cells, axis=0)) == len(drawn)
    points = camera.to_view(places[drawn])
    assert (points >= -0.1).all()
    assert (points <= np.array([camera.width, camera.height]) + 0.1).all()


@settings(max_examples=60, deadline=None)
@given(places=PLACES, camera=CAMERAS)
def test_what_is_painted_is_what_is_in_sight(places: np.ndarray, camera: MapCamera) -> None:
    scene = _scene(places)
    band = scene.band(camera)
    across, down = scene.pixels(camera, band, 2.0)
    expected = camera.to_view(places[scene.downwards[band]]) * 2
    assert np.abs(np.stack([across, down], axis=1) - expected).max(initial=0) <= 1.5
    points = camera.to_view(places)
    inside = ((points >= 0) & (points <= (camera.width, camera.height))).all(axis=1)
    assert abs(scene.count_in_view(camera) - int(inside.sum())) <= 2


@given(camera=CAMERAS, x=st.floats(0, 500), y=st.floats(0, 500), factor=st.floats(0.3, 4))
def test_zooming_keeps_what_lies_under_the_pointer(
    camera: MapCamera, x: float, y: float, factor: float
) -> None:
    place = camera.place(x, y)
    assert camera.zoomed(factor, x, y).point(*place) == pytest.approx((x, y), abs=1e-3)
    assert camera.place(*camera.point(*place)) == pytest.approx(place)
    dx, dy = camera.moved(30, -20).point(*place)
    assert (dx, dy) == pytest.approx((x + 30, y - 20), abs=1e-3)


def test_the_whole_map_fits_and_one_point_is_not_brought_too_near() -> None:
    places = grid()
    camera = MapCamera(400, 300).fitted(places)
    points = camera.to_view(places)
    assert (points >= 0).all() and (points <= (400, 300)).all()
    assert MapCamera(400, 300).fitted(places[:1]).scale <= MOST_SCALE
    assert MapCamera(400, 300).fitted(places[:0]).scale > 0


def test_the_keyboard_goes_to_the_next_one_that_way() -> None:
    scene = _scene(grid(6))
    assert scene.towards(14, 1, 0) == 15
    assert scene.towards(14, -1, 0) == 13
    assert scene.towards(14, 0, 1) == 20
    assert scene.towards(14, 0, -1) == 8
    assert scene.towards(5, 1, 0) == 5


def test_the_nearest_is_found_within_reach() -> None:
    scene, camera = _scene(grid(6)), MapCamera(400, 300).fitted(grid(6))
    x, y = camera.point(*map(float, grid(6)[9]))
    assert scene.nearest(camera, x + 3, y - 2, 8) == 9
    assert scene.nearest(camera, x + 20, y, 8) == -1
    assert _scene(np.empty((0, 2), np.float32)).nearest(camera, 5, 5, 99) == -1


def test_discs_lie_where_their_points_are_and_what_is_added_later_above() -> None:
    canvas = DotCanvas()
    canvas.begin(20, 10, QColor("white"))
    across = np.array([5, -3, 19, 500], np.int32)
    down = np.full(4, 5, np.int32)
    canvas.add(across, down, np.full(4, QColor("red").rgba(), np.uint32), 1)
    blue = np.array([QColor("blue").rgba()], np.uint32)
    canvas.add(np.array([6], np.int32), np.array([5], np.int32), blue, 1)
    image = canvas.image
    assert image.pixelColor(4, 5) == QColor("red")
    assert image.pixelColor(5, 4) == QColor("red")
    assert image.pixelColor(5, 5) == image.pixelColor(7, 5) == QColor("blue")
    assert image.pixelColor(6, 4) == image.pixelColor(6, 6) == QColor("blue")
    assert image.pixelColor(9, 5) == image.pixelColor(19, 5) == QColor("white")
