"""A filled catalogue, its report, and the real writers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop_app import paths
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.report_ports import Report
from desktop_app.domain.reports import DuplicateReport
from desktop_app.infra.reports.contact_sheets import PdfReportWriter
from desktop_app.infra.reports.delimited import CsvReportWriter
from desktop_app.infra.reports.page import HtmlReportWriter
from desktop_app.infra.reports.workbook import XlsxReportWriter
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue, create_catalogue
from desktop_app.services.duplicates.report_words import duplicate_pages
from desktop_app.services.duplicates.reporting import duplicate_report
from desktop_app.services.report_files import ReportFiles

from . import drawn


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[SqliteCatalogue]:
    made = create_catalogue(tmp_path / "catalogue", "Spring <range> 春")
    yield made
    made.close()


@pytest.fixture
def files() -> ReportFiles:
    fonts = paths.fonts_dir()
    return ReportFiles(
        {
            ".xlsx": XlsxReportWriter,
            ".csv": CsvReportWriter,
            ".html": HtmlReportWriter,
            ".pdf": lambda: PdfReportWriter(fonts),
        }
    )


@pytest.fixture
def duplicates(catalogue: SqliteCatalogue, tmp_path: Path) -> DuplicateReport:
    ids = drawn.fill(catalogue, tmp_path)
    return duplicate_report(
        drawn.board(catalogue, ids),
        0.8,
        catalogue=catalogue,
        model="efficientnet-lite2-products",
        made_at="3 May 2026, 10:15",
    )


@pytest.fixture
def report(duplicates: DuplicateReport) -> Report:
    return duplicate_pages(duplicates)


@pytest.fixture
def written(files: ReportFiles, report: Report, tmp_path: Path) -> Callable[[str], Path]:
    """Writes the report with this ending."""

    def write(suffix: str) -> Path:
        path = tmp_path / f"report{suffix}"
        list(files.write(report, path, CancelToken()))
        return path

    return write
