"""How like two outlines are, in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktop_app.ui.confidence_pill import ConfidencePill
from desktop_app.ui.product_text import Confidence, score_text

_LEAST = {
    Confidence.CERTAIN: 0.97,
    Confidence.LIKELY: 0.92,
    Confidence.PERHAPS: 0.8,
    Confidence.UNLIKELY: 0.0,
}
"""The least overlap of each level."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Shapes", text)


def overlap_level(overlap: float) -> Confidence:
    """The level of an overlap in [0, 1]."""
    shown = round(max(0.0, min(1.0, overlap)) * 100) / 100
    return next(level for level, least in _LEAST.items() if shown >= least)


def overlap_word(level: Confidence) -> str:
    """What a level is called."""
    return {
        Confidence.CERTAIN: _tr("same"),
        Confidence.LIKELY: _tr("close"),
        Confidence.PERHAPS: _tr("related"),
        Confidence.UNLIKELY: _tr("different"),
    }[level]


def overlap_text(overlap: float) -> str:
    """The share with its word: ``96 % overlap, close``."""
    return _tr("{0} overlap, {1}").format(score_text(overlap), overlap_word(overlap_level(overlap)))


def overlap_explanation(overlap: float) -> str:
    """What the figure means."""
    return "\n".join(
        (
            overlap_text(overlap),
            _tr(
                "Laid on each other at one size, the two outlines share this much of the area "
                "that they cover together. Colour and label do not count."
            ),
        )
    )


class OverlapPill(ConfidencePill):
    """Tells an overlap instead of a confidence."""

    def level(self, score: float) -> Confidence:
        """See ConfidencePill."""
        return overlap_level(score)

    def word(self, level: Confidence) -> str:
        """See ConfidencePill."""
        return overlap_word(level)
