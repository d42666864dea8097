"""The catalogue's schema as a list of steps, each applied once and never edited afterwards.

Imported only when a catalogue is made or is older than the application: sqlite-utils takes
a while to load.
"""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database as UtilsDatabase
from sqlite_utils.migrations import Migrations

MIGRATIONS = Migrations("twinshelf")

_FTS_COLUMNS = "sku, title, brand, category, size, barcode, notes, extra"


def _searchable(row: str) -> str:
    """What the full-text index holds of a product row: its fields, and the values (not the
    names) of its extra columns, numbers without a needless '.0'."""
    return f"""
        {row}.sku, {row}.title, {row}.brand, {row}.category, {row}.size, {row}.barcode,
        {row}.notes,
        (SELECT group_concat(CASE type WHEN 'text' THEN value ELSE printf('%.15g', value) END, ' ')
           FROM json_each({row}.extra) WHERE type IN ('text', 'integer', 'real'))
    """


@MIGRATIONS()
def v1_foundation(db: UtilsDatabase) -> None:
    """Products, pictures, contents, vectors, imports, history and saved items."""
    db.executescript(f"""
        CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

        CREATE TABLE products (
            id INTEGER PRIMARY KEY,
            sku TEXT NOT NULL COLLATE NOCASE,
            sku_key TEXT NOT NULL,  -- the SKU casefolded
            title TEXT NOT NULL DEFAULT '' COLLATE NOCASE,
            brand TEXT NOT NULL DEFAULT '' COLLATE NOCASE,
            category TEXT NOT NULL DEFAULT '' COLLATE NOCASE,
            price REAL,
            currency TEXT NOT NULL DEFAULT '' COLLATE NOCASE,
            size TEXT NOT NULL DEFAULT '' COLLATE NOCASE,
            availability TEXT NOT NULL DEFAULT '' COLLATE NOCASE,
            url TEXT NOT NULL DEFAULT '' COLLATE NOCASE,
            barcode TEXT NOT NULL DEFAULT '' COLLATE NOCASE,
            notes TEXT NOT NULL DEFAULT '' COLLATE NOCASE,
            extra TEXT NOT NULL DEFAULT '{{}}',  -- JSON object by column name
            bookmarked INTEGER NOT NULL DEFAULT 0 CHECK (bookmarked IN (0, 1)),
            removed INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1)),
            created_at TEXT NOT NULL,
            updated_at TEXT NOT NULL
        );
        CREATE UNIQUE INDEX products_live_sku ON products (sku_key) WHERE removed = 0;
        CREATE INDEX products_live_brand ON products (brand, sku_key) WHERE removed = 0;
        CREATE INDEX products_live_category ON products (category, sku_key) WHERE removed = 0;
        CREATE INDEX products_bookmarked ON products (sku_key)
            WHERE removed = 0 AND bookmarked = 1;

        -- Told that there are many products and that few are removed, the planner reads whole
        -- tables in the order they lie in rather than through a partial index.
        ANALYZE sqlite_schema;
        INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
            ('products', NULL, '100000'),
            ('products', 'products_live_sku', '100000 1'),
            ('products', 'products_live_brand', '100000 200 1'),
            ('products', 'products_live_category', '100000 2000 1'),
            ('products', 'products_bookmarked', '100 1');

        CREATE TABLE columns (
            name TEXT PRIMARY KEY,
            label TEXT NOT NULL,
            kind TEXT NOT NULL,
            unit TEXT NOT NULL,
            position INTEGER NOT NULL
        ) WITHOUT ROWID;

        CREATE TABLE sources (
            id INTEGER PRIMARY KEY,
            paths TEXT NOT NULL UNIQUE,  -- JSON list, as stored for pictures
            kind TEXT NOT NULL,
            folder_rules TEXT NOT NULL,
            table_rules TEXT NOT NULL,
            watch INTEGER NOT NULL CHECK (watch IN (0, 1)),
            last_read_at TEXT NOT NULL
        );

        CREATE TABLE table_rules (
            headers TEXT PRIMARY KEY,  -- JSON list, sorted
            rules TEXT NOT NULL
        ) WITHOUT ROWID;

        CREATE TABLE contents (
            id INTEGER PRIMARY KEY,
            hash TEXT NOT NULL UNIQUE,
            width INTEGER NOT NULL,
            height INTEGER NOT NULL,
            perceptual_hash BLOB NOT NULL,
            mean_colour INTEGER NOT NULL
        );

        CREATE TABLE pictures (
            id INTEGER PRIMARY KEY,
            product_id INTEGER NOT NULL REFERENCES products (id),
            source_id INTEGER REFERENCES sources (id) ON DELETE SET NULL,
            -- absolute, or './' and the place inside the folder; bytes where not Unicode
            path NOT NULL,
            view TEXT NOT NULL DEFAULT '',
            position INTEGER NOT NULL,
            state TEXT NOT NULL DEFAULT 'pending'
                CHECK (state IN ('pending', 'ready', 'failed', 'offline')),
            problem TEXT NOT NULL DEFAULT '',
            content_id INTEGER REFERENCES contents (id),
            size_bytes INTEGER NOT NULL DEFAULT 0,
            mtime_ns INTEGER NOT NULL DEFAULT 0,
            removed INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1)),
            -- neither the picture nor its product is removed; kept by the triggers below
            live INTEGER NOT NULL CHECK (live IN (0, 1))
        );
        CREATE INDEX pictures_product ON pictures (product_id, position);
        CREATE INDEX pictures_source ON pictures (source_id);
        CREATE INDEX pictures_live_state ON pictures (state) WHERE live = 1;
        CREATE INDEX pictures_live_content ON pictures (content_id, product_id) WHERE live = 1;

        CREATE TRIGGER pictures_follow_product AFTER UPDATE OF removed ON products
        WHEN old.removed <> new.removed BEGIN
            UPDATE pictures SET live = (removed = 0 AND new.removed = 0)
             WHERE product_id = new.id;
        END;
        CREATE TRIGGER pictures_live AFTER UPDATE OF removed, product_id ON pictures BEGIN
            UPDATE pictures
               SET live = (new.removed = 0 AND
                           (SELECT removed = 0 FROM products WHERE id = new.product_id))
             WHERE id = new.id;
        END;

        CREATE TABLE models (
            id INTEGER PRIMARY KEY,
            key TEXT NOT NULL UNIQUE,
            dimension INTEGER NOT NULL,
            vector_count INTEGER NOT NULL DEFAULT 0,
            -- Random rather than counted, so that a catalogue restored from a backup never
            -- repeats the revision of a state that was lost.
            revision TEXT NOT NULL DEFAULT ''
        );
        CREATE TABLE embeddings (
            model_id INTEGER NOT NULL REFERENCES models (id),
            content_id INTEGER NOT NULL REFERENCES contents (id),
            vector BLOB NOT NULL,  -- little-endian float16
            UNIQUE (model_id, content_id)
        );
        CREATE TRIGGER embeddings_added AFTER INSERT ON embeddings BEGIN
            UPDATE models SET vector_count = vector_count + 1, revision = hex(randomblob(8))
             WHERE id = new.model_id;
        END;
        CREATE TRIGGER embeddings_replaced AFTER UPDATE ON embeddings BEGIN
            UPDATE models SET revision = hex(randomblob(8)) WHERE id = new.model_id;
        END;
        CREATE TRIGGER embeddings_removed AFTER DELETE ON embeddings BEGIN
            UPDATE models SET vector_count = vector_count - 1, revision = hex(randomblob(8))
             WHERE id = old.model_id;
        END;

        CREATE TABLE changes (
            id INTEGER PRIMARY KEY,
            label TEXT NOT NULL,
            made_at TEXT NOT NULL,
            undone INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1)),
            structure INTEGER NOT NULL,
            pictures INTEGER NOT NULL,
            payload BLOB NOT NULL  -- compressed JSON, see history.py
        );

        CREATE TABLE saved_filters (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            filter TEXT NOT NULL
        );
        CREATE TABLE recent_queries (
            id INTEGER PRIMARY KEY,
            asked_at TEXT NOT NULL,
            label TEXT NOT NULL,
            thumbnail BLOB NOT NULL,
            hits TEXT NOT NULL  -- JSON list of [product id, score]
        );
        CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

        -- Without content of its own: FTS5 cannot read a view with json_each in it. To build it
        -- anew, 'delete-all' and insert from products what the first trigger inserts.
        CREATE VIRTUAL TABLE products_fts USING fts5 (
            {_FTS_COLUMNS}, content='', tokenize='unicode61 remove_diacritics 2'
        );
        CREATE TRIGGER products_fts_added AFTER INSERT ON products BEGIN
            INSERT INTO products_fts (rowid, {_FTS_COLUMNS})
            VALUES (new.id, {_searchable("new")});
        END;
        CREATE TRIGGER products_fts_removed AFTER DELETE ON products BEGIN
            INSERT INTO products_fts (products_fts, rowid, {_FTS_COLUMNS})
            VALUES ('delete', old.id, {_searchable("old")});
        END;
        CREATE TRIGGER products_fts_changed AFTER UPDATE OF {_FTS_COLUMNS} ON products BEGIN
            INSERT INTO products_fts (products_fts, rowid, {_FTS_COLUMNS})
            VALUES ('delete', old.id, {_searchable("old")});
            INSERT INTO products_fts (rowid, {_FTS_COLUMNS})
            VALUES (new.id, {_searchable("new")});
        END;
    """)


