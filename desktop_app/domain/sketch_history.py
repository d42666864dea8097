"""Undo and redo of a sketch, without limit."""

from __future__ import annotations

from desktop_app.domain.sketching import Sketch


class SketchHistory:
    """What a sketch was, is, and was again."""

    def __init__(self, sketch: Sketch | None = None) -> None:
        self._past: list[Sketch] = []
        self._future: list[Sketch] = []
        self._present = sketch or Sketch()
        self._step: object = None

    @property
    def present(self) -> Sketch:
        return self._present

    @property
    def can_undo(self) -> bool:
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        return bool(self._future)

    def do(self, sketch: Sketch, *, step: object = None) -> bool:
        """Go on with ``sketch``; whether it is another one. Changes in a row with one ``step``,
        such as a drag, are undone together."""
        if sketch == self._present:
            return False
        if step is None or step != self._step:
            self._past.append(self._present)
        self._future.clear()
        self._present, self._step = sketch, step
        return True

    def close_step(self) -> None:
        """What comes next is undone by itself."""
        self._step = None

    def undo(self) -> bool:
        """Go back by one step; False where there is none."""
        return self._shift(self._past, self._future)

    def redo(self) -> bool:
        """Do what was undone last; False where there is nothing."""
        return self._shift(self._future, self._past)

    def _shift(self, source: list[Sketch], target: list[Sketch]) -> bool:
        if not source:
            return False
        target.append(self._present)
        self._present, self._step = source.pop(), None
        return True
