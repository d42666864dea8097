"""What a check of the station tells, in the user's words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale

from desktop_app.domain.capturing import AnswerThresholds, StationReport
from desktop_app.services.capture.checking import StationTrial
from desktop_app.ui.capture.words import hint_words
from desktop_app.ui.product_text import score_text

translate = QCoreApplication.translate


def of_hundred(share: float) -> str:
    """A share as ``2 of 100``; small ones as ``fewer than 1 of 100``."""
    if 0 < share < 0.005:
        return translate("StationCheck", "fewer than 1 of 100")
    return translate("StationCheck", "{0} of 100").format(QLocale().toString(round(share * 100)))


def false_accepts_text(thresholds: AnswerThresholds) -> str:
    """How often an unknown product is taken for a known one."""
    return translate(
        "StationCheck",
        "Of products that are not in the catalogue, about {0} are taken for one that is; more "
        "where others of their brand are in it.",
    ).format(of_hundred(thresholds.false_accepts))


def misses_text(thresholds: AnswerThresholds) -> str:
    """How often a known product is not found at once."""
    return translate(
        "StationCheck", "Of products that are in it, about {0} are not found at once."
    ).format(of_hundred(thresholds.misses))


def trial_text(trial: StationTrial, name: str) -> str:
    """What came of one product: ``LMP-1 came first, 97 %``."""
    if trial.place == 1:
        return translate("StationCheck", "{0} came first, {1}.").format(
            name, score_text(trial.right)
        )
    if trial.place:
        return translate("StationCheck", "{0} came at place {1}.").format(
            name, QLocale().toString(trial.place)
        )
    return translate("StationCheck", "{0} was not among the products found.").format(name)


def share_text(share: float, products: int) -> str:
    """``9 of 10``."""
    count = QLocale().toString(round(share * products))
    return translate("StationCheck", "{0} of {1}").format(count, QLocale().toString(products))


def hints_text(report: StationReport) -> str:
    """What hindered the pictures, a line for each; '' where nothing did."""
    told = [
        translate("StationCheck", "{0} ({1})").format(hint_words(hint), QLocale().toString(count))
        for hint, count in report.hints
    ]
    return "\n".join(told)
