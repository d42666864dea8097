"""The XLSX report, read back."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import openpyxl
import pytest

from . import drawn

Written = Callable[[str], Path]


@pytest.fixture
def book(written: Written) -> Any:
    return openpyxl.load_workbook(written(".xlsx"))


def rows_of(sheet: Any) -> list[dict[str, Any]]:
    headers = [cell.value for cell in sheet[1]]
    return [dict(zip(headers, row, strict=True)) for row in sheet.iter_rows(min_row=2)]


def test_each_product_has_its_row_with_role_scores_and_decision(book: Any) -> None:
    rows = {row["SKU"].value: row for row in rows_of(book["Products"])}
    assert list(rows) == ["B-1", "B-2", "A-1", "A-2", "A-3", "A-9", "C-1", "C-2"]
    roles = {sku: row["Role"].value for sku, row in rows.items()}
    assert roles["A-1"] == roles["B-1"] == "Keep"
    assert roles["A-2"] == roles["B-2"] == "Duplicate"
    assert roles["A-9"] == roles["C-1"] == "Variant"
    assert rows["A-2"]["Compared with"].value == "A-1"
    assert rows["A-2"]["Chance same"].value == pytest.approx(0.98)
    assert rows["A-2"]["Chance same"].number_format == "0.0%"
    assert rows["A-2"]["Print"].value == pytest.approx(0.99)
    assert rows["A-2"]["Shape"].value is None
    assert rows["A-3"]["Decision"].value == "later"
    assert rows["B-2"]["Decision"].value == "same"


def test_numbers_are_numbers_and_formulas_stay_text(book: Any) -> None:
    rows = {row["SKU"].value: row for row in rows_of(book["Products"])}
    assert rows["A-1"]["Price"].value == 12.5
    assert rows["A-1"]["Group"].value == 2
    title = rows["A-2"]["Title"]
    assert (title.value, title.data_type) == (drawn.FORMULA, "s")
    assert rows["B-1"]["Title"].value == drawn.CJK


def test_headers_stay_in_sight_and_every_column_can_be_filtered(book: Any) -> None:
    for name, rows in (("Products", 8), ("Pairs", 6)):
        sheet = book[name]
        assert sheet.freeze_panes == "A2"
        last = sheet.cell(rows + 1, sheet.max_column).coordinate
        assert sheet.auto_filter.ref == f"A1:{last}"
        assert sheet.max_row == rows + 1


def test_every_row_shows_its_picture_inside_its_cell(book: Any) -> None:
    sheet = book["Products"]
    column = [cell.value for cell in sheet[1]].index("Picture")
    anchors = [picture.anchor for picture in sheet._images]
    assert sorted(anchor._from.row for anchor in anchors) == list(range(1, 9))
    for anchor in anchors:
        assert (anchor._from.col, anchor.to.col) == (column, column)
        assert anchor._from.row == anchor.to.row
        # A filter then hides the picture with its row.
        assert anchor.editAs in (None, "twoCell")
    assert len(book["Pairs"]._images) == 12


def test_pictures_and_product_pages_are_links(book: Any, tmp_path: Path) -> None:
    rows = {row["SKU"].value: row for row in rows_of(book["Products"])}
    assert rows["A-1"]["Link"].hyperlink.target == drawn.WEB
    assert rows["A-2"]["Link"].hyperlink is None
    assert rows["A-2"]["Link"].value == "javascript:alert(1)"
    file = rows["A-1"]["Picture file"]
    assert file.value == str(tmp_path / "bild #1 ä.jpg")
    address = urlparse(file.hyperlink.target)
    assert address.scheme == "file"
    assert Path(unquote(address.path)).is_file()


def test_the_report_says_how_it_came_about(book: Any) -> None:
    told = {row[0].value: row[1].value for row in book["About this report"].iter_rows(min_row=3)}
    assert told["Catalogue"] == "Spring <range> 春"
    assert told["Threshold"].startswith("80 %")
    assert told["Date"] == "3 May 2026, 10:15"
    assert told["Model"] == "efficientnet-lite2-products"
    assert told["Groups"] == "2 groups of duplicates with 5 products"
    assert told["Pairs"] == "4 pairs, 1 of them decided"
    assert "of 100 are duplicates" in told["Expected precision"]


def test_one_picture_is_stored_once(written: Written) -> None:
    with zipfile.ZipFile(written(".xlsx")) as archive:
        pictures = [name for name in archive.namelist() if name.startswith("xl/media/")]
    assert len(pictures) == 7
