"""A theme, a shelf of made-up products and a loader for every test that shows widgets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from desktop_app.domain.images import IdArray
from desktop_app.domain.products import PictureState, ProductCard
from desktop_app.ui.item_models.product_list_model import ProductListModel
from desktop_app.ui.theme import Theme, ThemeMode
from desktop_app.workers.thumbnail_loader import ThumbnailLoader
from tests.dressed import english_figures
from tests.dressed import theme as dressed

__all__ = ["dressed", "english_figures"]


@pytest.fixture
def theme(dressed: Theme) -> Theme:
    dressed.set_mode(ThemeMode.LIGHT)
    return dressed


def encoded_picture(side: int = 16, colour: str = "teal") -> bytes:
    """A small square PNG of one colour."""
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data().data())


@pytest.fixture
def loader(qapp: QApplication) -> Iterator[ThumbnailLoader]:
    picture = encoded_picture()
    made = ThumbnailLoader(lambda content_hash: picture)
    yield made
    made.close()


def make_card(product_id: int, **changes: object) -> ProductCard:
    """A card with a thumbnail of its own."""
    values: dict[str, object] = {
        "id": product_id,
        "sku": f"SKU-{product_id}",
        "title": f"Jar {product_id}",
        "brand": "Halden",
        "price": 12.5,
        "currency": "EUR",
        "picture_count": 1,
        "state": PictureState.READY,
        "thumbnail": f"hash-{product_id}",
        "main_picture_path": f"/pictures/{product_id}.jpg",
    }
    return ProductCard(**{**values, **changes})  # type: ignore[arg-type]


class Store:
    """Answers a model's page requests, at once or when told."""

    def __init__(self, model: ProductListModel, *, make: Callable[[int], ProductCard]) -> None:
        self.model = model
        self.make = make
        self.asked: list[tuple[int, ...]] = []
        self.is_prompt = True
        model.page_requested.connect(self._asked_for)

    def _asked_for(self, ids: tuple[int, ...]) -> None:
        self.asked.append(ids)
        if self.is_prompt:
            self.answer(ids)

    def answer(self, ids: Sequence[int]) -> None:
        self.model.receive_cards([self.make(product_id) for product_id in ids])


def ids_of(count: int) -> IdArray:
    """Product ids unlike their rows."""
    return np.arange(count, dtype=np.int64) * 3 + 2**40
