"""Where a mask came from, in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from desktop_app.domain.masks import (
    INSIDE,
    MAX_COVERAGE,
    MIN_COVERAGE,
    MaskSource,
    ObjectMask,
)

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class MaskWords:
    """``text`` for the user; ``is_doubtful`` asks for help."""

    text: str
    is_doubtful: bool = False


def mask_words(mask: ObjectMask | None, *, use_mask: bool) -> MaskWords:
    """What the query's mask is; '' while nothing is known of it."""
    if not use_mask:
        return MaskWords(translate("MaskText", "The whole picture is searched with."))
    if mask is None:
        return MaskWords("")
    if mask.source is MaskSource.DRAWN:
        return drawn_words(mask.alpha)
    if mask.source is MaskSource.WHOLE or not mask.is_usable:
        words = translate("MaskText", "Not sure what the product is. Crop or paint to help.")
        return MaskWords(words, is_doubtful=True)
    words = {
        MaskSource.ALPHA: translate("MaskText", "Product taken from the picture's transparency"),
        MaskSource.PLAIN_BACKGROUND: translate("MaskText", "Product found on its plain background"),
        MaskSource.NETWORK: translate("MaskText", "Product found by itself"),
    }[mask.source]
    return MaskWords(words)


def drawn_words(alpha: NDArray[np.uint8]) -> MaskWords:
    """The same of a mask a person drew: one that is a speck or nearly everything is not gone
    by."""
    coverage = float(np.count_nonzero(alpha >= INSIDE)) / max(1, alpha.size)
    if coverage < MIN_COVERAGE:
        words = translate("MaskText", "Too little is painted to go by.")
        return MaskWords(words, is_doubtful=True)
    if coverage > MAX_COVERAGE:
        words = translate("MaskText", "Nearly everything is painted: as good as the whole picture.")
        return MaskWords(words, is_doubtful=True)
    return MaskWords(translate("MaskText", "Product drawn by you"))


def is_shown(mask: ObjectMask | None, *, use_mask: bool) -> bool:
    """Whether the mask is what the search went by, and so worth drawing."""
    if mask is None or not use_mask or mask.source is MaskSource.WHOLE:
        return False
    return mask.source is MaskSource.DRAWN or mask.is_usable
