"""A report on duplicates in words: its sheets, its sections and what it states."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from desktop_app.domain.duplicates import Verdict
from desktop_app.domain.evidence import CHANNELS, Channel, Orientation
from desktop_app.domain.products import Column, FieldKind, FieldValue, ProductCard
from desktop_app.domain.report_ports import (
    Cell,
    CellKind,
    Report,
    ReportCard,
    ReportColumn,
    ReportSection,
    ReportSheet,
    Tone,
)
from desktop_app.domain.reports import (
    DuplicateReport,
    IncludedGroups,
    ProductRole,
    ReportedGroup,
    ReportedPair,
    ReportedProduct,
    ReportFacts,
)
from desktop_app.services.exporting import header_of

CHANNEL_WORDS = {
    Channel.COPY: "Copy",
    Channel.LOOK: "Surface",
    Channel.PRINT: "Print",
    Channel.SHAPE: "Shape",
    Channel.COLOUR: "Colour",
}
ROLE_WORDS = {
    ProductRole.KEPT: "Keep",
    ProductRole.DUPLICATE: "Duplicate",
    ProductRole.VARIANT: "Variant",
}
VERDICT_WORDS = {
    Verdict.SAME: "same",
    Verdict.VARIANT: "variant",
    Verdict.DIFFERENT: "different",
    Verdict.LATER: "later",
}
UNDECIDED = "not decided"

_TONES = {
    ProductRole.KEPT: Tone.GOOD,
    ProductRole.DUPLICATE: Tone.WARNING,
    ProductRole.VARIANT: Tone.PLAIN,
}
_WIDTHS = {"sku": 18, "title": 36, "url": 24, "barcode": 16, "notes": 30, "currency": 9}
_NAMING = 2
"""How many columns name a product (SKU and title); they come before the scores."""

_SCORE_COLUMNS = (
    ReportColumn("Chance same", CellKind.SHARE, 9),
    ReportColumn("Chance variant", CellKind.SHARE, 9),
    *(ReportColumn(CHANNEL_WORDS[channel], CellKind.SHARE, 9) for channel in CHANNELS),
    ReportColumn("Differs by", CellKind.SHARE, 9),
    ReportColumn("Lies", width=16),
    ReportColumn("Decision", width=12),
)


def duplicate_pages(report: DuplicateReport) -> Report:
    """Sheets of products and of pairs, and a section for each group."""
    facts = report.facts
    return Report(
        title="Duplicates report",
        facts=facts_in_words(facts),
        sheets=(
            ReportSheet(
                "Products", _product_columns(report), _ProductRows(report), facts.product_count
            ),
            ReportSheet("Pairs", _PAIR_COLUMNS, _PairRows(report), facts.pair_count),
        ),
        sections=_Sections(report),
        section_count=facts.group_count + facts.variant_group_count,
        empty_text="No duplicates at this threshold.",
    )


_INCLUDED = {
    IncludedGroups.DECIDED: "only groups whose pairs are all decided",
    IncludedGroups.OPEN: "only groups with pairs still to decide",
}


def facts_in_words(facts: ReportFacts) -> tuple[tuple[str, str], ...]:
    """What every form of the report states."""
    learned = (
        f"learned from {count_text(facts.verdict_count, 'decision')}"
        if facts.verdict_count
        else "an estimate, until enough pairs are decided"
    )
    groups = (
        f"{count_text(facts.group_count, 'group')} of duplicates with"
        f" {count_text(facts.product_count, 'product')}"
    )
    variants = count_text(facts.variant_group_count, "further group")
    pairs = f"{count_text(facts.pair_count, 'pair')}, {facts.decided_count:,} of them decided"
    return (
        ("Catalogue", facts.catalogue),
        ("Threshold", f"{percent(facts.threshold)} chance of being the same product"),
        ("Date", facts.made_at),
        ("Model", facts.model),
        (
            "Expected precision",
            f"about {100 * facts.expected_precision:.0f} of 100 are duplicates ({learned})",
        ),
        *((("Included", _INCLUDED[facts.included]),) if facts.included in _INCLUDED else ()),
        ("Groups", groups),
        ("Variants", f"{variants} of variants only"),
        ("Pairs", pairs),
    )


def count_text(count: int, noun: str) -> str:
    """``1 product``, ``1,204 products``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def percent(share: float) -> str:
    """A share in whole per cent; never 100 % or 0 % for what is not quite."""
    if math.isnan(share):
        return "–"
    shown = round(100 * share)
    if shown == 100 and share < 1:
        return "over 99 %"
    if shown == 0 and share > 0:
        return "under 1 %"
    return f"{shown} %"