@MIGRATIONS()
def v2_evidence(db: UtilsDatabase) -> None:
    """What the enriching channels found in a picture, by content."""
    db.executescript("""
        CREATE TABLE evidence_versions (id INTEGER PRIMARY KEY, version TEXT NOT NULL UNIQUE);
        CREATE TABLE descriptions (
            content_id INTEGER PRIMARY KEY REFERENCES contents (id),
            version_id INTEGER NOT NULL REFERENCES evidence_versions (id),
            problem TEXT NOT NULL DEFAULT ''  -- why it could not be described
        );
        CREATE TABLE evidence_channels (
            name TEXT PRIMARY KEY,
            revision TEXT NOT NULL DEFAULT ''  -- random, as in models
        ) WITHOUT ROWID;
        INSERT INTO evidence_channels (name)
            VALUES ('copy'), ('print'), ('shape'), ('colour');
        CREATE TRIGGER copies_added AFTER INSERT ON contents BEGIN
            UPDATE evidence_channels SET revision = hex(randomblob(8)) WHERE name = 'copy';
        END;
        CREATE TRIGGER copies_changed AFTER UPDATE OF perceptual_hash ON contents
        WHEN old.perceptual_hash IS NOT new.perceptual_hash BEGIN
            UPDATE evidence_channels SET revision = hex(randomblob(8)) WHERE name = 'copy';
        END;
    """)
    # A table for each: the small records of one are read without paging through the large
    # ones of another, and a record is found by its row id.
    for channel in ("print", "shape", "colour"):
        db.executescript(f"""
            CREATE TABLE evidence_{channel} (
                content_id INTEGER PRIMARY KEY REFERENCES contents (id),
                data BLOB NOT NULL
            );
        """)
        for event in ("insert", "update", "delete"):
            db.executescript(f"""
                CREATE TRIGGER evidence_{channel}_{event} AFTER {event.upper()}
                ON evidence_{channel} BEGIN
                    UPDATE evidence_channels SET revision = hex(randomblob(8))
                     WHERE name = '{channel}';
                END;
            """)


