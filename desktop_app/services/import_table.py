"""Making products of a product list."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from desktop_app.domain.import_ports import TableContents, TableRow
from desktop_app.domain.imports import (
    PICTURE_TARGET,
    VIEW_TARGET,
    ImportIssue,
    ImportRecord,
    IssueKind,
    PictureFile,
    TablePreview,
    TableRules,
)
from desktop_app.domain.products import CORE_COLUMNS, CORE_NAMES, Column, FieldKind, FieldValue
from desktop_app.domain.progress import CancelToken
from desktop_app.services.import_columns import Header, guess_columns, read_header
from desktop_app.services.import_folder import storable
from desktop_app.services.import_pictures import PictureFinder, find_pictures
from desktop_app.services.import_values import (
    NotConvertible,
    convert,
    currency_of,
    guess_decimal_sign,
    parse_price,
    text_of,
)

HEAD_ROWS = 20
_CHECK_EVERY = 200
_LIST_SIGNS = re.compile(r"[;|\n]")
_FIGURE = re.compile(r"\d+([.,]\d+)?")
_SHORTENED = re.compile(r"\d[.,]\d+[eE]\+?\d+")


def effective_rules(
    table: TableContents,
    rules: TableRules,
    columns: Sequence[Column],
    remembered: TableRules | None,
) -> TableRules:
    """``rules`` with whatever they leave open taken from ``remembered`` or guessed.

    ``new_columns`` holds a candidate for each header that names no core field, whether or
    not the mapping uses it.
    """
    known = {header: rules.mapping[header] for header in table.headers if header in rules.mapping}
    declared = rules.new_columns
    if not known and remembered is not None:
        known = {h: remembered.mapping[h] for h in table.headers if h in remembered.mapping}
        declared = remembered.new_columns
    mapping, guessed = guess_columns(table, known, columns)
    existing = {column.name for column in columns}
    candidates = {column.name: column for column in guessed}
    candidates |= {column.name: column for column in declared if column.name not in existing}
    return replace(
        rules,
        mapping=mapping,
        new_columns=tuple(candidates.values()),
        encoding=table.encoding,
        delimiter=table.delimiter,
        sheet=table.sheet,
    )


def used_columns(rules: TableRules) -> tuple[Column, ...]:
    """The new columns that the mapping uses."""
    targets = set(rules.mapping.values())
    return tuple(column for column in rules.new_columns if column.name in targets)


def preview_of(table: TableContents, rules: TableRules) -> TablePreview:
    """The head of the table as texts."""
    rows = tuple(tuple(text_of(cell) for cell in row.cells) for row in table.rows[:HEAD_ROWS])
    return TablePreview(table.headers, rows, len(table.rows), rules, table.sheets)


@dataclass(slots=True)
class _Place:
    """A mapped column: where its cells are and how they are read."""

    position: int
    column: Column
    header: Header
    decimal_sign: str


@dataclass(slots=True)
class _Row:
    """A row on its way to becoming a record."""

    number: int
    sku: str
    fields: dict[str, FieldValue] = field(default_factory=dict)
    pictures: list[PictureFile] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"row {self.number}"


class TableRecords:
    """Reads the rows of one table by its rules; ``issues`` grows while it does. ``in_rows`` are
    pictures that lie in a row, by row number; they come after those that it names."""

    def __init__(
        self,
        table: TableContents,
        rules: TableRules,
        columns: Sequence[Column],
        finder: PictureFinder,
        in_rows: Mapping[int, Sequence[PictureFile]],
    ) -> None:
        self.issues: list[ImportIssue] = []
        self._rows = table.rows
        self._in_rows = in_rows
        self._finder = finder
        self._web_addresses = 0
        self._differing: Counter[str] = Counter()
        known = {c.name: c for c in (*rules.new_columns, *columns, *CORE_COLUMNS)}
        self._places: list[_Place] = []
        self._pictures: list[tuple[int, str]] = []
        self._view: int | None = None
        for position, header in enumerate(table.headers):
            target = rules.mapping.get(header, "")
            if target == PICTURE_TARGET:
                self._pictures.append((position, read_header(header).view))
            elif target == VIEW_TARGET:
                self._view = position
            elif target in known:
                self._places.append(self._place(table, position, header, known[target]))
        self._sku = next((p for p in self._places if p.column.name == "sku"), None)
        self._places = [place for place in self._places if place is not self._sku]

    @property
    def names_pictures(self) -> bool:
        """Whether a column of the table is read as pictures, or pictures lie in its rows."""
        return bool(self._pictures or self._in_rows)

    def read(self, token: CancelToken) -> list[ImportRecord]:
        """One record for each SKU, in the order of the rows. Raises Cancelled."""
        if self._sku is None:
            reason = "No column holds the SKU. Choose the column that names each product."
            self.issues.append(ImportIssue(IssueKind.FAILED, "columns", reason))
            return []
        merged: dict[str, _Row] = {}
        for index, table_row in enumerate(self._rows):
            if index % _CHECK_EVERY == 0:
                token.checkpoint()
            row = self._row(table_row, self._sku)
            if row is None:
                continue
            first = merged.setdefault(row.sku.casefold(), row)
            if first is not row:
                self._merge(first, row)
        self._summarise()
        return [
            ImportRecord(row.sku, row.fields, tuple(row.pictures), row.origin)
            for row in merged.values()
        ]

    @staticmethod
    def _place(table: TableContents, position: int, header: str, column: Column) -> _Place:
        decimal_sign = ""
        if column.kind is FieldKind.NUMBER:
            # Semicolons part cells where the comma is busy in numbers.
            by_comma = "," if table.delimiter == ";" else ""
            decimal_sign = guess_decimal_sign(r.cells[position] for r in table.rows) or by_comma
        return _Place(position, column, read_header(header), decimal_sign)

    def _row(self, table_row: TableRow, sku_place: _Place) -> _Row | None:
        origin = f"row {table_row.number}"
        sku = storable(text_of(table_row.cells[sku_place.position])).strip()
        if not sku:
            reason = "The row has no SKU and was left out."
            self.issues.append(ImportIssue(IssueKind.FAILED, origin, reason))
            return None
        row = _Row(table_row.number, sku)
        for place in self._places:
            value = table_row.cells[place.position]
            if value is not None:
                self._set(row, place, value)
        self._add_pictures(row, table_row)
        return row

    def _set(self, row: _Row, place: _Place, value: FieldValue) -> None:
        name = place.column.name
        try:
            match name:
                case "price":
                    amount, currency = parse_price(value, place.decimal_sign)
                    if amount is not None:
                        row.fields["price"] = amount
                        # In the order of trust: the cell, the header, a column of currencies.
                        if currency or place.header.currency:
                            row.fields["currency"] = currency or place.header.currency
                    return
                case "currency":
                    text = text_of(value)
                    row.fields.setdefault("currency", currency_of(text) or storable(text))
                    return
                case "size" if place.header.unit and _FIGURE.fullmatch(text_of(value)):
                    row.fields["size"] = f"{text_of(value)} {place.header.unit}"
                    return
                case "barcode" if isinstance(value, str) and _SHORTENED.fullmatch(value):
                    raise NotConvertible(f"“{value}” was shortened by a spreadsheet program")
            converted = convert(value, place.column.kind, decimal_sign=place.decimal_sign)
        except NotConvertible as error:
            reason = f"{place.column.label}: {error}; the field was left out."
            self.issues.append(ImportIssue(IssueKind.NOTE, row.origin, reason))
            return
        if converted is not None:
            row.fields[name] = storable(converted) if isinstance(converted, str) else converted

    def _add_pictures(self, row: _Row, table_row: TableRow) -> None:
        view_cell = "" if self._view is None else text_of(table_row.cells[self._view])
        for position, header_view in self._pictures:
            cell = text_of(table_row.cells[position])
            if not cell:
                continue
            found = find_pictures(cell, self._finder)
            self._web_addresses += found.web_addresses
            for name, problem in found.problems:
                reason = f"The picture “{name}” {problem}."
                self.issues.append(ImportIssue(IssueKind.FAILED, row.origin, reason))
            views = _views(view_cell, header_view, len(found.files))
            known = {picture.path for picture in row.pictures}
            row.pictures.extend(
                replace(picture, view=storable(view))
                for picture, view in zip(found.files, views, strict=True)
                if picture.path not in known
            )
        row.pictures.extend(
            replace(picture, view=storable(view_cell))
            for picture in self._in_rows.get(table_row.number, ())
        )

    def _merge(self, first: _Row, later: _Row) -> None:
        """A later row of the same SKU adds pictures and fills gaps. If it contradicts in a
        core field it may be another product and is passed over; columns of a catalogue's own
        often describe the picture, not the product."""
        differing = {
            name for name, value in later.fields.items() if first.fields.get(name, value) != value
        }
        paths = {picture.path for picture in first.pictures}
        fresh = [picture for picture in later.pictures if picture.path not in paths]
        gaps = later.fields.keys() - first.fields.keys()
        if differing.isdisjoint(CORE_NAMES) and (fresh or (gaps and not differing)):
            first.pictures.extend(fresh)
            first.fields = later.fields | first.fields
            self._differing.update(differing)
            return
        kept = "the first was kept" if differing else "it says nothing new"
        reason = f"SKU {later.sku} is also in {first.origin}; {kept}."
        self.issues.append(ImportIssue(IssueKind.NOTE, later.origin, reason))

    def _summarise(self) -> None:
        web = self._web_addresses
        if web:
            said = "1 picture is" if web == 1 else f"{web:,} pictures are"
            reason = f"{said} named by a web address and not downloaded; the rest is taken."
            self.issues.append(ImportIssue(IssueKind.NOTE, "pictures", reason))
        labels = {place.column.name: place.column.label for place in self._places}
        for name, count in self._differing.most_common():
            rows = "1 row adds" if count == 1 else f"{count:,} rows add"
            reason = f"{rows} pictures to a SKU and differ in this column; the first was kept."
            self.issues.append(ImportIssue(IssueKind.NOTE, labels[name], reason))


def _views(cell: str, header_view: str, count: int) -> list[str]:
    """One view for each of a cell's pictures: of the view column, else of the header."""
    listed = [part.strip() for part in _LIST_SIGNS.split(cell)] if cell else []
    if len(listed) == count:
        return listed
    if count == 1 and cell:
        return [cell]
    return [header_view] * count


def with_pictures_by_sku(
    records: Iterable[ImportRecord], named_files: Iterable[ImportRecord]
) -> list[ImportRecord]:
    """Records of a table that names no pictures, each with the pictures named after its SKU.

    ``named_files`` are records made of file names.
    """
    by_sku = {record.sku.casefold(): record.pictures for record in named_files}
    return [replace(r, pictures=by_sku.get(r.sku.casefold(), ())) for r in records]
