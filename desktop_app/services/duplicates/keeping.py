"""Which product of a group is kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set

from desktop_app.domain.products import CORE_COLUMNS, FieldValue, Product
from desktop_app.domain.resolving import KeepRule

_DIGITS = re.compile(r"(\d+)")
_FALLING = str.maketrans("0123456789", "9876543210")
"""Times of one form sort the other way round."""

_CORE_NAMES = tuple(column.name for column in CORE_COLUMNS)


def ranked(
    products: Sequence[Product], rules: Sequence[KeepRule], protected: Set[int] = frozenset()
) -> tuple[list[Product], KeepRule | None]:
    """The product to keep first, then the next best; and the rule that told the first from the
    second, None where it was the lowest SKU in the end."""
    keys = {product.id: _key(product, rules, protected) for product in products}
    order = sorted(products, key=lambda product: keys[product.id])
    decided_by = None
    if len(order) > 1:
        first, second = keys[order[0].id], keys[order[1].id]
        told = [rule for rule, a, b in zip(rules, first, second, strict=False) if a != b]
        decided_by = told[0] if told else None
    return order, decided_by


def field_values(product: Product) -> dict[str, FieldValue]:
    """The product's core and own columns that say something."""
    fields = product.fields
    values = {name: getattr(fields, name) for name in _CORE_NAMES} | dict(fields.extra)
    return {
        name: value
        for name, value in values.items()
        if value is not None and (not isinstance(value, str) or value.strip())
    }


def _key(
    product: Product, rules: Sequence[KeepRule], protected: Set[int]
) -> tuple[tuple[object, ...], ...]:
    """Sorts first what is to be kept: one part for each rule, then the SKU and the id."""
    parts = [_PARTS[rule](product, protected) for rule in rules]
    return (*parts, _sku_key(product), (product.id,))


def _sku_key(product: Product) -> tuple[object, ...]:
    """Text and numbers in turn, so that SKU 9 comes before SKU 10."""
    parts = _DIGITS.split(product.fields.sku.casefold())
    return tuple(int(part) if place % 2 else part for place, part in enumerate(parts))


def _price_key(product: Product) -> tuple[object, ...]:
    price = product.fields.price
    return price is None, price or 0.0


def _size(product: Product) -> int:
    return max((picture.width * picture.height for picture in product.pictures), default=0)


_SortKey = Callable[[Product, Set[int]], tuple[object, ...]]
_PARTS: Mapping[KeepRule, _SortKey] = {
    KeepRule.PROTECTED: lambda product, protected: (product.id not in protected,),
    KeepRule.MOST_COMPLETE: lambda product, _: (-len(field_values(product)),),
    KeepRule.LARGEST_PICTURE: lambda product, _: (-_size(product),),
    KeepRule.NEWEST: lambda product, _: (product.created_at.translate(_FALLING),),
    KeepRule.MOST_VIEWS: lambda product, _: (-len(product.pictures),),
    KeepRule.OLDEST: lambda product, _: (product.created_at,),
    KeepRule.CHEAPEST: lambda product, _: _price_key(product),
    KeepRule.LOWEST_SKU: lambda product, _: _sku_key(product),
}
