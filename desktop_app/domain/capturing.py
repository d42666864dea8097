"""A product before a camera: what is seen of it, when a picture is taken, what it turned out
to be, and what a person decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import CropBox, RgbArray
from desktop_app.domain.search import CategoryGuess, Hit, SearchResults

CANDIDATES = 3
"""Products offered where the answer is not sure: chosen by the keys 1, 2 and 3."""


class BarcodeFormat(StrEnum):
    """Kinds of codes that are read."""

    EAN_13 = "EAN-13"
    EAN_8 = "EAN-8"
    UPC_A = "UPC-A"
    UPC_E = "UPC-E"
    CODE_128 = "Code 128"
    QR_CODE = "QR code"
    DATA_MATRIX = "Data Matrix"


@dataclass(frozen=True, slots=True)
class Barcode:
    """A code in a picture. ``text`` is what it says, check digit included. ``corners`` are its
    four (x, y) corners in fractions of the picture's width and height, clockwise from the
    code's own top left."""

    format: BarcodeFormat
    text: str
    corners: tuple[tuple[float, float], ...] = ()


class Hint(StrEnum):
    """Why a view would make a poor picture, the most hindering first."""

    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    TOO_SMALL = "too_small"
    CUT_OFF = "cut_off"
    GLARE = "glare"
    BLURRED = "blurred"
    MOVING = "moving"


@dataclass(frozen=True, slots=True, eq=False)
class FrameView:
    """What was seen in one frame of a camera.

    ``box`` surrounds the object, None where there is none; ``alpha`` (height, width) uint8, 0
    background to 255 object, is its mask at any scale of the frame. ``sharpness`` and
    ``lightness`` in [0, 1] are of the object, or of the frame where there is none. ``motion``
    is the share of the object's pixels that changed since the frame before, in [0, 1].
    """

    box: CropBox | None
    alpha: NDArray[np.uint8] | None
    hints: tuple[Hint, ...]
    sharpness: float
    lightness: float
    motion: float
    barcodes: tuple[Barcode, ...] = ()


class Stage(StrEnum):
    """Where a look-up before the camera is: nothing there, an object that moves, one held
    still, its pictures being taken, or taken and waiting for the object to leave."""

    EMPTY = "empty"
    MOVING = "moving"
    SETTLING = "settling"
    SHOOTING = "shooting"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A picture that was taken. ``rgb`` is the whole frame as it came; ``view`` what was seen
    in it. ``taken_at_s`` counts on the clock of the stream."""

    rgb: RgbArray
    view: FrameView
    taken_at_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Burst:
    """One to some views of the same object, the best first, and the codes read from any frame
    while it was there. ``ahead`` is a view of it that was told of before the burst was complete,
    so that it may have been searched with already; it need not be among the shots."""

    shots: tuple[Shot, ...]
    barcodes: tuple[Barcode, ...] = ()
    was_automatic: bool = True
    ahead: Shot | None = None

    def __post_init__(self) -> None:
        if not self.shots:
            raise ValueError("a burst without a shot")


class Outcome(StrEnum):
    """What the station says."""

    FOUND = "found"
    PERHAPS = "perhaps"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class AnswerThresholds:
    """From which confidence a product is FOUND, and from which it is offered (PERHAPS), both
    in [0, 1]. ``false_accepts`` and ``misses`` are the shares expected at ``found``: of unknown
    products that are taken for known ones, and of known ones that are not FOUND at once."""

    found: float
    perhaps: float
    false_accepts: float
    misses: float

    def __post_init__(self) -> None:
        if not 0 <= self.perhaps <= self.found <= 1:
            raise ValueError(f"not thresholds: {self}")


@dataclass(frozen=True, slots=True, eq=False)
class CaptureAnswer:
    """What a burst turned out to be.

    ``candidates`` holds at most CANDIDATES hits by falling confidence; with FOUND the first is
    the product. ``barcode`` is the code that was looked up, ``exact`` the product whose barcode
    or SKU it is; the outcome is then FOUND whatever the pictures say, and ``disagrees`` tells
    that they sure show another product (then ``candidates`` has both, the exact one first).
    ``categories`` are guesses for enrolling. ``looked_ms`` is from the burst to the answer.
    """

    burst: Burst
    outcome: Outcome
    candidates: tuple[Hit, ...]
    thresholds: AnswerThresholds
    results: SearchResults
    barcode: Barcode | None = None
    exact: int | None = None
    disagrees: bool = False
    categories: tuple[CategoryGuess, ...] = ()
    looked_ms: float = 0.0

    @property
    def product_id(self) -> int | None:
        """The product of a FOUND."""
        return self.candidates[0].product_id if self.outcome is Outcome.FOUND else None


class Decision(StrEnum):
    """What came of an answer: taken as it was, one of the candidates chosen, enrolled as new,
    said to be wrong, or left."""

    ACCEPTED = "accepted"
    CHOSEN = "chosen"
    ENROLLED = "enrolled"
    REJECTED = "rejected"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class CaptureRecord:
    """One line of the capture log.

    ``taken_at`` is UTC, ISO 8601. ``product_id`` is that of the product decided on, None for
    none or one that was removed since; ``sku`` and ``title`` are kept as they were. ``pieces``
    counts towards the stock-take, 0 where it does not. ``picture`` is a small JPEG, b'' where
    it is not loaded.
    """

    id: int
    taken_at: str
    outcome: Outcome
    decision: Decision
    confidence: float
    product_id: int | None
    sku: str
    title: str
    barcode: str = ""
    pieces: int = 0
    source: str = ""
    picture: bytes = b""


@dataclass(frozen=True, slots=True)
class StockLine:
    """Pieces of one SKU counted in a stock-take."""

    sku: str
    title: str
    pieces: int
    last_at: str
    product_id: int | None = None


@dataclass(frozen=True, slots=True)
class StationReport:
    """How well a station recognises, measured with products that the catalogue knows.

    ``first`` and ``first_three`` are the shares found at the first place and among the first
    three; ``found`` those that would be FOUND at once. ``hints`` counts what hindered the
    pictures.
    """

    products: int
    first: float
    first_three: float
    found: float
    confidences: tuple[float, ...] = ()
    hints: tuple[tuple[Hint, int], ...] = field(default_factory=tuple)
