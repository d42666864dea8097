"""What choosing lines of the tree means."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop_app.domain.filters import Condition, Facet, Operator, ProductFilter, SavedFilter
from desktop_app.domain.products import PictureState
from desktop_app.ui.scopes import (
    Scope,
    ScopeKind,
    filter_of,
    in_reading_order,
    is_part_of,
    with_text,
)
from tests.ui_catalogue.conftest import CHEAP

JARS = Condition("category", Operator.ANY_OF, ("jars",))
SAVED = (SavedFilter(4, "Cheap", CHEAP),)


def category(name: str) -> Scope:
    return Scope(ScopeKind.CATEGORY, name)


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(ScopeKind.ALL), ProductFilter()),
        (category("jars"), ProductFilter(conditions=(JARS,))),
        (
            Scope(ScopeKind.BRAND, ""),
            ProductFilter(conditions=(Condition("brand", Operator.ANY_OF, ("",)),)),
        ),
        (Scope(ScopeKind.SAVED_FILTER, "4"), CHEAP),
        (Scope(ScopeKind.SAVED_FILTER, "99"), ProductFilter()),
        (Scope(ScopeKind.BOOKMARKS), ProductFilter(bookmarked_only=True)),
        (Scope(ScopeKind.UNREADABLE), ProductFilter(picture_state=PictureState.FAILED)),
        (Scope(ScopeKind.OFFLINE), ProductFilter(picture_state=PictureState.OFFLINE)),
    ],
)
def test_each_line_means_a_filter(scope: Scope, expected: ProductFilter) -> None:
    assert filter_of([scope], SAVED) == expected


def test_several_categories_are_any_of_them_and_a_brand_narrows() -> None:
    chosen = [category("jars"), category(""), Scope(ScopeKind.BRAND, "Aurelia")]
    assert filter_of(chosen, ()) == ProductFilter(
        conditions=(
            Condition("category", Operator.ANY_OF, ("jars", "")),
            Condition("brand", Operator.ANY_OF, ("Aurelia",)),
        )
    )


def test_a_line_that_stands_alone_wins() -> None:
    assert filter_of([category("jars"), Scope(ScopeKind.BOOKMARKS)], ()) == ProductFilter(
        bookmarked_only=True
    )


def test_typed_words_narrow_a_saved_text() -> None:
    assert with_text(ProductFilter(text="glass"), " jar ").text == "glass jar"
    assert with_text(ProductFilter(), "  ").is_empty


def test_a_narrower_filter_is_part_of_its_scope() -> None:
    scope = ProductFilter(text="glass", conditions=(JARS,))
    narrower = replace(scope.with_condition(CHEAP.conditions[0]), text="glass red")
    assert is_part_of(scope, narrower)
    assert not is_part_of(narrower, scope)
    assert not is_part_of(ProductFilter(bookmarked_only=True), scope)
    assert not is_part_of(ProductFilter(picture_state=PictureState.FAILED), scope)


def test_values_are_read_from_a_to_z_with_none_last() -> None:
    facets = [Facet("", 9), Facet("jars", 5), Facet("Bottles", 3)]
    assert [facet.value for facet in in_reading_order(facets)] == ["Bottles", "jars", ""]
