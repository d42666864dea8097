"""A crop box stays in the picture and above its least size, whatever is done to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.images import CropBox
from desktop_app.ui.crop_editing import (
    Handle,
    contains,
    drawn,
    handle_at,
    inset,
    moved,
    resized,
    turned,
)

LEAST = (0.1, 0.05)
REACH = (0.02, 0.02)
BOX = CropBox(0.2, 0.3, 0.6, 0.8)

fractions = st.floats(0, 1)
anywhere = st.floats(-3, 3)
points = st.tuples(anywhere, anywhere)


@st.composite
def boxes(draw: st.DrawFn) -> CropBox:
    return drawn((draw(fractions), draw(fractions)), (draw(fractions), draw(fractions)), LEAST)


@given(points, points)
def test_a_drawn_box_is_inside_and_large_enough(start: tuple, end: tuple) -> None:
    box = drawn(start, end, LEAST)
    assert box.right - box.left >= LEAST[0] - 1e-9
    assert box.bottom - box.top >= LEAST[1] - 1e-9


@given(boxes(), st.sampled_from(Handle), points)
def test_a_resized_box_keeps_the_other_edges(box: CropBox, handle: Handle, by: tuple) -> None:
    after = resized(box, handle, by, LEAST)
    assert after.right - after.left >= LEAST[0] - 1e-9
    assert after.bottom - after.top >= LEAST[1] - 1e-9
    if handle.value.x >= 0:
        assert after.left == box.left
    if handle.value.y <= 0:
        assert after.bottom == box.bottom


@given(boxes(), points)
def test_a_moved_box_keeps_its_size(box: CropBox, by: tuple) -> None:
    after = moved(box, by)
    assert after.right - after.left == pytest.approx(box.right - box.left)
    assert after.bottom - after.top == pytest.approx(box.bottom - box.top)


@given(boxes(), st.integers(-5, 5))
def test_turning_back_gives_the_same_box(box: CropBox, turns: int) -> None:
    back = turned(turned(box, turns), -turns)
    assert (back.left, back.top, back.right, back.bottom) == pytest.approx(
        (box.left, box.top, box.right, box.bottom)
    )


def test_a_quarter_turn_takes_the_upper_left_to_the_upper_right() -> None:
    after = turned(CropBox(0, 0, 0.3, 0.2), 1)
    assert (after.left, after.top, after.right, after.bottom) == pytest.approx((0.8, 0, 1, 0.3))


def test_drawing_works_in_every_direction() -> None:
    assert drawn((0.6, 0.8), (0.2, 0.3), LEAST) == BOX
    assert drawn((0.2, 0.8), (0.6, 0.3), LEAST) == BOX


def test_a_handle_stops_before_the_opposite_edge() -> None:
    after = resized(BOX, Handle.LEFT, (0.9, 0), LEAST)
    assert after.left == pytest.approx(0.5)
    assert after.right == 0.6


def test_a_box_pushed_against_the_edge_stays_whole() -> None:
    after = moved(BOX, (5, -5))
    assert (after.left, after.top, after.right, after.bottom) == pytest.approx((0.6, 0, 1, 0.5))


@pytest.mark.parametrize("handle", list(Handle))
def test_every_handle_is_found_where_it_is(handle: Handle) -> None:
    assert handle_at(BOX, handle.position(BOX), REACH) is handle


def test_an_edge_is_held_anywhere_along_it() -> None:
    assert handle_at(BOX, (0.21, 0.4), REACH) is Handle.LEFT
    assert handle_at(BOX, (0.4, 0.5), REACH) is None
    assert handle_at(BOX, (0.2, 0.9), REACH) is None


def test_inside_and_outside_are_told_apart() -> None:
    assert contains(BOX, (0.3, 0.4))
    assert not contains(BOX, (0.1, 0.4))


def test_the_middle_leaves_the_same_off_everywhere() -> None:
    assert inset(0.1) == CropBox(0.1, 0.1, 0.9, 0.9)
