"""What can be done with a query, once, for buttons, menus and shortcuts."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from desktop_app.ui.elided_label import ElidedLabel
from desktop_app.ui.pane_actions import icon_button, make_action
from desktop_app.ui.theme import Theme


class QueryActions:
    """The query pane's actions. Those that bring a picture work everywhere in the window, the
    others while the focus is in ``owner``.
    """

    def __init__(self, owner: QWidget, theme: Theme) -> None:
        tr = owner.tr
        self.open = make_action(
            owner, theme, tr("Open…"), icon="folder-open", shortcut="Ctrl+O", everywhere=True
        )
        self.paste = make_action(
            owner, theme, tr("Paste"), icon="clipboard-paste", shortcut="Ctrl+V", everywhere=True
        )
        self.camera = make_action(
            owner, theme, tr("Camera"), icon="camera", shortcut="Ctrl+Shift+C", everywhere=True
        )
        self.camera.setCheckable(True)
        self.turn_left = make_action(
            owner, theme, tr("Turn left"), icon="rotate-ccw", shortcut="Ctrl+["
        )
        self.turn_right = make_action(
            owner, theme, tr("Turn right"), icon="rotate-cw", shortcut="Ctrl+]"
        )
        self.crop = make_action(
            owner, theme, tr("Search with a part of the picture"), icon="crop", shortcut="C"
        )
        self.crop.setCheckable(True)
        self.clear = make_action(
            owner, theme, tr("Clear the query"), icon="x", shortcut="Ctrl+Backspace"
        )
        self.previous = make_action(
            owner, theme, tr("Previous picture"), icon="chevron-left", shortcut="Alt+Left"
        )
        self.next = make_action(
            owner, theme, tr("Next picture"), icon="chevron-right", shortcut="Alt+Right"
        )
        self.show_mask = make_action(
            owner, theme, tr("Show what is taken as the product"), icon="focus", shortcut="M"
        )
        self.show_mask.setCheckable(True)
        self.show_mask.setChecked(True)
        self.whole_picture = make_action(
            owner, theme, tr("Use the whole picture"), icon="maximize", shortcut="F"
        )
        self.whole_picture.setCheckable(True)
        self.paint = make_action(
            owner, theme, tr("Paint what the product is"), icon="brush", shortcut="P"
        )
        self.paint.setCheckable(True)
        self.erase = make_action(
            owner, theme, tr("Erase instead of painting"), icon="eraser", shortcut="E"
        )
        self.erase.setCheckable(True)
        self.smaller = make_action(owner, theme, tr("Smaller brush"), icon="minus", shortcut="[")
        self.larger = make_action(owner, theme, tr("Larger brush"), icon="plus", shortcut="]")
        # Ctrl+Z belongs to the window, which asks here first.
        self.undo_stroke = make_action(owner, theme, tr("Undo the last stroke"), icon="undo")
        self.undo_stroke.setToolTip(tr("Undo the last stroke (Ctrl+Z)"))
        self.automatic = make_action(
            owner,
            theme,
            tr("Back to what is found by itself"),
            icon="refresh-cw",
            shortcut="Ctrl+Shift+M",
        )
        self.done = make_action(owner, theme, tr("Done painting"), icon="check")
        self.done.setToolTip(tr("Done painting (Enter or Esc)"))
        self.together = make_action(
            owner,
            theme,
            tr("Search with all together"),
            icon="layers",
            shortcut="Ctrl+Shift+A",
        )
        self.together.setCheckable(True)
        self.together.setToolTip(tr("Search with all together: they show one item (Ctrl+Shift+A)"))
        self.add = make_action(
            owner,
            theme,
            tr("Add a picture of the same item…"),
            icon="image-plus",
            shortcut="Ctrl+Alt+O",
            everywhere=True,
        )
        self.adjust = make_action(
            owner,
            theme,
            tr("What counts as alike"),
            icon="sliders",
            shortcut="Ctrl+J",
            everywhere=True,
        )


class QueryDetails(QWidget):
    """One line below the query picture: its name, its place among several, and the tools."""

    def __init__(self, actions: QueryActions) -> None:
        super().__init__()
        self.label = ElidedLabel()
        self._batch = QWidget()
        self._place = QLabel()
        self._place.setProperty("role", "meta")
        batch = QHBoxLayout(self._batch)
        batch.setContentsMargins(0, 0, 0, 0)
        batch.setSpacing(0)
        self._steps = (icon_button(actions.previous), self._place, icon_button(actions.next))
        for step in self._steps:
            batch.addWidget(step)
        batch.addWidget(icon_button(actions.together))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.label, 1)
        row.addWidget(self._batch)
        for action in (actions.turn_left, actions.turn_right, actions.crop, actions.clear):
            row.addWidget(icon_button(action))

    def show_place(self, position: int, count: int, *, has_tiles: bool = False) -> None:
        """Which of ``count`` pictures this is, counted from 0; nothing for a single one.
        ``has_tiles`` where they are in view, each to be chosen."""
        for step in self._steps:
            step.setVisible(not has_tiles)
        self._batch.setVisible(count > 1)
        self._place.setText(self.tr("{0} of {1}").format(position + 1, count))
