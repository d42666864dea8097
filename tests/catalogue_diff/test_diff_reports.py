"""A comparison as a report, through the writers that reports have."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
from pypdf import PdfReader

from desktop_app import paths
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.report_ports import Report
from desktop_app.infra.reports.contact_sheets import PdfReportWriter
from desktop_app.infra.reports.delimited import CsvReportWriter
from desktop_app.infra.reports.page import HtmlReportWriter
from desktop_app.infra.reports.workbook import XlsxReportWriter
from desktop_app.services.catalogue_diff.diff_words import diff_pages
from desktop_app.services.report_files import ReportFiles

from .conftest import Shop

FILES = ReportFiles(
    {
        ".xlsx": XlsxReportWriter,
        ".csv": CsvReportWriter,
        ".html": HtmlReportWriter,
        ".pdf": lambda: PdfReportWriter(paths.fonts_dir()),
    }
)


def pages(shop: Shop, path: Path) -> Report:
    diff = shop.compare(path)
    return diff_pages(diff, shop.catalogue, model="grid", made_at="3 May 2026")


def test_the_sheet_has_a_row_for_each_product(
    shop: Shop, supplier_list: Path, tmp_path: Path
) -> None:
    path = tmp_path / "diff.xlsx"
    list(FILES.write(pages(shop, supplier_list), path, CancelToken()))
    sheet = openpyxl.load_workbook(path)["Comparison"]
    headers = [cell.value for cell in sheet[1]]
    rows = [dict(zip(headers, row, strict=True)) for row in sheet.iter_rows(2, values_only=True)]
    told = [(row["Result"], row["SKU"], row["SKU in the catalogue"]) for row in rows]
    assert told == [
        ("Matched", "a-1", "A-1"),
        ("Changed picture", "A-2", "A-2"),
        ("Matched", "X-3", "A-3"),
        ("Matched", "X-4", "A-4"),
        ("Matched", "A-5", "A-5"),
        ("Variant", "X-6", "A-1"),
        ("New", "X-7", None),
        ("New", "X-8", None),
        ("New", "X-9", None),
        ("Missing", None, "A-6"),
    ]
    assert rows[0]["Where in the list"] == "row 2"
    assert rows[0]["Chance same"] > 0.8
    assert Path(rows[0]["Picture file of the list"]).is_file()
    # Of the list and of the catalogue; A-5 has none there, X-8 and X-9 none at all.
    assert len(sheet._images) == 7 + 6


def test_every_form_states_the_list_and_the_counts(
    shop: Shop, supplier_list: Path, tmp_path: Path
) -> None:
    report = pages(shop, supplier_list)
    for suffix in (".csv", ".html", ".pdf"):
        list(FILES.write(report, tmp_path / f"diff{suffix}", CancelToken()))
    with (tmp_path / "diff.csv").open(encoding="utf-8-sig", newline="") as file:
        facts = dict(row for row in csv.reader(file) if len(row) == 2)
    assert facts["List"] == "List.csv"
    assert facts["Matched"] == "4 products"
    assert facts["Missing"] == "1 product"
    html = (tmp_path / "diff.html").read_text("utf-8")
    pdf = "\n".join(page.extract_text() for page in PdfReader(tmp_path / "diff.pdf").pages)
    for words in ("List.csv", "Changed picture", "another version of A-1", "X-7", "A-6"):
        assert words in html
        assert words in pdf
