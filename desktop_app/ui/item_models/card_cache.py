"""The product cards lately looked at, and which of them want to be read again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence

from desktop_app.domain.products import ProductCard

MAX_CARDS = 8192


class CardCache:
    """At most ``max_cards`` cards by product id; the longest unused goes first."""

    def __init__(self, max_cards: int = MAX_CARDS) -> None:
        self._max_cards = max_cards
        self._cards: OrderedDict[int, ProductCard] = OrderedDict()
        self._stale: set[int] = set()
        self._gone: set[int] = set()
        self._shown_by: dict[str, set[int]] = {}

    def use(self, product_id: int) -> ProductCard | None:
        """The card, which counts as looked at."""
        found = self._cards.get(product_id)
        if found is not None:
            self._cards.move_to_end(product_id)
        return found

    def peek(self, product_id: int) -> ProductCard | None:
        """The card, without counting."""
        return self._cards.get(product_id)

    def is_wanted(self, product_id: int) -> bool:
        """Whether the card is absent or stale, and the product not known to be gone."""
        return product_id not in self._gone and (
            product_id not in self._cards or product_id in self._stale
        )

    def showing(self, thumbnail: str) -> Iterable[int]:
        """Products whose card shows this thumbnail."""
        return tuple(self._shown_by.get(thumbnail, ()))

    def store(self, cards: Sequence[ProductCard]) -> list[int]:
        """Keep these cards; the ids of those that are new or differ."""
        changed = [card.id for card in cards if self._cards.get(card.id) != card]
        for card in cards:
            self._forget_thumbnail(self._cards.get(card.id))
            self._cards[card.id] = card
            self._cards.move_to_end(card.id)
            self._gone.discard(card.id)
            self._stale.discard(card.id)
            if card.thumbnail:
                self._shown_by.setdefault(card.thumbnail, set()).add(card.id)
        while len(self._cards) > self._max_cards:
            dropped, old = self._cards.popitem(last=False)
            self._stale.discard(dropped)
            self._forget_thumbnail(old)
        return changed

    def mark_gone(self, product_ids: Iterable[int]) -> None:
        """These products are not in the catalogue any more."""
        self._gone.update(product_ids)

    def mark_stale(self, product_ids: Iterable[int] | None = None) -> set[int]:
        """These cards (or all) changed in the catalogue; the ids concerned."""
        ids = set(self._cards) if product_ids is None else set(product_ids)
        self._gone -= ids
        self._stale |= ids & self._cards.keys()
        return ids

    def forget_gone(self) -> None:
        """A new listing: whatever it names is in the catalogue."""
        self._gone.clear()

    def _forget_thumbnail(self, card: ProductCard | None) -> None:
        if card is None or card.thumbnail not in self._shown_by:
            return
        ids = self._shown_by[card.thumbnail]
        ids.discard(card.id)
        if not ids:
            del self._shown_by[card.thumbnail]