@MIGRATIONS()
def v3_duplicates(db: UtilsDatabase) -> None:
    """Pairs of contents that may be one thing, and what a person said of such pairs."""
    db.executescript("""
        -- What judged the pairs, and revisions: random, as in models.
        CREATE TABLE duplicates_about (
            name TEXT PRIMARY KEY,
            version TEXT NOT NULL DEFAULT '',
            revision TEXT NOT NULL DEFAULT ''
        ) WITHOUT ROWID;
        INSERT INTO duplicates_about (name) VALUES ('pairs'), ('verdicts');

        CREATE TABLE pairs (
            content_a INTEGER NOT NULL,
            content_b INTEGER NOT NULL CHECK (content_a < content_b),
            judgement BLOB NOT NULL,  -- a record of pairs.py
            PRIMARY KEY (content_a, content_b)
        ) WITHOUT ROWID;
        CREATE TABLE compared (content_id INTEGER PRIMARY KEY REFERENCES contents (id));

        -- A content of which more is known, or that another product shows, is compared again.
        CREATE TRIGGER compared_embedding_added AFTER INSERT ON embeddings BEGIN
            DELETE FROM compared WHERE content_id = new.content_id;
        END;
        CREATE TRIGGER compared_description_added AFTER INSERT ON descriptions BEGIN
            DELETE FROM compared WHERE content_id = new.content_id;
        END;
        CREATE TRIGGER compared_description_changed AFTER UPDATE ON descriptions BEGIN
            DELETE FROM compared WHERE content_id = new.content_id;
        END;
        CREATE TRIGGER compared_shown AFTER UPDATE OF content_id, product_id ON pictures
        WHEN old.content_id IS NOT new.content_id OR old.product_id <> new.product_id BEGIN
            DELETE FROM compared WHERE content_id = new.content_id;
        END;

        -- By content hash, so that a verdict stays whatever becomes of pictures and products.
        -- A row once made stays: taking a verdict back empties it, so that undo finds it.
        CREATE TABLE verdicts (
            id INTEGER PRIMARY KEY,
            hash_a TEXT NOT NULL,
            hash_b TEXT NOT NULL CHECK (hash_a <= hash_b),
            sku_a TEXT NOT NULL DEFAULT '',  -- casefolded; only where the hashes are equal
            sku_b TEXT NOT NULL DEFAULT '',
            verdict TEXT NOT NULL DEFAULT ''
                CHECK (verdict IN ('', 'same', 'variant', 'different', 'later')),
            decided_at TEXT NOT NULL DEFAULT '',
            decided_by TEXT NOT NULL DEFAULT '',
            UNIQUE (hash_a, hash_b, sku_a, sku_b)
        );
        CREATE TRIGGER verdicts_changed AFTER UPDATE ON verdicts BEGIN
            UPDATE duplicates_about SET revision = hex(randomblob(8)) WHERE name = 'verdicts';
        END;
    """)


