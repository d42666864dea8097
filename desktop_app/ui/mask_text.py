"""Where a mask came from, in words."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from desktop_app.domain.masks import MaskSource, ObjectMask

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class MaskWords:
    """``text`` for the user; ``is_doubtful`` asks for help."""

    text: str
    is_doubtful: bool = False


def mask_words(mask: ObjectMask | None, *, use_mask: bool, is_drawn: bool = False) -> MaskWords:
    """What the query's mask is; '' while nothing is known of it. ``is_drawn`` where a person
    drew it, whatever a search made of it."""
    if not use_mask:
        return MaskWords(translate("MaskText", "The whole picture is searched with."))
    if mask is None and not is_drawn:
        return MaskWords("")
    if mask is None or is_drawn or mask.source is MaskSource.DRAWN:
        return MaskWords(translate("MaskText", "Product drawn by you"))
    if mask.source is MaskSource.WHOLE or not mask.is_usable:
        words = translate("MaskText", "Not sure what the product is. Crop or paint to help.")
        return MaskWords(words, is_doubtful=True)
    words = {
        MaskSource.ALPHA: translate("MaskText", "Product taken from the picture's transparency"),
        MaskSource.PLAIN_BACKGROUND: translate("MaskText", "Product found on its plain background"),
        MaskSource.NETWORK: translate("MaskText", "Product found by itself"),
    }[mask.source]
    return MaskWords(words)


def is_shown(mask: ObjectMask | None, *, use_mask: bool) -> bool:
    """Whether the mask is what the search went by, and so worth drawing."""
    if mask is None or not use_mask or mask.source is MaskSource.WHOLE:
        return False
    return mask.source is MaskSource.DRAWN or mask.is_usable
