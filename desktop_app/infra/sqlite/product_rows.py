"""Writing and checking product rows."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence

from desktop_app.domain.errors import DuplicateSku, ProductNotFound
from desktop_app.domain.products import CORE_NAMES, FieldValue, ProductFields
from desktop_app.infra.sqlite.fields import CORE_ORDER, column_kinds, now, product_row, sku_key


def insert_products(
    connection: sqlite3.Connection, products: Sequence[ProductFields], *, removed: bool = False
) -> list[int]:
    """Ids of the new rows, in order. Raises DuplicateSku."""
    kinds = column_kinds(connection)
    rows = [product_row(fields, kinds) for fields in products]
    require_free_skus(connection, [fields.sku for fields in products])
    (last,) = connection.execute("SELECT ifnull(max(id), 0) FROM products").fetchone()
    ids = list(range(last + 1, last + 1 + len(rows)))
    stamp = now()
    slots = ", ".join("?" * (len(CORE_ORDER) + 6))
    connection.executemany(
        f"INSERT INTO products (id, sku_key, {', '.join(CORE_ORDER)}, extra, removed, created_at, "
        f"updated_at) VALUES ({slots})",
        (
            (product_id, key, *columns, removed, stamp, stamp)
            for product_id, (key, columns) in zip(ids, rows, strict=True)
        ),
    )
    return ids


def require_free_skus(
    connection: sqlite3.Connection, skus: Sequence[str], except_ids: Iterable[int] = ()
) -> None:
    """Raises DuplicateSku where two of ``skus`` are equal or a live product has one, those
    of ``except_ids`` aside."""
    by_key = {sku_key(sku): sku for sku in skus}
    if len(by_key) < len(skus):
        ((key, _),) = Counter(map(sku_key, skus)).most_common(1)
        raise duplicate_sku(by_key[key])
    taken = connection.execute(
        "SELECT sku_key FROM products WHERE removed = 0 "
        "AND sku_key IN (SELECT value FROM json_each(?)) "
        "AND id NOT IN (SELECT value FROM json_each(?)) LIMIT 1",
        (json.dumps(list(by_key)), json.dumps(list(except_ids))),
    ).fetchone()
    if taken:
        raise duplicate_sku(by_key[taken[0]])


def duplicate_sku(sku: str) -> DuplicateSku:
    """The error for a SKU that is taken."""
    return DuplicateSku(
        f'The SKU "{sku}" already belongs to another product.',
        remedy="Choose another SKU, or merge the two products.",
    )


def stored_fields(
    connection: sqlite3.Connection, product_ids: Sequence[int], names: Iterable[str]
) -> dict[int, dict[str, FieldValue]]:
    """The named columns of each product. Raises ProductNotFound unless all are live."""
    names = list(names)
    direct = [name for name in names if name in CORE_NAMES or name == "bookmarked"]
    wanted = list(dict.fromkeys(int(product_id) for product_id in product_ids))
    found: dict[int, dict[str, FieldValue]] = {}
    for product_id, extra, *row in connection.execute(
        f"SELECT {', '.join(['id', 'extra', *direct])} FROM products "
        "WHERE removed = 0 AND id IN (SELECT value FROM json_each(?))",
        (json.dumps(wanted),),
    ):
        values = dict(zip(direct, row, strict=True))
        if len(direct) < len(names):
            stored = json.loads(extra)
            values |= {name: stored.get(name) for name in names if name not in values}
        found[product_id] = values
    if len(found) < len(wanted):
        raise ProductNotFound(
            f"{product_count(len(wanted) - len(found)).capitalize()} of the selection "
            "cannot be found in the catalogue.",
            remedy="Undo the removal to get them back.",
        )
    return {product_id: found[product_id] for product_id in wanted}


def require_live(connection: sqlite3.Connection, product_ids: Sequence[int]) -> tuple[int, ...]:
    """The ids, each once. Raises ProductNotFound unless all are live."""
    return tuple(stored_fields(connection, product_ids, ()))


def product_count(count: int) -> str:
    """In words for a label."""
    return "1 product" if count == 1 else f"{count} products"
