"""Drawn print, views of it, and what the print channel makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence import Channel, SegmentedPicture
from desktop_app.domain.images import DecodedImage, IdArray, RgbArray
from desktop_app.domain.masks import ObjectMask
from desktop_app.domain.print_features import PrintFeatures
from desktop_app.infra.vision.opencv import cv2
from desktop_app.infra.vision.print.channel import PrintReader
from desktop_app.infra.vision.print.codebook import FOLDER
from desktop_app.paths import models_dir


@cache
def reader() -> PrintReader:
    """With the shipped tables."""
    return PrintReader.shipped(models_dir() / FOLDER)


def drawn_print(seed: int, *, width: int = 200, height: int = 260) -> RgbArray:
    """A pack's front with lines of letters, bars and dots, another for every seed."""
    rng = np.random.default_rng(seed)
    face = np.full((height, width, 3), rng.integers(150, 256, 3), np.uint8)
    for _ in range(14):
        colour = tuple(int(level) for level in rng.integers(0, 160, 3))
        x, y = int(rng.integers(0, width - 60)), int(rng.integers(14, height - 8))
        kind = rng.integers(3)
        if kind == 0:
            word = "".join(chr(int(letter)) for letter in rng.integers(65, 91, 6))
            size = float(rng.uniform(0.4, 1.1))
            cv2.putText(face, word, (x, y), cv2.FONT_HERSHEY_SIMPLEX, size, colour, 2)
        elif kind == 1:
            corner = (x + int(rng.integers(10, 60)), y + int(rng.integers(4, 30)))
            cv2.rectangle(face, (x, y), corner, colour, -1)
        else:
            cv2.circle(face, (x + 20, y), int(rng.integers(4, 18)), colour, 3)
    return face


def seen(face: RgbArray, view: NDArray[np.float64], *, side: int = 400, seed: int = 1) -> RgbArray:
    """The face before a blotchy ground, ``view`` mapping its pixels to the picture's."""
    rng = np.random.default_rng(seed)
    ground = rng.integers(60, 200, (10, 10, 3)).astype(np.uint8)
    picture = cv2.resize(ground, (side, side), interpolation=cv2.INTER_LINEAR)
    inside = cv2.warpPerspective(np.ones(face.shape[:2], np.uint8), view, (side, side))
    warped = cv2.warpPerspective(face, view, (side, side), flags=cv2.INTER_LINEAR)
    return np.where(inside[..., np.newaxis] > 0, warped, picture).astype(np.uint8)


def tilted(degrees: float, *, scale: float = 1.1, slant: float = 4e-4) -> NDArray[np.float64]:
    """A view of a 200 by 260 face near the middle of a picture of 400 pixels."""
    turn = np.radians(degrees)
    linear = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    view = np.eye(3)
    view[:2, :2] = linear
    view[2, 0] = slant
    view[:2, 2] = np.array([200, 200]) - linear @ [100, 130]
    return view


def described(rgb: RgbArray, mask: ObjectMask | None = None) -> PrintFeatures:
    height, width = rgb.shape[:2]
    image = DecodedImage(rgb, None, width, height)
    whole = ObjectMask.whole(height, width)
    features = reader().describe(SegmentedPicture(image, mask or whole))
    assert features is not None
    return features


def stored(features: PrintFeatures) -> PrintFeatures:
    """As it comes back from the catalogue."""
    return reader().unpack(reader().pack(features))


class DictEvidence:
    """As much of the EvidenceStore port as the index of print asks for, in memory."""

    def __init__(self) -> None:
        self.records: dict[int, bytes] = {}
        self.changes = 0
        self.batches_read = 0

    def put(self, content_id: int, record: bytes | None) -> None:
        self.changes += 1
        if record is None:
            self.records.pop(content_id, None)
        else:
            self.records[content_id] = record

    def revision(self, channel: Channel) -> str:
        assert channel is Channel.PRINT
        return str(self.changes)

    def iterate(
        self, channel: Channel, *, after_content: int = 0, batch_size: int = 2048
    ) -> Iterator[tuple[IdArray, list[bytes]]]:
        assert channel is Channel.PRINT
        known = sorted(i for i in self.records if i > after_content)
        for start in range(0, len(known), batch_size):
            self.batches_read += 1
            batch = known[start : start + batch_size]
            yield np.array(batch, np.int64), [self.records[i] for i in batch]
