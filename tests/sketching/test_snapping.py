"""Where a dragged node wants to be."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.sketch_curves import NodeKind, SketchNode
from desktop_app.domain.sketch_snapping import grid_step, snapped
from desktop_app.domain.sketching import Sketch

SKETCH = Sketch(
    tuple(SketchNode(x, y, NodeKind.CORNER) for x, y in ((10, -90), (23.4, -61), (25, 0)))
)


def test_level_with_others_comes_before_the_grid() -> None:
    found = snapped(SKETCH, 1, 10.3, -89.8, reach=0.5, step=5)
    assert (found.x, found.y) == (10, -90)
    assert (found.guide_x, found.guide_y) == (10, -90)
    free = snapped(SKETCH, 1, 17.1, -43, reach=0.5, step=5)
    assert (free.x, free.y, free.guide_x, free.guide_y) == (15, -45, None, None)


def test_the_axis_draws_nodes_to_it() -> None:
    assert snapped(SKETCH, 2, 0.4, -3, reach=0.5, step=0).guide_x == 0


def test_a_node_is_not_drawn_to_where_it_was() -> None:
    found = snapped(SKETCH, 1, 23.6, -61.2, reach=0.5, step=0)
    assert (found.x, found.y) == (23.6, -61.2)


@given(st.floats(1e-3, 1e3), st.sampled_from([0.0, 0.1, 1.0, 25.4]))
def test_grid_steps_are_round_and_wide_enough(units_per_pixel: float, mm_per_unit: float) -> None:
    step = grid_step(units_per_pixel, mm_per_unit)
    assert step / units_per_pixel >= 8 * (1 - 1e-6)
    assert step / units_per_pixel <= 8 * 2.6
    shown = step * (mm_per_unit or 1)
    lead = shown / 10 ** math.floor(math.log10(shown) + 1e-9)
    assert lead == pytest.approx(round(lead), rel=1e-6)
    assert round(lead) in (1, 2, 5, 10)
