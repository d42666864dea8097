"""What the capture log says of a capture, in the user's words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication, QLocale

from desktop_app.domain.capturing import CaptureRecord, Decision, Outcome, StockLine

translate = QCoreApplication.translate


def what_text(record: CaptureRecord) -> str:
    """The product decided on, or that there is none."""
    if record.sku or record.title:
        return " · ".join(part for part in (record.sku, record.title) if part)
    if record.decision is Decision.REJECTED:
        return translate("CaptureLog", "The answer was wrong")
    if record.outcome is Outcome.NOT_FOUND:
        return translate("CaptureLog", "Not in the catalogue")
    return translate("CaptureLog", "Not decided")


def decision_text(record: CaptureRecord) -> str:
    """What was answered and what came of it: ``Found``, ``Perhaps, chosen``."""
    answer = {
        Outcome.FOUND: translate("CaptureLog", "Found"),
        Outcome.PERHAPS: translate("CaptureLog", "Perhaps"),
        Outcome.NOT_FOUND: translate("CaptureLog", "Not found"),
    }[record.outcome]
    decision = {
        Decision.ACCEPTED: ""
        if record.outcome is Outcome.FOUND
        else translate("CaptureLog", "taken"),
        Decision.CHOSEN: translate("CaptureLog", "chosen"),
        Decision.ENROLLED: translate("CaptureLog", "enrolled"),
        Decision.REJECTED: translate("CaptureLog", "said to be wrong"),
        Decision.LEFT: translate("CaptureLog", "left"),
    }[record.decision]
    return f"{answer}, {decision}" if decision else answer


def time_text(taken_at: str, now: datetime | None = None) -> str:
    """When a capture was made in this computer's time: the hour today, with the day before."""
    try:
        taken = datetime.fromisoformat(taken_at)
    except ValueError:
        return ""
    if taken.tzinfo is None:
        taken = taken.replace(tzinfo=UTC)
    local, today = taken.astimezone(), (now or datetime.now(UTC)).astimezone().date()
    hour = local.strftime("%H:%M:%S")
    return hour if local.date() == today else f"{local.strftime('%x')} {hour}"


def pieces_text(pieces: int) -> str:
    """``3 pieces``; '' for none."""
    if pieces == 0:
        return ""
    if pieces == 1:
        return translate("CaptureLog", "1 piece")
    return translate("CaptureLog", "{0} pieces").format(QLocale().toString(pieces))


def line_text(record: CaptureRecord) -> str:
    """Everything but the product in one line."""
    parts = (time_text(record.taken_at), decision_text(record), pieces_text(record.pieces))
    return " · ".join(part for part in parts if part)


def captures_text(count: int) -> str:
    """``1,204 captures``."""
    if count == 1:
        return translate("CaptureLog", "1 capture")
    return translate("CaptureLog", "{0} captures").format(QLocale().toString(count))


def stock_text(lines: Sequence[StockLine], began_at: str) -> str:
    """``214 pieces of 12 SKUs since 09:14:05``; '' where nothing was counted."""
    total = sum(line.pieces for line in lines)
    if not lines:
        return ""
    skus = (
        translate("CaptureLog", "1 SKU")
        if len(lines) == 1
        else translate("CaptureLog", "{0} SKUs").format(QLocale().toString(len(lines)))
    )
    pieces = pieces_text(total) or translate("CaptureLog", "No pieces")
    if not began_at:
        return translate("CaptureLog", "{0} of {1}").format(pieces, skus)
    return translate("CaptureLog", "{0} of {1} since {2}").format(pieces, skus, time_text(began_at))
