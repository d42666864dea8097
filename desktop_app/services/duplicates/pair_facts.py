"""What a catalogue tells of pairs: who shows what, what was said, what is excluded."""

from __future__ import annotations

import os
from collections.abc import Iterable

import numpy as np

from desktop_app.domain.duplicates import Exclusions
from desktop_app.domain.images import IdArray
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.products import CORE_NAMES
from desktop_app.services.duplicates.pair_table import PairFacts


def read_facts(catalogue: Catalogue, exclusions: Exclusions) -> PairFacts:
    """Columns that the catalogue does not have exclude nothing; values are compared without
    case and surrounding spaces."""
    names = CORE_NAMES | {column.name for column in catalogue.products.columns()}
    groups: list[Iterable[tuple[int, str]]] = [
        catalogue.products.values(column).items()
        for column in dict.fromkeys(exclusions.columns)
        if column in names
    ]
    if exclusions.same_folder:
        groups.append(
            (known.product_id, os.path.dirname(known.path))  # noqa: PTH120 - for each of many
            for known in catalogue.pictures.known_files()
        )
    return PairFacts(
        catalogue.pictures.content_map(),
        catalogue.pictures.content_hashes(),
        catalogue.products.values("sku"),
        catalogue.verdicts.all(),
        _numbered(groups),
    )


def _numbered(groups: Iterable[Iterable[tuple[int, str]]]) -> tuple[IdArray, IdArray]:
    """Products with the number of each of their values; see PairFacts."""
    products: list[int] = []
    numbers: list[int] = []
    known: dict[tuple[int, str], int] = {}
    for source, values in enumerate(groups):
        for product_id, value in values:
            key = value.strip().casefold()
            if key:
                products.append(product_id)
                numbers.append(known.setdefault((source, key), len(known)))
    return np.array(products, np.int64), np.array(numbers, np.int64)
