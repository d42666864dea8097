"""The channel colour: how alike the colours of two objects are."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence import Channel, ColourFeatures, SegmentedPicture
from desktop_app.domain.masks import ObjectMask
from desktop_app.infra.vision.colour_histogram import BINS, agreement, soft_histogram
from desktop_app.infra.vision.colour_palette import MOST_COLOURS, palette_of
from desktop_app.infra.vision.object_colours import object_colours
from desktop_app.infra.vision.packed_features import opened, sealed

MIN_TRUST = 0.1
"""Below it colours say nothing about a pair."""
_TRUST_IN_WHOLE = 0.25
"""In the colours of a whole quiet picture. They are worth having: among studio pictures without
a usable mask, colours found 0.45 of the queries and the embedding 0.21."""

_KIND = 0xC1
_HEAD = struct.Struct("<BB")
_MOST_BINS = 1100


class LabColourChannel:
    """Implements EvidenceChannel[ColourFeatures]; safe from any thread.

    The score is the cosine of the angle between the soft Lab histograms, small shares raised
    (see :func:`~desktop_app.infra.vision.colour_histogram.agreement`): 1 for equal colours in
    equal shares, 0 where no colour is near one of the other. White balance is not evened out:
    a red and a blue variant are to differ.
    """

    channel = Channel.COLOUR
    version = "colour-2"

    def describe(self, picture: SegmentedPicture) -> ColourFeatures | None:
        """See EvidenceChannel. Without a usable mask the colours are those of the whole
        picture, trusted little, and the less the more it is cluttered."""
        lab = object_colours(picture)
        palette, shares = palette_of(lab)
        return ColourFeatures(palette, shares, soft_histogram(lab), _trust_in(picture.mask))

    def pack(self, features: ColourFeatures) -> bytes:
        """At most 1,450 bytes: the palette in half precision, and of the histogram which
        bins are filled, and how far, as square roots in 255 steps."""
        colours = np.hstack([features.palette, features.shares[:, np.newaxis]])
        levels = _levels(features.histogram)
        return sealed(
            _KIND,
            _HEAD.pack(len(colours), round(features.trust * 255))
            + colours.astype("<f2").tobytes()
            + np.packbits(levels > 0).tobytes()
            + levels[levels > 0].tobytes(),
        )

    def unpack(self, data: bytes) -> ColourFeatures:
        """See EvidenceChannel."""
        payload = opened(_KIND, data)
        if len(payload) < _HEAD.size:
            raise ValueError("packed colours without a head")
        count, trust = _HEAD.unpack_from(payload)
        filled_at = _HEAD.size + 8 * count
        levels_at = filled_at + -(-BINS // 8)
        if not 1 <= count <= MOST_COLOURS or len(payload) <= levels_at:
            raise ValueError(f"packed colours of {count} colours and {len(payload)} bytes")
        colours = np.frombuffer(payload, "<f2", 4 * count, _HEAD.size).reshape(count, 4)
        bits = np.frombuffer(payload, np.uint8, levels_at - filled_at, filled_at)
        filled = np.unpackbits(bits, count=BINS).astype(bool)
        levels = np.frombuffer(payload, np.uint8, -1, levels_at).astype(np.float32)
        if len(levels) != np.count_nonzero(filled) or not levels.all():
            raise ValueError("packed colours do not add up")
        histogram = np.zeros(BINS, np.float32)
        histogram[filled] = levels**2
        shares = colours[:, 3].astype(np.float32)
        return ColourFeatures(
            palette=colours[:, :3].astype(np.float32),
            shares=shares / shares.sum(),
            histogram=histogram / histogram.sum(),
            trust=trust / 255,
        )

    def compare(
        self, query: ColourFeatures, others: Sequence[ColourFeatures]
    ) -> NDArray[np.float32]:
        """See EvidenceChannel."""
        scores = np.full(len(others), np.nan, np.float32)
        told = [place for place, other in enumerate(others) if other.trust >= MIN_TRUST]
        if query.trust >= MIN_TRUST and told:
            scores[told] = agreement(query.histogram, [others[place].histogram for place in told])
        return scores


def _trust_in(mask: ObjectMask) -> float:
    in_whole = _TRUST_IN_WHOLE * (1 - mask.clutter)
    return max(in_whole, mask.confidence) if mask.is_usable else in_whole


def _levels(histogram: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Square roots over the greatest, 0-255; the smallest are dropped beyond _MOST_BINS."""
    roots = np.sqrt(histogram / histogram.max())
    levels: NDArray[np.uint8] = np.rint(255 * roots).astype(np.uint8)
    if np.count_nonzero(levels) > _MOST_BINS:
        levels[np.argsort(-histogram, kind="stable")[_MOST_BINS:]] = 0
    return levels
