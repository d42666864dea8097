"""Products, conditions and figures in the user's words and number format."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum

from PySide6.QtCore import QCoreApplication, QLocale

from desktop_app.domain.evidence import Channel, HitEvidence, Orientation
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


class Confidence(Enum):
    """How sure a match is; the value is the least confidence that deserves the word."""

    CERTAIN = 0.95
    LIKELY = 0.75
    PERHAPS = 0.4
    UNLIKELY = 0.0

    @classmethod
    def of(cls, score: float) -> Confidence:
        """The level of a confidence in [0, 1]."""
        # What is shown as 95 % is called what 95 % is called.
        shown = _shown_percent(score) / 100
        return next((level for level in cls if shown >= level.value), cls.UNLIKELY)


NO_DOUBT = 0.9995
STRONG_READING = 0.5
"""The probability from which a channel is named among those that speak for a match."""


def confidence_word(level: Confidence) -> str:
    """The level in one word."""
    return {
        Confidence.CERTAIN: QCoreApplication.translate("ProductText", "certain"),
        Confidence.LIKELY: QCoreApplication.translate("ProductText", "likely"),
        Confidence.PERHAPS: QCoreApplication.translate("ProductText", "perhaps"),
        Confidence.UNLIKELY: QCoreApplication.translate("ProductText", "unlikely"),
    }[level]


def score_text(score: float) -> str:
    """A confidence in [0, 1] as a percentage."""
    return QCoreApplication.translate("ProductText", "{0} %").format(_shown_percent(score))


def confidence_text(score: float) -> str:
    """The percentage with its word: ``97 % · certain``."""
    return f"{score_text(score)} · {confidence_word(Confidence.of(score))}"


def channel_name(channel: Channel) -> str:
    """What a channel compares, as a person would say it."""
    return {
        Channel.COPY: QCoreApplication.translate("ProductText", "Picture"),
        Channel.LOOK: QCoreApplication.translate("ProductText", "Surface"),
        Channel.PRINT: QCoreApplication.translate("ProductText", "Print"),
        Channel.SHAPE: QCoreApplication.translate("ProductText", "Shape"),
        Channel.COLOUR: QCoreApplication.translate("ProductText", "Colour"),
    }[channel]


def score_explanation(
    score: float, evidence: HitEvidence | None = None, *, is_steered: bool = False
) -> str:
    """What the percentage means, and what speaks for it most. ``is_steered`` where sliders
    moved it away from what was learned."""
    percent = _shown_percent(score)
    if is_steered:
        meaning = QCoreApplication.translate(
            "ProductText",
            "Your sliders have moved this figure. It ranks the results; how often it is right "
            "was measured without them.",
        )
    else:
        meaning = QCoreApplication.translate(
            "ProductText",
            "Of 100 matches shown with this figure about {0} were the same item on the pictures "
            "this was learned from.",
        ).format(percent)
    lines = [confidence_text(score), meaning]
    if evidence is not None and evidence.readings:
        lines.append(_strongest(evidence))
    return "\n".join(lines)


def _strongest(evidence: HitEvidence) -> str:
    """The one or two channels that speak for the match most."""
    ranked = sorted(evidence.readings.items(), key=lambda entry: -entry[1].probability)
    names = [
        channel_name(channel).lower()
        for channel, reading in ranked[:2]
        if reading.probability >= STRONG_READING
    ]
    if not names:
        return QCoreApplication.translate(
            "ProductText", "No single sign stands out; it is their sum that counts."
        )
    one = QCoreApplication.translate("ProductText", "What speaks for it most: its {0}.")
    both = QCoreApplication.translate("ProductText", "What speaks for it most: its {0} and {1}.")
    return (one if len(names) == 1 else both).format(*names)


def rich_text(words: str) -> str:
    """Plain lines for a tooltip, which breaks long ones only in rich text."""
    return html.escape(words).replace("\n", "<br>")


def orientation_text(orientation: Orientation) -> str:
    """How the query lies beside the hit, '' where alike: ``mirrored, turned 90°``."""
    words = []
    if orientation.mirrored:
        words.append(QCoreApplication.translate("ProductText", "mirrored"))
    if turns := orientation.quarter_turns % 4:
        angle = 180 if turns == 2 else 90
        words.append(QCoreApplication.translate("ProductText", "turned {0}°").format(angle))
    return ", ".join(words)


def _shown_percent(score: float) -> int:
    """In whole per cent; below 0 counts as 0. Only what leaves no doubt worth telling is 100."""
    percent = round(max(0.0, min(1.0, score)) * 100)
    return 99 if percent == 100 and score < NO_DOUBT else percent


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
    card: ProductCard,
    *,
    rank: int | None = None,
    score: str = "",
    evidence: HitEvidence | None = None,
) -> str:
    """A card in one sentence, for screen readers; ``score`` in words."""
    parts = [card.sku, card.title, card.brand, price_text(card)]
    if score and rank is not None:
        ranked = QCoreApplication.translate("ProductText", "rank {0}, {1}")
        parts.insert(1, ranked.format(rank, score))
    if evidence is not None:
        parts.append(orientation_text(evidence.orientation))
    if card.is_other_view:
        parts.append(QCoreApplication.translate("ProductText", "other view"))
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
