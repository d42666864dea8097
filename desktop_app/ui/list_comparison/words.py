"""What rows of a list are to the catalogue, and what importing them does, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication

from desktop_app.domain.catalogue_diff import DiffStatus
from desktop_app.ui.product_text import count_text

translate = QCoreApplication.translate

ICONS = {
    DiffStatus.MATCHED: "check",
    DiffStatus.CHANGED_PICTURE: "image",
    DiffStatus.VARIANT: "palette",
    DiffStatus.NEW: "plus",
    DiffStatus.MISSING: "minus",
}
TONES = {
    DiffStatus.MATCHED: "good",
    DiffStatus.CHANGED_PICTURE: "warn",
    DiffStatus.VARIANT: "accent_text",
    DiffStatus.NEW: "accent_text",
    DiffStatus.MISSING: "warn",
}
"""Colours by name; the icon says the same."""


def status_word(status: DiffStatus) -> str:
    """One or two words."""
    return {
        DiffStatus.MATCHED: translate("ListComparison", "Matched"),
        DiffStatus.CHANGED_PICTURE: translate("ListComparison", "Changed picture"),
        DiffStatus.VARIANT: translate("ListComparison", "Variant"),
        DiffStatus.NEW: translate("ListComparison", "New"),
        DiffStatus.MISSING: translate("ListComparison", "Missing"),
    }[status]


def status_meaning(status: DiffStatus) -> str:
    """A sentence."""
    return {
        DiffStatus.MATCHED: translate(
            "ListComparison", "In the catalogue already, by its number or its picture."
        ),
        DiffStatus.CHANGED_PICTURE: translate(
            "ListComparison", "The number is known, but the picture does not look the same."
        ),
        DiffStatus.VARIANT: translate(
            "ListComparison", "Not in the catalogue, but another version of a product that is."
        ),
        DiffStatus.NEW: translate("ListComparison", "Neither known nor like anything known."),
        DiffStatus.MISSING: translate("ListComparison", "In the catalogue, but not in the list."),
    }[status]


def import_words(statuses: Iterable[DiffStatus]) -> str:
    """What the button does with rows of these states: ``Import 34 new products``."""
    counted = Counter(statuses)
    new = counted[DiffStatus.NEW] + counted[DiffStatus.VARIANT]
    known = counted[DiffStatus.MATCHED] + counted[DiffStatus.CHANGED_PICTURE]
    added = (
        translate("ListComparison", "Import 1 new product")
        if new == 1
        else translate("ListComparison", "Import {0} new products").format(count_text(new))
    )
    if not known:
        return added if new else translate("ListComparison", "Import")
    if new:
        both = translate("ListComparison", "{0} and update {1}")
        return both.format(added, count_text(known))
    if known == 1:
        return translate("ListComparison", "Update 1 product")
    return translate("ListComparison", "Update {0} products").format(count_text(known))
