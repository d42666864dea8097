"""Products and their fields."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from desktop_app.domain.errors import ProductNotFound
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
from desktop_app.domain.resolving import Merge
from desktop_app.domain.storage import ChangeSet
from desktop_app.infra.sqlite import listing
from desktop_app.infra.sqlite.connection import Database
from desktop_app.infra.sqlite.fields import (
    checked,
    clean_text,
    column_kinds,
    declared_columns,
    sku_key,
)
from desktop_app.infra.sqlite.filters import IDENTIFIER, TIMESTAMPS
from desktop_app.infra.sqlite.history import Cells, perform
from desktop_app.infra.sqlite.merging import field_cells, merge_cells, merge_change, removal
from desktop_app.infra.sqlite.picture_paths import PicturePaths
from desktop_app.infra.sqlite.picture_rows import NewPicture, insert_pictures
from desktop_app.infra.sqlite.product_rows import (
    duplicate_sku,
    insert_products,
    product_count,
    require_free_skus,
    require_live,
    stored_fields,
)

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

    def get_many(self, product_ids: Sequence[int]) -> dict[int, Product]:
        with self._database.read() as connection:
            return listing.products(connection, product_ids, self._paths)

    def find_by_sku(self, sku: str) -> Product | None:
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT id FROM products WHERE removed = 0 AND sku_key = ?", (sku_key(sku),)
            ).fetchone()
            return listing.product(connection, row[0], self._paths) if row else None

    def with_codes(self, keys: Collection[str]) -> dict[int, tuple[str, str]]:
        with self._database.read() as connection:
            return listing.with_codes(connection, keys)

    def ids_by_sku(self) -> dict[str, int]:
        with self._database.read() as connection:
            return dict(connection.execute("SELECT sku_key, id FROM products WHERE removed = 0"))

    def removed_skus(self) -> set[str]:
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT sku_key FROM products WHERE removed = 1 "
                "EXCEPT SELECT sku_key FROM products WHERE removed = 0"
            )
            return {sku_key for (sku_key,) in rows}

    def count(self) -> int:
        with self._database.read() as connection:
            (count,) = connection.execute(
                "SELECT count(*) FROM products WHERE removed = 0"
            ).fetchone()
            return int(count)

    def list_ids(self, product_filter: ProductFilter, order: SortOrder = SKU_ORDER) -> IdArray:
        with self._database.read() as connection:
            return listing.list_ids(connection, product_filter, order)

    def passing(self, product_filter: ProductFilter, product_ids: IdArray) -> IdArray:
        with self._database.read() as connection:
            return listing.passing(connection, product_filter, product_ids)

    def cards(self, product_ids: Sequence[int]) -> list[ProductCard]:
        with self._database.read() as connection:
            return listing.cards(connection, product_ids, self._paths)

    def facets(
        self, column: str, product_filter: ProductFilter | None = None, *, limit: int = 500
    ) -> list[Facet]:
        with self._database.read() as connection:
            return listing.facets(connection, column, product_filter or ProductFilter(), limit)

    def values(self, column: str) -> dict[int, str]:
        with self._database.read() as connection:
            return listing.values(connection, column)

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
                f"Add {clean_text(fields.sku)}",
                (product_id,),
                structure=True,
                pictures=bool(pictures),
            )
            return perform(
                connection, change, [Cells("products", "removed", ((product_id, 1, 0),))]
            )

    def update_fields(
        self, product_ids: Sequence[int], values: Mapping[str, FieldValue]
    ) -> ChangeSet:
        with self._database.write() as connection:
            new = checked(values, column_kinds(connection))
            old = stored_fields(connection, product_ids, new)
            if "sku" in new:
                if len(old) > 1:
                    raise duplicate_sku(str(new["sku"]))
                require_free_skus(connection, [str(new["sku"])], except_ids=old)
            changed = tuple(product_id for product_id, row in old.items() if row != new)
            change = ChangeSet(
                f"Edit {product_count(len(changed))}",
                changed,
                structure=not _STRUCTURAL.isdisjoint(new),
            )
            return perform(connection, change, field_cells(new, old))

    def set_bookmarked(self, product_ids: Sequence[int], bookmarked: bool) -> ChangeSet:
        with self._database.write() as connection:
            old = stored_fields(connection, product_ids, ["bookmarked"])
            changed = tuple(i for i, row in old.items() if row["bookmarked"] != bookmarked)
            verb = "Bookmark" if bookmarked else "Remove bookmark from"
            return perform(
                connection,
                ChangeSet(f"{verb} {product_count(len(changed))}", changed),
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
            live = require_live(connection, product_ids)
            change = ChangeSet(
                f"Remove {product_count(len(live))}", live, structure=True, pictures=True
            )
            return perform(connection, change, [removal(live)])

    def merge(
        self, keep_id: int, drop_ids: Sequence[int], values: Mapping[str, FieldValue]
    ) -> ChangeSet:
        drops = tuple(dict.fromkeys(i for i in drop_ids if i != keep_id))
        return self.merge_all([Merge(keep_id, drops, values)])

    def merge_all(self, merges: Sequence[Merge]) -> ChangeSet:
        with self._database.write() as connection:
            return perform(connection, merge_change(merges), merge_cells(connection, merges))

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