def lies_in_words(orientation: Orientation) -> str:
    """How one picture lies against the other, '' where alike."""
    turned = f"turned by {90 * orientation.quarter_turns}°" if orientation.quarter_turns else ""
    return ", ".join(part for part in ("mirrored" * orientation.mirrored, turned) if part)


def price_text(card: ProductCard) -> str:
    """The price with its currency, '' where there is none."""
    if card.price is None:
        return ""
    whole = card.price.is_integer()
    return f"{card.price:,.0f} {card.currency}".strip() if whole else _cents(card)


def _cents(card: ProductCard) -> str:
    return f"{card.price:,.2f} {card.currency}".strip()


def field_column(column: Column) -> ReportColumn:
    """How a field of a product stands in a sheet."""
    kind = CellKind.NUMBER if column.kind is FieldKind.NUMBER else CellKind.TEXT
    if column.name == "url":
        kind = CellKind.WEB
    return ReportColumn(header_of(column), kind, _WIDTHS.get(column.name, 12))


def _product_columns(report: DuplicateReport) -> tuple[ReportColumn, ...]:
    return (
        ReportColumn("Group", CellKind.NUMBER, 7),
        ReportColumn("Role", width=11),
        ReportColumn("Picture", CellKind.PICTURE),
        *(field_column(column) for column in report.columns[:_NAMING]),
        ReportColumn("Compared with", width=18),
        *_SCORE_COLUMNS,
        *(field_column(column) for column in report.columns[_NAMING:]),
        ReportColumn("Picture file", CellKind.FILE, 40),
    )


_PAIR_COLUMNS = (
    ReportColumn("Group", CellKind.NUMBER, 7),
    ReportColumn("Picture A", CellKind.PICTURE),
    ReportColumn("SKU A", width=18),
    ReportColumn("Title A", width=30),
    ReportColumn("Picture B", CellKind.PICTURE),
    ReportColumn("SKU B", width=18),
    ReportColumn("Title B", width=30),
    *_SCORE_COLUMNS,
    ReportColumn("Link A", CellKind.WEB, 24),
    ReportColumn("Link B", CellKind.WEB, 24),
    ReportColumn("Picture file A", CellKind.FILE, 40),
    ReportColumn("Picture file B", CellKind.FILE, 40),
)


@dataclass(frozen=True, slots=True, eq=False)
class _ProductRows:
    report: DuplicateReport

    def __iter__(self) -> Iterator[tuple[Cell, ...]]:
        for group in self.report.groups:
            skus = {product.card.id: product.card.sku for product in group.products}
            for product in group.products:
                pair = _telling_pair(group, product)
                values = [product.card.value(column.name) for column in self.report.columns]
                other = "" if pair is None else skus.get(_other(pair, product.card.id), "")
                yield (
                    float(group.number),
                    ROLE_WORDS[product.role],
                    product.picture.thumbnail,
                    *values[:_NAMING],
                    other,
                    *_scores(pair),
                    *values[_NAMING:],
                    product.picture.path,
                )


@dataclass(frozen=True, slots=True, eq=False)
class _PairRows:
    report: DuplicateReport

    def __iter__(self) -> Iterator[tuple[Cell, ...]]:
        for group in self.report.groups:
            cards = {product.card.id: product.card for product in group.products}
            for pair in group.pairs:
                one, other = cards[pair.product_a], cards[pair.product_b]
                yield (
                    float(group.number),
                    pair.picture_a.thumbnail,
                    one.sku,
                    one.title,
                    pair.picture_b.thumbnail,
                    other.sku,
                    other.title,
                    *_scores(pair),
                    one.url,
                    other.url,
                    pair.picture_a.path,
                    pair.picture_b.path,
                )


