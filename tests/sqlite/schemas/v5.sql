PRAGMA application_id = 1415007827;
PRAGMA user_version = 5;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
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
            extra TEXT NOT NULL DEFAULT '{}',  -- JSON object by column name
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
CREATE VIRTUAL TABLE products_fts USING fts5 (
            sku, title, brand, category, size, barcode, notes, extra, content='', tokenize='unicode61 remove_diacritics 2'
        );
CREATE TRIGGER products_fts_added AFTER INSERT ON products BEGIN
            INSERT INTO products_fts (rowid, sku, title, brand, category, size, barcode, notes, extra)
            VALUES (new.id, 
        new.sku, new.title, new.brand, new.category, new.size, new.barcode,
        new.notes,
        (SELECT group_concat(CASE type WHEN 'text' THEN value ELSE printf('%.15g', value) END, ' ')
           FROM json_each(new.extra) WHERE type IN ('text', 'integer', 'real'))
    );
        END;
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
CREATE TABLE evidence_print (
                content_id INTEGER PRIMARY KEY REFERENCES contents (id),
                data BLOB NOT NULL
            );
CREATE TABLE evidence_shape (
                content_id INTEGER PRIMARY KEY REFERENCES contents (id),
                data BLOB NOT NULL
            );
CREATE TABLE evidence_colour (
                content_id INTEGER PRIMARY KEY REFERENCES contents (id),
                data BLOB NOT NULL
            );
CREATE TABLE duplicates_about (
            name TEXT PRIMARY KEY,
            version TEXT NOT NULL DEFAULT '',
            revision TEXT NOT NULL DEFAULT ''
        ) WITHOUT ROWID;
CREATE TABLE pairs (
            content_a INTEGER NOT NULL,
            content_b INTEGER NOT NULL CHECK (content_a < content_b),
            judgement BLOB NOT NULL,  -- a record of pairs.py
            PRIMARY KEY (content_a, content_b)
        ) WITHOUT ROWID;
CREATE TABLE compared (content_id INTEGER PRIMARY KEY REFERENCES contents (id));
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
CREATE TABLE containers (
            content_id INTEGER PRIMARY KEY REFERENCES contents (id),
            class TEXT NOT NULL,
            probability REAL NOT NULL,
            vector BLOB NOT NULL  -- little-endian float16
        );
CREATE INDEX containers_class ON containers (class);
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
CREATE TABLE capture_pictures (
            capture_id INTEGER PRIMARY KEY REFERENCES captures (id) ON DELETE CASCADE,
            picture BLOB NOT NULL
        );
CREATE TABLE stock_takes (
            id INTEGER PRIMARY KEY,
            started_at TEXT NOT NULL,
            after_capture INTEGER NOT NULL  -- the last one that does not count
        );
