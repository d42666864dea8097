"""Writers of reports, each loaded when a file of its kind is first written."""

from __future__ import annotations

from desktop_app import paths
from desktop_app.domain.report_ports import ReportWriter
from desktop_app.services.report_files import ReportFiles


def report_files() -> ReportFiles:
    """By a file's ending."""
    return ReportFiles(
        {".xlsx": _xlsx_writer, ".csv": _csv_writer, ".html": _html_writer, ".pdf": _pdf_writer}
    )


def _xlsx_writer() -> ReportWriter:
    from desktop_app.infra.reports.workbook import XlsxReportWriter  # noqa: PLC0415

    return XlsxReportWriter()


def _csv_writer() -> ReportWriter:
    from desktop_app.infra.reports.delimited import CsvReportWriter  # noqa: PLC0415

    return CsvReportWriter()


def _html_writer() -> ReportWriter:
    from desktop_app.infra.reports.page import HtmlReportWriter  # noqa: PLC0415

    return HtmlReportWriter()


def _pdf_writer() -> ReportWriter:
    from desktop_app.infra.reports.contact_sheets import PdfReportWriter  # noqa: PLC0415

    return PdfReportWriter(paths.fonts_dir())
