"""Hard pairs as rows; their pictures arrive later."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject

from desktop_app.domain.products import ProductCard
from desktop_app.services.learning.looking import Riddle
from desktop_app.ui.duplicates.words import verdict_word
from desktop_app.ui.item_models.picture_rows_model import PictureRowsModel
from desktop_app.ui.product_text import score_text
from desktop_app.workers.thumbnail_loader import ThumbnailLoader


def riddles_model(thumbnails: ThumbnailLoader, parent: QObject) -> PictureRowsModel[Riddle]:
    """The two pictures of each."""
    return PictureRowsModel(
        thumbnails,
        hashes=lambda riddle: (riddle.hash_a, riddle.hash_b),
        words=lambda riddle: ". ".join(
            (*product_lines(riddle), likeness_text(riddle), said_text(riddle))
        ),
        parent=parent,
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("Learning", text)


def card_text(card: ProductCard | None) -> str:
    """SKU and title of a product."""
    if card is None:
        return _tr("a product that is no longer there")
    return " · ".join(part for part in (card.sku, card.title) if part)


def product_lines(riddle: Riddle) -> tuple[str, ...]:
    """Which product, or which two, the pictures are of."""
    if riddle.pair.product_a == riddle.pair.product_b:
        return (card_text(riddle.card_a),)
    return card_text(riddle.card_a), card_text(riddle.card_b)


def likeness_text(riddle: Riddle) -> str:
    """How alike the two look, after and before learning."""
    words = _tr("{0} alike, {1} before")
    pair = riddle.pair
    return words.format(score_text(pair.likeness), score_text(pair.likeness_before))


def said_text(riddle: Riddle) -> str:
    """What is known of the pair."""
    if riddle.verdict is not None:
        return _tr("You said: {0}").format(verdict_word(riddle.verdict).lower())
    if riddle.pair.is_same:
        return _tr("Two pictures of one product")
    return _tr("Two products")
