"""One line below the query picture: what is taken as the product, and the tools to change it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from desktop_app.ui.brush_tool import SIZES_PX
from desktop_app.ui.mask_text import MaskWords
from desktop_app.ui.pane_actions import icon_button
from desktop_app.ui.query_actions import QueryActions
from desktop_app.ui.theme.stylesheet import set_property


class MaskBar(QWidget):
    """Words and three buttons, or the brush's tools while the mask is painted."""

    def __init__(self, actions: QueryActions) -> None:
        super().__init__()
        self._words = QLabel()
        self._words.setProperty("role", "meta")
        self._words.setWordWrap(True)
        self._tools = QWidget()
        tools = QHBoxLayout(self._tools)
        tools.setContentsMargins(0, 0, 0, 0)
        tools.setSpacing(2)
        tools.addWidget(self._words, 1)
        for action in (actions.show_mask, actions.paint, actions.whole_picture):
            tools.addWidget(icon_button(action))
        self.brush_size = QSlider(Qt.Orientation.Horizontal)
        self.brush_size.setRange(0, len(SIZES_PX) - 1)
        self.brush_size.setMinimumWidth(48)
        self.brush_size.setAccessibleName(self.tr("Size of the brush"))
        self.brush_size.setToolTip(
            self.tr("Size of the brush ([ and ], or the wheel over the picture)")
        )
        self._painting = QWidget()
        painting = QHBoxLayout(self._painting)
        painting.setContentsMargins(0, 0, 0, 0)
        painting.setSpacing(2)
        painting.addWidget(icon_button(actions.erase))
        painting.addWidget(icon_button(actions.smaller))
        painting.addWidget(self.brush_size, 1)
        painting.addWidget(icon_button(actions.larger))
        for action in (actions.undo_stroke, actions.automatic, actions.done):
            painting.addWidget(icon_button(action))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._tools, 1)
        row.addWidget(self._painting, 1)
        self.set_painting(False)

    @property
    def words(self) -> str:
        """What is being said of the mask."""
        return self._words.text()

    def set_words(self, words: MaskWords) -> None:
        """Say what is taken as the product."""
        self._words.setText(words.text)
        set_property(self._words, "role", "meta-warn" if words.is_doubtful else "meta")

    def set_painting(self, is_painting: bool) -> None:
        """Show the brush's tools in place of the words."""
        self._tools.setVisible(not is_painting)
        self._painting.setVisible(is_painting)
