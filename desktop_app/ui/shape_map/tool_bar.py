"""Above the map: tools, colours, and what to do with what is selected."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QWidget,
)

from desktop_app.ui.elided_label import ElidedLabel
from desktop_app.ui.point_map.gestures import MapTool
from desktop_app.ui.shape_map.words import products_text
from desktop_app.ui.theme import ICON_SIZE, Space, Theme

BY_OUTLINE = ""
"""Stands for the clusters in place of a column."""


class MapToolBar(QWidget):
    """Signals: ``tool_chosen`` (MapTool), ``grouping_chosen`` (column, BY_OUTLINE for clusters),
    ``free_places_toggled`` (bool), ``zoomed`` (1 or -1), ``fit_wanted``, ``products_wanted`` for
    what is selected, ``layout_wanted`` for laying all out anew."""

    tool_chosen = Signal(object)
    grouping_chosen = Signal(str)
    free_places_toggled = Signal(bool)
    zoomed = Signal(int)
    fit_wanted = Signal()
    products_wanted = Signal()
    layout_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tools: dict[MapTool, QToolButton] = {}
        group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.M, Space.XS, Space.M, Space.XS)
        row.setSpacing(Space.XS)
        for tool, name, key in (
            (MapTool.PAN, self.tr("Move the map"), "V"),
            (MapTool.RECTANGLE, self.tr("Select with a rectangle"), "R"),
            (MapTool.LASSO, self.tr("Select with a lasso"), "L"),
        ):
            button = self._button(tool.value, name, key)
            button.setCheckable(True)
            button.clicked.connect(self._tool_clicked)
            group.addButton(button)
            self._tools[tool] = button
            row.addWidget(button)
        self._tools[MapTool.PAN].setChecked(True)
        row.addSpacing(Space.S)
        for icon, name, key, step in (
            ("zoom-out", self.tr("Further away (−)"), "", -1),
            ("zoom-in", self.tr("Nearer (+)"), "", 1),
        ):
            button = self._button(icon, name, key)
            button.clicked.connect(self._zoom_in if step > 0 else self._zoom_out)
            row.addWidget(button)
        fit = self._button("maximize", self.tr("Show the whole map (0)"), "")
        fit.clicked.connect(self.fit_wanted)
        row.addWidget(fit)
        self.free_places = self._button("circle-dashed", self.tr("Show room without outlines"), "F")
        self.free_places.setCheckable(True)
        self.free_places.toggled.connect(self.free_places_toggled)
        row.addWidget(self.free_places)
        row.addSpacing(Space.S)
        colour = QLabel(self.tr("Colour"))
        colour.setProperty("role", "muted")
        row.addWidget(colour)
        self.grouping = QComboBox()
        self.grouping.setAccessibleName(self.tr("What the colours tell"))
        colour.setBuddy(self.grouping)
        self.set_columns(())
        self.grouping.activated.connect(self._grouping_activated)
        row.addWidget(self.grouping)
        self._state = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self._state.setProperty("role", "meta")
        row.addSpacing(Space.S)
        row.addWidget(self._state, 1)
        self.layout_anew = QPushButton(self.tr("Lay out anew"))
        self.layout_anew.setToolTip(self.tr("Much has changed since all outlines were laid out"))
        self.layout_anew.clicked.connect(self.layout_wanted)
        self.layout_anew.hide()
        row.addWidget(self.layout_anew)
        self._show = QPushButton()
        self._show.setProperty("variant", "primary")
        self._show.clicked.connect(self.products_wanted)
        row.addWidget(self._show)
        self.set_selection(0)

    @property
    def column(self) -> str:
        """What the colours tell; BY_OUTLINE for the clusters."""
        return str(self.grouping.currentData())

    def set_columns(self, columns: Sequence[tuple[str, str]]) -> None:
        """(name, label) of the columns that can be told by colour, besides the clusters."""
        kept = self.grouping.currentData()
        self.grouping.clear()
        self.grouping.addItem(self.tr("by outline"), BY_OUTLINE)
        for name, label in columns:
            self.grouping.addItem(self.tr("by {0}").format(label.lower()), name)
        self.grouping.setCurrentIndex(max(0, self.grouping.findData(kept)))

    def choose_tool(self, tool: MapTool) -> None:
        """As if its button were clicked."""
        self._tools[tool].setChecked(True)
        self.tool_chosen.emit(tool)

    def set_selection(self, products: int) -> None:
        """How many products are selected."""
        self._show.setEnabled(products > 0)
        self._show.setText(
            self.tr("Show {0}").format(products_text(products))
            if products
            else self.tr("Show products")
        )
        self._show.setToolTip(
            self.tr("List what is selected in Products")
            if products
            else self.tr("Select with a rectangle or a lasso first, or with Space")
        )

    def show_state(self, words: str) -> None:
        """How much is on the map."""
        self._state.set_text(words)

    @property
    def state(self) -> str:
        return self._state.whole_text

    def _button(self, icon: str, name: str, key: str) -> QToolButton:
        button = QToolButton()
        button.setIcon(self._theme.icons.icon(icon))
        button.setIconSize(ICON_SIZE)
        button.setToolTip(f"{name} ({key})" if key else name)
        button.setAccessibleName(name)
        return button

    @Slot()
    def _tool_clicked(self) -> None:
        for tool, button in self._tools.items():
            if button.isChecked():
                self.tool_chosen.emit(tool)

    @Slot()
    def _zoom_in(self) -> None:
        self.zoomed.emit(1)

    @Slot()
    def _zoom_out(self) -> None:
        self.zoomed.emit(-1)

    @Slot(int)
    def _grouping_activated(self, _index: int) -> None:
        self.grouping_chosen.emit(self.column)
