"""What speaks for a match: the channels, what each says, and how a picture is told by them.

Five channels compare two pictures, each with a score in [0, 1] of its own meaning, higher being
more alike; a channel that cannot say anything about a pair has no score for it, which is not
the same as a score of 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import DecodedImage
from desktop_app.domain.masks import ObjectMask
from desktop_app.domain.print_features import PrintFeatures, PrintMatch


class Channel(StrEnum):
    """One way of comparing pictures.

    COPY: 1 - d / 64 with d the Hamming distance of perceptual hashes, the best of the eight
    flips and quarter turns; 0 where d is too large to mean anything.
    LOOK: cosine similarity of embeddings of the pictures, below 0 counted as 0.
    PRINT: how surely key points of print and label agree under one homography.
    SHAPE: agreement of the silhouettes after position and scale are taken out.
    COLOUR: agreement of the colours inside the masks.
    """

    COPY = "copy"
    LOOK = "look"
    PRINT = "print"
    SHAPE = "shape"
    COLOUR = "colour"


CHANNELS: tuple[Channel, ...] = tuple(Channel)
"""The order of channels in arrays."""

STORED_CHANNELS: tuple[Channel, ...] = (Channel.PRINT, Channel.SHAPE, Channel.COLOUR)
"""The channels that enriching a picture adds; COPY and LOOK come with reading it."""


@dataclass(frozen=True, slots=True)
class Orientation:
    """How the query must be changed to lie as the hit does: mirrored left to right first
    where ``mirrored``, then turned by ``quarter_turns`` (0-3) clockwise."""

    mirrored: bool = False
    quarter_turns: int = 0

    @property
    def is_upright(self) -> bool:
        return not self.mirrored and self.quarter_turns % 4 == 0


UPRIGHT = Orientation()


@dataclass(frozen=True, slots=True, eq=False)
class ShapeFeatures:
    """The silhouette of the object.

    ``silhouette`` is a (64, 64) boolean picture of it, centred on its centroid and scaled so
    that its bounding circle fits; ``contour`` the outer outline in fractions of the picture's
    width and height, (n, 2) float32 with n <= 96, for drawing; ``descriptor`` a float32 vector
    that does not change with position and scale; ``aspect`` the height of the object's box
    over its width; ``trust`` in [0, 1] how far the mask it comes from can be relied on.
    """

    silhouette: NDArray[np.bool_]
    contour: NDArray[np.float32]
    descriptor: NDArray[np.float32]
    aspect: float
    trust: float


@dataclass(frozen=True, slots=True, eq=False)
class ColourFeatures:
    """The colours inside the mask.

    ``palette`` holds up to six CIE Lab colours (k, 3) float32 by falling ``shares`` (k,),
    which sum to 1; ``histogram`` is a soft histogram of Lab values, float32, summing to 1;
    ``trust`` as in :class:`ShapeFeatures`.
    """

    palette: NDArray[np.float32]
    shares: NDArray[np.float32]
    histogram: NDArray[np.float32]
    trust: float


@dataclass(frozen=True, slots=True, eq=False)
class PictureEvidence:
    """What the enriching channels found in one picture; None where one found nothing to tell.

    ``mask`` is the object mask they looked through.
    """

    mask: ObjectMask | None = None
    print: PrintFeatures | None = None
    shape: ShapeFeatures | None = None
    colour: ColourFeatures | None = None


@dataclass(frozen=True, slots=True)
class QueryContext:
    """What of a query tells how far each channel can be trusted; each in [0, 1].

    ``mask_confidence`` and ``clutter`` (of the background) come from the mask, ``coverage`` is
    the share of the picture the object fills; ``sharpness`` is that of the object, 0 blurred;
    ``key_points`` the number of key points over 300; ``lightness`` the mean of L* over 100,
    ``contrast`` its standard deviation over 50.
    """

    mask_confidence: float = 0.0
    clutter: float = 0.0
    coverage: float = 1.0
    sharpness: float = 0.5
    key_points: float = 0.0
    lightness: float = 0.5
    contrast: float = 0.5


@dataclass(frozen=True, slots=True)
class ChannelReading:
    """What a channel says of a pair: its ``score`` and ``probability``, the chance that both
    are the same item judged by this channel alone. Both in [0, 1]."""

    score: float
    probability: float


@dataclass(frozen=True, slots=True)
class HitEvidence:
    """What speaks for one hit, by channel; channels that said nothing are left out."""

    readings: Mapping[Channel, ChannelReading] = field(default_factory=dict)
    orientation: Orientation = UPRIGHT


IGNORE, AS_LEARNED, MUST_MATCH = 0.0, 1.0, 2.0


@dataclass(frozen=True, slots=True)
class ChannelWeights:
    """How much each kind of likeness counts: from IGNORE (0) over AS_LEARNED (1) to
    MUST_MATCH (2), where a product that differs in it hardly stands a chance. ``surface``
    is the channel LOOK. COPY has no slider: a copy is a copy."""

    shape: float = AS_LEARNED
    surface: float = AS_LEARNED
    print: float = AS_LEARNED
    colour: float = AS_LEARNED

    def __post_init__(self) -> None:
        if not all(IGNORE <= value <= MUST_MATCH for value in self.by_channel().values()):
            raise ValueError(f"weights lie between {IGNORE} and {MUST_MATCH}: {self}")

    def by_channel(self) -> dict[Channel, float]:
        return {
            Channel.LOOK: self.surface,
            Channel.PRINT: self.print,
            Channel.SHAPE: self.shape,
            Channel.COLOUR: self.colour,
        }

    def to_json(self) -> dict[str, Any]:
        return {
            "shape": self.shape,
            "surface": self.surface,
            "print": self.print,
            "colour": self.colour,
        }


@dataclass(frozen=True, slots=True)
class WeightPreset:
    """Weights under a name. ``key`` tells the shipped ones apart; those a person saved have
    the key ''."""

    name: str
    weights: ChannelWeights
    key: str = ""


SAME_ITEM = WeightPreset("Same item", ChannelWeights(), "same_item")
SAME_DESIGN = WeightPreset(
    "Same design, any colour", ChannelWeights(shape=1.4, colour=IGNORE), "same_design"
)
SAME_SHAPE = WeightPreset(
    "Same shape",
    ChannelWeights(shape=MUST_MATCH, surface=0.4, print=IGNORE, colour=IGNORE),
    "same_shape",
)
PRESETS: tuple[WeightPreset, ...] = (SAME_ITEM, SAME_DESIGN, SAME_SHAPE)


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """Why a hit matched, ready to be drawn.

    ``content_id`` is the hit's picture. ``print_match`` holds the matched points of both
    pictures in fractions of their width and height. The two evidences carry the silhouettes,
    palettes and (the query's) mask.
    """

    product_id: int
    content_id: int
    evidence: HitEvidence
    query: PictureEvidence
    hit: PictureEvidence
    print_match: PrintMatch | None = None


@dataclass(frozen=True, slots=True, eq=False)
class SegmentedPicture:
    """A decoded picture with the mask of its object, both of one height and width."""

    image: DecodedImage
    mask: ObjectMask