CREATE INDEX products_live_barcode
            ON products (ltrim(replace(replace(barcode, ' ', ''), '-', ''), '0'))
            WHERE removed = 0 AND barcode <> '';
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('products', NULL, '100000');
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('products', 'products_live_sku', '100000 1');
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('products', 'products_live_brand', '100000 200 1');
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('products', 'products_live_category', '100000 2000 1');
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('products', 'products_bookmarked', '100 1');
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('products', 'products_live_barcode', '100000 1');
INSERT INTO _sqlite_migrations (id, migration_set, name, applied_at) VALUES (1, 'twinshelf', 'v1_foundation', '2026-11-22 23:44:03.730652+00:00');
INSERT INTO _sqlite_migrations (id, migration_set, name, applied_at) VALUES (2, 'twinshelf', 'v2_evidence', '2026-11-26 10:51:55.819766+00:00');
INSERT INTO _sqlite_migrations (id, migration_set, name, applied_at) VALUES (3, 'twinshelf', 'v3_duplicates', '2026-11-26 15:03:34.593404+00:00');
INSERT INTO _sqlite_migrations (id, migration_set, name, applied_at) VALUES (4, 'twinshelf', 'v4_containers', '2026-11-26 18:17:30.135764+00:00');
INSERT INTO _sqlite_migrations (id, migration_set, name, applied_at) VALUES (5, 'twinshelf', 'v5_captures', '2026-11-26 22:11:16.544706+00:00');
INSERT INTO about (name, value) VALUES ('name', 'Frozen v1');
INSERT INTO products (id, sku, sku_key, title, brand, category, price, currency, size, availability, url, barcode, notes, extra, bookmarked, removed, created_at, updated_at) VALUES (1, 'JAR-1', 'jar-1', 'Amber jar', 'Glas', 'jar', 9.5, '', '', '', '', '', '', '{"volume":50.0,"vegan":true,"neck":"24/410"}', 1, 0, '2026-11-22T23:44:03.814+00:00', '2026-11-22T23:44:03.840+00:00');
INSERT INTO products (id, sku, sku_key, title, brand, category, price, currency, size, availability, url, barcode, notes, extra, bookmarked, removed, created_at, updated_at) VALUES (2, 'JAR-2', 'jar-2', 'Clear jar', 'Glas', 'jar', NULL, '', '', '', '', '', '', '{"neck":"24/410"}', 0, 1, '2026-11-22T23:44:03.814+00:00', '2026-11-22T23:44:03.839+00:00');
INSERT INTO products (id, sku, sku_key, title, brand, category, price, currency, size, availability, url, barcode, notes, extra, bookmarked, removed, created_at, updated_at) VALUES (3, 'DROP-3', 'drop-3', 'Dropper', '', '', NULL, '', '', '', '', '', '', '{}', 0, 0, '2026-11-22T23:44:03.836+00:00', '2026-11-22T23:44:03.839+00:00');
INSERT INTO columns (name, label, kind, unit, position) VALUES ('neck', 'Neck finish', 'text', '', 2);
INSERT INTO columns (name, label, kind, unit, position) VALUES ('vegan', 'Vegan', 'flag', '', 1);
INSERT INTO columns (name, label, kind, unit, position) VALUES ('volume', 'Volume', 'number', 'ml', 0);
INSERT INTO sources (id, paths, kind, folder_rules, table_rules, watch, last_read_at) VALUES (1, '["/in"]', 'folder', '{"name_pattern": "{sku}_{view}", "category_from_folder": true}', '{"mapping": {}, "new_columns": [], "picture_root": null, "encoding": "", "delimiter": "", "sheet": ""}', 1, '2026-11-22T23:44:03.813+00:00');
INSERT INTO table_rules (headers, rules) VALUES ('["A", "B"]', '{"mapping": {"A": "sku"}, "new_columns": [], "picture_root": null, "encoding": "", "delimiter": "", "sheet": ""}');
INSERT INTO contents (id, hash, width, height, perceptual_hash, mean_colour) VALUES (1, '00000000000000000000000000000001', 101, 201, X'0000000000000001', 1056817);
INSERT INTO contents (id, hash, width, height, perceptual_hash, mean_colour) VALUES (2, '00000000000000000000000000000002', 102, 202, X'0000000000000002', 1056818);
INSERT INTO pictures (id, product_id, source_id, path, view, position, state, problem, content_id, size_bytes, mtime_ns, removed, live) VALUES (1, 1, 1, '/in/JAR-1_front.jpg', 'front', 0, 'ready', '', 1, 5001, 7001, 0, 1);
INSERT INTO pictures (id, product_id, source_id, path, view, position, state, problem, content_id, size_bytes, mtime_ns, removed, live) VALUES (2, 1, 1, '/in/JAR-1_back.jpg', 'back', 1, 'ready', '', 2, 5002, 7002, 0, 1);
INSERT INTO pictures (id, product_id, source_id, path, view, position, state, problem, content_id, size_bytes, mtime_ns, removed, live) VALUES (3, 2, 1, '/in/JAR-2.jpg', '', 0, 'failed', 'The file is empty.', NULL, 0, 5, 0, 0);
INSERT INTO pictures (id, product_id, source_id, path, view, position, state, problem, content_id, size_bytes, mtime_ns, removed, live) VALUES (4, 3, NULL, './pictures/z/a.jpg', '', 0, 'pending', '', NULL, 0, 0, 0, 1);
INSERT INTO models (id, key, dimension, vector_count, revision) VALUES (1, 'model:1', 8, 2, 'F7FCA39BAFEA5782');
INSERT INTO embeddings (model_id, content_id, vector) VALUES (1, 1, X'5E31613622310FB90737EE322BB48334');
INSERT INTO embeddings (model_id, content_id, vector) VALUES (1, 2, X'142BE4B0BBAFB6B936385B3517AE3E33');
INSERT INTO changes (id, label, made_at, undone, structure, pictures, payload) VALUES (1, 'Add DROP-3', '2026-11-22T23:44:03.837+00:00', 0, 1, 1, X'789CAB562A28CA4F294D2E2956B25288368ED551504A4ECDC901F3A2117240E1A2D4DCFCB2D41420333ADA5847C15047C12016086A01C8371485');
INSERT INTO changes (id, label, made_at, undone, structure, pictures, payload) VALUES (2, 'Edit 2 products', '2026-11-22T23:44:03.838+00:00', 0, 1, 0, X'789CAB562A28CA4F294D2E2956B2528836D451308AD551504A4ECDC9010B4423A481C2494589792940463448A1D2E1CE92FCCC9C5490847B4E62B1125063B41136F158900C8A41A9152545897A79A9C9D930D3F24A737280124626FA26860630A3D00481A01600B0A23455');
INSERT INTO changes (id, label, made_at, undone, structure, pictures, payload) VALUES (3, 'Bookmark 1 product', '2026-11-22T23:44:03.838+00:00', 0, 0, 0, X'789CAB562A28CA4F294D2E2956B25288368CD551504A4ECDC901F3A2117240E1A4FCFCECDCC4A2ECD414202F3ADA5047C14047C13016086A010E9115AE');
INSERT INTO changes (id, label, made_at, undone, structure, pictures, payload) VALUES (4, 'Remove 1 product', '2026-11-22T23:44:03.839+00:00', 0, 1, 1, X'789CAB562A28CA4F294D2E2956B25288368AD551504A4ECDC901F3A2117240E1A2D4DCFCB2D41420333ADA4847C14047C13016086A01C7F41483');
INSERT INTO changes (id, label, made_at, undone, structure, pictures, payload) VALUES (5, 'Edit 1 product', '2026-11-22T23:44:03.840+00:00', 1, 0, 0, X'789CAB562A28CA4F294D2E2956B25288368CD551504A4ECDC901F3A2117240E192CC929C5420233ADA10C873CC4D4A2D52C84A2C0249F92496A41629C502412D00041D1914');
INSERT INTO saved_filters (id, name, filter) VALUES (1, 'Dear', '{"text": "jar", "conditions": [["price", "at_least", [5.0]]], "bookmarked_only": false, "picture_state": null}');
INSERT INTO recent_queries (id, asked_at, label, thumbnail, hits) VALUES (1, '2026-11-22T23:44:03.839+00:00', 'photo', X'6A706567', '[[1, 0.75]]');
INSERT INTO settings (name, value) VALUES ('model', 'model:1');
INSERT INTO evidence_versions (id, version) VALUES (1, 'mask:1 print:1 shape:1 colour:1');
INSERT INTO descriptions (content_id, version_id, problem) VALUES (1, 1, '');
INSERT INTO descriptions (content_id, version_id, problem) VALUES (2, 1, 'Nothing could be made out.');
INSERT INTO evidence_channels (name, revision) VALUES ('colour', '99899CAA19284D81');
INSERT INTO evidence_channels (name, revision) VALUES ('container', 'EA7335D5C5568E88');
INSERT INTO evidence_channels (name, revision) VALUES ('copy', '');
INSERT INTO evidence_channels (name, revision) VALUES ('print', '8440152751749F43');
INSERT INTO evidence_channels (name, revision) VALUES ('shape', '3BD5E9670793C9A2');
INSERT INTO evidence_print (content_id, data) VALUES (1, X'7072696E74206F6620746865206669727374');
INSERT INTO evidence_shape (content_id, data) VALUES (1, X'7368617065206F6620746865206669727374');
INSERT INTO evidence_colour (content_id, data) VALUES (1, X'636F6C6F757273206F6620746865206669727374');
INSERT INTO duplicates_about (name, version, revision) VALUES ('pairs', 'judge:1', '42255D173E66C26A');
INSERT INTO duplicates_about (name, version, revision) VALUES ('verdicts', '', '');
INSERT INTO pairs (content_a, content_b, judgement) VALUES (1, 2, X'0000403F0000003E0000803D0000803F0000003F0000803E0000C07F0000003F05');
INSERT INTO compared (content_id) VALUES (1);
INSERT INTO compared (content_id) VALUES (2);
INSERT INTO verdicts (id, hash_a, hash_b, sku_a, sku_b, verdict, decided_at, decided_by) VALUES (1, '00000000000000000000000000000001', '00000000000000000000000000000002', '', '', 'different', '2026-01-02T03:04:05.678+00:00', '');
INSERT INTO containers (content_id, class, probability, vector) VALUES (1, 'Jars', 0.75, X'CD38663A00000000');
INSERT INTO captures (id, taken_at, outcome, decision, confidence, product_id, sku, title, barcode, pieces, source) VALUES (1, '2026-01-02T03:04:05.000+00:00', 'not_found', 'left', 0.1, NULL, '', '', '', 0, 'Front camera');
INSERT INTO captures (id, taken_at, outcome, decision, confidence, product_id, sku, title, barcode, pieces, source) VALUES (2, '2026-01-02T03:05:05.000+00:00', 'found', 'accepted', 0.9, 1, 'JAR-1', 'Amber jar', '4006381333931', 3, 'Front camera');
INSERT INTO capture_pictures (capture_id, picture) VALUES (2, X'736D616C6C206A706567');
INSERT INTO stock_takes (id, started_at, after_capture) VALUES (1, '2026-11-26T22:11:16.588+00:00', 1);
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
CREATE TRIGGER products_fts_removed AFTER DELETE ON products BEGIN
            INSERT INTO products_fts (products_fts, rowid, sku, title, brand, category, size, barcode, notes, extra)
            VALUES ('delete', old.id, 
        old.sku, old.title, old.brand, old.category, old.size, old.barcode,
        old.notes,
        (SELECT group_concat(CASE type WHEN 'text' THEN value ELSE printf('%.15g', value) END, ' ')
           FROM json_each(old.extra) WHERE type IN ('text', 'integer', 'real'))
    );
        END;
