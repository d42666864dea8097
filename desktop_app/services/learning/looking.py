"""What a window shows of a trial: its riddles with pictures and products, its map with groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.duplicates import PairKey, Verdict
from desktop_app.domain.images import IdArray
from desktop_app.domain.learned_models import EmbeddingMap, HardPair
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.products import ProductCard
from desktop_app.services.value_groups import ValueGroup, grouped

BY_VERDICT = "\0verdict"
"""In the place of a column: what was said of pairs that a picture is in."""
_TELLING = (Verdict.SAME, Verdict.VARIANT, Verdict.DIFFERENT)
"""The first of these that was said of a picture stands for it."""


@dataclass(frozen=True, slots=True)
class Riddle:
    """A hard pair ready to be shown. Hashes are '' and cards None where the picture or product
    is gone. ``picture_a`` and ``picture_b`` are ids of the products' pictures, 0 where gone;
    ``verdict`` is what was said of the pair."""

    pair: HardPair
    hash_a: str
    hash_b: str
    card_a: ProductCard | None
    card_b: ProductCard | None
    picture_a: int
    picture_b: int
    verdict: Verdict | None = None

    @property
    def key(self) -> PairKey | None:
        """What a verdict on it is about; None where one of the two is gone."""
        if self.card_a is None or self.card_b is None or not (self.hash_a and self.hash_b):
            return None
        return PairKey.of(self.hash_a, self.hash_b, self.card_a.sku, self.card_b.sku)


@dataclass(frozen=True, slots=True, eq=False)
class ShownEmbedding:
    """The pictures of a map that a product shows now: aligned arrays of n rows.

    ``before`` and ``after`` (n, 2) as in EmbeddingMap; ``product_ids`` of the first product that
    shows each; ``group_of`` places in ``groups``, OTHERS where the value is none of them;
    ``column`` is what they are grouped by, or BY_VERDICT, whose groups are named by Verdict.
    """

    content_ids: IdArray
    before: NDArray[np.float32]
    after: NDArray[np.float32]
    product_ids: IdArray
    hashes: tuple[str, ...]
    group_of: NDArray[np.int32]
    groups: tuple[ValueGroup, ...]
    column: str

    def __len__(self) -> int:
        return len(self.content_ids)


class TrialReader:
    """Reads what belongs to pictures and products of a trial; from any thread."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def riddles(self, pairs: Sequence[HardPair]) -> tuple[Riddle, ...]:
        """The pairs with what there is of them now, aligned."""
        ids = sorted({i for pair in pairs for i in (pair.product_a, pair.product_b)})
        cards = {card.id: card for card in self._catalogue.products.cards(ids)}
        said = {each.key: each.verdict for each in self._catalogue.verdicts.all()}
        riddles = []
        for pair in pairs:
            picture_a, hash_a = self._picture(pair.content_a, pair.product_a)
            picture_b, hash_b = self._picture(pair.content_b, pair.product_b)
            card_a, card_b = cards.get(pair.product_a), cards.get(pair.product_b)
            riddle = Riddle(pair, hash_a, hash_b, card_a, card_b, picture_a, picture_b)
            key = riddle.key
            if key is not None and key in said:
                riddle = Riddle(
                    pair, hash_a, hash_b, card_a, card_b, picture_a, picture_b, said[key]
                )
            riddles.append(riddle)
        return tuple(riddles)

    def embedding(self, layout: EmbeddingMap, column: str) -> ShownEmbedding:
        """The map as it is to be shown, grouped by a column of the products or BY_VERDICT."""
        contents = self._catalogue.pictures.content_map()
        shown_ids, first = np.unique(contents.content_ids, return_index=True)
        is_shown = np.isin(layout.content_ids, shown_ids)
        ids = layout.content_ids[is_shown]
        products = contents.product_ids[first[np.searchsorted(shown_ids, ids)]]
        known = self._catalogue.pictures.content_hashes()
        hashes = tuple(known.get(content_id, "") for content_id in ids.tolist())
        if column == BY_VERDICT:
            values = self._verdicts(hashes)
        else:
            by_product = self._catalogue.products.values(column)
            values = [by_product.get(product_id, "") for product_id in products.tolist()]
        group_of, groups = grouped(values)
        return ShownEmbedding(
            ids,
            layout.before[is_shown],
            layout.after[is_shown],
            products,
            hashes,
            group_of,
            groups,
            column,
        )

    def _picture(self, content_id: int, product_id: int) -> tuple[int, str]:
        """Id and hash of the product's picture with this content; any's hash where it has
        none any more."""
        pictures = self._catalogue.pictures.get_by_content(content_id)
        for picture in pictures:
            if picture.product_id == product_id:
                return picture.id, picture.content_hash
        return 0, pictures[0].content_hash if pictures else ""

    def _verdicts(self, hashes: Sequence[str]) -> list[str]:
        told: dict[str, Verdict] = {}
        verdicts = self._catalogue.verdicts.all()
        for verdict in reversed(_TELLING):
            for each in verdicts:
                if each.verdict is verdict:
                    told[each.key.hash_a] = told[each.key.hash_b] = verdict
        return [told[each].value if each in told else "" for each in hashes]
