"""What the capture station needs from engines and storage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from desktop_app.domain.capturing import (
    Barcode,
    CaptureRecord,
    Decision,
    FrameView,
    StockLine,
)
from desktop_app.domain.images import CropBox, RgbArray


class BarcodeReader(Protocol):
    """Reads codes. Safe from any thread."""

    def read(self, rgb: RgbArray) -> tuple[Barcode, ...]:
        """Every code in a picture whose check digits are right, each once. Never raises for a
        picture."""
        ...


class FrameLooker(Protocol):
    """Looks at the frames of one stream, in order. Used by one thread at a time."""

    @property
    def has_empty_stage(self) -> bool:
        """Whether the stage without an object was learned."""
        ...

    def look(self, rgb: RgbArray, at_s: float) -> FrameView:
        """What is in the next frame, ``at_s`` seconds on the stream's clock."""
        ...

    def learn_empty_stage(self, frames: Sequence[RgbArray]) -> None:
        """Take what these frames (at least one) show for the background from now on."""
        ...

    def forget_empty_stage(self) -> None:
        """Find objects without a learned background again."""
        ...

    def reset(self) -> None:
        """Another stream begins: forget the frame before. The empty stage is forgotten too."""
        ...


class FrameNormaliser(Protocol):
    """Makes a camera's picture more like a catalogue's. Safe from any thread."""

    def normalise(self, rgb: RgbArray, view: FrameView) -> RgbArray:
        """The picture with white balance and light evened out; same shape. A picture that
        needs nothing is returned as it is."""
        ...

    def rectified(self, rgb: RgbArray, view: FrameView) -> RgbArray | None:
        """The front of a flat pack seen at a slant, upright (h, w, 3); None where the object
        is not a quadrilateral, or is not seen at a slant."""
        ...


class PictureEncoder(Protocol):
    """Makes picture files. Safe from any thread."""

    def jpeg(self, rgb: RgbArray) -> bytes:
        """A JPEG in full size and good enough to search with later."""
        ...


class PictureEnlarger(Protocol):
    """Makes small parts of pictures large. Safe from any thread."""

    def enlarged(self, rgb: RgbArray, box: CropBox, *, side: int) -> RgbArray:
        """A part of a picture, its longer side ``side`` pixels or as many as it has, whichever
        is more."""
        ...


class CaptureLog(Protocol):
    """The captures of one catalogue. Any thread."""

    def add(self, record: CaptureRecord) -> CaptureRecord:
        """Keep a record; ``id`` is given here."""
        ...

    def decide(
        self,
        record_id: int,
        decision: Decision,
        *,
        product_id: int | None,
        sku: str,
        title: str,
        pieces: int,
    ) -> CaptureRecord:
        """Change what was decided on a capture. Raises KeyError where it is gone."""
        ...

    def remove(self, record_ids: Sequence[int]) -> tuple[CaptureRecord, ...]:
        """Take records out of the log; returned whole, so that :meth:`restore` can put them
        back."""
        ...

    def restore(self, records: Sequence[CaptureRecord]) -> None:
        """Put removed records back under their ids."""
        ...

    def newest(self, limit: int, *, before_id: int | None = None) -> tuple[CaptureRecord, ...]:
        """The newest first, without pictures."""
        ...

    def picture(self, record_id: int) -> bytes:
        """A small JPEG, b'' where there is none."""
        ...

    def count(self) -> int:
        """How many records there are."""
        ...

    def stock(self) -> tuple[StockLine, ...]:
        """Pieces per SKU since the stock-take began, by SKU."""
        ...

    def start_stock_take(self) -> None:
        """Count from zero; records stay."""
        ...

    def resume_stock_take(self) -> None:
        """Take the last start back and go on with what was counted before it."""
        ...

    def stock_take_began(self) -> str:
        """When the stock-take was started, as ``taken_at``; '' where none was, and every
        record counts."""
        ...