CREATE TRIGGER products_fts_changed AFTER UPDATE OF sku, title, brand, category, size, barcode, notes, extra ON products BEGIN
            INSERT INTO products_fts (products_fts, rowid, sku, title, brand, category, size, barcode, notes, extra)
            VALUES ('delete', old.id, 
        old.sku, old.title, old.brand, old.category, old.size, old.barcode,
        old.notes,
        (SELECT group_concat(CASE type WHEN 'text' THEN value ELSE printf('%.15g', value) END, ' ')
           FROM json_each(old.extra) WHERE type IN ('text', 'integer', 'real'))
    );
            INSERT INTO products_fts (rowid, sku, title, brand, category, size, barcode, notes, extra)
            VALUES (new.id, 
        new.sku, new.title, new.brand, new.category, new.size, new.barcode,
        new.notes,
        (SELECT group_concat(CASE type WHEN 'text' THEN value ELSE printf('%.15g', value) END, ' ')
           FROM json_each(new.extra) WHERE type IN ('text', 'integer', 'real'))
    );
        END;
CREATE TRIGGER copies_added AFTER INSERT ON contents BEGIN
            UPDATE evidence_channels SET revision = hex(randomblob(8)) WHERE name = 'copy';
        END;
CREATE TRIGGER copies_changed AFTER UPDATE OF perceptual_hash ON contents
        WHEN old.perceptual_hash IS NOT new.perceptual_hash BEGIN
            UPDATE evidence_channels SET revision = hex(randomblob(8)) WHERE name = 'copy';
        END;
