"""Reports as files: whole or not at all, in the format that is named."""

from __future__ import annotations

import csv
import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import openpyxl
import pytest

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.imports import TableRules
from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.domain.report_ports import Report, ReportSection
from desktop_app.domain.reports import DuplicateReport, IncludedGroups, ProductRole
from desktop_app.infra.reports import workbook
from desktop_app.infra.reports.contents import web_address
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue
from desktop_app.infra.tables.reader import FileTableReader
from desktop_app.services.duplicates.report_words import facts_in_words
from desktop_app.services.duplicates.reporting import duplicate_report
from desktop_app.services.report_files import REPORT_SUFFIXES, ReportFiles

from . import drawn

Written = Callable[[str], Path]


@dataclass(frozen=True, slots=True, eq=False)
class Many:
    """The same section or row over and over."""

    what: object
    count: int

    def __iter__(self) -> Iterator[object]:
        return (self.what for _ in range(self.count))


def enlarged(report: Report, count: int) -> Report:
    section = ReportSection("Group", "", ())
    row = next(iter(report.sheets[0].rows))
    sheet = replace(report.sheets[0], rows=Many(row, count), row_count=count)
    return replace(report, sheets=(sheet,), sections=Many(section, count), section_count=count)


def test_the_csv_states_the_report_and_lists_its_products(written: Written) -> None:
    data = written(".csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(data.decode("utf-8-sig").splitlines()))
    gap = rows.index([])
    facts = {row[0]: row[1] for row in rows[1:gap]}
    assert facts["Catalogue"] == "Spring <range> 春"
    assert facts["Date"] == "3 May 2026, 10:15"
    products = [dict(zip(rows[gap + 1], row, strict=True)) for row in rows[gap + 2 :]]
    assert [p["SKU"] for p in products] == ["B-1", "B-2", "A-1", "A-2", "A-3", "A-9", "C-1", "C-2"]
    by_sku = {product["SKU"]: product for product in products}
    assert float(by_sku["A-2"]["Chance same"]) == pytest.approx(0.98)
    assert by_sku["A-2"]["Title"] == "'" + drawn.FORMULA
    assert by_sku["A-1"]["Price"] == "12.5"
    assert Path(by_sku["A-1"]["Picture file"]).is_file()
    assert "Picture" not in by_sku["A-1"]


def test_the_csv_can_be_imported_as_a_list(written: Written) -> None:
    path = written(".csv")
    table = FileTableReader().read(
        path.read_bytes(), name=path.name, rules=TableRules(), token=CancelToken()
    )
    sku, title = table.headers.index("SKU"), table.headers.index("Title")
    titles = {row.cells[sku]: row.cells[title] for row in table.rows}
    assert titles["A-2"] == drawn.FORMULA
    assert titles["B-1"] == drawn.CJK


@pytest.mark.parametrize("suffix", REPORT_SUFFIXES)
def test_a_cancelled_report_leaves_what_was_there(
    files: ReportFiles, report: Report, tmp_path: Path, suffix: str
) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    path = folder / f"report{suffix}"
    path.write_bytes(b"the one before")
    token = CancelToken()
    steps = files.write(enlarged(report, 1000), path, token)
    progress = next(steps)
    assert 0 < progress.done < progress.total == 1000
    token.cancel()
    with pytest.raises(Cancelled):
        list(steps)
    assert path.read_bytes() == b"the one before"
    gc.collect()
    assert list(folder.iterdir()) == [path]


@pytest.mark.parametrize("suffix", REPORT_SUFFIXES)
def test_a_report_that_cannot_be_written_says_so(
    files: ReportFiles, report: Report, tmp_path: Path, suffix: str
) -> None:
    with pytest.raises(UserFacingError, match="could not be written"):
        list(files.write(report, tmp_path / "nowhere" / f"report{suffix}", CancelToken()))


def test_an_unknown_ending_is_refused_before_anything_is_read(
    files: ReportFiles, report: Report, tmp_path: Path
) -> None:
    with pytest.raises(UserFacingError, match="no format") as caught:
        list(files.write(report, tmp_path / "report.doc", CancelToken()))
    assert ".pdf" in caught.value.remedy


def test_a_plan_says_which_product_is_kept(catalogue: SqliteCatalogue, tmp_path: Path) -> None:
    ids = drawn.fill(catalogue, tmp_path)
    board = drawn.board(catalogue, ids)
    report = duplicate_report(
        board, 0.8, catalogue=catalogue, model="m", made_at="today", kept={ids["A-3"]}
    )
    jars = list(report.groups)[1]
    assert [(p.card.sku, p.role) for p in jars.products] == [
        ("A-3", ProductRole.KEPT),
        ("A-1", ProductRole.DUPLICATE),
        ("A-2", ProductRole.DUPLICATE),
        ("A-9", ProductRole.VARIANT),
    ]
    assert [pair.judgement.same for pair in jars.pairs] == pytest.approx([0.98, 0.91, 0.86, 0.3])


def test_a_higher_threshold_reports_less(catalogue: SqliteCatalogue, tmp_path: Path) -> None:
    ids = drawn.fill(catalogue, tmp_path)
    board = drawn.board(catalogue, ids)
    report = duplicate_report(board, 0.99, catalogue=catalogue, model="m", made_at="today")
    assert (report.facts.group_count, report.facts.product_count) == (1, 2)
    assert (report.facts.pair_count, report.facts.decided_count) == (1, 1)
    # A-9 stays a variant of A-1, which is no duplicate any more.
    assert report.facts.variant_group_count == 2


def test_a_report_can_be_for_what_is_decided_or_what_is_not(
    catalogue: SqliteCatalogue, tmp_path: Path
) -> None:
    board = drawn.board(catalogue, drawn.fill(catalogue, tmp_path))
    told = {}
    for included in IncludedGroups:
        report = duplicate_report(
            board, 0.8, catalogue=catalogue, model="m", made_at="today", included=included
        )
        told[included] = [[p.card.sku for p in group.products] for group in report.groups]
        assert ("Included" in dict(facts_in_words(report.facts))) == (
            included is not IncludedGroups.ALL
        )
    assert [group[0][:1] for group in told[IncludedGroups.DECIDED]] == ["B"]
    # Its variant, which was decided, goes with the group that is not.
    assert [set(group) for group in told[IncludedGroups.OPEN]] == [
        {"A-1", "A-2", "A-3", "A-9"},
        {"C-1", "C-2"},
    ]
    assert len(told[IncludedGroups.ALL]) == 3


def test_products_removed_meanwhile_are_left_out(
    duplicates: DuplicateReport, catalogue: SqliteCatalogue
) -> None:
    gone = catalogue.products.find_by_sku("A-2")
    assert gone is not None
    catalogue.products.remove([gone.id])
    skus = {p.card.sku for group in duplicates.groups for p in group.products}
    assert skus == {"A-1", "A-3", "A-9", "B-1", "B-2", "C-1", "C-2"}


def test_where_the_expected_precision_comes_from_is_told(duplicates: DuplicateReport) -> None:
    told = dict(facts_in_words(replace(duplicates.facts, expected_precision=0.951)))
    assert told["Expected precision"] == (
        "about 95 of 100 are duplicates (an estimate, until enough pairs are decided)"
    )
    learned = replace(duplicates.facts, expected_precision=0.951, verdict_count=40)
    assert "(learned from 40 decisions)" in dict(facts_in_words(learned))["Expected precision"]


def test_how_a_picture_lies_is_told(written: Written) -> None:
    book = openpyxl.load_workbook(written(".xlsx"))
    headers = [cell.value for cell in book["Pairs"][1]]
    cells = book["Pairs"].iter_rows(2, values_only=True)
    rows = [dict(zip(headers, row, strict=True)) for row in cells]
    lies = {(row["SKU A"], row["SKU B"]): row["Lies"] for row in rows}
    assert lies["A-2", "A-3"] == "mirrored, turned by 180°"
    assert lies["A-1", "A-2"] is None


def test_more_rows_than_a_sheet_holds_are_not_dropped_in_silence(
    files: ReportFiles, report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    path = tmp_path / "report.xlsx"
    with pytest.raises(UserFacingError, match="all that a spreadsheet can hold"):
        list(files.write(report, path, CancelToken()))
    assert not path.exists()


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://s.example/a?b=1&c=%20#d", "https://s.example/a?b=1&c=%20#d"),
        (" http://s.example/größe ", "http://s.example/gr%C3%B6%C3%9Fe"),
        ("javascript:alert(1)", ""),
        ('https://s.example/" onclick="x', ""),
        ("www.s.example", ""),
        ("", ""),
    ],
)
def test_only_web_addresses_become_links(text: str, address: str) -> None:
    assert web_address(text) == address
