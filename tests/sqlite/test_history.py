"""Undo and redo, also around what imports and indexing write meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_app.domain.errors import DuplicateSku
from desktop_app.domain.filters import ProductFilter
from desktop_app.domain.products import Column, FieldKind, PictureState, Product, ProductFields
from desktop_app.domain.storage import ChangeSet
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue, open_catalogue
from tests.sqlite.building import (
    MODEL,
    add_product,
    import_products,
    picture_ids,
    read_all,
    read_picture,
)


def products(catalogue: SqliteCatalogue) -> list[Product]:
    ids = catalogue.products.list_ids(ProductFilter()).tolist()
    return [catalogue.products.get(product_id) for product_id in ids]


def seen(catalogue: SqliteCatalogue) -> list[tuple[object, ...]]:
    """Everything of the products that undo gives back."""
    return [(p.id, p.fields, p.bookmarked, p.pictures) for p in products(catalogue)]


def test_nothing_is_undone_in_a_new_catalogue(catalogue: SqliteCatalogue) -> None:
    assert catalogue.history.undo() == catalogue.history.redo() == ChangeSet()
    assert catalogue.history.undo_label() == catalogue.history.redo_label() == ""


def test_every_undoable_change_goes_back_and_forth(catalogue: SqliteCatalogue) -> None:
    catalogue.products.add_column(Column("volume", "Volume", FieldKind.NUMBER))
    catalogue.products.add_column(Column("vegan", "Vegan", FieldKind.FLAG))
    a = add_product(catalogue, "A", "/a0.jpg", "/a1.jpg", title="First", extra={"volume": 1 / 3})
    b = add_product(catalogue, "B", "/b0.jpg")
    read_all(catalogue, picture_ids(catalogue, a) + picture_ids(catalogue, b))
    steps = [
        lambda: catalogue.products.update_fields(
            [a, b], {"brand": "X", "volume": 2, "vegan": True}
        ),
        lambda: catalogue.products.update_fields([a], {"volume": None, "price": 0.1, "sku": "A2"}),
        lambda: catalogue.products.set_bookmarked([b], True),
        lambda: catalogue.products.set_main_picture(picture_ids(catalogue, a)[1]),
        lambda: catalogue.pictures.add(b, [(Path("/b1.jpg"), "side")]),
        lambda: catalogue.pictures.remove(picture_ids(catalogue, a)[:1]),
        lambda: catalogue.products.merge(a, [b], {"sku": "b", "title": "Both"}),
        lambda: catalogue.products.add(ProductFields("B2"), [(Path("/c.jpg"), "")]),
        lambda: catalogue.products.remove([a]),
    ]
    states, changes = [seen(catalogue)], []
    for step in steps:
        changes.append(step())
        states.append(seen(catalogue))
        assert states[-1] != states[-2]
        assert catalogue.history.undo_label() == changes[-1].label
        assert catalogue.history.redo_label() == ""
    for change, state in zip(reversed(changes), reversed(states[:-1]), strict=True):
        assert catalogue.history.undo() == change
        assert seen(catalogue) == state
        assert catalogue.history.redo_label() == change.label
    for change, state in zip(changes, states[1:], strict=True):
        assert catalogue.history.redo() == change
        assert seen(catalogue) == state


def test_history_survives_reopening(catalogue: SqliteCatalogue) -> None:
    a = add_product(catalogue, "A")
    catalogue.products.update_fields([a], {"title": "x"})
    catalogue.history.undo()
    catalogue.close()
    reopened = open_catalogue(catalogue.folder)
    try:
        assert reopened.history.undo_label() == "Add A"
        assert reopened.history.redo_label() == "Edit 1 product"
        reopened.history.redo()
        assert reopened.products.get(a).fields.title == "x"
    finally:
        reopened.close()


def test_a_new_change_ends_redo(catalogue: SqliteCatalogue) -> None:
    a = add_product(catalogue, "A")
    catalogue.products.update_fields([a], {"title": "x"})
    catalogue.history.undo()
    catalogue.products.update_fields([a], {"title": "y"})
    assert catalogue.history.redo_label() == ""
    assert catalogue.history.redo() == ChangeSet()
    assert catalogue.products.get(a).fields.title == "y"


def test_undo_leaves_what_indexing_learned(catalogue: SqliteCatalogue) -> None:
    a = add_product(catalogue, "A", "/a.jpg")
    (picture_id,) = picture_ids(catalogue, a)
    catalogue.products.remove([a])
    catalogue.pictures.record_read(MODEL, [read_picture(picture_id, 1)])
    catalogue.history.undo()
    (picture,) = catalogue.products.get(a).pictures
    assert (picture.state, picture.size_bytes) == (PictureState.READY, 5001)


def test_undo_leaves_what_an_import_wrote(catalogue: SqliteCatalogue) -> None:
    for name in ("volume", "depth"):
        catalogue.products.add_column(Column(name, name, FieldKind.NUMBER))
    (a,) = import_products(catalogue, "A")
    catalogue.products.update_fields([a], {"title": "mine", "brand": "mine", "volume": 1.0})
    catalogue.imports.update_products([(a, {"title": "theirs", "price": 5, "depth": 2.0})])
    catalogue.history.undo()
    fields = catalogue.products.get(a).fields
    assert fields == ProductFields("A", title="theirs", price=5.0, extra={"depth": 2.0})
    catalogue.history.redo()
    fields = catalogue.products.get(a).fields
    assert (fields.title, fields.brand) == ("theirs", "mine")
    assert fields.extra == {"volume": 1.0, "depth": 2.0}


def test_pictures_imported_to_a_product_share_its_fate(catalogue: SqliteCatalogue) -> None:
    a = add_product(catalogue, "A", "/a.jpg")
    import_products(catalogue, "B")
    source = catalogue.imports.sources()[0].id
    catalogue.imports.write_pictures(source, [(a, Path("/new.jpg"), "", 1, 2)])
    catalogue.history.undo()
    assert catalogue.pictures.counts().total == 1
    catalogue.history.redo()
    assert catalogue.pictures.counts().total == 3
    assert len(catalogue.products.get(a).pictures) == 2


def test_a_sku_taken_meanwhile_stops_undo_and_changes_nothing(catalogue: SqliteCatalogue) -> None:
    a = add_product(catalogue, "A", "/a.jpg")
    catalogue.products.remove([a])
    (b,) = import_products(catalogue, "a")
    with pytest.raises(DuplicateSku, match="Remove 1 product"):
        catalogue.history.undo()
    assert [p.id for p in products(catalogue)] == [b]
    assert catalogue.history.undo_label() == "Remove 1 product"
    catalogue.imports.update_products([(b, {"sku": "C"})])
    catalogue.history.undo()
    assert [p.fields.sku for p in products(catalogue)] == ["A", "C"]


def test_a_sku_and_its_key_are_undone_together(catalogue: SqliteCatalogue) -> None:
    (a,) = import_products(catalogue, "A")
    catalogue.products.update_fields([a], {"sku": "B"})
    catalogue.imports.update_products([(a, {"sku": "b"})])
    catalogue.history.undo()
    assert catalogue.products.ids_by_sku() == {"b": a}
    assert catalogue.products.get(a).fields.sku == "b"


def test_a_journal_may_only_name_columns_it_knows(catalogue: SqliteCatalogue) -> None:
    import json
    import zlib

    a = add_product(catalogue, "A")
    for table, column in (
        ("products", "sku_key = 'x', title"),
        ("products", "extra.a') --"),
        ("pictures", "extra.a"),
    ):
        forged = {"products": [a], "cells": [[table, column, [[a, "", "x"]]]]}
        with catalogue._database.write() as connection:
            connection.execute(
                "INSERT INTO changes (label, made_at, structure, pictures, payload) "
                "VALUES ('forged', '', 0, 0, ?)",
                (zlib.compress(json.dumps(forged).encode()),),
            )
        with pytest.raises(ValueError, match="not a column"):
            catalogue.history.undo()


def test_large_changes_are_undone_whole(catalogue: SqliteCatalogue) -> None:
    ids = import_products(catalogue, *(f"S{i}" for i in range(2000)))
    catalogue.products.update_fields(ids, {"title": "all"})
    catalogue.products.remove(ids)
    assert catalogue.pictures.counts().total == 0
    assert catalogue.history.undo().product_ids == tuple(ids)
    assert catalogue.history.undo().label == "Edit 2000 products"
    assert catalogue.pictures.counts().total == 2000
    assert {card.title for card in catalogue.products.cards(ids)} == {""}
