"""Products that become one, as the cells that a change touches."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from desktop_app.domain.errors import PlanOutdated
from desktop_app.domain.products import CORE_NAMES, FieldValue
from desktop_app.domain.resolving import Merge
from desktop_app.domain.storage import ChangeSet
from desktop_app.infra.sqlite.fields import checked, column_kinds
from desktop_app.infra.sqlite.history import EXTRA_PREFIX, Cells
from desktop_app.infra.sqlite.product_rows import (
    product_count,
    require_free_skus,
    require_live,
    stored_fields,
)


def merge_change(merges: Sequence[Merge]) -> ChangeSet:
    """The change that these merges are."""
    ids = tuple(i for merge in merges for i in (merge.keep_id, *merge.drop_ids))
    label = f"Merge {product_count(len(ids))}"
    if len(merges) > 1:
        label += f" into {len(merges)}"
    return ChangeSet(label, ids, structure=True, pictures=True)


def merge_cells(connection: sqlite3.Connection, merges: Sequence[Merge]) -> list[Cells]:
    """What merging writes. Raises as ProductStore.merge_all."""
    keeps = [merge.keep_id for merge in merges]
    drops = [drop_id for merge in merges for drop_id in merge.drop_ids]
    ((_, most),) = Counter([*keeps, *drops]).most_common(1) or [(0, 0)]
    if most > 1:
        raise ValueError("a product is in one merge only")
    _require_unchanged(connection, merges)
    require_live(connection, [*keeps, *drops])
    kinds = column_kinds(connection)
    new = {merge.keep_id: checked(merge.values, kinds) for merge in merges}
    _require_free_skus(connection, new, drops)
    return [
        # First, so that the kept product may take the SKU of a dropped one.
        removal(drops),
        *_moved_pictures(connection, merges),
        *_fields(connection, new),
    ]


def removal(product_ids: Iterable[int]) -> Cells:
    """Products taken out of the catalogue."""
    return Cells("products", "removed", tuple((product_id, 0, 1) for product_id in product_ids))


def field_cells(
    new: Mapping[str, FieldValue], old: Mapping[int, Mapping[str, FieldValue]]
) -> list[Cells]:
    """The same new values for several products, whose old ones are given by id."""
    return [
        Cells(
            "products",
            _cell_column(name),
            tuple((product_id, row[name], value) for product_id, row in old.items()),
        )
        for name, value in new.items()
    ]


def _cell_column(name: str) -> str:
    return name if name in CORE_NAMES else EXTRA_PREFIX + name


def _fields(
    connection: sqlite3.Connection, new: Mapping[int, Mapping[str, FieldValue]]
) -> list[Cells]:
    names = list(dict.fromkeys(name for values in new.values() for name in values))
    old = stored_fields(connection, list(new), names)
    return [
        Cells(
            "products",
            _cell_column(name),
            tuple(
                (product_id, old[product_id][name], values[name])
                for product_id, values in new.items()
                if name in values
            ),
        )
        for name in names
    ]


def _require_unchanged(connection: sqlite3.Connection, merges: Sequence[Merge]) -> None:
    seen = {product_id: at for merge in merges for product_id, at in merge.seen.items()}
    now = dict(
        connection.execute(
            "SELECT id, updated_at FROM products "
            "WHERE removed = 0 AND id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(seen)),),
        )
    )
    changed = [product_id for product_id, at in seen.items() if now.get(product_id) != at]
    if changed:
        raise PlanOutdated(
            f"Nothing was merged: {product_count(len(changed))} of the plan changed since it "
            "was made.",
            remedy="Make the plan again and look at it once more.",
        )


def _require_free_skus(
    connection: sqlite3.Connection,
    new: Mapping[int, Mapping[str, FieldValue]],
    drops: Sequence[int],
) -> None:
    skus = {keep_id: str(values["sku"]) for keep_id, values in new.items() if "sku" in values}
    require_free_skus(connection, list(skus.values()), except_ids=(*skus, *drops))
    for keep_id, sku in skus.items():
        # Not that of another kept one either.
        require_free_skus(connection, [sku], except_ids=(keep_id, *drops))


def _moved_pictures(connection: sqlite3.Connection, merges: Sequence[Merge]) -> list[Cells]:
    """The pictures of the dropped products, in the order of those, after the keeper's own."""
    keep_ids = json.dumps([merge.keep_id for merge in merges])
    last: dict[int, int] = dict(
        connection.execute(
            "SELECT product_id, max(position) FROM pictures "
            "WHERE product_id IN (SELECT value FROM json_each(?)) GROUP BY product_id",
            (keep_ids,),
        )
    )
    drop_ids = json.dumps([drop_id for merge in merges for drop_id in merge.drop_ids])
    pictures: dict[int, list[tuple[int, int]]] = {}
    for product_id, picture_id, position in connection.execute(
        "SELECT product_id, id, position FROM pictures WHERE live = 1 "
        "AND product_id IN (SELECT value FROM json_each(?)) ORDER BY product_id, position, id",
        (drop_ids,),
    ):
        pictures.setdefault(product_id, []).append((picture_id, position))
    owners, positions = [], []
    for merge in merges:
        after = last.get(merge.keep_id, -1)
        left = frozenset(merge.left_pictures)
        for drop_id in merge.drop_ids:
            for picture_id, before in pictures.get(drop_id, ()):
                if picture_id in left:
                    continue
                after += 1
                owners.append((picture_id, drop_id, merge.keep_id))
                positions.append((picture_id, before, after))
    return [
        Cells("pictures", "product_id", tuple(owners)),
        Cells("pictures", "position", tuple(positions)),
    ]
