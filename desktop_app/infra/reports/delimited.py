"""Reports as CSV: what the report states, an empty line, and the first sheet."""

from __future__ import annotations

import csv
from collections.abc import Generator
from pathlib import Path

from desktop_app.domain.formula_guard import guarded
from desktop_app.domain.report_ports import Cell, CellKind, Report
from desktop_app.infra.reports.contents import readable

_STEP_ROWS = 200


class CsvReportWriter:
    """Writes UTF-8 with byte order mark, so that spreadsheet programs read it right; pictures
    are left out. See :class:`~desktop_app.domain.report_ports.ReportWriter`."""

    def steps(self, report: Report) -> int:
        return report.sheets[0].row_count

    def write(self, report: Report, path: Path) -> Generator[int, None, None]:
        sheet = report.sheets[0]
        kept = [
            at for at, column in enumerate(sheet.columns) if column.kind is not CellKind.PICTURE
        ]
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([_text(report.title)])
            writer.writerows([_text(label), _text(text)] for label, text in report.facts)
            writer.writerow([])
            writer.writerow([_text(sheet.columns[at].label) for at in kept])
            for number, row in enumerate(sheet.rows, 1):
                writer.writerow([_text(row[at]) for at in kept])
                if number % _STEP_ROWS == 0:
                    yield number


def _text(cell: Cell) -> str:
    if isinstance(cell, str):
        return guarded(readable(cell))
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, (int, float)):
        return str(int(cell)) if float(cell).is_integer() else repr(round(cell, 6))
    return ""
