"""Picture files and what was read from them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import numpy as np

from desktop_app.domain.products import Picture, PictureState
from desktop_app.domain.storage import (
    ChangeSet,
    Content,
    ContentMap,
    KnownContent,
    KnownFile,
    PendingPicture,
    PictureCounts,
    ReadPicture,
)
from desktop_app.infra.sqlite.connection import Database
from desktop_app.infra.sqlite.fields import clean_text
from desktop_app.infra.sqlite.history import Cells, perform
from desktop_app.infra.sqlite.listing import LIVE_PICTURES, picture
from desktop_app.infra.sqlite.picture_paths import PicturePaths
from desktop_app.infra.sqlite.picture_rows import NewPicture, insert_pictures, product_ids_of
from desktop_app.infra.sqlite.product_rows import require_live
from desktop_app.infra.sqlite.thumbnails import ThumbnailCache
from desktop_app.infra.sqlite.vectors import store_vectors


class SqlitePictures:
    """The PictureStore port."""

    def __init__(self, database: Database, paths: PicturePaths, thumbnails: ThumbnailCache) -> None:
        self._database = database
        self._paths = paths
        self._thumbnails = thumbnails

    def counts(self) -> PictureCounts:
        with self._database.read() as connection:
            counted = connection.execute(
                "SELECT state, count(*) FROM pictures WHERE live = 1 GROUP BY state"
            )
            return PictureCounts(**dict(counted))

    def get_by_content(self, content_id: int) -> list[Picture]:
        with self._database.read() as connection:
            rows = connection.execute(
                f"{LIVE_PICTURES} AND content_id = ? ORDER BY pictures.id", (content_id,)
            )
            return [picture(row, self._paths) for row in rows]

    def problems(self, *, limit: int = 1000) -> list[Picture]:
        with self._database.read() as connection:
            rows = connection.execute(
                f"{LIVE_PICTURES} AND state IN ('failed', 'offline') ORDER BY pictures.id LIMIT ?",
                (limit,),
            )
            return [picture(row, self._paths) for row in rows]

    def pending(self, *, after_id: int = 0, limit: int = 256) -> list[PendingPicture]:
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT pictures.id, path, hash FROM pictures "
                "LEFT JOIN contents ON contents.id = content_id "
                "WHERE live = 1 AND state = 'pending' AND pictures.id > ? "
                "ORDER BY pictures.id LIMIT ?",
                (after_id, limit),
            )
            return self._pending(rows)

    def lacking_vectors(
        self, model_key: str, *, after_id: int = 0, limit: int = 256
    ) -> list[PendingPicture]:
        with self._database.read() as connection:
            # Of several pictures with one content the first stands for all.
            rows = connection.execute(
                """
                SELECT pictures.id, path, hash
                  FROM pictures JOIN contents ON contents.id = content_id
                 WHERE live = 1 AND state = 'ready' AND pictures.id > ?
                   AND NOT EXISTS (SELECT 1 FROM embeddings
                                    WHERE embeddings.content_id = pictures.content_id
                                      AND model_id = (SELECT id FROM models WHERE key = ?))
                   AND NOT EXISTS (SELECT 1 FROM pictures AS earlier
                                    WHERE earlier.content_id = pictures.content_id
                                      AND earlier.live = 1 AND earlier.state = 'ready'
                                      AND earlier.id < pictures.id)
                 ORDER BY pictures.id LIMIT ?
                """,
                (after_id, model_key, limit),
            )
            return self._pending(rows)

    def record_read(self, model_key: str, batch: Sequence[ReadPicture]) -> ChangeSet:
        """Raises ValueError for vectors that do not fit the model."""
        # First, so that no content is ever committed without its thumbnail.
        self._thumbnails.put(
            [
                (read.content.content_hash, read.thumbnail)
                for read in batch
                if read.content is not None and read.thumbnail is not None
            ]
        )
        with self._database.write() as connection:
            contents = _store_contents(connection, [r.content for r in batch if r.content])
            vectors = {
                contents[read.content.content_hash]: read.vector
                for read in batch
                if read.content is not None and read.vector is not None
            }
            store_vectors(connection, model_key, vectors)
            connection.executemany(
                "UPDATE pictures SET state = ?, problem = ?, content_id = ifnull(?, content_id) "
                "WHERE id = ?",
                [
                    (
                        read.state.value,
                        clean_text(read.problem),
                        contents[read.content.content_hash] if read.content else None,
                        read.picture_id,
                    )
                    for read in batch
                ],
            )
            connection.executemany(
                "UPDATE pictures SET size_bytes = ?, mtime_ns = ? WHERE id = ?",
                [(r.size_bytes, r.mtime_ns, r.picture_id) for r in batch if r.mtime_ns],
            )
            touched = product_ids_of(connection, [read.picture_id for read in batch])
        return ChangeSet(product_ids=touched, pictures=True)

    def known_contents(
        self, content_hashes: Sequence[str], model_key: str
    ) -> dict[str, KnownContent]:
        with self._database.read() as connection:
            found = connection.execute(
                "SELECT id, hash, width, height, perceptual_hash, mean_colour, "
                "EXISTS (SELECT 1 FROM embeddings WHERE content_id = contents.id "
                "AND model_id = (SELECT id FROM models WHERE key = ?)) "
                "FROM contents WHERE hash IN (SELECT value FROM json_each(?))",
                (model_key, json.dumps(list(content_hashes))),
            ).fetchall()
        pictured = self._thumbnails.known([row[1] for row in found])
        return {
            digest: KnownContent(
                content_id, Content(digest, *measures), bool(has_vector), digest in pictured
            )
            for content_id, digest, *measures, has_vector in found
        }

    def add(self, product_id: int, pictures: Sequence[tuple[Path, str]]) -> ChangeSet:
        """Raises ProductNotFound."""
        with self._database.write() as connection:
            require_live(connection, [product_id])
            # Stored as removed, and brought to life by the change that undo takes back.
            ids = insert_pictures(
                connection,
                [NewPicture(product_id, path, view) for path, view in pictures],
                self._paths,
                removed=True,
            )
            change = ChangeSet(f"Add {_pictures(len(ids))}", (product_id,), pictures=True)
            return perform(
                connection, change, [Cells("pictures", "removed", tuple((i, 1, 0) for i in ids))]
            )

    def remove(self, picture_ids: Sequence[int]) -> ChangeSet:
        with self._database.write() as connection:
            live = tuple(
                picture_id
                for (picture_id,) in connection.execute(
                    "SELECT id FROM pictures WHERE live = 1 "
                    "AND id IN (SELECT value FROM json_each(?))",
                    (json.dumps([int(picture_id) for picture_id in picture_ids]),),
                )
            )
            change = ChangeSet(
                f"Remove {_pictures(len(live))}", product_ids_of(connection, live), pictures=True
            )
            return perform(
                connection, change, [Cells("pictures", "removed", tuple((i, 0, 1) for i in live))]
            )

    def known_files(self, source_id: int | None = None) -> list[KnownFile]:
        of_source, parameters = (
            ("", ()) if source_id is None else ("AND source_id = ?", (source_id,))
        )
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT pictures.id, product_id, path, size_bytes, mtime_ns, hash, state "
                "FROM pictures LEFT JOIN contents ON contents.id = content_id "
                f"WHERE live = 1 {of_source} ORDER BY pictures.id",
                parameters,
            )
            states = {state.value: state for state in PictureState}
            absolute = self._paths.absolute
            return [
                KnownFile(i, product_id, absolute(path), size, mtime, digest or "", states[state])
                for i, product_id, path, size, mtime, digest, state in rows
            ]

    def removed_paths(self) -> set[str]:
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT path FROM pictures WHERE live = 0 "
                "EXCEPT SELECT path FROM pictures WHERE live = 1"
            )
            return {self._paths.absolute(path) for (path,) in rows}

    def set_state(
        self, picture_ids: Sequence[int], state: PictureState, problem: str = ""
    ) -> ChangeSet:
        with self._database.write() as connection:
            connection.execute(
                "UPDATE pictures SET state = ?, problem = ? "
                "WHERE id IN (SELECT value FROM json_each(?))",
                (state.value, clean_text(problem), json.dumps([int(i) for i in picture_ids])),
            )
            touched = product_ids_of(connection, picture_ids)
        return ChangeSet(product_ids=touched, pictures=True)

    def mark_all_pending(self, product_ids: Sequence[int] | None = None) -> ChangeSet:
        return self._mark_pending(
            "1" if product_ids is None else "product_id IN (SELECT value FROM json_each(?))",
            () if product_ids is None else (json.dumps([int(i) for i in product_ids]),),
        )

    def reread_for_thumbnails(self) -> ChangeSet:
        """Ask for readable pictures to be read again, after their thumbnails were lost."""
        return self._mark_pending("state = 'ready'", ())

    def content_map(self) -> ContentMap:
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT DISTINCT content_id, product_id FROM pictures "
                "WHERE live = 1 AND content_id IS NOT NULL ORDER BY content_id, product_id"
            ).fetchall()
        pairs = np.fromiter(chain.from_iterable(rows), np.int64, 2 * len(rows)).reshape(-1, 2)
        content_ids, product_ids = np.ascontiguousarray(pairs.T)
        return ContentMap(content_ids, product_ids)

    def content_hashes(self) -> dict[int, str]:
        with self._database.read() as connection:
            return dict(connection.execute("SELECT id, hash FROM contents"))

    def thumbnail(self, content_hash: str) -> bytes | None:
        return self._thumbnails.get(content_hash)

    def _mark_pending(self, condition: str, parameters: tuple[str, ...]) -> ChangeSet:
        with self._database.write() as connection:
            chosen = f"live = 1 AND {condition}"
            touched = tuple(
                product_id
                for (product_id,) in connection.execute(
                    f"SELECT DISTINCT product_id FROM pictures WHERE {chosen}", parameters
                )
            )
            # What could not be described is tried again too.
            connection.execute(
                "DELETE FROM descriptions WHERE problem <> '' AND content_id IN "
                f"(SELECT content_id FROM pictures WHERE {chosen})",
                parameters,
            )
            connection.execute(
                f"UPDATE pictures SET state = 'pending', problem = '' WHERE {chosen}", parameters
            )
        return ChangeSet(product_ids=touched, pictures=True)

    def _pending(self, rows: sqlite3.Cursor) -> list[PendingPicture]:
        return [
            PendingPicture(picture_id, self._paths.absolute(path), content_hash or "")
            for picture_id, path, content_hash in rows
        ]


def _store_contents(connection: sqlite3.Connection, contents: Sequence[Content]) -> dict[str, int]:
    """Ids by hash. What was learned of a known content before is replaced."""
    connection.executemany(
        "INSERT INTO contents (hash, width, height, perceptual_hash, mean_colour) "
        "VALUES (?, ?, ?, ?, ?) ON CONFLICT (hash) DO UPDATE SET width = excluded.width, "
        "height = excluded.height, perceptual_hash = excluded.perceptual_hash, "
        "mean_colour = excluded.mean_colour",
        [(c.content_hash, c.width, c.height, c.perceptual_hash, c.mean_colour) for c in contents],
    )
    return dict(
        connection.execute(
            "SELECT hash, id FROM contents WHERE hash IN (SELECT value FROM json_each(?))",
            (json.dumps([content.content_hash for content in contents]),),
        )
    )


def _pictures(count: int) -> str:
    return "1 picture" if count == 1 else f"{count} pictures"