@dataclass(frozen=True, slots=True, eq=False)
class _Sections:
    report: DuplicateReport

    def __iter__(self) -> Iterator[ReportSection]:
        return map(_section, self.report.groups)


def _section(group: ReportedGroup) -> ReportSection:
    n_variants = sum(product.role is ProductRole.VARIANT for product in group.products)
    n_duplicates = len(group.products) - n_variants
    decided = "decided" if group.is_decided else UNDECIDED
    parts = []
    if n_duplicates:
        low, high = percent(group.cohesion), percent(group.strongest)
        alike = f"{high} alike" if low == high else f"{low} to {high} alike"
        parts = [count_text(n_duplicates, "product"), alike]
    if n_variants:
        parts.append(count_text(n_variants, "variant"))
    skus = {product.card.id: product.card.sku for product in group.products}
    channels = [c for c in CHANNELS if any(_says(pair, c) for pair in group.pairs)]
    return ReportSection(
        heading=f"Group {group.number}" + ("" if n_duplicates else " · variants"),
        note=" · ".join([*parts, decided]),
        cards=tuple(_card(group, product, skus) for product in group.products),
        table_headers=(
            *("Product", "Product", "Same", "Variant"),
            *(CHANNEL_WORDS[channel] for channel in channels),
            "Decision",
        ),
        table_rows=tuple(
            (
                skus[pair.product_a],
                skus[pair.product_b],
                percent(pair.judgement.same),
                percent(pair.judgement.variant),
                *(percent(pair.judgement.scores[CHANNELS.index(c)]) for c in channels),
                _decision(pair),
            )
            for pair in group.pairs
        ),
    )


def _card(group: ReportedGroup, product: ReportedProduct, skus: dict[int, str]) -> ReportCard:
    card = product.card
    pair = _telling_pair(group, product)
    likeness = ""
    if pair is not None:
        other = skus[_other(pair, card.id)]
        if product.role is ProductRole.DUPLICATE:
            likeness = f"{percent(pair.judgement.same)} same as {other}"
        elif pair.verdict is Verdict.VARIANT:
            likeness = f"decided: variant of {other}"
        else:
            likeness = f"{percent(pair.judgement.variant)} variant of {other}"
    return ReportCard(
        heading=card.sku,
        badge=ROLE_WORDS[product.role],
        lines=(
            card.title,
            " · ".join(part for part in (card.brand, card.category) if part),
            " · ".join(part for part in (card.size, price_text(card)) if part),
            likeness,
        ),
        tone=_TONES[product.role],
        links=(("Product page", card.url), ("Picture", product.picture.path)),
        thumbnail=product.picture.thumbnail,
    )


def _telling_pair(group: ReportedGroup, product: ReportedProduct) -> ReportedPair | None:
    """The pair that gives the product its role: with the kept one where they were compared,
    or else its strongest. The kept one needs none."""
    if product.role is ProductRole.KEPT:
        return None
    kept = {p.card.id for p in group.products if p.role is ProductRole.KEPT}
    own = [p for p in group.pairs if product.card.id in (p.product_a, p.product_b)]
    return next((p for p in own if _other(p, product.card.id) in kept), own[0] if own else None)


def _other(pair: ReportedPair, product_id: int) -> int:
    return pair.product_b if pair.product_a == product_id else pair.product_a


def _says(pair: ReportedPair, channel: Channel) -> bool:
    return not math.isnan(pair.judgement.scores[CHANNELS.index(channel)])


def _decision(pair: ReportedPair) -> str:
    return UNDECIDED if pair.verdict is None else VERDICT_WORDS[pair.verdict]


def _scores(pair: ReportedPair | None) -> Sequence[FieldValue]:
    """The cells of _SCORE_COLUMNS."""
    if pair is None:
        return [None] * len(_SCORE_COLUMNS)
    judgement = pair.judgement
    figures = (judgement.same, judgement.variant, *judgement.scores, judgement.difference)
    return [
        *(None if math.isnan(figure) else figure for figure in figures),
        lies_in_words(judgement.orientation),
        _decision(pair),
    ]
