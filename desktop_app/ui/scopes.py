"""What of a catalogue can be chosen to work in, and the filters that choosing means; no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from desktop_app.domain.filters import (
    Condition,
    Facet,
    Operator,
    ProductFilter,
    SavedFilter,
)
from desktop_app.domain.products import PictureState
from desktop_app.domain.storage import PictureCounts


class ScopeKind(StrEnum):
    """BRANDS, SAVED_FILTERS and PROBLEMS only hold others; SAVE_CURRENT is a thing to do."""

    ALL = "all"
    CATEGORY = "category"
    BRANDS = "brands"
    BRAND = "brand"
    SAVED_FILTERS = "saved_filters"
    SAVED_FILTER = "saved_filter"
    SAVE_CURRENT = "save_current"
    BOOKMARKS = "bookmarks"
    PROBLEMS = "problems"
    UNREADABLE = "unreadable"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Scope:
    """One line of the tree. ``key`` tells lines of one kind apart: the category, the brand,
    or the id of the saved filter.
    """

    kind: ScopeKind
    key: str = ""


@dataclass(frozen=True, slots=True)
class ScopeContents:
    """Everything the tree shows."""

    products: int = 0
    categories: tuple[Facet, ...] = ()
    brands: tuple[Facet, ...] = ()
    saved_filters: tuple[SavedFilter, ...] = ()
    bookmarked: int = 0
    pictures: PictureCounts = field(default_factory=PictureCounts)


COLUMNS = {ScopeKind.CATEGORY: "category", ScopeKind.BRAND: "brand"}
"""Which column the lines of a kind are values of."""
_FIXED = {
    ScopeKind.ALL: ProductFilter(),
    ScopeKind.BOOKMARKS: ProductFilter(bookmarked_only=True),
    ScopeKind.UNREADABLE: ProductFilter(picture_state=PictureState.FAILED),
    ScopeKind.OFFLINE: ProductFilter(picture_state=PictureState.OFFLINE),
}


def filter_of(scopes: Sequence[Scope], saved_filters: Sequence[SavedFilter]) -> ProductFilter:
    """What several chosen lines let through: any of the categories, and any of the brands.

    Lines of other kinds stand alone; the last of them counts.
    """
    alone = [scope for scope in scopes if scope.kind not in COLUMNS]
    if alone:
        scope = alone[-1]
        if scope.kind is ScopeKind.SAVED_FILTER:
            kept = {str(saved.id): saved.filter for saved in saved_filters}
            return kept.get(scope.key, ProductFilter())
        return _FIXED.get(scope.kind, ProductFilter())
    found = ProductFilter()
    for kind, column in COLUMNS.items():
        values = tuple(scope.key for scope in scopes if scope.kind is kind)
        if values:
            found = found.with_condition(Condition(column, Operator.ANY_OF, values))
    return found


def with_text(product_filter: ProductFilter, text: str) -> ProductFilter:
    """``product_filter`` narrowed further by what was typed."""
    words = " ".join(part for part in (product_filter.text.strip(), text.strip()) if part)
    return replace(product_filter, text=words)


def is_part_of(scope_filter: ProductFilter, product_filter: ProductFilter) -> bool:
    """Whether ``product_filter`` only narrows what ``scope_filter`` lets through."""
    return (
        set(scope_filter.conditions) <= set(product_filter.conditions)
        and scope_filter.bookmarked_only <= product_filter.bookmarked_only
        and scope_filter.picture_state in (None, product_filter.picture_state)
        and set(scope_filter.text.split()) <= set(product_filter.text.split())
    )


def in_reading_order(facets: Sequence[Facet]) -> list[Facet]:
    """By value as a person would look for it; products without a value come last."""
    return sorted(facets, key=lambda facet: (not facet.value, facet.value.casefold()))
