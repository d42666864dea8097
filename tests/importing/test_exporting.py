"""What is exported can be opened safely, and imported again without loss."""

from __future__ import annotations

import csv
import errno
import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from desktop_app.domain.errors import StorageFull, UserFacingError
from desktop_app.domain.imports import ImportIssue, IssueKind
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.products import Column, FieldKind, ProductFields
from desktop_app.domain.search import Hit, QueryPicture, SearchRequest, SearchResults, ViewScore
from desktop_app.infra.tables.spreadsheet import XlsxWriter
from desktop_app.services.exporting import ExportService, write_issues_csv, written_whole

Put = Callable[..., Path]


@pytest.fixture
def exporter() -> ExportService:
    return ExportService(sheets=XlsxWriter())


@pytest.fixture
def ids(catalogue: Catalogue, put: Put) -> list[int]:
    catalogue.products.add_column(Column("height", "Height", FieldKind.NUMBER, "mm"))
    catalogue.products.add_column(Column("refillable", "Refillable", FieldKind.FLAG))
    pictures = [(put("a.jpg"), "front"), (put("b.jpg"), "back")]
    fields = [
        ProductFields("A1", "=1+2", "Größe", price=12.5, extra={"height": 3.0, "refillable": True}),
        ProductFields("A2", "'-quoted", barcode="0012", notes="two\nlines; and, more"),
    ]
    added = [
        catalogue.products.add(fields[0], pictures),
        catalogue.products.add(fields[1]),
    ]
    return [change.product_ids[0] for change in added]


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_csv_holds_every_field_and_is_safe_in_a_spreadsheet(
    exporter: ExportService, catalogue: Catalogue, ids: list[int], source: Path
) -> None:
    path = source / "out.csv"
    assert exporter.export_products(catalogue, [*reversed(ids), 999], path) == 2
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    second, first = read_csv(path)
    assert first["Title"] == "'=1+2"
    assert (first["Price"], first["Height (mm)"], first["Refillable"]) == ("12.5", "3", "yes")
    assert first["Pictures"] == f"{source / 'a.jpg'} | {source / 'b.jpg'}"
    assert (second["SKU"], second["Title"], second["Barcode"]) == ("A2", "''-quoted", "0012")
    assert second["Notes"] == "two\nlines; and, more"


def test_xlsx_keeps_numbers_as_numbers_and_texts_as_texts(
    exporter: ExportService, catalogue: Catalogue, ids: list[int], source: Path
) -> None:
    exporter.export_products(catalogue, ids, source / "out.xlsx")
    sheet = openpyxl.load_workbook(source / "out.xlsx").active
    header, first, second = ({c.value: c for c in row} for row in ([*r] for r in sheet.rows))
    titles = [cell.value for cell in next(iter(sheet.rows))]
    by_title = {t: sheet.cell(2, n) for n, t in enumerate(titles, 1)}
    assert by_title["Title"].value == "=1+2"
    assert by_title["Title"].data_type == "s"
    assert by_title["Price"].value == 12.5
    assert by_title["Refillable"].value is True
    assert sheet.cell(3, titles.index("Barcode") + 1).value == "0012"
    assert sheet.freeze_panes == "A2"
    assert header
    assert first
    assert second


def test_json_keeps_types_and_lists(
    exporter: ExportService, catalogue: Catalogue, ids: list[int], source: Path
) -> None:
    exporter.export_products(catalogue, ids, source / "out.json")
    first, second = json.loads((source / "out.json").read_text("utf-8"))["products"]
    assert (first["sku"], first["title"], first["price"]) == ("A1", "=1+2", 12.5)
    assert (first["height"], first["refillable"]) == (3.0, True)
    assert first["pictures"] == [str(source / "a.jpg"), str(source / "b.jpg")]
    assert (second["price"], second["pictures"]) == (None, [])


def test_hits_carry_rank_and_score(
    exporter: ExportService, catalogue: Catalogue, ids: list[int], source: Path
) -> None:
    hits = tuple(
        Hit(i, s, (ViewScore(1, s),)) for i, s in zip(reversed(ids), (0.9, 0.5), strict=True)
    )
    request = SearchRequest(QueryPicture("query", content_id=1))
    results = SearchResults(request, hits, "model", 2, 2)
    assert exporter.export_hits(catalogue, results, source / "hits.csv") == 2
    assert [(row["Rank"], row["Score"], row["SKU"]) for row in read_csv(source / "hits.csv")] == [
        ("1", "0.9", "A2"),
        ("2", "0.5", "A1"),
    ]


@pytest.mark.parametrize(
    ("price", "text"), [(-12.5, "-12.5"), (1.299, "1.2990"), (1000.0, "1000"), (1e-7, "0.0000001")]
)
def test_prices_in_csv_are_numbers_nobody_mistakes(
    exporter: ExportService, catalogue: Catalogue, source: Path, price: float, text: str
) -> None:
    change = catalogue.products.add(ProductFields("A1", price=price))
    exporter.export_products(catalogue, change.product_ids, source / "out.csv")
    assert read_csv(source / "out.csv")[0]["Price"] == text


@pytest.mark.parametrize(
    "text", ["=1+1", "+49 30", "-1+cmd|' /C calc'!A0", "@SUM(1)", "\tx", "'=1"]
)
def test_texts_that_look_like_formulas_are_guarded(
    exporter: ExportService, catalogue: Catalogue, source: Path, text: str
) -> None:
    change = catalogue.products.add(ProductFields("A1", title=text))
    exporter.export_products(catalogue, change.product_ids, source / "out.csv")
    assert read_csv(source / "out.csv")[0]["Title"] == f"'{text}"


def test_an_unknown_format_is_refused(
    exporter: ExportService, catalogue: Catalogue, source: Path
) -> None:
    with pytest.raises(UserFacingError, match="no format") as caught:
        exporter.export_products(catalogue, [], source / "out.doc")
    assert ".xlsx" in caught.value.remedy


def test_issues_are_written_as_a_list(source: Path) -> None:
    issues = [ImportIssue(IssueKind.FAILED, "row 2", "=bad"), ImportIssue(IssueKind.NOTE, "a", "b")]
    write_issues_csv(issues, source / "issues.csv")
    assert [list(row.values()) for row in read_csv(source / "issues.csv")] == [
        ["failed", "row 2", "'=bad"],
        ["note", "a", "b"],
    ]


def test_a_failed_export_leaves_the_old_file_and_nothing_else(source: Path) -> None:
    path = source / "out.csv"
    path.write_text("old")
    for error, expected in (
        (OSError(errno.ENOSPC, "No space left on device"), StorageFull),
        (PermissionError(errno.EACCES, "Permission denied"), UserFacingError),
    ):
        with pytest.raises(expected) as caught, written_whole(path) as temporary:
            temporary.write_text("half")
            raise error
        assert caught.value.remedy
        assert path.read_text() == "old"
        assert [entry.name for entry in source.iterdir()] == ["out.csv"]


def test_a_folder_that_is_not_there_is_said(source: Path) -> None:
    with pytest.raises(UserFacingError, match="could not be written"):
        write_issues_csv([], source / "absent" / "issues.csv")
