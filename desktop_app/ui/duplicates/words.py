"""Verdicts, states and counts of a review in the user's words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktop_app.domain.duplicates import Verdict
from desktop_app.services.pair_details import PlacedBy
from desktop_app.ui.product_text import count_text, score_text
from desktop_app.workers.review_lists import GroupState, Shown

translate = QCoreApplication.translate

VERDICT_ICONS = {
    Verdict.SAME: "copy",
    Verdict.VARIANT: "palette",
    Verdict.DIFFERENT: "x",
    Verdict.LATER: "clock",
}
LIKELY_VARIANT = 0.4
"""From this chance on it is told that a pair may be one."""
VERDICT_KEYS = {
    Verdict.SAME: "S",
    Verdict.VARIANT: "V",
    Verdict.DIFFERENT: "D",
    Verdict.LATER: "L",
}


def verdict_word(verdict: Verdict) -> str:
    """``Same product`` and so on, for buttons."""
    return {
        Verdict.SAME: translate("Duplicates", "Same product"),
        Verdict.VARIANT: translate("Duplicates", "Variant"),
        Verdict.DIFFERENT: translate("Duplicates", "Different"),
        Verdict.LATER: translate("Duplicates", "Later"),
    }[verdict]


def verdict_meaning(verdict: Verdict) -> str:
    """What is said by a verdict, in a sentence."""
    return {
        Verdict.SAME: translate("Duplicates", "One product under two numbers."),
        Verdict.VARIANT: translate(
            "Duplicates", "The same model in another colour, size or print."
        ),
        Verdict.DIFFERENT: translate("Duplicates", "Not the same. It is not asked again."),
        Verdict.LATER: translate("Duplicates", "Put off. It stays to be decided."),
    }[verdict]


def shown_word(shown: Shown) -> str:
    """The name of a list of groups."""
    return {
        Shown.TO_DECIDE: translate("Duplicates", "To decide"),
        Shown.LATER: translate("Duplicates", "Put off"),
        Shown.DECIDED: translate("Duplicates", "Decided"),
        Shown.ALL: translate("Duplicates", "All"),
        Shown.USEFUL: translate("Duplicates", "Most useful pairs"),
    }[shown]


def state_word(state: GroupState) -> str:
    """A group's state in a word, '' while it is open."""
    return {
        GroupState.OPEN: "",
        GroupState.LATER: translate("Duplicates", "put off"),
        GroupState.DECIDED: translate("Duplicates", "decided"),
    }[state]


def groups_text(count: int) -> str:
    """``1 group``, ``340 groups``."""
    if count == 1:
        return translate("Duplicates", "1 group")
    return translate("Duplicates", "{0} groups").format(count_text(count))


def progress_text(decided: int, total: int) -> str:
    """``12 of 340 groups decided``."""
    words = translate("Duplicates", "{0} of {1} decided")
    return words.format(count_text(decided), groups_text(total))


def placed_text(placed_by: PlacedBy) -> str:
    """How two pictures were laid on one another."""
    return {
        PlacedBy.PRINT: translate("Duplicates", "Laid on one another by their print"),
        PlacedBy.OUTLINE: translate("Duplicates", "Laid on one another by their outlines"),
        PlacedBy.FRAME: translate("Duplicates", "Laid on one another edge on edge"),
    }[placed_by]


def difference_text(share: float) -> str:
    """How much of the object differs."""
    percent = round(share * 100)
    if percent == 0:
        return translate("Duplicates", "Hardly anything differs")
    return translate("Duplicates", "{0} % of the product differs").format(percent)


def place_text(group: int, groups: int, pair: int, pairs: int) -> str:
    """``12 of 340``, and of a group of several pairs which one it is."""
    words = translate("Duplicates", "{0} of {1}").format(count_text(group), count_text(groups))
    if pairs == 1:
        return words
    of_pairs = translate("Duplicates", "pair {0} of {1}").format(pair, count_text(pairs))
    return f"{words} · {of_pairs}"


def variant_text(chance: float) -> str:
    """Whether a pair looks like versions of one product, '' where it does not."""
    if chance < LIKELY_VARIANT:
        return ""
    return translate("Duplicates", "Perhaps a variant: {0}").format(score_text(chance))
