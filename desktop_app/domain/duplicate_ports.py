"""What finding and deciding on duplicates needs of the world; adapters in ``infra`` provide it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.duplicates import (
    FoundPair,
    FoundPairs,
    PairJudgement,
    PairKey,
    StoredVerdict,
    Verdict,
)
from desktop_app.domain.evidence import ColourFeatures, ShapeFeatures
from desktop_app.domain.images import DecodedImage, IdArray
from desktop_app.domain.print_features import PrintFeatures
from desktop_app.domain.storage import ChangeSet


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class ComparedPicture:
    """One picture as judging sees it, from what the catalogue holds.

    ``look`` is its unit vector (dimension,); ``perceptual_hash`` that of the upright picture.
    ``pixels`` gives the picture at thumbnail size (at most 256 pixels) when asked, None where
    there is none; it may read and decode, so that it should be asked once.
    """

    content_id: int
    look: NDArray[np.float32] | None
    perceptual_hash: int | None
    print: PrintFeatures | None
    shape: ShapeFeatures | None
    colour: ColourFeatures | None
    pixels: Callable[[], DecodedImage | None]


class PairJudge(Protocol):
    """Says how likely two pictures show one product. Safe from any thread."""

    @property
    def version(self) -> str:
        """Another one means judging all pairs again."""
        ...

    def judge(self, one: ComparedPicture, others: Sequence[ComparedPicture]) -> list[PairJudgement]:
        """Aligned with ``others``; symmetric but for ``orientation``. Never raises for a
        picture."""
        ...


class PairStore(Protocol):
    """Found pairs, and which contents were compared with all others. Writes are one
    transaction each. ``version`` names what judged them."""

    def lacking(self, version: str, *, after_content: int = 0, limit: int = 256) -> IdArray:
        """Contents of live READY pictures that were not compared, rising."""
        ...

    def count(self, version: str) -> tuple[int, int]:
        """How many such contents were compared, and how many there are."""
        ...

    def record(self, version: str, compared: Sequence[int], pairs: Sequence[FoundPair]) -> None:
        """Store these pairs, in the place of what was known of the same two contents, and
        that these contents were compared. What another version found is dropped."""
        ...

    def load(self, version: str) -> FoundPairs: ...

    def revision(self) -> str:
        """Changes whenever pairs are stored or dropped."""
        ...


class VerdictStore(Protocol):
    """Verdicts by content hash. Changes marked *undoable* are recorded in the history."""

    def all(self) -> list[StoredVerdict]: ...

    def decide(
        self, keys: Sequence[PairKey], verdict: Verdict | None, *, by: str = "", label: str = ""
    ) -> ChangeSet:
        """Give a verdict on all these pairs as one change, or take theirs back with None.
        ``label`` names the change where it is not for these pairs alone. Undoable."""
        ...

    def take_over(self, verdicts: Sequence[StoredVerdict], *, label: str) -> ChangeSet:
        """Store these as they are, in the place of what is known of the same pairs, as one
        change. Undoable."""
        ...

    def revision(self) -> str:
        """Changes whenever a verdict does, undoing included."""
        ...
