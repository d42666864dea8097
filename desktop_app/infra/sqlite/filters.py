"""From filters and orders to parameterised SQL over ``products``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from desktop_app.domain.filters import Condition, Operator, ProductFilter, SortOrder
from desktop_app.domain.products import CORE_NAMES, FieldKind, FieldValue

TIMESTAMPS = ("created_at", "updated_at")
IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]*")
_YES = frozenset({"yes", "true", "1"})


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of SQL with its parameters."""

    text: str
    parameters: tuple[str | float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class _Column:
    expression: str
    kind: FieldKind
    is_core_text: bool = False
    is_extra: bool = False

    @property
    def is_empty(self) -> str:
        if self.is_core_text:
            return f"{self.expression} = ''"
        return f"ifnull({self.expression}, '') = ''"

    def number(self, value: float) -> Sql:
        """A parameter that compares exactly: numbers in JSON are parsed by SQLite, so what
        they are compared with must be, too."""
        if self.is_extra:
            return Sql("json_extract(?, '$')", (json.dumps(value),))
        return Sql("?", (value,))


def column_expression(name: str, kinds: Mapping[str, FieldKind]) -> _Column:
    """A column by name. One the catalogue does not have is empty in every product."""
    if name in CORE_NAMES:
        kind = kinds[name]
        return _Column(f"products.{name}", kind, is_core_text=kind is FieldKind.TEXT)
    if name in TIMESTAMPS:
        return _Column(f"products.{name}", FieldKind.DATE, is_core_text=True)
    if name in kinds and IDENTIFIER.fullmatch(name):
        return _Column(f"json_extract(products.extra, '$.{name}')", kinds[name], is_extra=True)
    return _Column("NULL", FieldKind.TEXT)


def where(product_filter: ProductFilter, kinds: Mapping[str, FieldKind]) -> Sql:
    """What the live products that pass satisfy. Raises ValueError for a bound that is not a
    number where one is needed."""
    parts = [Sql("products.removed = 0")]
    if match := match_expression(product_filter.text):
        parts.append(
            Sql(
                "products.id IN (SELECT rowid FROM products_fts WHERE products_fts MATCH ?)",
                (match,),
            )
        )
    if product_filter.bookmarked_only:
        parts.append(Sql("products.bookmarked = 1"))
    if product_filter.picture_state is not None:
        parts.append(
            Sql(
                "products.id IN (SELECT product_id FROM pictures WHERE live = 1 AND state = ?)",
                (product_filter.picture_state.value,),
            )
        )
    parts += [
        _condition(condition, column_expression(condition.column, kinds))
        for condition in product_filter.conditions
    ]
    return _joined(" AND ", parts)


def order_by(order: SortOrder, kinds: Mapping[str, FieldKind]) -> str:
    """The ORDER BY terms: products without the value last, ties by SKU."""
    direction = "DESC" if order.descending else "ASC"
    if order.column == "sku":
        return f"products.sku_key {direction}"
    column = column_expression(order.column, kinds)
    if column.kind in (FieldKind.NUMBER, FieldKind.FLAG):
        value = column.expression
    else:
        value = f"nullif({column.expression}, '') COLLATE NOCASE"
    return f"{value} {direction} NULLS LAST, products.sku_key"


def match_expression(text: str) -> str:
    """The FTS5 query for words that must all occur, the last as a prefix; '' for no words.

    Every word is quoted, so nothing a person types is FTS5 syntax. A word like 'AB-12' is
    the phrase of its parts, as the tokenizer cut it when it was stored.
    """
    words = [
        '"{}"'.format(word.replace('"', '""'))
        for word in text.replace("\0", " ").encode("utf-8", "replace").decode().split()
        if any(character.isalnum() for character in word)
    ]
    return " ".join(words) + "*" if words else ""


def _condition(condition: Condition, column: _Column) -> Sql:
    match condition.operator:
        case Operator.IS_EMPTY:
            return Sql(column.is_empty)
        case Operator.NOT_EMPTY:
            return Sql(f"NOT ({column.is_empty})")
        case Operator.ANY_OF:
            return _any_of(column, condition.values)
        case Operator.CONTAINS:
            return _contains(column, str(_single(condition)))
        case Operator.AT_LEAST:
            return _bound(column, ">=", _single(condition))
        case Operator.AT_MOST:
            return _bound(column, "<=", _single(condition))


def _single(condition: Condition) -> FieldValue:
    if len(condition.values) != 1:
        raise ValueError(f"{condition.operator} takes one value: {condition}")
    return condition.values[0]


def _any_of(column: _Column, values: tuple[FieldValue, ...]) -> Sql:
    wanted = [value for value in values if value is not None and value != ""]
    choices = [Sql(column.is_empty)] if len(wanted) < len(values) else []
    if wanted:
        match column.kind:
            case FieldKind.NUMBER:
                slots = [column.number(float(value)) for value in wanted]
                listed = _joined(", ", slots)
                choices.append(Sql(f"{column.expression} IN ({listed.text})", listed.parameters))
            case FieldKind.FLAG:
                flags = sorted({_flag(value) for value in wanted})
                choices.append(Sql(f"{column.expression} IN ({', '.join(map(str, flags))})"))
            case _:
                choices += _any_text(column, [str(value) for value in wanted])
    any_choice = _joined(" OR ", choices or [Sql("0")])
    return Sql(f"({any_choice.text})", any_choice.parameters)


def _any_text(column: _Column, wanted: list[str]) -> list[Sql]:
    """SQLite folds the case of ASCII by itself, and fast; the rest needs Python."""
    ascii_only = [value for value in wanted if value.isascii()]
    other = [value.casefold() for value in wanted if not value.isascii()]
    choices = []
    if ascii_only:
        choices.append(
            Sql(
                f"{column.expression} COLLATE NOCASE IN (SELECT value FROM json_each(?))",
                (json.dumps(ascii_only),),
            )
        )
    if other:
        choices.append(
            Sql(
                f"casefold({column.expression}) IN (SELECT value FROM json_each(?))",
                (json.dumps(other),),
            )
        )
    return choices


def _contains(column: _Column, needle: str) -> Sql:
    if needle.isascii():
        escaped = re.sub(r"([\\%_])", r"\\\1", needle)
        return Sql(f"{column.expression} LIKE ? ESCAPE '\\'", (f"%{escaped}%",))
    return Sql(f"instr(casefold({column.expression}), ?) > 0", (needle.casefold(),))


def _bound(column: _Column, comparison: str, value: FieldValue) -> Sql:
    if column.kind is FieldKind.DATE:
        return _joined(
            " AND ",
            [
                Sql(f"NOT ({column.is_empty})"),
                Sql(f"{column.expression} {comparison} ?", (str(value),)),
            ],
        )
    if value is None:
        raise ValueError("a bound takes a number")
    if column.kind is FieldKind.TEXT:
        # '50 ml' counts as 50; text that does not begin with a digit has no number.
        return Sql(
            f"({column.expression} GLOB '[0-9]*' "
            f"AND CAST({column.expression} AS REAL) {comparison} ?)",
            (float(value),),
        )
    slot = column.number(float(value))
    return Sql(f"{column.expression} {comparison} {slot.text}", slot.parameters)


def _flag(value: FieldValue) -> int:
    return int(value.casefold() in _YES if isinstance(value, str) else bool(value))


def _joined(separator: str, parts: list[Sql]) -> Sql:
    return Sql(
        separator.join(part.text for part in parts),
        tuple(parameter for part in parts for parameter in part.parameters),
    )
