"""Keep rules, plans and what becomes of files, in the user's words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktop_app.domain.resolving import KeepRule, PictureRule
from desktop_app.ui.product_text import count_text

translate = QCoreApplication.translate


def rule_word(rule: KeepRule) -> str:
    """What a rule keeps, in two or three words."""
    return {
        KeepRule.PROTECTED: translate("Resolving", "Protected"),
        KeepRule.MOST_COMPLETE: translate("Resolving", "Most complete fields"),
        KeepRule.LARGEST_PICTURE: translate("Resolving", "Largest picture"),
        KeepRule.NEWEST: translate("Resolving", "Newest"),
        KeepRule.MOST_VIEWS: translate("Resolving", "Most pictures"),
        KeepRule.OLDEST: translate("Resolving", "Oldest"),
        KeepRule.CHEAPEST: translate("Resolving", "Lowest price"),
        KeepRule.LOWEST_SKU: translate("Resolving", "Lowest SKU"),
    }[rule]


def rule_meaning(rule: KeepRule) -> str:
    """What a rule looks at, in a sentence."""
    return {
        KeepRule.PROTECTED: translate("Resolving", "A product that may not be dropped."),
        KeepRule.MOST_COMPLETE: translate("Resolving", "The product with the most fields filled."),
        KeepRule.LARGEST_PICTURE: translate(
            "Resolving", "The product that has the picture with the most pixels."
        ),
        KeepRule.NEWEST: translate("Resolving", "The product that came in last."),
        KeepRule.MOST_VIEWS: translate("Resolving", "The product with the most pictures."),
        KeepRule.OLDEST: translate("Resolving", "The product that came in first."),
        KeepRule.CHEAPEST: translate("Resolving", "The product with the lowest price."),
        KeepRule.LOWEST_SKU: translate(
            "Resolving", "The first SKU in order; SKU 9 comes before SKU 10."
        ),
    }[rule]


def picture_rule_word(rule: PictureRule) -> str:
    """Which pictures the kept product takes over."""
    return {
        PictureRule.NEW: translate("Resolving", "Pictures it does not have yet"),
        PictureRule.ALL: translate("Resolving", "All pictures"),
        PictureRule.NONE: translate("Resolving", "No pictures"),
    }[rule]


def decided_text(rule: KeepRule | None, *, is_chosen: bool = False) -> str:
    """Why a product is kept; ``is_chosen`` where a person said so."""
    if is_chosen:
        return translate("Resolving", "chosen by you")
    if rule is None:
        return translate("Resolving", "lowest SKU, as no rule tells them apart")
    return rule_word(rule).lower().replace("sku", "SKU")


def products_text(count: int) -> str:
    """``1 product``, ``12 products``."""
    if count == 1:
        return translate("Resolving", "1 product")
    return translate("Resolving", "{0} products").format(count_text(count))


def files_text(count: int) -> str:
    """``1 file``, ``12 files``."""
    if count == 1:
        return translate("Resolving", "1 file")
    return translate("Resolving", "{0} files").format(count_text(count))


def pictures_text(count: int) -> str:
    """``1 picture``, ``12 pictures``."""
    if count == 1:
        return translate("Resolving", "1 picture")
    return translate("Resolving", "{0} pictures").format(count_text(count))


def merge_words(groups: int, products: int, *, files_to_trash: int = 0) -> str:
    """What the button does: ``Merge 12 products into 5 — files stay on disk``."""
    if not groups:
        return translate("Resolving", "Merge products")
    merged = translate("Resolving", "Merge {0} into {1}").format(
        products_text(products), count_text(groups)
    )
    files = translate("Resolving", "files stay on disk")
    if files_to_trash:
        files = translate("Resolving", "{0} to the trash").format(files_text(files_to_trash))
    return f"{merged} — {files}"
