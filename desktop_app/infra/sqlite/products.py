"""Products and their fields."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from desktop_app.domain.errors import DuplicateSku, ProductNotFound
from desktop_app.domain.filters import SKU_ORDER, Facet, ProductFilter, SortOrder
from desktop_app.domain.images import IdArray
from desktop_app.domain.imports import PICTURE_TARGET, VIEW_TARGET
from desktop_app.domain.products import (
    CORE_NAMES,
    Column,
    FieldValue,
    Product,
    ProductCard,
    ProductFields,
)
from desktop_app.domain.storage import ChangeSet
from desktop_app.infra.sqlite import listing
from desktop_app.infra.sqlite.connection import Database
from desktop_app.infra.sqlite.fields import (
    CORE_ORDER,
    checked,
    column_kinds,
    declared_columns,
    now,
    product_row,
    sku_key,
)
from desktop_app.infra.sqlite.filters import IDENTIFIER, TIMESTAMPS
from desktop_app.infra.sqlite.history import EXTRA_PREFIX, Cells, perform
from desktop_app.infra.sqlite.picture_paths import PicturePaths
from desktop_app.infra.sqlite.picture_rows import NewPicture, insert_pictures

_STRUCTURAL = frozenset({"category", "brand"})
_RESERVED = CORE_NAMES | {*TIMESTAMPS, "id", PICTURE_TARGET, VIEW_TARGET}


class SqliteProducts:
    """The ProductStore port."""

    def __init__(self, database: Database, paths: PicturePaths) -> None:
        self._database = database
        self._paths = paths

    def get(self, product_id: int) -> Product:
        with self._database.read() as connection:
            return listing.product(connection, product_id, self._paths)

    def find_by_sku(self, sku: str) -> Product | None:
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT id FROM products WHERE removed = 0 AND sku_key = ?", (sku_key(sku),)
            ).fetchone()
            return listing.product(connection, row[0], self._paths) if row else None

    def ids_by_sku(self) -> dict[str, int]:
        with self._database.read() as connection:
            return dict(connection.execute("SELECT sku_key, id FROM products WHERE removed = 0"))

    def count(self) -> int:
        with self._database.read() as connection:
            (count,) = connection.execute(
                "SELECT count(*) FROM products WHERE removed = 0"
            ).fetchone()
            return int(count)

    def list_ids(self, product_filter: ProductFilter, order: SortOrder = SKU_ORDER) -> IdArray:
        with self._database.read() as connection:
            return listing.list_ids(connection, product_filter, order)

    def cards(self, product_ids: Sequence[int]) -> list[ProductCard]:
        with self._database.read() as connection:
            return listing.cards(connection, product_ids, self._paths)

    def facets(
        self, column: str, product_filter: ProductFilter | None = None, *, limit: int = 500
    ) -> list[Facet]:
        with self._database.read() as connection:
            return listing.facets(connection, column, product_filter or ProductFilter(), limit)

    def columns(self) -> tuple[Column, ...]:
        with self._database.read() as connection:
            return declared_columns(connection)

    def add_column(self, column: Column) -> ChangeSet:
        with self._database.write() as connection:
            taken = _RESERVED | {known.name for known in declared_columns(connection)}
            if column.name in taken:
                raise ValueError(f"the column name {column.name!r} is taken")
            if not IDENTIFIER.fullmatch(column.name):
                raise ValueError(f"not a column name: {column.name!r}")
            connection.execute(
                "INSERT INTO columns (name, label, kind, unit, position) "
                "VALUES (?, ?, ?, ?, (SELECT count(*) FROM columns))",
                (column.name, column.label, column.kind.value, column.unit),
            )
        return ChangeSet(structure=True)

    def add(self, fields: ProductFields, pictures: Sequence[tuple[Path, str]] = ()) -> ChangeSet:
        with self._database.write() as connection:
            # Stored as removed, and brought to life by the change that undo takes back.
            (product_id,) = insert_products(connection, [fields], removed=True)
            insert_pictures(
                connection,
                [NewPicture(product_id, path, view) for path, view in pictures],
                self._paths,
            )
            change = ChangeSet(
                f"Add {fields.sku}", (product_id,), structure=True, pictures=bool(pictures)
            )
            return perform(
                connection, change, [Cells("products", "removed", ((product_id, 1, 0),))]
            )

    def update_fields(
        self, product_ids: Sequence[int], values: Mapping[str, FieldValue]
    ) -> ChangeSet:
        with self._database.write() as connection:
            new = checked(values, column_kinds(connection))
            old = _stored_fields(connection, product_ids, new)
            if "sku" in new:
                if len(old) > 1:
                    raise duplicate_sku(str(new["sku"]))
                require_free_skus(connection, [str(new["sku"])], except_ids=old)
            changed = tuple(product_id for product_id, row in old.items() if row != new)
            change = ChangeSet(
                f"Edit {_products(len(changed))}",
                changed,
                structure=not _STRUCTURAL.isdisjoint(new),
            )
            return perform(connection, change, _field_cells(new, old))

    def set_bookmarked(self, product_ids: Sequence[int], bookmarked: bool) -> ChangeSet:
        with self._database.write() as connection:
            old = _stored_fields(connection, product_ids, ["bookmarked"])
            changed = tuple(i for i, row in old.items() if row["bookmarked"] != bookmarked)
            verb = "Bookmark" if bookmarked else "Remove bookmark from"
            return perform(
                connection,
                ChangeSet(f"{verb} {_products(len(changed))}", changed),
                [
                    Cells(
                        "products",
                        "bookmarked",
                        tuple((i, int(not bookmarked), int(bookmarked)) for i in changed),
                    )
                ],
            )

    def remove(self, product_ids: Sequence[int]) -> ChangeSet:
        with self._database.write() as connection:
            live = tuple(_stored_fields(connection, product_ids, []))
            change = ChangeSet(
                f"Remove {_products(len(live))}", live, structure=True, pictures=True
            )
            return perform(connection, change, [_removal(live)])

    def merge(
        self, keep_id: int, drop_ids: Sequence[int], values: Mapping[str, FieldValue]
    ) -> ChangeSet:
        with self._database.write() as connection:
            new = checked(values, column_kinds(connection))
            old = _stored_fields(connection, [keep_id], new)
            drops = tuple(i for i in _stored_fields(connection, drop_ids, []) if i != keep_id)
            if "sku" in new:
                require_free_skus(connection, [str(new["sku"])], except_ids=(keep_id, *drops))
            change = ChangeSet(
                f"Merge {_products(len(drops) + 1)}",
                (keep_id, *drops),
                structure=True,
                pictures=True,
            )
            return perform(
                connection,
                change,
                [
                    # First, so that the kept product may take the SKU of a dropped one.
                    _removal(drops),
                    *_moved_pictures(connection, keep_id, drops),
                    *_field_cells(new, old),
                ],
            )

    def set_main_picture(self, picture_id: int) -> ChangeSet:
        with self._database.write() as connection:
            row = connection.execute(
                "SELECT product_id FROM pictures WHERE id = ? AND live = 1", (picture_id,)
            ).fetchone()
            if row is None:
                raise ProductNotFound(
                    "This picture is no longer in the catalogue.",
                    remedy="Undo its removal to get it back.",
                )
            pictures = connection.execute(
                "SELECT id, position FROM pictures WHERE product_id = ? AND live = 1 "
                "ORDER BY position, id",
                row,
            ).fetchall()
            if pictures[0][0] == picture_id:
                return ChangeSet()
            pictures.sort(key=lambda picture: bool(picture[0] != picture_id))
            positions = tuple((i, before, after) for after, (i, before) in enumerate(pictures))
            change = ChangeSet("Set main picture", (row[0],), pictures=True)
            return perform(connection, change, [Cells("pictures", "position", positions)])


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


def _stored_fields(
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
            f"{_products(len(wanted) - len(found)).capitalize()} of the selection "
            "cannot be found in the catalogue.",
            remedy="Undo the removal to get them back.",
        )
    return {product_id: found[product_id] for product_id in wanted}


def _field_cells(
    new: Mapping[str, FieldValue], old: Mapping[int, Mapping[str, FieldValue]]
) -> list[Cells]:
    return [
        Cells(
            "products",
            name if name in CORE_NAMES else EXTRA_PREFIX + name,
            tuple((product_id, row[name], value) for product_id, row in old.items()),
        )
        for name, value in new.items()
    ]


def _removal(product_ids: Iterable[int]) -> Cells:
    return Cells("products", "removed", tuple((product_id, 0, 1) for product_id in product_ids))


def _moved_pictures(
    connection: sqlite3.Connection, keep_id: int, drop_ids: Sequence[int]
) -> list[Cells]:
    """The pictures of the dropped products, in the order of those, after the keeper's own."""
    (position,) = connection.execute(
        "SELECT ifnull(max(position), -1) FROM pictures WHERE product_id = ?", (keep_id,)
    ).fetchone()
    owners, positions = [], []
    for drop_id in drop_ids:
        for picture_id, before in connection.execute(
            "SELECT id, position FROM pictures WHERE product_id = ? AND live = 1 "
            "ORDER BY position, id",
            (drop_id,),
        ):
            position += 1
            owners.append((picture_id, drop_id, keep_id))
            positions.append((picture_id, before, position))
    return [
        Cells("pictures", "product_id", tuple(owners)),
        Cells("pictures", "position", tuple(positions)),
    ]


def _products(count: int) -> str:
    return "1 product" if count == 1 else f"{count} products"
