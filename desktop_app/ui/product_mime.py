"""How products travel by drag and drop inside the application, and pictures out of it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from PySide6.QtCore import QMimeData, QUrl

from desktop_app.domain.products import ProductCard

PRODUCTS_MIME = "application/x-twinshelf-products"


def products_to_mime(cards: Sequence[ProductCard]) -> QMimeData:
    """Product ids for ourselves, main pictures as files for others, SKUs as text."""
    mime = QMimeData()
    mime.setData(PRODUCTS_MIME, json.dumps([card.id for card in cards]).encode())
    mime.setUrls(
        [QUrl.fromLocalFile(card.main_picture_path) for card in cards if card.main_picture_path]
    )
    mime.setText("\n".join(card.sku for card in cards))
    return mime


def product_ids_in_mime(mime: QMimeData) -> tuple[int, ...]:
    """The products being dragged, () where it is something else."""
    if not mime.hasFormat(PRODUCTS_MIME):
        return ()
    try:
        ids = json.loads(bytes(mime.data(PRODUCTS_MIME).data()))
    except ValueError:
        return ()
    if not isinstance(ids, list) or not all(isinstance(product_id, int) for product_id in ids):
        return ()
    return tuple(ids)
