"""Dragging products out of the grid or the table."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QDrag, QPixmap
from PySide6.QtWidgets import QAbstractItemView

from desktop_app.ui.item_models.product_list_model import ProductListModel
from desktop_app.ui.item_models.selection import selected_rows
from desktop_app.ui.product_mime import products_to_mime

DRAG_PICTURE = 96
MAX_DRAGGED = 200


def start_product_drag(view: QAbstractItemView, model: ProductListModel) -> None:
    """Drag the selected products out of a view, under the current one's picture."""
    rows = selected_rows(view.selectionModel().selection())[:MAX_DRAGGED].tolist()
    cards = [card for row in rows if (card := model.card(row)) is not None]
    if not cards:
        return
    drag = QDrag(view)
    drag.setMimeData(products_to_mime(cards))
    current = model.index(view.currentIndex().row(), 0)
    picture: QPixmap | None = current.data(Qt.ItemDataRole.DecorationRole)
    if picture is not None:
        ratio = view.devicePixelRatioF()
        small = picture.scaled(
            round(DRAG_PICTURE * ratio),
            round(DRAG_PICTURE * ratio),
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        small.setDevicePixelRatio(ratio)
        drag.setPixmap(small)
    drag.exec(Qt.DropAction.CopyAction)
