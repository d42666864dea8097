"""Undo without limit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.sketch_curves import SketchNode
from desktop_app.domain.sketch_history import SketchHistory
from desktop_app.domain.sketching import Sketch


def sketch(x: float) -> Sketch:
    return Sketch((SketchNode(x, 0), SketchNode(9, 9)))


@given(st.lists(st.floats(0, 100), max_size=60))
def test_all_the_way_back_and_forth(places: list[float]) -> None:
    history = SketchHistory(sketch(-1))
    seen = [history.present]
    seen += [history.present for x in places if history.do(sketch(x))]
    for expected in reversed(seen[:-1]):
        assert history.undo()
        assert history.present == expected
    assert not history.undo() and not history.can_undo
    for expected in seen[1:]:
        assert history.redo()
        assert history.present == expected
    assert not history.redo() and not history.can_redo


def test_a_drag_is_one_step_and_two_drags_are_two() -> None:
    history = SketchHistory(sketch(0))
    for drag in (1, 2):
        for x in range(10):
            history.do(sketch(100 * drag + x), step=drag)
    history.undo()
    assert history.present == sketch(109)
    history.undo()
    assert history.present == sketch(0)


def test_closing_a_step_parts_what_has_one_name() -> None:
    history = SketchHistory(sketch(0))
    history.do(sketch(1), step="size")
    history.close_step()
    history.do(sketch(2), step="size")
    history.undo()
    assert history.present == sketch(1)


def test_a_change_after_undo_drops_what_was_undone() -> None:
    history = SketchHistory(sketch(0))
    history.do(sketch(1))
    history.undo()
    history.do(sketch(2))
    assert not history.can_redo
    history.undo()
    assert history.present == sketch(0)
