"""Channels that see one number each in a flat picture, and a store in dictionaries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence import Channel, SegmentedPicture
from desktop_app.domain.evidence_ports import EvidenceChannels
from desktop_app.domain.images import DecodedImage, IdArray, RgbArray
from desktop_app.domain.masks import MaskSource, ObjectMask
from desktop_app.domain.print_features import PrintFeatures, PrintMatch
from desktop_app.services.copy_index import CopyIndex
from desktop_app.services.evidence_indexes import EvidenceIndexes

UNSEEN = 255
"""A level that a channel finds nothing in."""


@dataclass
class LevelChannel:
    """Describes a picture by one byte of its first pixel; alike levels are alike."""

    channel: Channel
    plane: int
    version: str = "fake-1"
    compared: int = 0

    def describe(self, picture: SegmentedPicture) -> Any:
        level = int(picture.image.rgb[0, 0, self.plane])
        return None if level == UNSEEN else bytes([level])

    def pack(self, features: Any) -> bytes:
        return bytes(features)

    def unpack(self, data: bytes) -> Any:
        if len(data) != 1:
            raise ValueError("not one byte")
        return data

    def compare(self, query: Any, others: Sequence[Any]) -> NDArray[np.float32]:
        self.compared += len(others)
        return np.array([1 - abs(query[0] - other[0]) / 255 for other in others], np.float32)

    def match(self, query: Any, hit: Any) -> PrintMatch | None:
        if query != hit:
            return None
        point = np.full((1, 2), 0.5, np.float32)
        row = np.zeros(1, np.intp)
        return PrintMatch(point, point, np.eye(3), 1.0, row, row)


class WholeMasker:
    """Takes everything for the object; remembers what was asked."""

    version = "whole"

    def __init__(self) -> None:
        self.asked = 0

    def mask(self, image: DecodedImage) -> ObjectMask:
        self.asked += 1
        return ObjectMask.whole(*image.rgb.shape[:2])

    def quick_mask(self, image: DecodedImage) -> ObjectMask | None:
        return self.mask(image)


class LevelHasher:
    """Upright the red level, repeated; every other orientation its own far hash."""

    def hashes(self, image: DecodedImage) -> NDArray[np.uint64]:
        return hashes_of(image.rgb)


def hashes_of(rgb: RgbArray) -> NDArray[np.uint64]:
    seed = int(rgb[0, 0, 0])
    return np.random.default_rng(seed).integers(0, 1 << 63, 8, np.uint64)


@dataclass
class FakeEvidence:
    """As much of the EvidenceStore port as a search touches."""

    records: dict[Channel, dict[int, bytes]] = field(default_factory=dict)
    revised: int = 0

    def get(self, channel: Channel, content_ids: Sequence[int]) -> dict[int, bytes]:
        known = self.records.get(channel, {})
        return {i: known[i] for i in content_ids if i in known}

    def revision(self, channel: Channel) -> str:
        return f"{channel} {self.revised}"


class VotingPrint:
    """The PrintProposals port: proposes the contents whose level is the query's."""

    def __init__(self, levels: dict[int, bytes]) -> None:
        self._levels = levels

    @property
    def content_ids(self) -> IdArray:
        return np.array(sorted(self._levels), np.int64)

    def propose(
        self, query: PrintFeatures, limit: int, *, allowed: IdArray | None = None
    ) -> tuple[IdArray, NDArray[np.float32]]:
        level = cast(bytes, query)
        found = [i for i, own in self._levels.items() if own == level]
        if allowed is not None:
            found = [i for i in found if i in set(allowed.tolist())]
        return np.array(found[:limit], np.int64), np.ones(len(found[:limit]), np.float32)


def level_channels() -> EvidenceChannels:
    """PRINT sees red, SHAPE green and COLOUR blue."""
    return EvidenceChannels(
        masker=WholeMasker(),
        print=cast(Any, LevelChannel(Channel.PRINT, 0)),
        shape=cast(Any, LevelChannel(Channel.SHAPE, 1)),
        colour=cast(Any, LevelChannel(Channel.COLOUR, 2)),
        copy=LevelHasher(),
    )


def described(
    channels: EvidenceChannels, pictures: dict[int, RgbArray]
) -> tuple[FakeEvidence, EvidenceIndexes]:
    """The store and the indexes after enriching these pictures."""
    store = FakeEvidence({c: {} for c in (Channel.PRINT, Channel.SHAPE, Channel.COLOUR)})
    levels: dict[int, bytes] = {}
    for content_id, rgb in pictures.items():
        height, width = rgb.shape[:2]
        mask = ObjectMask(
            np.full((height, width), 255, np.uint8), MaskSource.WHOLE, confidence=0, clutter=0
        )
        picture = SegmentedPicture(DecodedImage(rgb, None, width, height), mask)
        for channel in (channels.print, channels.shape, channels.colour):
            features = cast(Any, channel).describe(picture)
            if features is not None:
                store.records[channel.channel][content_id] = cast(Any, channel).pack(features)
                if channel is channels.print:
                    levels[content_id] = features
    copies = CopyIndex(
        np.array(list(pictures), np.int64),
        np.array([hashes_of(rgb)[0] for rgb in pictures.values()], np.uint64),
    )
    return store, EvidenceIndexes(cast(Any, VotingPrint(levels)), copies)
