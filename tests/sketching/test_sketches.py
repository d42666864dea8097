"""Nodes, the curve through them, and what is done to them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.sketch_curves import NodeKind, SketchNode
from desktop_app.domain.sketch_templates import TEMPLATES
from desktop_app.domain.sketching import Sketch

CORNER, SMOOTH = NodeKind.CORNER, NodeKind.SMOOTH
SQUARE = Sketch((SketchNode(50, -100, CORNER), SketchNode(50, 0, CORNER)))


def area(sketch: Sketch) -> float:
    x, y = sketch.points.T
    return float(abs((x * np.roll(y, -1) - np.roll(x, -1) * y).sum()) / 2)


nodes = st.builds(
    SketchNode,
    st.floats(0, 200),
    st.floats(-200, 0),
    st.sampled_from(list(NodeKind)),
    st.floats(0, 40),
)
symmetric_sketches = st.builds(Sketch, st.lists(nodes, min_size=2, max_size=9).map(tuple))
free_sketches = st.builds(
    lambda made, left: Sketch(
        tuple(SketchNode(n.x * s, n.y, n.kind, n.radius) for n, s in zip(made, left, strict=False)),
        False,
    ),
    st.lists(nodes, min_size=3, max_size=9),
    st.lists(st.sampled_from([-1, 1]), min_size=9, max_size=9),
)


@given(symmetric_sketches)
def test_the_halves_of_a_symmetric_outline_mirror_each_other(sketch: Sketch) -> None:
    points = sketch.points
    assert np.isfinite(points).all()
    mirrored = points * (-1, 1)
    for point in points[:: max(1, len(points) // 40)]:
        assert np.hypot(*(mirrored - point).T).min() < 1e-3 + 1e-6 * np.abs(points).max()


@given(symmetric_sketches | free_sketches)
def test_the_outline_passes_near_no_node_it_should_not_miss(sketch: Sketch) -> None:
    points = sketch.points
    for node in sketch.nodes:
        if node.kind is SMOOTH or node.radius == 0:
            assert np.hypot(points[:, 0] - node.x, points[:, 1] - node.y).min() < 1e-5


@given(symmetric_sketches | free_sketches, st.floats(0.1, 10), st.floats(0.1, 10))
def test_the_outline_grows_with_its_nodes(sketch: Sketch, across: float, along: float) -> None:
    if any(node.radius for node in sketch.nodes):
        across = along
    before, after = sketch.extent, sketch.scaled(across, along).extent
    if sketch.is_symmetric and all(node.kind is CORNER for node in sketch.nodes):
        assert after == pytest.approx((before[0] * across, before[1] * along), abs=1e-3, rel=1e-3)
    assert all(math.isfinite(side) for side in after)


def test_a_rounded_corner_is_an_arc_of_its_radius() -> None:
    round_square = SQUARE.changed(0, radius=20).changed(1, radius=20)
    # Four quarter circles in place of four squares.
    assert area(SQUARE) == pytest.approx(10_000)
    assert area(round_square) == pytest.approx(10_000 - (4 - math.pi) * 400, rel=2e-3)
    corner = np.array((50 - 20, -100 + 20))
    near = round_square.points[(round_square.points > corner - (0, 20.001)).all(axis=1)]
    arc = near[(near[:, 0] > 30) & (near[:, 1] < -80)]
    assert len(arc) > 5
    assert np.hypot(*(arc - corner).T) == pytest.approx(20, abs=0.05)


def test_a_radius_never_takes_more_than_there_is() -> None:
    huge = SQUARE.changed(0, radius=5000).changed(1, radius=5000)
    assert area(huge) == pytest.approx(math.pi * 2500, rel=5e-3)
    assert huge.extent == pytest.approx((100, 100), abs=0.2)


def test_smooth_nodes_make_a_circle_out_of_four() -> None:
    circle = Sketch((SketchNode(0, -100), SketchNode(50, -50), SketchNode(0, 0)))
    assert area(circle) == pytest.approx(math.pi * 2500, rel=2e-3)
    # Level where it crosses the axis: no dent and no peak.
    top = circle.points[np.argsort(circle.points[:, 1])[:3]]
    assert np.ptp(top[:, 1]) < 1.5


def test_no_node_crosses_the_axis() -> None:
    assert SQUARE.moved(0, -30, -100).nodes[0].x == 0
    assert Sketch((SketchNode(-5, 0), SketchNode(3, 9))).nodes[0].x == 0
    assert SQUARE.freed().moved(0, -30, -100).nodes[0].x == -30


@given(symmetric_sketches | free_sketches, st.integers(0, 40), st.floats(0, 1))
def test_a_node_added_on_the_outline_hardly_changes_it(
    sketch: Sketch, piece: int, share: float
) -> None:
    pieces = sketch.pieces
    piece %= len(pieces)
    line = pieces[piece]
    x, y = line[round(share * (len(line) - 1))]
    added, index = sketch.inserted(piece, float(x), float(y))
    assert len(added.nodes) == len(sketch.nodes) + 1
    node = added.nodes[index]
    assert (node.x, node.y) == pytest.approx((abs(x) if sketch.is_symmetric else x, y), abs=1e-6)
    assert added.removed(index) == sketch


def test_on_the_mirrored_side_it_is_the_drawn_one_that_gets_the_node() -> None:
    left = next(place for place, piece in enumerate(SQUARE.pieces) if piece[:, 0].max() < 0)
    added, index = SQUARE.inserted(left, -50, -40)
    assert index == 1
    assert (added.nodes[1].x, added.nodes[1].y) == (50, -40)
    above, index = SQUARE.inserted(3, -10, -100)
    assert (index, above.nodes[0].x) == (0, 10)
    below, index = SQUARE.inserted(1, 5, 0)
    assert (index, below.nodes[2].x) == (2, 5)


def test_freeing_changes_nothing_but_what_can_be_moved() -> None:
    for template in TEMPLATES:
        freed = template.sketch.freed()
        assert not freed.is_symmetric
        assert area(freed) == pytest.approx(area(template.sketch), rel=1e-6)


def test_sizes_in_millimetres() -> None:
    sized = SQUARE.sized(height_mm=150)
    assert sized.size_mm == pytest.approx((150, 150))
    # Keeping the form scales both; else only the side that is given.
    assert sized.sized(width_mm=75).size_mm == pytest.approx((75, 75))
    wider = sized.sized(width_mm=75, keeps_form=False)
    assert wider.size_mm == pytest.approx((75, 150))
    assert wider.nodes != sized.nodes
    assert wider.sized().size_mm is None
    assert Sketch().sized(height_mm=10).size_mm is None
    outline = sized.outline
    assert outline is not None
    assert outline.mm_per_unit == pytest.approx(1.5)


def test_too_few_or_flat_nodes_are_no_outline() -> None:
    assert Sketch().outline is None
    assert Sketch((SketchNode(10, 0),)).outline is None
    assert Sketch((SketchNode(0, 0), SketchNode(0, 50))).outline is None
    assert Sketch((SketchNode(1, 1), SketchNode(2, 1), SketchNode(3, 1)), False).outline is None
    with pytest.raises(ValueError, match="not a node"):
        SketchNode(math.nan, 0)
    with pytest.raises(ValueError, match="not a node"):
        SketchNode(0, 0, radius=-1)


def test_every_template_is_a_container() -> None:
    assert len({(template.kind, template.key) for template in TEMPLATES}) == len(TEMPLATES)
    for template in TEMPLATES:
        width, height = template.sketch.extent
        assert height == pytest.approx(100, abs=1.5)
        assert width > 10
        low, high = template.sketch.points.min(axis=0), template.sketch.points.max(axis=0)
        assert high[1] == pytest.approx(0, abs=0.5)
        assert low[0] == pytest.approx(-high[0], abs=0.5)


def test_the_nearest_piece_and_place() -> None:
    piece, x, y, distance = SQUARE.nearest(57, -40)
    assert (piece, x, y, distance) == pytest.approx((0, 50, -40, 7))
    assert SQUARE.nearest(-57, -40)[1] == pytest.approx(-50)
