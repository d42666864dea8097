"""Writing picture rows."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop_app.infra.sqlite.fields import clean_text
from desktop_app.infra.sqlite.picture_paths import PicturePaths


@dataclass(frozen=True, slots=True)
class NewPicture:
    """A picture to be added, not yet read."""

    product_id: int
    path: Path
    view: str = ""
    size_bytes: int = 0
    mtime_ns: int = 0


def insert_pictures(
    connection: sqlite3.Connection,
    pictures: Sequence[NewPicture],
    paths: PicturePaths,
    *,
    source_id: int | None = None,
    removed: bool = False,
) -> list[int]:
    """Append pictures to their products, waiting to be read. Returns their ids, in order."""
    if not pictures:
        return []
    wanted = json.dumps(list({picture.product_id for picture in pictures}))
    # Removed pictures count too, so that undo brings them back to a place of their own.
    next_position = dict(
        connection.execute(
            "SELECT product_id, max(position) + 1 FROM pictures "
            "WHERE product_id IN (SELECT value FROM json_each(?)) GROUP BY product_id",
            (wanted,),
        )
    )
    alive = {
        product_id
        for (product_id,) in connection.execute(
            "SELECT id FROM products WHERE removed = 0 AND id IN (SELECT value FROM json_each(?))",
            (wanted,),
        )
    }
    (last,) = connection.execute("SELECT ifnull(max(id), 0) FROM pictures").fetchone()
    rows = []
    for picture_id, picture in enumerate(pictures, last + 1):
        position = next_position.get(picture.product_id, 0)
        next_position[picture.product_id] = position + 1
        rows.append(
            (
                picture_id,
                picture.product_id,
                source_id,
                paths.stored(picture.path),
                clean_text(picture.view),
                position,
                picture.size_bytes,
                picture.mtime_ns,
                removed,
                not removed and picture.product_id in alive,
            )
        )
    connection.executemany(
        "INSERT INTO pictures (id, product_id, source_id, path, view, position, size_bytes, "
        "mtime_ns, removed, live) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    return [row[0] for row in rows]


def product_ids_of(connection: sqlite3.Connection, picture_ids: Iterable[int]) -> tuple[int, ...]:
    """The products of these pictures, each once, ascending."""
    return tuple(
        product_id
        for (product_id,) in connection.execute(
            "SELECT DISTINCT product_id FROM pictures "
            "WHERE id IN (SELECT value FROM json_each(?)) ORDER BY product_id",
            (json.dumps([int(picture_id) for picture_id in picture_ids]),),
        )
    )
