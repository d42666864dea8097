"""A comparison with a list in words: its sheet, its sections and what it states."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from desktop_app.domain.catalogue_diff import CatalogueDiff, DiffRow, DiffStatus
from desktop_app.domain.imports import ImportRecord
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.products import CORE_COLUMNS, Column, FieldValue, ProductCard
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
from desktop_app.services.duplicates.report_words import count_text, field_column, percent

STATUS_WORDS = {
    DiffStatus.MATCHED: "Matched",
    DiffStatus.CHANGED_PICTURE: "Changed picture",
    DiffStatus.VARIANT: "Variant",
    DiffStatus.NEW: "New",
    DiffStatus.MISSING: "Missing",
}
_TONES = {
    DiffStatus.MATCHED: Tone.GOOD,
    DiffStatus.CHANGED_PICTURE: Tone.WARNING,
    DiffStatus.VARIANT: Tone.PLAIN,
    DiffStatus.NEW: Tone.PLAIN,
    DiffStatus.MISSING: Tone.WARNING,
}
_BATCH = 100
_CARDS_AT_ONCE = 12
_NAMING = ("sku", "title")


def diff_pages(diff: CatalogueDiff, catalogue: Catalogue, *, model: str, made_at: str) -> Report:
    """One sheet with a row for each of the comparison's, and sections of all that is not
    matched by number. ``made_at`` is a date for people to read."""
    named = {name for row in diff.rows if row.record for name in row.record.fields}
    extra = (*catalogue.products.columns(), *diff.plan.new_columns)
    columns = tuple(c for c in (*CORE_COLUMNS, *extra) if c.name in named or c.name == "sku")
    source = diff.plan.request.paths[0]
    rows = _Rows(diff, catalogue)
    sections = _Sections(rows)
    return Report(
        title="Comparison with a list",
        facts=(
            ("Catalogue", catalogue.name),
            ("List", source.name),
            ("Date", made_at),
            ("Model", model),
            ("Threshold", f"{percent(diff.threshold)} chance of being the same product"),
            *((STATUS_WORDS[status], _counted(n)) for status, n in diff.counts().items()),
        ),
        sheets=(
            ReportSheet(
                "Comparison", _sheet_columns(columns), _Cells(rows, columns), len(diff.rows)
            ),
        ),
        sections=sections,
        section_count=sections.count,
        empty_text="Every product of the list is known by its number.",
    )


def _counted(count: int) -> str:
    return count_text(count, "product")


def _sheet_columns(columns: Sequence[Column]) -> tuple[ReportColumn, ...]:
    naming, others = _parted(columns)
    return (
        ReportColumn("Result", width=16),
        ReportColumn("Picture in the list", CellKind.PICTURE),
        *map(field_column, naming),
        ReportColumn("Picture in the catalogue", CellKind.PICTURE),
        ReportColumn("SKU in the catalogue", width=18),
        ReportColumn("Title in the catalogue", width=30),
        ReportColumn("Chance same", CellKind.SHARE, 9),
        ReportColumn("Chance variant", CellKind.SHARE, 9),
        ReportColumn("Why", width=50),
        *map(field_column, others),
        ReportColumn("Where in the list", width=18),
        ReportColumn("Picture file of the list", CellKind.FILE, 40),
        ReportColumn("Picture file of the catalogue", CellKind.FILE, 40),
    )


@dataclass(frozen=True, slots=True)
class _Shown:
    """A row with the product of the catalogue and its encoded picture."""

    row: DiffRow
    card: ProductCard | None
    thumbnail: bytes


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """The rows with their products, read from the catalogue as they are walked."""

    diff: CatalogueDiff
    catalogue: Catalogue

    def shown(self, rows: Sequence[DiffRow]) -> Iterator[_Shown]:
        for start in range(0, len(rows), _BATCH):
            batch = rows[start : start + _BATCH]
            ids = [row.product_id for row in batch if row.product_id is not None]
            cards = {card.id: card for card in self.catalogue.products.cards(ids)}
            for row in batch:
                card = cards.get(row.product_id or 0)
                data = self.catalogue.pictures.thumbnail(card.thumbnail) if card else None
                yield _Shown(row, card, data or b"")


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    rows: _Rows
    columns: tuple[Column, ...]

    def __iter__(self) -> Iterator[tuple[Cell, ...]]:
        for shown in self.rows.shown(self.rows.diff.rows):
            row, card, record = shown.row, shown.card, shown.row.record
            naming, others = _parted(self.columns)
            chances = (math.nan, math.nan)
            if row.judgement is not None:
                chances = (row.judgement.same, row.judgement.variant)
            yield (
                STATUS_WORDS[row.status],
                row.thumbnail,
                *(_value(row, column) for column in naming),
                shown.thumbnail,
                card.sku if card else "",
                card.title if card else "",
                *(None if math.isnan(chance) else chance for chance in chances),
                row.reason,
                *(_value(row, column) for column in others),
                record.origin if record else "",
                _file(record) if record else "",
                card.main_picture_path if card else "",
            )


def _parted(columns: Sequence[Column]) -> tuple[list[Column], list[Column]]:
    """Those that name a product come before what was found out."""
    naming = [column for column in columns if column.name in _NAMING]
    return naming, [column for column in columns if column.name not in _NAMING]


def _file(record: ImportRecord) -> str:
    """The file of the picture, '' where it is still packed."""
    return next((str(picture.path) for picture in record.pictures if picture.mtime_ns), "")


def _value(row: DiffRow, column: Column) -> FieldValue:
    if row.record is None:
        return None
    return row.record.sku if column.name == "sku" else row.record.fields.get(column.name)


class _Sections:
    """Rows that ask for a look: those compared with a product one by one, side by side with it;
    new and missing ones many at once."""

    def __init__(self, rows: _Rows) -> None:
        self._rows = rows
        self._groups: list[tuple[DiffStatus, list[DiffRow]]] = []
        order = list(DiffStatus)
        asked = [r for r in rows.diff.rows if r.status is not DiffStatus.MATCHED or _is_renamed(r)]
        asked.sort(key=lambda row: order.index(row.status))
        for status, same in groupby(asked, key=lambda row: row.status):
            found = list(same)
            size = _CARDS_AT_ONCE if status in (DiffStatus.NEW, DiffStatus.MISSING) else 1
            self._groups += [(status, found[at : at + size]) for at in range(0, len(found), size)]

    @property
    def count(self) -> int:
        return len(self._groups)

    def __iter__(self) -> Iterator[ReportSection]:
        for status, rows in self._groups:
            cards: list[ReportCard] = []
            for shown in self._rows.shown(rows):
                if shown.row.record is not None:
                    cards.append(_list_card(shown))
                if shown.card is not None and status is not DiffStatus.NEW:
                    cards.append(_product_card(shown, shown.card))
            note = rows[0].reason if len(rows) == 1 else _counted(len(rows))
            yield ReportSection(STATUS_WORDS[status], note, tuple(cards))


def _is_renamed(row: DiffRow) -> bool:
    return not row.has_known_number


def _list_card(shown: _Shown) -> ReportCard:
    row, record = shown.row, shown.row.record
    assert record is not None
    fields = [str(record.fields.get(name) or "") for name in ("title", "brand", "category")]
    is_alone = row.status is DiffStatus.NEW
    return ReportCard(
        heading=record.sku,
        badge=STATUS_WORDS[row.status] if is_alone else "In the list",
        lines=(fields[0], " · ".join(filter(None, fields[1:])), row.reason if is_alone else ""),
        tone=_TONES[row.status],
        thumbnail=row.thumbnail,
    )


def _product_card(shown: _Shown, card: ProductCard) -> ReportCard:
    is_alone = shown.row.status is DiffStatus.MISSING
    return ReportCard(
        heading=card.sku,
        badge=STATUS_WORDS[shown.row.status] if is_alone else "In the catalogue",
        lines=(card.title, " · ".join(filter(None, (card.brand, card.category)))),
        tone=_TONES[shown.row.status] if is_alone else Tone.PLAIN,
        links=(("Product page", card.url), ("Picture", card.main_picture_path)),
        thumbnail=shown.thumbnail,
    )
