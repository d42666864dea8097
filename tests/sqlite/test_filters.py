"""What passes a filter, in what order, and what facets count."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.filters import Condition, Facet, Operator, ProductFilter, SortOrder
from desktop_app.domain.products import Column, FieldKind, FieldValue, PictureState, ProductFields
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue, create_catalogue
from desktop_app.infra.sqlite.filters import match_expression
from tests.sqlite.building import add_product, picture_ids, read_all


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteCatalogue]:
    """The filled catalogue, for tests that do not change it."""
    opened = create_catalogue(tmp_path_factory.mktemp("shelf"), "Shelf")
    yield filled(opened)
    opened.close()


def filled(catalogue: SqliteCatalogue) -> SqliteCatalogue:
    """Four products: A-1, B-2, C-3 and D-4 (which has nothing but its SKU)."""
    for column in (
        Column("volume", "Volume", FieldKind.NUMBER),
        Column("vegan", "Vegan", FieldKind.FLAG),
        Column("since", "Since", FieldKind.DATE),
        Column("neck", "Neck finish"),
    ):
        catalogue.products.add_column(column)
    for fields in (
        ProductFields(
            "A-1",
            title="Crème jar, amber",
            brand="Étoile",
            category="jar",
            price=9.5,
            size="50 ml",
            notes="100% recycled_glass",
            extra={"volume": 50.0, "vegan": True, "since": "2023-01-31", "neck": "24/410"},
        ),
        ProductFields(
            "B-2",
            title="Amber bottle",
            brand="acme",
            category="bottle",
            price=100,
            size="7 ml",
            barcode="4001234567890",
            extra={"volume": 7.5, "vegan": False, "since": "2024-06-01", "neck": "GPI"},
        ),
        ProductFields(
            "C-3",
            title='Dropper "tall"',
            brand="Acme",
            category="Bottle",
            price=30,
            extra={"volume": 300.0, "neck": "gpi", "since": ""},
        ),
        ProductFields("D-4"),
    ):
        catalogue.products.add(fields)
    return catalogue


def skus(catalogue: SqliteCatalogue, *args: object, **filters: object) -> list[str]:
    ids = catalogue.products.list_ids(ProductFilter(**filters), *args)  # type: ignore[arg-type]
    return [card.sku[0] for card in catalogue.products.cards(ids.tolist())]


def passing(
    catalogue: SqliteCatalogue, column: str, operator: Operator, *values: FieldValue
) -> str:
    return "".join(skus(catalogue, conditions=(Condition(column, operator, values),)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "ABCD"),
        ("amber", "AB"),
        ("AMB", "AB"),
        ("amber jar", "A"),
        ("jar amb", "A"),
        ("amb jar", ""),  # only the last word is a prefix
        ("creme", "A"),
        ("étoile", "A"),
        ("ETOILE", "A"),
        ("a-1", "A"),
        ("B-", "BC"),  # B-2, and the category of C-3
        ("24/410", "A"),
        ("40012345", "B"),
        ("300", "C"),
        ("50", "A"),
        ("recycled", "A"),
        ("neck", ""),  # names of extra columns are not searched
        ("dropper tall", "C"),
        ("...", "ABCD"),
        ("- jar", "A"),
    ],
)
def test_text_finds_every_word_the_last_as_a_prefix(
    shelf: SqliteCatalogue, text: str, expected: str
) -> None:
    assert "".join(skus(shelf, text=text)) == expected


@given(st.text(max_size=30))
def test_no_text_is_an_error(text: str) -> None:
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE t USING fts5 (x)")
        if match := match_expression(text):
            connection.execute("SELECT * FROM t WHERE t MATCH ?", (match,)).fetchall()
    finally:
        connection.close()


@pytest.mark.parametrize(
    "text", ['"', "a OR", "NEAR(a b)", "sku:", "a*b", "(", "^x", "-a", "AND", "{a}"]
)
def test_search_syntax_is_plain_text(shelf: SqliteCatalogue, text: str) -> None:
    skus(shelf, text=text)


@pytest.mark.parametrize(
    ("column", "operator", "values", "expected"),
    [
        ("brand", Operator.ANY_OF, ("ACME",), "BC"),
        ("brand", Operator.ANY_OF, ("éTOILE",), "A"),
        ("brand", Operator.ANY_OF, ("étoile", "acme"), "ABC"),
        ("brand", Operator.ANY_OF, ("", "acme"), "BCD"),
        ("brand", Operator.ANY_OF, (None,), "D"),
        ("brand", Operator.ANY_OF, (), ""),
        ("brand", Operator.CONTAINS, ("cm",), "BC"),
        ("brand", Operator.CONTAINS, ("ÉT",), "A"),
        ("notes", Operator.CONTAINS, ("0% R",), "A"),
        ("notes", Operator.CONTAINS, ("_",), "A"),
        ("notes", Operator.CONTAINS, ("%",), "A"),
        ("title", Operator.CONTAINS, ('"TALL"',), "C"),
        ("brand", Operator.IS_EMPTY, (), "D"),
        ("brand", Operator.NOT_EMPTY, (), "ABC"),
        ("price", Operator.AT_LEAST, (30,), "BC"),
        ("price", Operator.AT_MOST, (30.0,), "AC"),
        ("price", Operator.ANY_OF, (9.5, 100), "AB"),
        ("price", Operator.ANY_OF, ("9.5",), "A"),
        ("price", Operator.IS_EMPTY, (), "D"),
        ("price", Operator.NOT_EMPTY, (), "ABC"),
        ("size", Operator.AT_LEAST, (8,), "A"),
        ("size", Operator.AT_MOST, (50,), "AB"),
        ("volume", Operator.AT_LEAST, (50,), "AC"),
        ("volume", Operator.AT_MOST, (7.5,), "B"),
        ("volume", Operator.ANY_OF, (7.5, 300), "BC"),
        ("volume", Operator.ANY_OF, ("", 50.0), "AD"),
        ("vegan", Operator.ANY_OF, (True,), "A"),
        ("vegan", Operator.ANY_OF, ("no",), "B"),
        ("vegan", Operator.ANY_OF, (True, False), "AB"),
        ("vegan", Operator.IS_EMPTY, (), "CD"),
        ("neck", Operator.ANY_OF, ("gpi",), "BC"),
        ("neck", Operator.CONTAINS, ("PI",), "BC"),
        ("since", Operator.AT_LEAST, ("2024-01-01",), "B"),
        ("since", Operator.AT_MOST, ("2024-01-01",), "A"),
        ("since", Operator.IS_EMPTY, (), "CD"),
        ("colour", Operator.IS_EMPTY, (), "ABCD"),  # a column of some other catalogue
        ("colour", Operator.ANY_OF, ("red",), ""),
        ("a'; --", Operator.ANY_OF, ("red",), ""),
        ("created_at", Operator.AT_LEAST, ("2020",), "ABCD"),
    ],
)
def test_conditions(
    shelf: SqliteCatalogue,
    column: str,
    operator: Operator,
    values: tuple[FieldValue, ...],
    expected: str,
) -> None:
    assert passing(shelf, column, operator, *values) == expected


def test_numbers_are_found_by_the_value_stored(catalogue: SqliteCatalogue) -> None:
    catalogue.products.add_column(Column("ratio", "Ratio", FieldKind.NUMBER))
    values = [0.1, 0.1 + 0.2, 1 / 3, 19.99, 1e-7, 123456789.123456]
    for i, value in enumerate(values):
        catalogue.products.add(ProductFields(f"{i}", price=value, extra={"ratio": value}))
    for i, value in enumerate(values):
        assert passing(catalogue, "ratio", Operator.ANY_OF, value) == f"{i}"
        assert passing(catalogue, "price", Operator.ANY_OF, value) == f"{i}"


def test_malformed_bounds_are_defects(shelf: SqliteCatalogue) -> None:
    for values in ((), (1.0, 2.0), ("much",), (None,)):
        with pytest.raises(ValueError, match=r"value|number|float"):
            passing(shelf, "price", Operator.AT_LEAST, *values)


def test_all_restrictions_hold_together(shelf: SqliteCatalogue) -> None:
    both = (
        Condition("brand", Operator.ANY_OF, ("acme",)),
        Condition("price", Operator.AT_LEAST, (50,)),
    )
    assert skus(shelf, text="bottle", conditions=both) == ["B"]
    assert skus(shelf, text="bottle", conditions=both, bookmarked_only=True) == []


def test_a_state_passes_products_with_a_picture_in_it(catalogue: SqliteCatalogue) -> None:
    a, b = add_product(catalogue, "A", "/a.jpg", "/aa.jpg"), add_product(catalogue, "B", "/b.jpg")
    read_all(catalogue, picture_ids(catalogue, a)[:1])
    assert skus(catalogue, picture_state=PictureState.READY) == ["A"]
    assert skus(catalogue, picture_state=PictureState.PENDING) == ["A", "B"]
    catalogue.products.remove([b])
    assert skus(catalogue, picture_state=PictureState.PENDING) == ["A"]


@pytest.mark.parametrize(
    ("column", "ascending", "descending"),
    [
        ("sku", "ABCD", "DCBA"),
        ("title", "BACD", "CABD"),
        ("brand", "BCAD", "ABCD"),
        ("category", "BCAD", "ABCD"),
        ("price", "ACBD", "BCAD"),
        ("volume", "BACD", "CABD"),
        ("neck", "ABCD", "BCAD"),
        ("since", "ABCD", "BACD"),
        ("vegan", "BACD", "ABCD"),
        ("created_at", "ABCD", "ABCD"),
        ("colour", "ABCD", "ABCD"),
    ],
)
def test_orders_put_missing_values_last_and_break_ties_by_sku(
    shelf: SqliteCatalogue, column: str, ascending: str, descending: str
) -> None:
    if column == "created_at":
        ids = shelf.products.list_ids(ProductFilter(), SortOrder(column)).tolist()
        stamps = [shelf.products.get(i).created_at for i in ids]
        assert stamps == sorted(stamps)
        return
    assert "".join(skus(shelf, SortOrder(column))) == ascending
    assert "".join(skus(shelf, SortOrder(column, descending=True))) == descending


def test_facets_count_values_without_case_by_falling_count(shelf: SqliteCatalogue) -> None:
    facets = shelf.products.facets
    assert facets("brand") == [Facet("Acme", 2), Facet("", 1), Facet("Étoile", 1)]
    assert facets("category") == [Facet("Bottle", 2), Facet("", 1), Facet("jar", 1)]
    assert facets("neck") == [Facet("GPI", 2), Facet("", 1), Facet("24/410", 1)]
    assert {f.value for f in facets("volume")} == {"", "50", "7.5", "300"}
    assert {f.value: f.count for f in facets("vegan")} == {"": 2, "yes": 1, "no": 1}
    assert facets("brand", limit=1) == [Facet("Acme", 2)]
    assert facets("brand", ProductFilter(text="amber")) == [Facet("acme", 1), Facet("Étoile", 1)]


def test_every_facet_value_is_a_condition_that_passes_its_count(shelf: SqliteCatalogue) -> None:
    for column in ("brand", "category", "price", "volume", "vegan", "neck", "since"):
        for facet in shelf.products.facets(column):
            assert len(passing(shelf, column, Operator.ANY_OF, facet.value)) == facet.count


def test_the_text_index_follows_every_change(catalogue: SqliteCatalogue) -> None:
    shelf = filled(catalogue)
    products = shelf.products
    b = products.ids_by_sku()["b-2"]
    products.update_fields([b], {"title": "Cobalt vial", "neck": "Snap"})
    assert skus(shelf, text="cobalt") == ["B"] == skus(shelf, text="snap")
    assert skus(shelf, text="amber") == ["A"]
    products.remove([b])
    assert skus(shelf, text="cobalt") == []
    shelf.history.undo()
    shelf.history.undo()
    assert skus(shelf, text="amber") == ["A", "B"]
    shelf.imports.update_products([(b, {"notes": "imported", "neck": None})])
    assert skus(shelf, text="imported") == ["B"]
    index, fresh = indexed_words(shelf.folder)
    assert index == fresh


def indexed_words(folder: Path) -> tuple[list[object], list[object]]:
    """Every (word, product, column, place) of the text index, and of one built anew."""
    with closing(sqlite3.connect(folder / "catalogue.sqlite")) as connection:
        connection.execute(
            "CREATE VIRTUAL TABLE temp.v USING fts5vocab(main, products_fts, instance)"
        )
        index = connection.execute("SELECT * FROM v ORDER BY 1, 2, 3, 4").fetchall()
        (insertion,) = connection.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'products_fts_added'"
        ).fetchone()
        values = insertion.split("VALUES (")[1].rsplit(");", 1)[0].replace("new.", "products.")
        connection.execute("INSERT INTO products_fts (products_fts) VALUES ('delete-all')")
        connection.execute(
            "INSERT INTO products_fts (rowid, sku, title, brand, category, size, barcode, notes, "
            f"extra) SELECT {values} FROM products"
        )
        fresh = connection.execute("SELECT * FROM v ORDER BY 1, 2, 3, 4").fetchall()
        connection.rollback()
    return index, fresh
