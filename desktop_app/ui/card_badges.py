"""What a card's badges say: how the picture lies, which view matched, trouble with its file."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from desktop_app.domain.evidence import Orientation
from desktop_app.domain.products import PictureState, ProductCard

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class Badge:
    """One mark on a picture. ``ink`` is a colour token; ``words`` are shown where there is
    room, ``explanation`` on hover."""

    icon: str
    words: str
    explanation: str
    ink: str = "text_muted"


def badges_of(card: ProductCard, orientation: Orientation | None) -> tuple[Badge, ...]:
    """The badges of a card, most important first; ``orientation`` is that of a hit."""
    found: list[Badge] = []
    if card.state is PictureState.OFFLINE:
        found.append(
            Badge(
                "unplug",
                translate("CardBadges", "offline"),
                translate("CardBadges", "A picture file was not found where it used to be."),
                "warn",
            )
        )
    elif card.state is PictureState.FAILED:
        found.append(
            Badge(
                "triangle-alert",
                translate("CardBadges", "unreadable"),
                translate("CardBadges", "A picture file of this product cannot be read."),
                "bad",
            )
        )
    if orientation is not None and orientation.mirrored:
        found.append(
            Badge(
                "flip-horizontal-2",
                translate("CardBadges", "mirrored"),
                translate("CardBadges", "The same picture as yours, but mirrored."),
                "accent_text",
            )
        )
    if orientation is not None and (turns := orientation.quarter_turns % 4):
        angle = 180 if turns == 2 else 90
        icon = "rotate-ccw" if turns == 3 else "rotate-cw"
        found.append(
            Badge(
                icon,
                f"{angle}°",
                translate("CardBadges", "The same picture as yours, but turned by {0}°.").format(
                    angle
                ),
                "accent_text",
            )
        )
    if card.is_other_view:
        named = translate("CardBadges", "Found by its picture “{0}”, not by the main one.")
        plain = translate("CardBadges", "Found by another picture than the main one.")
        found.append(
            Badge(
                "rotate-3d",
                card.view or translate("CardBadges", "other view"),
                named.format(card.view) if card.view else plain,
            )
        )
    return tuple(found)
