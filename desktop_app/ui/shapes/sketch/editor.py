"""The drawing board with its tools, and the sizes of outline and point."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QPoint, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QButtonGroup,
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.sketch_curves import NodeKind
from desktop_app.domain.sketch_fitting import made_symmetric
from desktop_app.domain.sketch_templates import TEMPLATES
from desktop_app.domain.sketching import Sketch
from desktop_app.ui.flow_layout import FlowLayout
from desktop_app.ui.shapes.sketch.canvas import SketchCanvas
from desktop_app.ui.shapes.sketch.node_menu import node_menu, node_words
from desktop_app.ui.shapes.sketch.template_icons import template_icon, template_name
from desktop_app.ui.theme import ICON_SIZE, ICON_SIZE_BESIDE_TEXT, Space, Theme

MOST_MM = 2000.0
TEMPLATE_ICON = QSize(28, 28)


@dataclass(frozen=True, slots=True)
class StartingPoints:
    """What the outline can be taken from now."""

    product: bool = False
    picture: bool = False


class SketchEditor(QWidget):
    """Signals: ``sketch_changed`` (Sketch), also while dragging; ``product_wanted`` and
    ``picture_wanted`` when the outline of the chosen product or of the query picture should be
    taken over; ``file_wanted`` when one should be read from a drawing; ``cleared``.
    """

    sketch_changed = Signal(object)
    product_wanted = Signal()
    picture_wanted = Signal()
    file_wanted = Signal()
    cleared = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.canvas = SketchCanvas(theme)
        self.canvas.sketch_changed.connect(self._changed)
        self.canvas.selection_changed.connect(self._show_node)
        self.canvas.menu_wanted.connect(self._show_menu)
        self._start = QToolButton()
        self._start.setText(self.tr("Start from"))
        self._start.setIcon(theme.icons.icon("plus"))
        self._start.setIconSize(ICON_SIZE_BESIDE_TEXT)
        self._start.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._start.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._start.setToolTip(self.tr("Start from a profile, a product, a picture or a drawing"))
        self._menu = QMenu(self)
        self._from_product: QAction
        self._from_picture: QAction
        self._fill_menu()
        self._start.setMenu(self._menu)
        self._add = self._tool("pencil", self.tr("Add points by clicking (A)"), is_toggle=True)
        self._add.toggled.connect(self.canvas.set_adding)
        self.canvas.adding_changed.connect(self._add.setChecked)
        self._undo = self._tool("undo", self.tr("Undo (Ctrl+Z)"))
        self._undo.clicked.connect(self.canvas.undo)
        self._redo = self._tool("redo", self.tr("Redo (Ctrl+Y)"))
        self._redo.clicked.connect(self.canvas.redo)
        self._symmetric = self._tool(
            "flip", self.tr("Symmetric: both sides mirror each other"), is_toggle=True
        )
        self._symmetric.setChecked(True)
        self._symmetric.clicked.connect(self._set_symmetric)
        self._snap = self._tool(
            "grid-3x3", self.tr("Snap to the grid and to other points"), is_toggle=True
        )
        self._snap.setChecked(True)
        self._snap.toggled.connect(self._set_snaps)
        self._fit = self._tool("maximize", self.tr("Show the whole outline (0)"))
        self._fit.clicked.connect(self.canvas.fit)
        self._clear = self._tool("eraser", self.tr("Clear the board"))
        self._clear.clicked.connect(self.clear)
        self._height = self._field(self.tr("Height"), self.tr("Height of the container"))
        self._width = self._field(self.tr("Width"), self.tr("Width of the container"))
        self._height.valueChanged.connect(self._set_height)
        self._width.valueChanged.connect(self._set_width)
        self._keeps_form = self._tool(
            "link", self.tr("Keep the form: height and width change together"), is_toggle=True
        )
        self._keeps_form.setChecked(True)
        self._kinds = QButtonGroup(self)
        self._corner = self._kind_button(self.tr("Corner"), self.tr("Make it a corner (C)"))
        self._curve = self._kind_button(self.tr("Curve"), self.tr("Make it a curve (V)"))
        self._radius = self._field(self.tr("Radius"), self.tr("Radius of the corner"))
        self._radius.setSpecialValueText("")
        self._radius.valueChanged.connect(self._set_radius)
        self._remove = self._tool("trash", self.tr("Remove the point (Del)"))
        self._remove.clicked.connect(self.canvas.remove_node)
        self._node_row = QWidget()
        self._hint = QLabel(self.tr("Choose a point to make it a corner or a curve"))
        self._hint.setProperty("role", "meta")
        self._lay_out()
        self._changed()

    @property
    def sketch(self) -> Sketch:
        return self.canvas.sketch

    def set_starting_points(self, points: StartingPoints) -> None:
        """What the menu can offer now."""
        self._from_product.setEnabled(points.product)
        self._from_picture.setEnabled(points.picture)

    def open_sketch(self, sketch: Sketch) -> None:
        """Put a sketch on the board."""
        self.canvas.set_adding(False)
        self.canvas.open_sketch(sketch)

    @Slot()
    def clear(self) -> None:
        """An empty board; undoing brings the outline back."""
        self.canvas.open_sketch(Sketch((), self.sketch.is_symmetric))
        self.cleared.emit()

    # Changes

    @Slot()
    def _changed(self) -> None:
        sketch, history = self.sketch, self.canvas.history
        self._undo.setEnabled(history.can_undo)
        self._redo.setEnabled(history.can_redo)
        self._clear.setEnabled(bool(sketch.nodes))
        self._symmetric.setChecked(sketch.is_symmetric)
        has_outline = sketch.outline is not None
        size = sketch.size_mm if has_outline else None
        for field, value in (
            (self._height, size[1] if size is not None else 0.0),
            (self._width, size[0] if size is not None else 0.0),
        ):
            field.setEnabled(has_outline)
            _show(field, value)
        self._show_node()
        self.sketch_changed.emit(sketch)

    @Slot()
    def _show_node(self) -> None:
        self.canvas.setAccessibleDescription(node_words(self.canvas))
        node = self.canvas.selected_node
        self._node_row.setVisible(node is not None)
        self._hint.setVisible(node is None)
        if node is None:
            return
        is_corner = node.kind is NodeKind.CORNER
        (self._corner if is_corner else self._curve).setChecked(True)
        self._radius.setEnabled(is_corner)
        self._radius.setSuffix(" mm" if self.sketch.mm_per_unit else "")
        _show(self._radius, node.radius * (self.sketch.mm_per_unit or 1.0))

    @Slot(QPoint)
    def _show_menu(self, place: QPoint) -> None:
        menu = node_menu(self.canvas, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    @Slot(bool)
    def _set_symmetric(self, is_symmetric: bool) -> None:
        sketch = self.sketch
        if is_symmetric != sketch.is_symmetric:
            self.canvas.select(-1)
            self.canvas.change(made_symmetric(sketch) if is_symmetric else sketch.freed())

    @Slot(bool)
    def _set_snaps(self, snaps: bool) -> None:
        self.canvas.snaps = snaps

    @Slot(float)
    def _set_height(self, height_mm: float) -> None:
        self._size(height_mm=height_mm)

    @Slot(float)
    def _set_width(self, width_mm: float) -> None:
        self._size(width_mm=width_mm)

    def _size(self, *, height_mm: float = 0.0, width_mm: float = 0.0) -> None:
        sketch = self.sketch.sized(
            height_mm=height_mm, width_mm=width_mm, keeps_form=self._keeps_form.isChecked()
        )
        was_known = bool(self.sketch.mm_per_unit)
        self.canvas.change(sketch, step="size")
        if not was_known:
            self.canvas.history.close_step()

    @Slot(float)
    def _set_radius(self, radius: float) -> None:
        self.canvas.change_node(radius=radius / (self.sketch.mm_per_unit or 1.0))

    @Slot()
    def _set_kind(self) -> None:
        is_corner = self._corner.isChecked()
        self.canvas.change_node(kind=NodeKind.CORNER if is_corner else NodeKind.SMOOTH)

    @Slot()
    def _start_from_template(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            template = TEMPLATES[int(action.data())]
            self.open_sketch(replace(template.sketch))

    # Parts

    def _fill_menu(self) -> None:
        menu = self._menu
        for place, template in enumerate(TEMPLATES):
            action = menu.addAction(
                template_icon(template.sketch, self._theme, TEMPLATE_ICON), template_name(template)
            )
            action.setData(place)
            action.triggered.connect(self._start_from_template)
        menu.addSeparator()
        icons = self._theme.icons
        self._from_product = menu.addAction(
            icons.icon("package"), self.tr("Outline of the chosen product")
        )
        self._from_product.triggered.connect(self.product_wanted)
        self._from_picture = menu.addAction(
            icons.icon("scan-search"), self.tr("Outline of the query picture")
        )
        self._from_picture.triggered.connect(self.picture_wanted)
        file = menu.addAction(icons.icon("folder-open"), self.tr("Drawing (SVG, DXF, picture)…"))
        file.triggered.connect(self.file_wanted)

    def _tool(self, icon: str, words: str, *, is_toggle: bool = False) -> QToolButton:
        button = QToolButton()
        button.setIcon(self._theme.icons.icon(icon))
        button.setIconSize(ICON_SIZE)
        button.setCheckable(is_toggle)
        button.setToolTip(words)
        button.setAccessibleName(words)
        return button

    def _kind_button(self, words: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(words)
        button.setToolTip(tip)
        button.setCheckable(True)
        button.clicked.connect(self._set_kind)
        self._kinds.addButton(button)
        return button

    @staticmethod
    def _field(label: str, tip: str) -> QDoubleSpinBox:
        field = QDoubleSpinBox()
        field.setRange(0, MOST_MM)
        field.setDecimals(1)
        field.setSuffix(" mm")
        field.setSpecialValueText("– mm")
        field.setKeyboardTracking(False)
        field.setToolTip(tip)
        field.setAccessibleName(label)
        field.setFixedWidth(88)
        return field

    def _lay_out(self) -> None:
        tools = FlowLayout(spacing=Space.XS)
        for tool in (
            self._start,
            self._add,
            self._undo,
            self._redo,
            self._symmetric,
            self._snap,
            self._fit,
            self._clear,
        ):
            tools.addWidget(tool)
        head = QWidget()
        head.setLayout(tools)
        sizes = FlowLayout(spacing=Space.XS)
        for label, field in (
            (self.tr("Height"), self._height),
            (self.tr("Width"), self._width),
        ):
            sizes.addWidget(_labelled(label, field))
        sizes.addWidget(self._keeps_form)
        node = QHBoxLayout(self._node_row)
        node.setContentsMargins(0, 0, 0, 0)
        node.setSpacing(Space.XS)
        for part in (self._corner, self._curve, QLabel(self.tr("Radius")), self._radius):
            node.addWidget(part)
        node.addWidget(self._remove)
        node.addStretch(1)
        foot_widget = QWidget()
        foot_widget.setLayout(sizes)
        foot = QVBoxLayout()
        foot.setContentsMargins(Space.M, Space.XS, Space.M, Space.S)
        foot.setSpacing(Space.XS)
        foot.addWidget(self._node_row)
        foot.addWidget(self._hint)
        foot.addWidget(foot_widget)
        top = QVBoxLayout()
        top.setContentsMargins(Space.M, Space.S, Space.M, Space.XS)
        top.addWidget(head)
        line = QFrame()
        line.setProperty("role", "hairline")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.canvas, 1)
        column.addWidget(line)
        column.addLayout(foot)


def _labelled(label: str, field: QWidget) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, Space.XS, 0)
    row.setSpacing(Space.XS)
    row.addWidget(QLabel(label))
    row.addWidget(field)
    return holder


def _show(field: QDoubleSpinBox, value: float) -> None:
    with QSignalBlocker(field):
        field.setValue(value)
