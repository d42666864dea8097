"""Products: adding, editing, removing, merging, and what lists show of them."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_app.domain.errors import DuplicateSku, ProductNotFound, UserFacingError
from desktop_app.domain.filters import ProductFilter
from desktop_app.domain.products import Column, FieldKind, PictureState, ProductFields
from desktop_app.domain.storage import ChangeSet, ReadPicture
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue
from tests.sqlite.building import MODEL, add_product, content, picture_ids, read_all, read_picture

EVERY = ProductFilter()
FULL = ProductFields(
    sku="Ä-1",
    title="Amber jar",
    brand="Glas & Co",
    category="jar",
    price=12.345,
    currency="EUR",
    size="50 ml",
    availability="in stock",
    url="https://example.com/a",
    barcode="400123",
    notes="two\nlines",
    extra={"volume": 49.9, "vegan": True, "since": "2024-05-01", "neck": "24/410"},
)


@pytest.fixture
def with_columns(catalogue: SqliteCatalogue) -> SqliteCatalogue:
    for column in (
        Column("volume", "Volume", FieldKind.NUMBER, "ml"),
        Column("vegan", "Vegan", FieldKind.FLAG),
        Column("since", "Since", FieldKind.DATE),
        Column("neck", "Neck finish"),
    ):
        catalogue.products.add_column(column)
    return catalogue


def test_an_added_product_is_read_back_as_it_was(with_columns: SqliteCatalogue) -> None:
    pictures = [
        (Path("/p/front.jpg").absolute(), "front"),
        (Path("/p/back.jpg").absolute(), "back"),
    ]
    change = with_columns.products.add(FULL, pictures)
    (product_id,) = change.product_ids
    product = with_columns.products.get(product_id)
    assert product.fields == FULL
    assert [(Path(p.path), p.view, p.position) for p in product.pictures] == [
        (pictures[0][0], "front", 0),
        (pictures[1][0], "back", 1),
    ]
    assert {p.state for p in product.pictures} == {PictureState.PENDING}
    assert "" != product.created_at <= product.updated_at
    assert change == ChangeSet("Add Ä-1", (product_id,), structure=True, pictures=True)


def test_a_missing_product_is_not_found(catalogue: SqliteCatalogue) -> None:
    with pytest.raises(ProductNotFound):
        catalogue.products.get(7)
    assert catalogue.products.find_by_sku("7") is None


def test_skus_are_compared_without_case_in_any_script(catalogue: SqliteCatalogue) -> None:
    product_id = add_product(catalogue, "Étui-ß")
    for same in ("étui-ß", "ÉTUI-SS"):
        with pytest.raises(DuplicateSku):
            add_product(catalogue, same)
        found = catalogue.products.find_by_sku(same)
        assert found is not None
        assert found.id == product_id
    assert catalogue.products.ids_by_sku() == {"étui-ss": product_id}
    assert catalogue.products.count() == 1


def test_a_blank_sku_is_refused(catalogue: SqliteCatalogue) -> None:
    with pytest.raises(UserFacingError, match="needs a SKU"):
        add_product(catalogue, "  ")


def test_the_sku_of_a_removed_product_is_free(catalogue: SqliteCatalogue) -> None:
    first = add_product(catalogue, "A")
    catalogue.products.remove([first])
    second = add_product(catalogue, "a")
    assert second != first
    assert catalogue.products.list_ids(EVERY).tolist() == [second]


def test_edits_set_core_and_extra_fields_of_all_listed(with_columns: SqliteCatalogue) -> None:
    products = with_columns.products
    a, b, c = (add_product(with_columns, sku) for sku in "ABC")
    change = products.update_fields([b, a, b], {"brand": "New", "volume": 30, "price": 5})
    assert change == ChangeSet("Edit 2 products", (b, a), structure=True)
    for product_id in (a, b):
        fields = products.get(product_id).fields
        assert (fields.brand, fields.price, fields.extra) == ("New", 5.0, {"volume": 30.0})
    assert products.get(c).fields == ProductFields("C")


def test_an_edit_that_changes_nothing_is_no_change(catalogue: SqliteCatalogue) -> None:
    a, b = add_product(catalogue, "A", title="same"), add_product(catalogue, "B")
    before = catalogue.products.get(a)
    assert catalogue.products.update_fields([a], {"title": "same"}) == ChangeSet()
    change = catalogue.products.update_fields([a, b], {"title": "same"})
    assert (change.label, change.product_ids) == ("Edit 1 product", (b,))
    assert catalogue.products.get(a) == before
    assert catalogue.history.undo_label() == "Edit 1 product"


def test_clearing_a_field_leaves_no_value(with_columns: SqliteCatalogue) -> None:
    (product_id,) = with_columns.products.add(FULL).product_ids
    cleared = {"title": None, "price": None, "volume": None, "vegan": False, "neck": math.nan}
    cleared["neck"] = None
    with_columns.products.update_fields([product_id], cleared)
    fields = with_columns.products.get(product_id).fields
    assert (fields.title, fields.price) == ("", None)
    assert fields.extra == {"vegan": False, "since": "2024-05-01"}


def test_numbers_that_are_none_are_stored_as_no_value(with_columns: SqliteCatalogue) -> None:
    fields = ProductFields("A", price=math.inf, extra={"volume": math.nan})
    (product_id,) = with_columns.products.add(fields).product_ids
    assert with_columns.products.get(product_id).fields == ProductFields("A")


def test_text_that_sqlite_cannot_keep_is_mended(catalogue: SqliteCatalogue) -> None:
    product_id = add_product(catalogue, "A\udcff", title="nul\0byte")
    fields = catalogue.products.get(product_id).fields
    assert (fields.sku, fields.title) == ("A?", "nulbyte")
    assert catalogue.products.find_by_sku("a\udcff") is not None


@pytest.mark.parametrize(
    "values",
    [{"colour": "red"}, {"vegan": "maybe"}, {"volume": "much"}, {"extra": "{}"}, {"id": 1}],
)
def test_what_fits_no_column_is_a_defect(
    with_columns: SqliteCatalogue, values: dict[str, str]
) -> None:
    product_id = add_product(with_columns, "A")
    with pytest.raises(ValueError, match=r"undeclared|yes or no|float"):
        with_columns.products.update_fields([product_id], values)
    with pytest.raises(ValueError, match="undeclared"):
        with_columns.products.add(ProductFields("B", extra={"colour": "red"}))
    assert with_columns.products.count() == 1


def test_a_sku_is_given_to_one_product_only(catalogue: SqliteCatalogue) -> None:
    a, b = add_product(catalogue, "A"), add_product(catalogue, "B")
    for ids, sku in (([a, b], "C"), ([b], "a")):
        with pytest.raises(DuplicateSku):
            catalogue.products.update_fields(ids, {"sku": sku})
    catalogue.products.update_fields([b], {"sku": "b"})
    assert catalogue.products.get(b).fields.sku == "b"


def test_edits_of_products_that_are_gone_change_nothing(catalogue: SqliteCatalogue) -> None:
    a, b = add_product(catalogue, "A"), add_product(catalogue, "B")
    catalogue.products.remove([b])
    for act in (
        lambda: catalogue.products.update_fields([a, b], {"title": "x"}),
        lambda: catalogue.products.set_bookmarked([a, b], True),
        lambda: catalogue.products.remove([a, b]),
        lambda: catalogue.products.merge(a, [b], {}),
        lambda: catalogue.products.set_main_picture(99),
        lambda: catalogue.pictures.add(b, [(Path("/x.jpg"), "")]),
    ):
        with pytest.raises(ProductNotFound):
            act()
    product = catalogue.products.get(a)
    assert (product.fields.title, product.bookmarked) == ("", False)


def test_bookmarks_are_set_and_taken_away(catalogue: SqliteCatalogue) -> None:
    a, b = add_product(catalogue, "A"), add_product(catalogue, "B")
    assert catalogue.products.set_bookmarked([a, b], True).label == "Bookmark 2 products"
    change = catalogue.products.set_bookmarked([a], False)
    assert (change.label, change.product_ids) == ("Remove bookmark from 1 product", (a,))
    bookmarked = ProductFilter(bookmarked_only=True)
    assert catalogue.products.list_ids(bookmarked).tolist() == [b]
    assert catalogue.products.cards([b])[0].bookmarked


def test_removing_takes_products_and_their_pictures_out(catalogue: SqliteCatalogue) -> None:
    a, b = add_product(catalogue, "A", "/a.jpg"), add_product(catalogue, "B", "/b.jpg")
    change = catalogue.products.remove([a])
    assert change == ChangeSet("Remove 1 product", (a,), structure=True, pictures=True)
    assert catalogue.products.list_ids(EVERY).tolist() == [b]
    assert catalogue.products.count() == 1
    assert catalogue.products.cards([a]) == []
    assert catalogue.pictures.counts().total == 1
    assert [p.path for p in catalogue.pictures.pending()] == [str(Path("/b.jpg").absolute())]


def test_merging_moves_pictures_behind_the_keepers_own(with_columns: SqliteCatalogue) -> None:
    catalogue = with_columns
    keep = add_product(catalogue, "K", "/k0.jpg", "/k1.jpg")
    first = add_product(catalogue, "D1", "/d0.jpg", title="Better title")
    second = add_product(catalogue, "D2", "/e0.jpg", "/e1.jpg")
    expected = [pid for p in (keep, second, first) for pid in picture_ids(catalogue, p)]
    change = catalogue.products.merge(
        keep, [second, first], {"sku": "D1", "title": "Better title", "volume": 5}
    )
    assert change == ChangeSet(
        "Merge 3 products", (keep, second, first), structure=True, pictures=True
    )
    product = catalogue.products.get(keep)
    assert [p.id for p in product.pictures] == expected
    assert (product.fields.sku, product.fields.title) == ("D1", "Better title")
    assert product.fields.extra == {"volume": 5.0}
    assert catalogue.products.list_ids(EVERY).tolist() == [keep]
    assert catalogue.pictures.counts().total == 5


def test_merging_may_not_take_a_strangers_sku(catalogue: SqliteCatalogue) -> None:
    keep, drop, _ = (add_product(catalogue, sku) for sku in "KDX")
    with pytest.raises(DuplicateSku):
        catalogue.products.merge(keep, [drop], {"sku": "x"})
    assert catalogue.products.count() == 3


def test_the_main_picture_is_put_first(catalogue: SqliteCatalogue) -> None:
    product_id = add_product(catalogue, "A", "/0.jpg", "/1.jpg", "/2.jpg")
    first, second, third = picture_ids(catalogue, product_id)
    change = catalogue.products.set_main_picture(third)
    assert change == ChangeSet("Set main picture", (product_id,), pictures=True)
    assert picture_ids(catalogue, product_id) == [third, first, second]
    assert catalogue.products.cards([product_id])[0].main_picture_path.endswith("2.jpg")
    assert catalogue.products.set_main_picture(third) == ChangeSet()


def test_cards_come_in_the_order_asked_without_those_that_are_gone(
    with_columns: SqliteCatalogue,
) -> None:
    catalogue = with_columns
    a, b, c = (add_product(catalogue, sku, f"/{sku}.jpg") for sku in "ABC")
    (full,) = catalogue.products.add(FULL).product_ids
    catalogue.products.remove([b])
    cards = catalogue.products.cards([c, b, full, a, 99])
    assert [card.id for card in cards] == [c, full, a]
    shown = cards[1]
    assert {name: shown.value(name) for name in ("sku", "price", "volume", "vegan")} == {
        "sku": "Ä-1",
        "price": 12.345,
        "volume": 49.9,
        "vegan": True,
    }
    assert (shown.picture_count, shown.thumbnail, shown.main_picture_path) == (0, "", "")


def test_a_card_shows_the_main_picture_and_the_worst_state(catalogue: SqliteCatalogue) -> None:
    product_id = add_product(catalogue, "A", "/0.jpg", "/1.jpg")
    first, second = picture_ids(catalogue, product_id)
    card = catalogue.products.cards([product_id])[0]
    assert (card.state, card.thumbnail, card.picture_count) == (PictureState.PENDING, "", 2)
    read_all(catalogue, [first, second])
    card = catalogue.products.cards([product_id])[0]
    assert (card.state, card.thumbnail) == (PictureState.READY, content(first).content_hash)
    assert card.mean_colour == content(first).mean_colour
    for state in (PictureState.PENDING, PictureState.OFFLINE, PictureState.FAILED):
        catalogue.pictures.set_state([second], state)
        assert catalogue.products.cards([product_id])[0].state is state


def test_columns_keep_their_order_and_names_are_checked(with_columns: SqliteCatalogue) -> None:
    products = with_columns.products
    assert [column.name for column in products.columns()] == ["volume", "vegan", "since", "neck"]
    assert products.columns()[0] == Column("volume", "Volume", FieldKind.NUMBER, "ml")
    for name in ("volume", "sku", "created_at", "picture", "Volume", "a b", "", "1st", "é"):
        with pytest.raises(ValueError, match=r"taken|not a column name"):
            products.add_column(Column(name, "x"))
    assert products.add_column(Column("depth_2", "x")).structure


def test_a_product_without_a_vector_still_has_its_content(catalogue: SqliteCatalogue) -> None:
    product_id = add_product(catalogue, "A", "/0.jpg")
    (picture_id,) = picture_ids(catalogue, product_id)
    catalogue.pictures.record_read(MODEL, [read_picture(picture_id, 3, vector=False)])
    (picture,) = catalogue.products.get(product_id).pictures
    expected = content(3)
    assert picture == replace(
        picture,
        state=PictureState.READY,
        content_hash=expected.content_hash,
        width=expected.width,
        height=expected.height,
        size_bytes=5003,
        mtime_ns=7003,
    )
    assert isinstance(picture.content_id, int)
    failed = ReadPicture(picture_id, PictureState.FAILED, problem="It is damaged.", mtime_ns=1)
    catalogue.pictures.record_read(MODEL, [failed])
    (after,) = catalogue.products.get(product_id).pictures
    assert after == replace(
        picture, state=PictureState.FAILED, problem="It is damaged.", size_bytes=0, mtime_ns=1
    )