@MIGRATIONS()
def v4_containers(db: UtilsDatabase) -> None:
    """Which kind of container a content shows, and its object in grey as a vector."""
    db.executescript("""
        CREATE TABLE containers (
            content_id INTEGER PRIMARY KEY REFERENCES contents (id),
            class TEXT NOT NULL,
            probability REAL NOT NULL,
            vector BLOB NOT NULL  -- little-endian float16
        );
        CREATE INDEX containers_class ON containers (class);
        INSERT INTO evidence_channels (name) VALUES ('container');
    """)
    for event in ("insert", "update", "delete"):
        db.executescript(f"""
            CREATE TRIGGER containers_{event} AFTER {event.upper()} ON containers BEGIN
                UPDATE evidence_channels SET revision = hex(randomblob(8))
                 WHERE name = 'container';
            END;
        """)


@MIGRATIONS()
def v5_captures(db: UtilsDatabase) -> None:
    """The log of the capture station, and products by the code on them."""
    db.executescript("""
        -- Ids are not given again, since a record that was removed may come back.
        CREATE TABLE captures (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            taken_at TEXT NOT NULL,
            outcome TEXT NOT NULL CHECK (outcome IN ('found', 'perhaps', 'not_found')),
            decision TEXT NOT NULL
                CHECK (decision IN ('accepted', 'chosen', 'enrolled', 'rejected', 'left')),
            confidence REAL NOT NULL,
            product_id INTEGER REFERENCES products (id),
            sku TEXT NOT NULL,
            title TEXT NOT NULL,
            barcode TEXT NOT NULL,
            pieces INTEGER NOT NULL,
            source TEXT NOT NULL
        );
        -- Apart, so that the list is read without paging through pictures.
        CREATE TABLE capture_pictures (
            capture_id INTEGER PRIMARY KEY REFERENCES captures (id) ON DELETE CASCADE,
            picture BLOB NOT NULL
        );
        CREATE TABLE stock_takes (
            id INTEGER PRIMARY KEY,
            started_at TEXT NOT NULL,
            after_capture INTEGER NOT NULL  -- the last one that does not count
        );

        -- One number has forms that differ in zeros before it, blanks and hyphens.
        CREATE INDEX products_live_barcode
            ON products (ltrim(replace(replace(barcode, ' ', ''), '-', ''), '0'))
            WHERE removed = 0 AND barcode <> '';
        INSERT INTO sqlite_stat1 (tbl, idx, stat)
            VALUES ('products', 'products_live_barcode', '100000 1');
    """)


def migrate(connection: sqlite3.Connection, migrations: Migrations = MIGRATIONS) -> None:
    """Bring a database up to date in one transaction, all steps or none.

    The number of steps taken is kept as ``user_version``, so that the version can be told
    from the file's header.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Inside an open transaction sqlite-utils nests its own as savepoints.
        database = UtilsDatabase(connection, recursive_triggers=False, execute_plugins=False)
        migrations.apply(database)
        connection.execute(f"PRAGMA user_version = {len(migrations.applied(database))}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
