"""Saved filters, recent queries and settings."""

from __future__ import annotations

from desktop_app.domain.filters import Condition, Operator, ProductFilter
from desktop_app.domain.products import PictureState
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue

DEAR = ProductFilter(
    text="jar",
    conditions=(Condition("price", Operator.AT_LEAST, (30.5,)),),
    bookmarked_only=True,
    picture_state=PictureState.READY,
)


def test_filters_are_kept_by_name(catalogue: SqliteCatalogue) -> None:
    saved = catalogue.saved
    dear = saved.save_filter("dear", DEAR)
    all_of_them = saved.save_filter("All", ProductFilter())
    assert saved.filters() == [all_of_them, dear]
    again = saved.save_filter("dear", ProductFilter(text="x"))
    assert again.id == dear.id
    assert saved.filters()[1].filter == ProductFilter(text="x")
    saved.delete_filter(dear.id)
    assert saved.filters() == [all_of_them]


def test_the_latest_queries_are_kept(catalogue: SqliteCatalogue) -> None:
    saved = catalogue.saved
    queries = [
        saved.remember_query(f"photo {i}", b"jpeg", [(i, 0.75), (9, -0.125)], keep=3)
        for i in range(5)
    ]
    assert saved.recent_queries() == queries[:1:-1]
    assert saved.recent_queries(limit=1) == queries[:3:-1]
    assert queries[4].hits == ((4, 0.75), (9, -0.125))
    saved.clear_recent_queries()
    assert saved.recent_queries() == []


def test_the_same_query_asked_again_takes_the_place_of_the_first(
    catalogue: SqliteCatalogue,
) -> None:
    saved = catalogue.saved
    saved.remember_query("photo", b"one", [(1, 0.5)])
    other = saved.remember_query("photo", b"two", [(1, 0.5)])
    again = saved.remember_query("photo", b"one", [(2, 0.5)])
    assert saved.recent_queries() == [again, other]


def test_settings_have_a_default(catalogue: SqliteCatalogue) -> None:
    saved = catalogue.saved
    assert saved.setting("model") == ""
    assert saved.setting("model", "lite2") == "lite2"
    saved.set_setting("model", "dino")
    saved.set_setting("model", "")
    assert saved.setting("model", "lite2") == ""


def test_the_revision_grows_with_what_a_listing_shows(catalogue: SqliteCatalogue) -> None:
    from tests.sqlite.building import add_product

    start = catalogue.revision
    catalogue.saved.set_setting("a", "b")
    catalogue.saved.remember_query("q", b"", [])
    catalogue.products.list_ids(ProductFilter())
    assert catalogue.revision == start
    add_product(catalogue, "A", "/a.jpg")
    assert catalogue.revision > start
    middle = catalogue.revision
    catalogue.history.undo()
    assert catalogue.revision > middle
