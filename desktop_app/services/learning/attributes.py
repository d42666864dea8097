"""What columns of a catalogue say of its pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from desktop_app.domain.images import IdArray
from desktop_app.domain.metric_learning import UNLABELLED, AttributeLabels
from desktop_app.domain.ports import ProductStore
from desktop_app.domain.products import CORE_COLUMNS, FieldKind

MOST_VALUES = 200
"""The rarest of more values count as not known."""
LEAST_PRODUCTS = 2
"""A value of fewer products says nothing beyond the product itself."""
USUAL_PRODUCTS = 3
"""So many products a value must have on average for its column to be proposed."""
_UNFIT = frozenset({"sku", "title", "url", "barcode", "notes", "currency", "availability"})


def attribute_labels(
    products: ProductStore, columns: Sequence[str], shown_by: IdArray
) -> AttributeLabels:
    """The values of ``columns`` for the product of each row (n,). Spellings that differ in case
    are one value, in its most frequent spelling."""
    known = [_values(products.values(column)) for column in columns]
    return AttributeLabels(
        tuple(columns),
        tuple(names for names, _ in known),
        np.array(
            [
                [places.get(product, UNLABELLED) for product in shown_by.tolist()]
                for _, places in known
            ],
            np.int64,
        ).T.reshape(len(shown_by), len(columns)),
    )


def fitting_columns(products: ProductStore) -> dict[str, dict[int, int]]:
    """Columns that could serve, in their order: those of words and flags in which values are
    shared by several products. Of each the values of the products that have one, numbered from 0
    by falling frequency."""
    fitting = {}
    for column in (*CORE_COLUMNS, *products.columns()):
        if column.name in _UNFIT or column.kind not in {FieldKind.TEXT, FieldKind.FLAG}:
            continue
        names, places = _values(products.values(column.name))
        if len(names) >= 2 and len(places) >= USUAL_PRODUCTS * len(names):
            fitting[column.name] = places
    return fitting


def _values(texts: Mapping[int, str]) -> tuple[tuple[str, ...], dict[int, int]]:
    """The values worth telling apart by falling frequency, and the place of each product's."""
    spellings: dict[str, Counter[str]] = {}
    for text in texts.values():
        if folded := text.strip().casefold():
            spellings.setdefault(folded, Counter())[text.strip()] += 1
    frequent = sorted(
        (folded for folded, known in spellings.items() if known.total() >= LEAST_PRODUCTS),
        key=lambda folded: (-spellings[folded].total(), folded),
    )[:MOST_VALUES]
    place_of = {folded: place for place, folded in enumerate(frequent)}
    names = tuple(
        min(spellings[folded].items(), key=lambda entry: (-entry[1], entry[0]))[0]
        for folded in frequent
    )
    places = {
        product: place
        for product, text in texts.items()
        if (place := place_of.get(text.strip().casefold())) is not None
    }
    return names, places
