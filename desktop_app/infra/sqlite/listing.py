"""Listings of products: which pass a filter, in what order, how often each value occurs,
and what a row or card shows."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from desktop_app.domain.errors import ProductNotFound
from desktop_app.domain.filters import Facet, ProductFilter, SortOrder
from desktop_app.domain.images import IdArray
from desktop_app.domain.products import (
    FieldKind,
    FieldValue,
    Picture,
    PictureState,
    Product,
    ProductCard,
    ProductFields,
)
from desktop_app.infra.sqlite.fields import CORE_ORDER, column_kinds, sku_key
from desktop_app.infra.sqlite.filters import column_expression, order_by, where
from desktop_app.infra.sqlite.picture_paths import PicturePaths

LIVE_PICTURES = """
    SELECT pictures.id, product_id, path, view, position, state, problem, content_id, hash, width,
           height, size_bytes, mtime_ns
      FROM pictures LEFT JOIN contents ON contents.id = content_id
     WHERE live = 1
"""
_CORE = ", ".join(CORE_ORDER)
# Worst last.
_BY_BADNESS = (
    PictureState.READY.value,
    PictureState.PENDING.value,
    PictureState.OFFLINE.value,
    PictureState.FAILED.value,
)
_BADNESS = {state: rank for rank, state in enumerate(_BY_BADNESS)}


def list_ids(
    connection: sqlite3.Connection, product_filter: ProductFilter, order: SortOrder
) -> IdArray:
    """As ProductStore.list_ids."""
    kinds = column_kinds(connection)
    passing = where(product_filter, kinds)
    rows = connection.execute(
        f"SELECT id FROM products WHERE {passing.text} ORDER BY {order_by(order, kinds)}",
        passing.parameters,
    )
    return id_array(rows.fetchall())


def with_codes(connection: sqlite3.Connection, keys: Collection[str]) -> dict[int, tuple[str, str]]:
    """As ProductStore.with_codes."""
    bare = {key.replace(" ", "").replace("-", "").lstrip("0") for key in keys} - {""}
    rows = connection.execute(
        "SELECT id, sku, barcode FROM products WHERE removed = 0 AND barcode <> '' "
        "AND ltrim(replace(replace(barcode, ' ', ''), '-', ''), '0') "
        "IN (SELECT value FROM json_each(?)) "
        "UNION SELECT id, sku, barcode FROM products WHERE removed = 0 "
        "AND sku_key IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(sorted(bare)), json.dumps([sku_key(key) for key in keys])),
    )
    return {product_id: (sku, barcode) for product_id, sku, barcode in rows}


def passing(
    connection: sqlite3.Connection, product_filter: ProductFilter, product_ids: IdArray
) -> IdArray:
    """As ProductStore.passing."""
    wanted = where(product_filter, column_kinds(connection))
    rows = connection.execute(
        "SELECT id FROM products WHERE id IN (SELECT value FROM json_each(?)) "
        f"AND {wanted.text} ORDER BY id",
        (json.dumps(product_ids.tolist()), *wanted.parameters),
    )
    return id_array(rows.fetchall())


def id_array(rows: Sequence[tuple[int, ...]]) -> IdArray:
    """The only column of ``rows``."""
    return np.fromiter((row[0] for row in rows), dtype=np.int64, count=len(rows))


def facets(
    connection: sqlite3.Connection, column: str, product_filter: ProductFilter, limit: int
) -> list[Facet]:
    """As ProductStore.facets. Spellings that differ in case count as one value."""
    kinds = column_kinds(connection)
    passing = where(product_filter, kinds)
    wanted = column_expression(column, kinds)
    grouped = connection.execute(
        f"SELECT min({wanted.expression} COLLATE BINARY), count(*) FROM products "
        f"WHERE {passing.text} GROUP BY {wanted.expression} COLLATE NOCASE",
        passing.parameters,
    )
    counts: Counter[str] = Counter()
    spelling: dict[str, str] = {}
    for value, count in grouped:
        text = _facet_text(value, wanted.kind)
        key = text.casefold()
        spelling.setdefault(key, text)
        counts[key] += count
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [Facet(spelling[key], count) for key, count in ordered[:limit]]


def values(connection: sqlite3.Connection, column: str) -> dict[int, str]:
    """As ProductStore.values."""
    wanted = column_expression(column, column_kinds(connection))
    rows = connection.execute(
        f"SELECT id, {wanted.expression} FROM products "
        f"WHERE removed = 0 AND NOT ({wanted.is_empty})"
    )
    return {product_id: _facet_text(value, wanted.kind) for product_id, value in rows}


def cards(
    connection: sqlite3.Connection, product_ids: Sequence[int], paths: PicturePaths
) -> list[ProductCard]:
    """As ProductStore.cards."""
    wanted = json.dumps([int(product_id) for product_id in product_ids])
    pictures: dict[int, list[Any]] = {}
    for row in connection.execute(
        "SELECT product_id, state, path, hash, mean_colour "
        "FROM pictures LEFT JOIN contents ON contents.id = content_id "
        "WHERE live = 1 AND product_id IN (SELECT value FROM json_each(?)) "
        "ORDER BY product_id, position, pictures.id",
        (wanted,),
    ):
        pictures.setdefault(row[0], []).append(row)
    found = {
        row[0]: _card(row, pictures.get(row[0], ()), paths)
        for row in connection.execute(
            f"SELECT id, {_CORE}, extra, bookmarked FROM products "
            "WHERE removed = 0 AND id IN (SELECT value FROM json_each(?))",
            (wanted,),
        )
    }
    return [found[product_id] for product_id in product_ids if product_id in found]


def product(connection: sqlite3.Connection, product_id: int, paths: PicturePaths) -> Product:
    """As ProductStore.get."""
    found = products(connection, [product_id], paths)
    if product_id not in found:
        raise ProductNotFound(
            "This product is no longer in the catalogue.",
            remedy="Undo its removal to get it back.",
        )
    return found[product_id]


def products(
    connection: sqlite3.Connection, product_ids: Sequence[int], paths: PicturePaths
) -> dict[int, Product]:
    """As ProductStore.get_many."""
    wanted = (json.dumps([int(product_id) for product_id in product_ids]),)
    pictures: dict[int, list[Picture]] = {}
    for row in connection.execute(
        f"{LIVE_PICTURES} AND product_id IN (SELECT value FROM json_each(?)) "
        "ORDER BY product_id, position, pictures.id",
        wanted,
    ):
        shown = picture(row, paths)
        pictures.setdefault(shown.product_id, []).append(shown)
    found = {}
    for product_id, *core, extra, bookmarked, created_at, updated_at in connection.execute(
        f"SELECT id, {_CORE}, extra, bookmarked, created_at, updated_at FROM products "
        "WHERE removed = 0 AND id IN (SELECT value FROM json_each(?)) ORDER BY id",
        wanted,
    ):
        fields = dict(zip(CORE_ORDER, core, strict=True))
        found[product_id] = Product(
            product_id,
            ProductFields(**fields, extra=json.loads(extra)),
            tuple(pictures.get(product_id, ())),
            bookmarked=bool(bookmarked),
            created_at=created_at,
            updated_at=updated_at,
        )
    return found


def picture(row: Any, paths: PicturePaths) -> Picture:
    """A row of LIVE_PICTURES."""
    picture_id, product_id, path, view, position, state, problem, *read = row
    content_id, content_hash, width, height, size_bytes, mtime_ns = read
    return Picture(
        picture_id,
        product_id,
        paths.absolute(path),
        view,
        position,
        PictureState(state),
        problem,
        content_id=content_id,
        content_hash=content_hash or "",
        width=width or 0,
        height=height or 0,
        size_bytes=size_bytes,
        mtime_ns=mtime_ns,
    )


def _card(row: Any, pictures: Sequence[Any], paths: PicturePaths) -> ProductCard:
    product_id, *core, extra, bookmarked = row
    fields = dict(zip(CORE_ORDER, core, strict=True))
    fields["extra"] = json.loads(extra)
    if pictures:
        _, _, path, content_hash, mean_colour = pictures[0]
        fields["state"] = PictureState(max((p[1] for p in pictures), key=_BADNESS.__getitem__))
        fields["main_picture_path"] = paths.absolute(path)
        if content_hash is not None:
            fields["thumbnail"] = content_hash
            fields["mean_colour"] = mean_colour
    return ProductCard(
        product_id, bookmarked=bool(bookmarked), picture_count=len(pictures), **fields
    )


def _facet_text(value: FieldValue, kind: FieldKind) -> str:
    if value is None:
        return ""
    if kind is FieldKind.FLAG:
        return "yes" if value else "no"
    return f"{value:.15g}" if isinstance(value, float) else str(value)
