"""Fields survive export and import, whatever is in them and however they are written."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.domain.imports import TableRules
from desktop_app.domain.products import CORE_COLUMNS, Column, FieldKind, ProductFields
from desktop_app.domain.progress import CancelToken
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue, open_catalogue
from desktop_app.infra.tables.archive import ZipArchiveReader
from desktop_app.infra.tables.reader import FileTableReader
from desktop_app.infra.tables.spreadsheet import XlsxWriter
from desktop_app.services.exporting import ExportService
from desktop_app.services.import_folder import storable
from desktop_app.services.importing import ImportService
from tests.importing.driving import products, run_import

# What a table can hold: no control characters but line breaks, no blanks around.
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"), max_size=20)
TEXT = TEXT.map(lambda text: storable(text).strip())
# XLSX keeps 15 to 16 digits.
NUMBER = st.decimals(-(10**9), 10**9, places=3, allow_nan=False).map(float)
EXTRA = (
    Column("height", "Height", FieldKind.NUMBER, "mm"),
    Column("refillable", "Refillable", FieldKind.FLAG),
    Column("neck_finish", "Neck finish"),
    Column("launched", "Launched", FieldKind.DATE),
)


@st.composite
def product_fields(draw: st.DrawFn) -> ProductFields:
    texts = {
        column.name: draw(TEXT)
        for column in CORE_COLUMNS
        if column.kind is FieldKind.TEXT and column.name not in ("sku", "currency", "barcode")
    }
    extra = {
        "height": draw(st.none() | NUMBER),
        "refillable": draw(st.none() | st.booleans()),
        "neck_finish": draw(TEXT) or None,
        "launched": draw(st.none() | st.dates().map(lambda date: date.isoformat())),
    }
    return ProductFields(
        sku=draw(TEXT.filter(bool)),
        price=draw(st.none() | NUMBER),
        currency=draw(st.sampled_from(["", "EUR", "USD"])),
        barcode=draw(st.from_regex(r"[0-9]{0,14}", fullmatch=True)),
        extra={name: value for name, value in extra.items() if value is not None},
        **texts,
    )


@contextmanager
def opened(template: Path, folder: Path) -> Iterator[tuple[SqliteCatalogue, ImportService]]:
    shutil.copytree(template, folder)
    catalogue = open_catalogue(folder)
    for column in EXTRA:
        catalogue.products.add_column(column)
    yield (
        catalogue,
        ImportService(catalogue, tables=FileTableReader(), archives=ZipArchiveReader()),
    )
    catalogue.close()


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_what_is_exported_comes_in_again_as_it_was(
    empty_catalogue: Path, suffix: str, data: st.DataObject
) -> None:
    listed = data.draw(
        st.lists(product_fields(), min_size=1, max_size=4, unique_by=lambda f: f.sku.casefold())
    )
    with tempfile.TemporaryDirectory() as name:
        base = Path(name).resolve()
        with opened(empty_catalogue, base / "one") as (catalogue, _):
            ids = [catalogue.products.add(fields).product_ids[0] for fields in listed]
            path = base / f"out{suffix}"
            ExportService(sheets=XlsxWriter()).export_products(catalogue, ids, path)
            written = {p.fields.sku: p.fields for p in products(catalogue)}
        with opened(empty_catalogue, base / "two") as (catalogue, service):
            report = run_import(service, path)
            assert [i for i in report.issues if i.origin != "columns"] == []
            assert {p.fields.sku: p.fields for p in products(catalogue)} == written
            assert run_import(service, path).products_unchanged == len(listed)


WORDS = st.text(st.sampled_from('abz,;|\t"\n äé€=-+0123456789.'), max_size=12)


@given(
    rows=st.lists(st.tuples(WORDS, WORDS, WORDS), max_size=8),
    delimiter=st.sampled_from(",;|\t"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    line_end=st.sampled_from(["\n", "\r\n"]),
)
def test_every_well_formed_table_is_read_by_its_rules(
    rows: list[tuple[str, str, str]], delimiter: str, encoding: str, quoting: int, line_end: str
) -> None:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter, quoting=quoting, lineterminator=line_end)  # type: ignore[arg-type]
    # Two rows that show the headers' width, whatever the others hold.
    writer.writerows([("sku", "title", "notes"), ("A", "b", "c"), *rows])
    table = FileTableReader().read(
        buffer.getvalue().encode(encoding),
        name="list.csv",
        rules=TableRules(delimiter=delimiter, encoding=encoding),
        token=CancelToken(),
    )
    expected = [tuple(cell.strip() or None for cell in row) for row in rows]
    assert table.headers == ("sku", "title", "notes")
    assert [row.cells for row in table.rows][1:] == [row for row in expected if any(row)]


@settings(max_examples=40, deadline=None)
@given(
    rows=st.lists(
        st.tuples(
            st.from_regex(r"[A-Z]{1,3}-[0-9]{1,4}", fullmatch=True),
            st.text(st.sampled_from("abcdefg äöé,;|"), max_size=20),
            st.from_regex(r"[0-9]{1,3},[0-9]{2}", fullmatch=True),
        ),
        min_size=2,
        max_size=10,
    ),
    delimiter=st.sampled_from(";|\t"),
)
def test_the_delimiter_is_found_among_texts_and_decimal_commas(
    rows: list[tuple[str, str, str]], delimiter: str
) -> None:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter).writerows([("Artikel", "Titel", "Preis"), *rows])
    table = FileTableReader().read(
        buffer.getvalue().encode(), name="list.csv", rules=TableRules(), token=CancelToken()
    )
    assert table.delimiter == delimiter
    assert [row.cells[0] for row in table.rows] == [row[0] for row in rows]
