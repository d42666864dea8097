"""What imports write, and what is remembered of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from desktop_app.domain.imports import (
    FolderRules,
    ImportRequest,
    Source,
    SourceKind,
    TableRules,
)
from desktop_app.domain.products import (
    CORE_NAMES,
    Column,
    FieldKind,
    FieldValue,
    ProductFields,
)
from desktop_app.domain.storage import ChangeSet
from desktop_app.infra.sqlite.connection import Database
from desktop_app.infra.sqlite.fields import checked, column_kinds, now, sku_key
from desktop_app.infra.sqlite.picture_paths import PicturePaths
from desktop_app.infra.sqlite.picture_rows import NewPicture, insert_pictures, product_ids_of
from desktop_app.infra.sqlite.product_rows import insert_products, require_free_skus


class SqliteImports:
    """The ImportWriter port."""

    def __init__(self, database: Database, paths: PicturePaths) -> None:
        self._database = database
        self._paths = paths

    def remember_source(self, request: ImportRequest) -> int:
        row = (
            json.dumps([str(path) for path in request.paths]),
            request.kind.value,
            json.dumps(
                {
                    "name_pattern": request.folder_rules.name_pattern,
                    "category_from_folder": request.folder_rules.category_from_folder,
                }
            ),
            json.dumps(_rules_to_json(request.table_rules)),
            request.watch,
            now(),
        )
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO sources (paths, kind, folder_rules, table_rules, watch, last_read_at)"
                " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (paths) DO UPDATE SET "
                "kind = excluded.kind, folder_rules = excluded.folder_rules, "
                "table_rules = excluded.table_rules, watch = excluded.watch, "
                "last_read_at = excluded.last_read_at",
                row,
            )
            (source_id,) = connection.execute(
                "SELECT id FROM sources WHERE paths = ?", row[:1]
            ).fetchone()
            return int(source_id)

    def sources(self) -> list[Source]:
        with self._database.read() as connection:
            return [
                Source(
                    source_id,
                    ImportRequest(
                        SourceKind(kind),
                        tuple(Path(path) for path in json.loads(paths)),
                        FolderRules(**json.loads(folder_rules)),
                        _rules_from_json(json.loads(table_rules)),
                        watch=bool(watch),
                    ),
                    last_read_at,
                )
                for source_id, paths, kind, folder_rules, table_rules, watch, last_read_at in (
                    connection.execute(
                        "SELECT id, paths, kind, folder_rules, table_rules, watch, last_read_at "
                        "FROM sources ORDER BY id"
                    )
                )
            ]

    def forget_source(self, source_id: int) -> None:
        with self._database.write() as connection:
            connection.execute("DELETE FROM sources WHERE id = ?", (source_id,))

    def write_products(
        self,
        source_id: int,
        products: Sequence[tuple[ProductFields, Sequence[tuple[Path, str, int, int]]]],
    ) -> ChangeSet:
        """The ids in the result are aligned with ``products``. Raises DuplicateSku."""
        with self._database.write() as connection:
            ids = insert_products(connection, [fields for fields, _ in products])
            pictures = [
                NewPicture(product_id, path, view, size_bytes, mtime_ns)
                for product_id, (_, listed) in zip(ids, products, strict=True)
                for path, view, size_bytes, mtime_ns in listed
            ]
            insert_pictures(connection, pictures, self._paths, source_id=source_id)
        return ChangeSet(product_ids=tuple(ids), structure=True, pictures=bool(pictures))

    def update_products(self, updates: Sequence[tuple[int, Mapping[str, FieldValue]]]) -> ChangeSet:
        """Products removed in the meantime are left alone. Raises DuplicateSku."""
        structure = False
        with self._database.write() as connection:
            kinds = column_kinds(connection)
            stamp = now()
            for product_id, values in updates:
                new = checked(values, kinds)
                if "sku" in new:
                    require_free_skus(connection, [str(new["sku"])], except_ids=[product_id])
                core = {name: value for name, value in new.items() if name in CORE_NAMES}
                if "sku" in core:
                    core["sku_key"] = sku_key(str(core["sku"]))
                extra = {name: value for name, value in new.items() if name not in CORE_NAMES}
                sets = "".join(f"{name} = ?, " for name in core)
                parameters = list(core.values())
                if extra:
                    # A patch removes what it holds as null.
                    sets += "extra = json_patch(extra, ?), "
                    parameters.append(json.dumps(extra, ensure_ascii=False))
                connection.execute(
                    f"UPDATE products SET {sets}updated_at = ? WHERE id = ? AND removed = 0",
                    (*parameters, stamp, product_id),
                )
                structure = structure or not new.keys().isdisjoint(("category", "brand"))
        return ChangeSet(product_ids=tuple(i for i, _ in updates), structure=structure)

    def write_pictures(
        self, source_id: int, pictures: Sequence[tuple[int, Path, str, int, int]]
    ) -> ChangeSet:
        with self._database.write() as connection:
            insert_pictures(
                connection,
                [NewPicture(*picture) for picture in pictures],
                self._paths,
                source_id=source_id,
            )
        touched = tuple(sorted({picture[0] for picture in pictures}))
        return ChangeSet(product_ids=touched, pictures=True)

    def move_pictures(self, moves: Sequence[tuple[int, Path, int, int]]) -> ChangeSet:
        """A picture that was offline is back: searchable if it was read before."""
        with self._database.write() as connection:
            connection.executemany(
                "UPDATE pictures SET path = ?, size_bytes = ?, mtime_ns = ? WHERE id = ?",
                [(self._paths.stored(path), size, mtime, i) for i, path, size, mtime in moves],
            )
            connection.executemany(
                "UPDATE pictures SET problem = '', "
                "state = CASE WHEN content_id IS NULL THEN 'pending' ELSE 'ready' END "
                "WHERE id = ? AND state = 'offline'",
                [(picture_id,) for picture_id, *_ in moves],
            )
            touched = product_ids_of(connection, [picture_id for picture_id, *_ in moves])
        return ChangeSet(product_ids=touched, pictures=True)

    def table_rules(self, headers: Sequence[str]) -> TableRules | None:
        """The order of the headers does not matter."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT rules FROM table_rules WHERE headers = ?", (_headers_key(headers),)
            ).fetchone()
        return _rules_from_json(json.loads(row[0])) if row else None

    def remember_table_rules(self, headers: Sequence[str], rules: TableRules) -> None:
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO table_rules (headers, rules) VALUES (?, ?) "
                "ON CONFLICT (headers) DO UPDATE SET rules = excluded.rules",
                (_headers_key(headers), json.dumps(_rules_to_json(rules))),
            )


def _headers_key(headers: Sequence[str]) -> str:
    return json.dumps(sorted(headers))


def _rules_to_json(rules: TableRules) -> dict[str, Any]:
    return {
        "mapping": dict(rules.mapping),
        "new_columns": [[c.name, c.label, c.kind.value, c.unit] for c in rules.new_columns],
        "picture_root": None if rules.picture_root is None else str(rules.picture_root),
        "encoding": rules.encoding,
        "delimiter": rules.delimiter,
        "sheet": rules.sheet,
    }


def _rules_from_json(data: Mapping[str, Any]) -> TableRules:
    root = data["picture_root"]
    return TableRules(
        mapping=data["mapping"],
        new_columns=tuple(
            Column(name, label, FieldKind(kind), unit)
            for name, label, kind, unit in data["new_columns"]
        ),
        picture_root=None if root is None else Path(root),
        encoding=data["encoding"],
        delimiter=data["delimiter"],
        sheet=data["sheet"],
    )
