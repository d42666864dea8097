"""Filters as a person types them: ``category=Jar|Bottle``, ``price<=20``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.filters import Condition, Operator, ProductFilter
from desktop_app.domain.products import Column, FieldKind, FieldValue
from desktop_app.services.import_values import NotConvertible, parse_number

_CONDITION = re.compile(r"\s*([^<>=]*[^<>=\s])\s*(>=|<=|=)\s*(.*?)\s*", re.DOTALL)
_OPERATORS = {">=": Operator.AT_LEAST, "<=": Operator.AT_MOST, "=": Operator.ANY_OF}
ALTERNATIVES = "|"


def parse_filter(text: str, conditions: Iterable[str], columns: Sequence[Column]) -> ProductFilter:
    """A filter of words and typed conditions, which must all hold.

    A condition is ``column=value``, with alternatives parted by ``|`` and an empty value for
    products without one, ``column>=bound`` or ``column<=bound``. Columns are known by name or
    label, without case. Raises UserFacingError for what is not a condition, a column that is
    not among ``columns``, and a value that is not of the column's kind.
    """
    return ProductFilter(
        text=text, conditions=tuple(_condition(typed, columns) for typed in conditions)
    )


def _condition(typed: str, columns: Sequence[Column]) -> Condition:
    found = _CONDITION.fullmatch(typed)
    if found is None:
        raise UserFacingError(
            f"“{typed}” is not a condition.", remedy="Write category=Jar or price<=20."
        )
    name, sign, value = found.groups()
    column = _column(name, columns)
    operator = _OPERATORS[sign]
    if operator is Operator.ANY_OF:
        parts = [part.strip() for part in value.split(ALTERNATIVES)]
        is_number = column.kind is FieldKind.NUMBER
        values = tuple(_number(part, typed) if is_number and part else part for part in parts)
    else:
        values = (value if column.kind is FieldKind.DATE else _number(value, typed),)
    return Condition(column.name, operator, values)


def _column(name: str, columns: Sequence[Column]) -> Column:
    wanted = name.casefold()
    for column in columns:
        if wanted in (column.name.casefold(), column.label.casefold()):
            return column
    raise UserFacingError(
        f"This catalogue has no column “{name}”.",
        remedy=f"It has {', '.join(column.name for column in columns)}.",
    )


def _number(value: str, typed: str) -> FieldValue:
    try:
        return parse_number(value)
    except NotConvertible:
        raise UserFacingError(
            f"In “{typed}”, “{value}” is not a number.", remedy="Write price<=20, for example."
        ) from None
