"""The capture log and the stock-take as tables for programs that calculate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from desktop_app.domain.capture_ports import CaptureLog
from desktop_app.domain.capturing import CaptureRecord, Decision, Outcome
from desktop_app.domain.report_ports import Cell, CellKind, Report, ReportColumn, ReportSheet

_PAGE = 500

LOG_SUFFIXES = (".xlsx", ".csv")

OUTCOMES = {
    Outcome.FOUND: "Found",
    Outcome.PERHAPS: "Perhaps",
    Outcome.NOT_FOUND: "Not found",
}
DECISIONS = {
    Decision.ACCEPTED: "Taken",
    Decision.CHOSEN: "Chosen",
    Decision.ENROLLED: "Enrolled",
    Decision.REJECTED: "Wrong",
    Decision.LEFT: "Left",
}

_LOG_COLUMNS = (
    ReportColumn("Picture", CellKind.PICTURE),
    ReportColumn("Time", width=20),
    ReportColumn("Answer", width=12),
    ReportColumn("Confidence", CellKind.SHARE, width=12),
    ReportColumn("Decision", width=12),
    ReportColumn("SKU", width=20),
    ReportColumn("Title", width=36),
    ReportColumn("Pieces", CellKind.NUMBER, width=9),
    ReportColumn("Code", width=18),
    ReportColumn("Camera", width=24),
)
_STOCK_COLUMNS = (
    ReportColumn("SKU", width=20),
    ReportColumn("Title", width=36),
    ReportColumn("Pieces", CellKind.NUMBER, width=9),
    ReportColumn("Last counted", width=20),
)


def log_report(log: CaptureLog, *, catalogue: str, made_at: str) -> Report:
    """Every capture, the newest first, with its picture."""
    count = log.count()
    sheet = ReportSheet("Captures", _LOG_COLUMNS, _LogRows(log), count)
    facts = (("Catalogue", catalogue), ("Captures", str(count)), ("Made", made_at))
    return Report("Captures", facts, (sheet,), (), 0, empty_text="Nothing was captured yet.")


def stock_report(log: CaptureLog, *, catalogue: str, made_at: str) -> Report:
    """Pieces per SKU since the stock-take began."""
    lines = log.stock()
    began = log.stock_take_began()
    rows: list[tuple[Cell, ...]] = [
        (line.sku, line.title, line.pieces, local_time(line.last_at)) for line in lines
    ]
    facts = (
        ("Catalogue", catalogue),
        ("Counted since", local_time(began) if began else "the first capture"),
        ("SKUs", str(len(lines))),
        ("Pieces", str(sum(line.pieces for line in lines))),
        ("Made", made_at),
    )
    sheet = ReportSheet("Stock-take", _STOCK_COLUMNS, rows, len(rows))
    return Report("Stock-take", facts, (sheet,), (), 0, empty_text="Nothing was counted yet.")


def local_time(taken_at: str) -> str:
    """A UTC time of the log in this computer's time, to the second; as it is where it cannot
    be read."""
    try:
        return datetime.fromisoformat(taken_at).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except ValueError:
        return taken_at


class _LogRows:
    """Read a page at a time, so that a log of any length fits in memory."""

    def __init__(self, log: CaptureLog) -> None:
        self._log = log

    def __iter__(self) -> Iterator[tuple[Cell, ...]]:
        before: int | None = None
        while page := self._log.newest(_PAGE, before_id=before):
            for record in page:
                yield self._row(record)
            before = page[-1].id

    def _row(self, record: CaptureRecord) -> tuple[Cell, ...]:
        return (
            self._log.picture(record.id),
            local_time(record.taken_at),
            OUTCOMES[record.outcome],
            record.confidence,
            DECISIONS[record.decision],
            record.sku,
            record.title,
            record.pieces,
            record.barcode,
            record.source,
        )
