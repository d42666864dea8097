"""From what a search found to what the station says."""

from __future__ import annotations

from collections.abc import Sequence

from desktop_app.domain.capturing import AnswerThresholds, Outcome
from desktop_app.domain.search import Hit


def outcome_of(hits: Sequence[Hit], thresholds: AnswerThresholds) -> Outcome:
    """What the station says where no code decides; ``hits`` by falling confidence."""
    if not hits or hits[0].score < thresholds.perhaps:
        return Outcome.NOT_FOUND
    return Outcome.FOUND if hits[0].score >= thresholds.found else Outcome.PERHAPS
