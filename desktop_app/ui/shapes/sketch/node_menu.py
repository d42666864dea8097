"""The menu of a point of the outline, and the point in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMenu, QWidget

from desktop_app.domain.sketch_curves import NodeKind
from desktop_app.ui.shapes.sketch.canvas import SketchCanvas


def _tr(text: str) -> str:
    return QCoreApplication.translate("NodeMenu", text)


def node_menu(canvas: SketchCanvas, parent: QWidget) -> QMenu:
    """What can be done with the chosen point; delete it when it closed."""
    menu = QMenu(parent)
    node = canvas.selected_node
    for kind, words in (
        (NodeKind.CORNER, _tr("Corner")),
        (NodeKind.SMOOTH, _tr("Curve")),
    ):
        action = menu.addAction(words)
        action.setCheckable(True)
        action.setChecked(node is not None and node.kind is kind)
        action.setEnabled(node is not None)
        action.triggered.connect(lambda _checked, kind=kind: canvas.change_node(kind=kind))
    menu.addSeparator()
    add = menu.addAction(_tr("Add a point after it"))
    add.triggered.connect(canvas.add_node)
    add.setEnabled(len(canvas.sketch.nodes) > 1)
    remove = menu.addAction(_tr("Remove the point"))
    remove.triggered.connect(canvas.remove_node)
    remove.setEnabled(node is not None)
    return menu


def node_words(canvas: SketchCanvas) -> str:
    """The chosen point, for those who cannot see it."""
    node, count = canvas.selected_node, len(canvas.sketch.nodes)
    if node is None:
        return _tr("{0} points, none chosen").format(count)
    kind = _tr("corner") if node.kind is NodeKind.CORNER else _tr("curve")
    return _tr("Point {0} of {1}, {2}").format(canvas.selected + 1, count, kind)
