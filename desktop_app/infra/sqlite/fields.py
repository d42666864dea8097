"""Field values on their way into the database."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.products import (
    CORE_COLUMNS,
    CORE_NAMES,
    Column,
    FieldKind,
    FieldValue,
    ProductFields,
)

CORE_ORDER = tuple(column.name for column in CORE_COLUMNS)
_CORE_KINDS = {column.name: column.kind for column in CORE_COLUMNS}


def now() -> str:
    """The current time, ISO 8601 in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def declared_columns(connection: sqlite3.Connection) -> tuple[Column, ...]:
    """The catalogue's own columns, in order."""
    rows = connection.execute("SELECT name, label, kind, unit FROM columns ORDER BY position")
    return tuple(Column(name, label, FieldKind(kind), unit) for name, label, kind, unit in rows)


def column_kinds(connection: sqlite3.Connection) -> dict[str, FieldKind]:
    """Kinds of core and own columns by name."""
    return _CORE_KINDS | {column.name: column.kind for column in declared_columns(connection)}


def clean_text(text: str) -> str:
    """``text`` as SQLite can keep it: without NULs and stray surrogates."""
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    return text.replace("\0", "")


def sku_key(sku: str) -> str:
    """By which SKUs are compared."""
    return clean_text(sku).casefold()


def checked(
    values: Mapping[str, FieldValue], kinds: Mapping[str, FieldKind]
) -> dict[str, FieldValue]:
    """Values converted to their columns' kinds; no value is '' in core text columns and None
    elsewhere. Raises ValueError for an undeclared column or a value that is not of its
    column's kind, UserFacingError for an empty SKU."""
    result = {name: _converted(name, value, kinds) for name, value in values.items()}
    if "sku" in result and not str(result["sku"]).strip():
        raise UserFacingError("A product needs a SKU.", remedy="Type one and try again.")
    return result


def _converted(name: str, value: FieldValue, kinds: Mapping[str, FieldKind]) -> FieldValue:
    kind = kinds.get(name)
    if kind is None:
        raise ValueError(f"undeclared column: {name}")
    if value is None:
        return "" if name in CORE_NAMES and kind is FieldKind.TEXT else None
    match kind:
        case FieldKind.NUMBER:
            number = float(value)
            return number if math.isfinite(number) else None
        case FieldKind.FLAG:
            if not isinstance(value, bool):
                raise ValueError(f"{name} takes yes or no, not {value!r}")
            return value
        case _:
            return clean_text(str(value))


def product_row(
    fields: ProductFields, kinds: Mapping[str, FieldKind]
) -> tuple[str, tuple[FieldValue, ...]]:
    """The SKU's key, and the values of the core columns followed by ``extra`` as JSON."""
    core = checked({name: getattr(fields, name) for name in CORE_ORDER}, _CORE_KINDS)
    extra = checked(fields.extra, kinds) if fields.extra else {}
    return sku_key(fields.sku), (*core.values(), extra_json(extra))


def extra_json(extra: Mapping[str, FieldValue]) -> str:
    """Extra values as they are stored; absent where None."""
    return json.dumps({k: v for k, v in extra.items() if v is not None}, ensure_ascii=False)


def json_scalar(value: FieldValue) -> str:
    """One extra value as JSON."""
    return json.dumps(value, ensure_ascii=False)