CREATE TRIGGER evidence_print_insert AFTER INSERT
                ON evidence_print BEGIN
                    UPDATE evidence_channels SET revision = hex(randomblob(8))
                     WHERE name = 'print';
                END;
CREATE TRIGGER evidence_print_update AFTER UPDATE
                ON evidence_print BEGIN
                    UPDATE evidence_channels SET revision = hex(randomblob(8))
                     WHERE name = 'print';
                END;
CREATE TRIGGER evidence_print_delete AFTER DELETE
                ON evidence_print BEGIN
                    UPDATE evidence_channels SET revision = hex(randomblob(8))
                     WHERE name = 'print';
                END;
CREATE TRIGGER evidence_shape_insert AFTER INSERT
                ON evidence_shape BEGIN
                    UPDATE evidence_channels SET revision = hex(randomblob(8))
                     WHERE name = 'shape';
                END;
CREATE TRIGGER evidence_shape_update AFTER UPDATE
                ON evidence_shape BEGIN
                    UPDATE evidence_channels SET revision = hex(randomblob(8))
                     WHERE name = 'shape';
                END;
CREATE TRIGGER evidence_shape_delete AFTER DELETE
                ON evidence_shape BEGIN
                    UPDATE evidence_channels SET revision = hex(randomblob(8))
                     WHERE name = 'shape';
                END;
CREATE TRIGGER evidence_colour_insert AFTER INSERT
                ON evidence_colour BEGIN
                    UPDATE evidence_channels SET revision = hex(randomblob(8))
                     WHERE name = 'colour';
                END;
CREATE TRIGGER evidence_colour_update AFTER UPDATE
                ON evidence_colour BEGIN
                    UPDATE evidence_channels SET revision = hex(randomblob(8))
                     WHERE name = 'colour';
                END;
CREATE TRIGGER evidence_colour_delete AFTER DELETE
                ON evidence_colour BEGIN
                    UPDATE evidence_channels SET revision = hex(randomblob(8))
                     WHERE name = 'colour';
                END;
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
CREATE TRIGGER verdicts_changed AFTER UPDATE ON verdicts BEGIN
            UPDATE duplicates_about SET revision = hex(randomblob(8)) WHERE name = 'verdicts';
        END;
CREATE TRIGGER containers_insert AFTER INSERT ON containers BEGIN
                UPDATE evidence_channels SET revision = hex(randomblob(8))
                 WHERE name = 'container';
            END;
CREATE TRIGGER containers_update AFTER UPDATE ON containers BEGIN
                UPDATE evidence_channels SET revision = hex(randomblob(8))
                 WHERE name = 'container';
            END;
CREATE TRIGGER containers_delete AFTER DELETE ON containers BEGIN
                UPDATE evidence_channels SET revision = hex(randomblob(8))
                 WHERE name = 'container';
            END;
