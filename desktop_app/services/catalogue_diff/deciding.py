"""What a row of the list is to the catalogue, and why, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from desktop_app.domain.catalogue_diff import DiffStatus
from desktop_app.domain.duplicates import SAME_THRESHOLD, PairJudgement
from desktop_app.services.duplicates.report_words import percent
from desktop_app.services.duplicates.reporting import LIKELY_VARIANT

SAME_FROM = SAME_THRESHOLD
"""From this chance on pictures count as the same, unless said otherwise."""
PERHAPS_FROM = 0.3
"""Below this chance a likeness is not worth a word."""


@dataclass(frozen=True, slots=True)
class KnownNumber:
    """A product that a row names: ``by`` says how (``SKU`` or ``barcode``)."""

    product_id: int
    by: str


@dataclass(frozen=True, slots=True)
class Decision:
    """See DiffRow."""

    status: DiffStatus
    product_id: int | None
    judgement: PairJudgement | None
    reason: str


def decide(
    known: KnownNumber | None,
    likeness: Mapping[int, PairJudgement],
    *,
    skus: Mapping[int, str],
    has_pictures: bool,
    threshold: float = SAME_FROM,
) -> Decision:
    """``likeness`` holds the products that were compared; ``skus`` names them. With
    ``has_pictures`` false the row has none that could be read."""
    if known is not None:
        return _decide_known(known, likeness, skus, has_pictures, threshold)
    return _decide_unknown(likeness, skus, has_pictures, threshold)


def _decide_known(
    known: KnownNumber,
    likeness: Mapping[int, PairJudgement],
    skus: Mapping[int, str],
    has_pictures: bool,
    threshold: float,
) -> Decision:
    own = likeness.get(known.product_id)
    number = "Same SKU" if known.by == "SKU" else f"Same {known.by} as {skus[known.product_id]}"
    if own is None:
        whose = "the catalogue has no picture of it" if has_pictures else "the list has no picture"
        reason = f"{number}; {whose} to compare."
        return Decision(DiffStatus.MATCHED, known.product_id, None, reason)
    if own.same >= threshold:
        reason = f"{number}, and the pictures look the same ({percent(own.same)})."
        return Decision(DiffStatus.MATCHED, known.product_id, own, reason)
    reason = f"{number}, but the picture does not look the same ({percent(own.same)})"
    if own.variant >= LIKELY_VARIANT:
        reason = f"{number}, but the picture looks like another version ({percent(own.variant)})"
    other = _most_same(likeness, without=known.product_id)
    if other is not None and likeness[other].same >= threshold:
        reason += f"; it looks the same as {skus[other]} ({percent(likeness[other].same)})"
    return Decision(DiffStatus.CHANGED_PICTURE, known.product_id, own, f"{reason}.")


def _decide_unknown(
    likeness: Mapping[int, PairJudgement],
    skus: Mapping[int, str],
    has_pictures: bool,
    threshold: float,
) -> Decision:
    if not has_pictures:
        reason = "The number is not known; the list has no picture to compare."
        return Decision(DiffStatus.NEW, None, None, reason)
    best = _most_same(likeness)
    if best is not None and likeness[best].same >= threshold:
        same = percent(likeness[best].same)
        reason = f"The number is not known; the picture looks the same as {skus[best]} ({same})."
        return Decision(DiffStatus.MATCHED, best, likeness[best], reason)
    version = max(likeness, key=lambda i: (likeness[i].variant, -i), default=None)
    if version is not None and likeness[version].variant >= LIKELY_VARIANT:
        chance = percent(likeness[version].variant)
        reason = f"The picture looks like another version of {skus[version]} ({chance})."
        return Decision(DiffStatus.VARIANT, version, likeness[version], reason)
    if best is not None and likeness[best].same >= PERHAPS_FROM:
        same = percent(likeness[best].same)
        reason = f"The number is not known; perhaps the same as {skus[best]} ({same})."
        return Decision(DiffStatus.NEW, best, likeness[best], reason)
    if version is not None and likeness[version].variant >= PERHAPS_FROM:
        chance = percent(likeness[version].variant)
        reason = f"The number is not known; perhaps another version of {skus[version]} ({chance})."
        return Decision(DiffStatus.NEW, version, likeness[version], reason)
    reason = "The number is not known, and nothing in the catalogue looks the same."
    return Decision(DiffStatus.NEW, None, None, reason)


def _most_same(likeness: Mapping[int, PairJudgement], *, without: int = 0) -> int | None:
    """The product most likely the same; the one added first where several are."""
    others = [product_id for product_id in likeness if product_id != without]
    return max(others, key=lambda i: (likeness[i].same, -i), default=None)
