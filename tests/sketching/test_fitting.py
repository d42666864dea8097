"""From outlines to few nodes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.domain.shapes import DrawnOutline
from desktop_app.domain.sketch_curves import NodeKind, SketchNode
from desktop_app.domain.sketch_fitting import (
    MOST_NODES,
    SKETCH_HEIGHT,
    fitted,
    looks_symmetric,
    made_symmetric,
)
from desktop_app.domain.sketch_templates import TEMPLATES, SketchTemplate
from desktop_app.domain.sketching import Sketch
from tests.drawings.conftest import overlap


def outline_of(sketch: Sketch) -> DrawnOutline:
    outline = sketch.outline
    assert outline is not None
    return outline


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda each: f"{each.kind}-{each.key}")
def test_profiles_come_back_from_their_outlines(template: SketchTemplate) -> None:
    drawn = outline_of(template.sketch)
    found = fitted(drawn)
    assert found.is_symmetric == template.sketch.is_symmetric
    assert len(found.nodes) <= MOST_NODES
    assert overlap(outline_of(found), drawn) > 0.975


def test_corners_stay_corners_and_straight_lines_need_no_nodes() -> None:
    corners = [(9, -100), (9, -80), (7, -80), (7, -76), (22, -62), (22, 0)]
    drawn = Sketch(tuple(SketchNode(x, y, NodeKind.CORNER) for x, y in corners))
    found = fitted(outline_of(drawn))
    assert [node.kind for node in found.nodes] == [NodeKind.CORNER] * 6
    assert [(node.x, node.y) for node in found.nodes] == [
        pytest.approx(corner, abs=0.5) for corner in corners
    ]


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.floats(8, 45), min_size=3, max_size=7),
    st.sampled_from([0.0, 0.5, 25.4]),
    st.floats(0.01, 1000),
)
def test_any_smooth_profile_is_followed_closely(
    widths: list[float], mm_per_unit: float, scale: float
) -> None:
    places = np.linspace(-95, -5, len(widths))
    nodes = [
        SketchNode(0, -100),
        *(SketchNode(w, y) for w, y in zip(widths, places.tolist(), strict=True)),
        SketchNode(0, 0),
    ]
    drawn = outline_of(Sketch(tuple(nodes)))
    moved = DrawnOutline(drawn.points * np.float32(scale) + np.float32(scale), mm_per_unit)
    found = fitted(moved)
    assert found.is_symmetric
    assert overlap(outline_of(found), drawn) > 0.97
    assert found.extent[1] == pytest.approx(SKETCH_HEIGHT, rel=0.03)
    if mm_per_unit:
        height = float(np.ptp(moved.points[:, 1])) * mm_per_unit
        assert found.size_mm is not None
        assert found.size_mm[1] == pytest.approx(height, rel=0.03)


def test_what_is_not_symmetric_stays_so_unless_it_should_not() -> None:
    turn = np.linspace(0, 2 * math.pi, 200, endpoint=False)
    leaning = np.stack((30 * np.cos(turn) + 12 * np.sin(turn), 50 * np.sin(turn)), axis=1)
    drawn = DrawnOutline(leaning.astype(np.float32))
    assert not looks_symmetric(leaning)
    found = fitted(drawn)
    assert not found.is_symmetric
    assert overlap(outline_of(found), drawn) > 0.98
    forced = fitted(drawn, is_symmetric=True)
    assert forced.is_symmetric and forced.outline is not None


def test_a_freed_sketch_becomes_symmetric_again() -> None:
    bottle = TEMPLATES[0].sketch.sized(height_mm=120)
    again = made_symmetric(bottle.freed())
    assert again.is_symmetric
    assert overlap(outline_of(again), outline_of(bottle)) > 0.98
    assert again.size_mm is not None
    assert again.size_mm[1] == pytest.approx(120, rel=0.01)
    assert made_symmetric(Sketch((), False)).nodes == ()


def test_a_nozzle_is_seen_and_a_shadow_at_the_foot_is_not() -> None:
    corners = [(8, -100), (8, -80), (22, -70), (22, 0), (-22, 0), (-22, -70), (-8, -80)]
    plain = np.array([*corners, (-8, -100)], np.float64)
    nozzle = np.array([*corners, (-8, -93), (-24, -93), (-24, -97), (-8, -97), (-8, -100)])
    shadow = np.array([*corners[:3], (22, -4), (40, -1), (40, 0), *corners[4:], (-8, -100)])
    assert looks_symmetric(plain)
    assert not looks_symmetric(nozzle)
    assert looks_symmetric(shadow)


def test_noise_of_a_traced_outline_makes_no_nodes() -> None:
    bottle = outline_of(TEMPLATES[0].sketch)
    rng = np.random.default_rng(4)
    ring = np.vstack((bottle.points, bottle.points[:1])).astype(np.float64)
    along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(ring, axis=0).T))))
    at = np.linspace(0, along[-1], 400, endpoint=False)
    dense = np.stack([np.interp(at, along, ring[:, axis]) for axis in (0, 1)], axis=1)
    traced = DrawnOutline((dense + rng.normal(0, 0.25, dense.shape)).astype(np.float32))
    found = fitted(traced, is_rough=True)
    assert found.is_symmetric
    assert len(found.nodes) <= 20
    assert overlap(outline_of(found), bottle) > 0.97
