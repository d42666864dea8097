"""Saved filters, recent queries and settings."""

from __future__ import annotations

import json
from collections.abc import Sequence

from desktop_app.domain.filters import ProductFilter, SavedFilter
from desktop_app.domain.search import RecentQuery
from desktop_app.infra.sqlite.connection import Database
from desktop_app.infra.sqlite.fields import clean_text, now


class SqliteSaved:
    """The SavedItems port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def filters(self) -> list[SavedFilter]:
        """By name."""
        with self._database.read() as connection:
            return [
                SavedFilter(filter_id, name, ProductFilter.from_json(json.loads(written)))
                for filter_id, name, written in connection.execute(
                    "SELECT id, name, filter FROM saved_filters ORDER BY name COLLATE NOCASE, id"
                )
            ]

    def save_filter(self, name: str, product_filter: ProductFilter) -> SavedFilter:
        name = clean_text(name)
        with self._database.write(revises=False) as connection:
            connection.execute(
                "INSERT INTO saved_filters (name, filter) VALUES (?, ?) "
                "ON CONFLICT (name) DO UPDATE SET filter = excluded.filter",
                (name, json.dumps(product_filter.to_json())),
            )
            (filter_id,) = connection.execute(
                "SELECT id FROM saved_filters WHERE name = ?", (name,)
            ).fetchone()
        return SavedFilter(filter_id, name, product_filter)

    def delete_filter(self, filter_id: int) -> None:
        with self._database.write(revises=False) as connection:
            connection.execute("DELETE FROM saved_filters WHERE id = ?", (filter_id,))

    def recent_queries(self, *, limit: int = 30) -> list[RecentQuery]:
        """Newest first."""
        with self._database.read() as connection:
            return [
                RecentQuery(query_id, asked_at, label, thumbnail, _hits(hits))
                for query_id, asked_at, label, thumbnail, hits in connection.execute(
                    "SELECT id, asked_at, label, thumbnail, hits FROM recent_queries "
                    "ORDER BY id DESC LIMIT ?",
                    (limit,),
                )
            ]

    def remember_query(
        self, label: str, thumbnail: bytes, hits: Sequence[tuple[int, float]], *, keep: int = 30
    ) -> RecentQuery:
        asked_at = now()
        label = clean_text(label)
        written = json.dumps([(int(product_id), float(score)) for product_id, score in hits])
        with self._database.write(revises=False) as connection:
            connection.execute(
                "DELETE FROM recent_queries WHERE label = ? AND thumbnail = ?", (label, thumbnail)
            )
            query_id = connection.execute(
                "INSERT INTO recent_queries (asked_at, label, thumbnail, hits) VALUES (?, ?, ?, ?)",
                (asked_at, label, thumbnail, written),
            ).lastrowid
            connection.execute(
                "DELETE FROM recent_queries WHERE id NOT IN "
                "(SELECT id FROM recent_queries ORDER BY id DESC LIMIT ?)",
                (keep,),
            )
        return RecentQuery(query_id or 0, asked_at, label, thumbnail, _hits(written))

    def clear_recent_queries(self) -> None:
        with self._database.write(revises=False) as connection:
            connection.execute("DELETE FROM recent_queries")

    def setting(self, name: str, default: str = "") -> str:
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT value FROM settings WHERE name = ?", (name,)
            ).fetchone()
        return row[0] if row else default

    def set_setting(self, name: str, value: str) -> None:
        with self._database.write(revises=False) as connection:
            connection.execute(
                "INSERT INTO settings (name, value) VALUES (?, ?) "
                "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (name, value),
            )


def _hits(written: str) -> tuple[tuple[int, float], ...]:
    return tuple((product_id, score) for product_id, score in json.loads(written))
