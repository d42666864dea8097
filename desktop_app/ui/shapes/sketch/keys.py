"""What the keys do on the drawing board."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from desktop_app.domain.sketch_curves import NodeKind

_ARROWS: dict[int, tuple[int, int]] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class Board(Protocol):
    """What keys reach of the board."""

    @property
    def is_adding(self) -> bool: ...
    @property
    def selected(self) -> int: ...
    def undo(self) -> None: ...
    def redo(self) -> None: ...
    def fit(self) -> None: ...
    def zoom(self, factor: float) -> None: ...
    def set_adding(self, is_adding: bool) -> None: ...
    def select(self, index: int) -> None: ...
    def step_selection(self, by: int) -> None: ...
    def nudge(self, across: int, along: int, *, is_far: bool) -> None: ...
    def change_node(self, *, kind: NodeKind | None = None) -> None: ...
    def grow_radius(self, by: int) -> None: ...
    def add_node(self) -> None: ...
    def remove_node(self) -> None: ...


def press_key(board: Board, event: QKeyEvent) -> bool:
    """Do what a key is for; False where it is for nothing here."""
    if event.matches(QKeySequence.StandardKey.Undo):
        board.undo()
        return True
    if event.matches(QKeySequence.StandardKey.Redo):
        board.redo()
        return True
    key, modifiers = event.key(), event.modifiers()
    if key in _ARROWS and board.selected >= 0:
        is_far = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        board.nudge(*_ARROWS[key], is_far=is_far)
        return True
    if modifiers & Qt.KeyboardModifier.ControlModifier:
        return False
    if key == Qt.Key.Key_Escape and not board.is_adding and board.selected < 0:
        return False
    work = _WORK.get(key)
    if work is not None:
        work(board)
    return work is not None


def _leave(board: Board) -> None:
    if board.is_adding:
        board.set_adding(False)
    else:
        board.select(-1)


_WORK: dict[int, Callable[[Board], None]] = {
    Qt.Key.Key_PageDown: lambda board: board.step_selection(1),
    Qt.Key.Key_PageUp: lambda board: board.step_selection(-1),
    Qt.Key.Key_Insert: lambda board: board.add_node(),
    Qt.Key.Key_Delete: lambda board: board.remove_node(),
    Qt.Key.Key_Backspace: lambda board: board.remove_node(),
    Qt.Key.Key_C: lambda board: board.change_node(kind=NodeKind.CORNER),
    Qt.Key.Key_V: lambda board: board.change_node(kind=NodeKind.SMOOTH),
    Qt.Key.Key_Plus: lambda board: board.grow_radius(1),
    Qt.Key.Key_Equal: lambda board: board.grow_radius(1),
    Qt.Key.Key_Minus: lambda board: board.grow_radius(-1),
    Qt.Key.Key_0: lambda board: board.fit(),
    Qt.Key.Key_A: lambda board: board.set_adding(not board.is_adding),
    Qt.Key.Key_Escape: _leave,
}


def key_words() -> tuple[tuple[str, str], ...]:
    """(keys, what they do), for the list of shortcuts."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("SketchKeys", text)

    return (
        (tr("Page Up, Page Down"), tr("Choose a point of the outline")),
        (tr("Arrows"), tr("Move the point, with Shift further")),
        ("A", tr("Add points by clicking")),
        (tr("Ins"), tr("Add a point after the chosen one")),
        (tr("Del"), tr("Remove the point")),
        ("C", tr("Make it a corner")),
        ("V", tr("Make it a curve")),
        ("+", tr("Larger radius")),
        ("-", tr("Smaller radius")),
        ("0", tr("Show the whole outline")),
        (tr("Alt, held"), tr("Move a point without snapping")),
    )
