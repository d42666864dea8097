"""Products, conditions and figures in the user's words and number format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import QCoreApplication, QLocale

from desktop_app.domain.filters import Condition, Operator, ProductFilter
from desktop_app.domain.products import (
    CORE_COLUMNS,
    Column,
    FieldKind,
    FieldValue,
    PictureState,
    ProductCard,
)
from desktop_app.ui.field_editors import format_value

NO_VALUE = "–"


def count_text(count: int) -> str:
    """A number with the separators of the user's language."""
    return QLocale().toString(count)


def score_text(score: float) -> str:
    """A cosine similarity in [-1, 1] as a percentage; below 0 counts as 0."""
    share = round(max(0.0, min(1.0, score)) * 100)
    return QCoreApplication.translate("ProductText", "{0} %").format(share)


def score_explanation(score: float) -> str:
    """What the percentage means."""
    return QCoreApplication.translate(
        "ProductText",
        "Similarity {0}: how alike the model finds the two pictures. 100 % is the same picture; "
        "unrelated products of one kind often reach 40 to 60 %.\n"
        "It ranks the results; it is not the chance that they are the same product.",
    ).format(score_text(score))


def price_text(card: ProductCard) -> str:
    """The price with its currency, '' where there is none."""
    if card.price is None:
        return ""
    return f"{QLocale().toString(card.price, 'f', 2)} {card.currency}".strip()


def picture_state_text(state: PictureState) -> str:
    """A word for the state of a picture."""
    return {
        PictureState.PENDING: QCoreApplication.translate("ProductText", "Waiting to be read"),
        PictureState.READY: QCoreApplication.translate("ProductText", "Searchable"),
        PictureState.FAILED: QCoreApplication.translate("ProductText", "Cannot be read"),
        PictureState.OFFLINE: QCoreApplication.translate("ProductText", "File not found"),
    }[state]


def column_label(column: Column) -> str:
    """The heading of a column; the catalogue's own columns keep the name given to them."""
    core = {
        "sku": QCoreApplication.translate("ProductText", "SKU"),
        "title": QCoreApplication.translate("ProductText", "Title"),
        "brand": QCoreApplication.translate("ProductText", "Brand"),
        "category": QCoreApplication.translate("ProductText", "Category"),
        "price": QCoreApplication.translate("ProductText", "Price"),
        "currency": QCoreApplication.translate("ProductText", "Currency"),
        "size": QCoreApplication.translate("ProductText", "Size"),
        "availability": QCoreApplication.translate("ProductText", "Availability"),
        "url": QCoreApplication.translate("ProductText", "Link"),
        "barcode": QCoreApplication.translate("ProductText", "Barcode"),
        "notes": QCoreApplication.translate("ProductText", "Notes"),
    }
    return core.get(column.name, column.label)


def columns_by_name(extra: Iterable[Column]) -> dict[str, Column]:
    """Core and extra columns by name, in the order they are listed."""
    return {column.name: column for column in (*CORE_COLUMNS, *extra)}


def operator_text(operator: Operator, kind: FieldKind) -> str:
    """The comparison as a person would say it."""
    if operator is Operator.AT_LEAST and kind is FieldKind.DATE:
        return QCoreApplication.translate("ProductText", "from")
    if operator is Operator.AT_MOST and kind is FieldKind.DATE:
        return QCoreApplication.translate("ProductText", "until")
    return {
        Operator.ANY_OF: QCoreApplication.translate("ProductText", "is"),
        Operator.AT_LEAST: QCoreApplication.translate("ProductText", "at least"),
        Operator.AT_MOST: QCoreApplication.translate("ProductText", "at most"),
        Operator.CONTAINS: QCoreApplication.translate("ProductText", "contains"),
        Operator.IS_EMPTY: QCoreApplication.translate("ProductText", "is empty"),
        Operator.NOT_EMPTY: QCoreApplication.translate("ProductText", "has a value"),
    }[operator]


def condition_text(conditions: Sequence[Condition], columns: Mapping[str, Column]) -> str:
    """One chip's words: ``Category: Jar``, ``Price: 5–20``. Two conditions make a range."""
    first = conditions[0]
    column = columns.get(first.column, Column(first.column, first.column))
    label = column_label(column)
    by_operator = {condition.operator: condition for condition in conditions}
    least, most = by_operator.get(Operator.AT_LEAST), by_operator.get(Operator.AT_MOST)
    if least is not None and most is not None:
        return f"{label}: {_value(least.values[0], column, False)}–{_value(most.values[0], column)}"
    if first.operator is Operator.ANY_OF:
        return f"{label}: {', '.join(_value(value, column) for value in first.values)}"
    words = operator_text(first.operator, column.kind)
    values = ", ".join(_value(value, column) for value in first.values)
    return f"{label} {words} {values}".strip()


def chip_groups(product_filter: ProductFilter) -> list[tuple[Condition, ...]]:
    """The conditions, those that bound one column from both sides together."""
    groups: dict[tuple[str, str], list[Condition]] = {}
    for condition in product_filter.conditions:
        bounds = condition.operator in (Operator.AT_LEAST, Operator.AT_MOST)
        key = (condition.column, "bounds" if bounds else condition.operator.value)
        groups.setdefault(key, []).append(condition)
    return [tuple(group) for group in groups.values()]


def accessible_text(
    card: ProductCard, *, rank: int | None = None, score: float | None = None
) -> str:
    """A card in one sentence, for screen readers."""
    parts = [card.sku, card.title, card.brand, price_text(card)]
    if score is not None and rank is not None:
        ranked = QCoreApplication.translate("ProductText", "rank {0}, similarity {1}")
        parts.insert(1, ranked.format(rank, score_text(score)))
    if card.bookmarked:
        parts.append(QCoreApplication.translate("ProductText", "bookmarked"))
    if card.state in (PictureState.FAILED, PictureState.OFFLINE):
        parts.append(picture_state_text(card.state))
    return ", ".join(part for part in parts if part)


def field_lines(card: ProductCard, columns: Iterable[Column]) -> list[tuple[str, str]]:
    """(label, value) of every field that has one, price and currency joined."""
    lines = []
    for column in columns:
        if column.name == "currency":
            continue
        text = (
            price_text(card) if column.name == "price" else _text(card.value(column.name), column)
        )
        if text:
            lines.append((column_label(column), text))
    return lines


def _text(value: FieldValue, column: Column) -> str:
    return format_value(value, column)


def _value(value: FieldValue, column: Column, with_unit: bool = True) -> str:
    if value is None or value == "":
        return QCoreApplication.translate("ProductText", "empty")
    return format_value(value, column, with_unit=with_unit).removesuffix(
        QLocale().decimalPoint() + "00"
    )
