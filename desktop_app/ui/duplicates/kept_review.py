"""Where a review was left: kept in the catalogue as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from desktop_app.domain.duplicates import SAME_THRESHOLD, Exclusions
from desktop_app.ui.duplicates.overlay_view import Overlay
from desktop_app.workers.review_lists import Shown


@dataclass(frozen=True, slots=True)
class KeptReview:
    """``mode`` of None is side by side; ``products`` are the two of the pair on view."""

    threshold: float = SAME_THRESHOLD
    shown: Shown = Shown.TO_DECIDE
    exclusions: Exclusions = field(default_factory=Exclusions)
    mode: Overlay | None = None
    products: tuple[int, int] | None = None

    def to_json(self) -> str:
        """:meth:`from_json` is its inverse."""
        return json.dumps(
            {
                "threshold": self.threshold,
                "shown": self.shown.value,
                "columns": list(self.exclusions.columns),
                "same_folder": self.exclusions.same_folder,
                "mode": self.mode.value if self.mode is not None else "",
                "products": list(self.products or ()),
            }
        )

    @classmethod
    def from_json(cls, text: str) -> KeptReview:
        """A fresh review where the text is not of the written form."""
        try:
            data = json.loads(text)
            products = tuple(int(each) for each in data["products"])
            return cls(
                min(1.0, max(0.0, float(data["threshold"]))),
                Shown(data["shown"]),
                Exclusions(tuple(str(each) for each in data["columns"]), bool(data["same_folder"])),
                Overlay(data["mode"]) if data["mode"] else None,
                (products[0], products[1]) if len(products) == 2 else None,
            )
        except (ValueError, KeyError, TypeError):
            return cls()
