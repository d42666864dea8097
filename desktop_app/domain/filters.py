"""What restricts a listing or a search, and how a listing is ordered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from desktop_app.domain.products import FieldValue, PictureState


class Operator(StrEnum):
    """How a condition compares a column with its values.

    ANY_OF takes 1..n values (text compared without case), AT_LEAST and AT_MOST one number
    (bounds included), CONTAINS one text (without case), IS_EMPTY and NOT_EMPTY none.
    """

    ANY_OF = "any_of"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    CONTAINS = "contains"
    IS_EMPTY = "is_empty"
    NOT_EMPTY = "not_empty"


@dataclass(frozen=True, slots=True)
class Condition:
    """One restriction on one core or extra column."""

    column: str
    operator: Operator
    values: tuple[FieldValue, ...] = ()


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """Conditions that must all hold. ``text`` is a full-text query over the fields:
    every word must occur, the last one as a prefix. ``picture_state`` passes products with
    at least one picture in that state.
    """

    text: str = ""
    conditions: tuple[Condition, ...] = ()
    bookmarked_only: bool = False
    picture_state: PictureState | None = None

    @property
    def is_empty(self) -> bool:
        return self == ProductFilter()

    def with_condition(self, condition: Condition) -> ProductFilter:
        """This filter with ``condition`` in place of any on the same column and operator."""
        kept = tuple(
            c
            for c in self.conditions
            if (c.column, c.operator) != (condition.column, condition.operator)
        )
        return replace(self, conditions=(*kept, condition))

    def without_condition(self, condition: Condition) -> ProductFilter:
        """This filter without ``condition``."""
        return replace(self, conditions=tuple(c for c in self.conditions if c != condition))

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready form; :meth:`from_json` is its inverse."""
        return {
            "text": self.text,
            "conditions": [[c.column, c.operator.value, list(c.values)] for c in self.conditions],
            "bookmarked_only": self.bookmarked_only,
            "picture_state": self.picture_state.value if self.picture_state else None,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ProductFilter:
        """Raises ValueError, KeyError or TypeError where ``data`` is not of the written form."""
        state = data.get("picture_state")
        return cls(
            text=str(data.get("text", "")),
            conditions=tuple(
                Condition(str(column), Operator(operator), tuple(values))
                for column, operator, values in data.get("conditions", [])
            ),
            bookmarked_only=bool(data.get("bookmarked_only", False)),
            picture_state=PictureState(state) if state else None,
        )


@dataclass(frozen=True, slots=True)
class SortOrder:
    """Order of a listing: a core or extra column, ``created_at`` or ``updated_at``.

    Products without the value come last either way; ties fall back to SKU, then id.
    """

    column: str = "sku"
    descending: bool = False


SKU_ORDER = SortOrder()


@dataclass(frozen=True, slots=True)
class Facet:
    """A value of a column and the number of live products that have it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """A filter kept under a name in the catalogue."""

    id: int
    name: str
    filter: ProductFilter
