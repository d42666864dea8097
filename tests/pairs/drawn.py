"""Drawn packs, and how the catalogue would hold them."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import lru_cache
from itertools import count

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from desktop_app import paths
from desktop_app.domain.duplicate_ports import ComparedPicture
from desktop_app.domain.evidence import SegmentedPicture
from desktop_app.domain.images import DecodedImage, RgbArray
from desktop_app.domain.masks import ObjectMask
from desktop_app.infra.vision.colour_channel import LabColourChannel
from desktop_app.infra.vision.decode import PillowImageReader
from desktop_app.infra.vision.opencv import cv
from desktop_app.infra.vision.pairs.judge import PictureJudge
from desktop_app.infra.vision.pairs.weighing import FOLDER
from desktop_app.infra.vision.print.channel import PrintReader
from desktop_app.infra.vision.print.codebook import FOLDER as CODEBOOK
from desktop_app.infra.vision.shape_channel import SilhouetteShapeChannel

Colour = tuple[int, int, int]
NUMBERS = count(1)
READER = PillowImageReader()


@lru_cache
def print_reader() -> PrintReader:
    return PrintReader.shipped(paths.models_dir() / CODEBOOK)


@lru_cache
def shipped_judge() -> PictureJudge:
    return PictureJudge.shipped(
        paths.models_dir() / FOLDER, print_reader(), SilhouetteShapeChannel(), LabColourChannel()
    )


def pack(
    seed: int = 0, *, word: str = "PEACH", cap: Colour = (40, 40, 45), side: int = 400
) -> RgbArray:
    """A bottle with a label, on white; other seeds are other packs."""
    rng = np.random.default_rng(seed)
    picture = Image.new("RGB", (side, side), "white")
    draw = ImageDraw.Draw(picture)
    width = int(side * rng.uniform(0.22, 0.42))
    left, right = (side - width) // 2, (side + width) // 2
    top = int(side * rng.uniform(0.2, 0.3))
    body = tuple(int(c) for c in rng.integers(30, 200, 3))
    label = tuple(int(c) for c in rng.integers(170, 240, 3))
    ink = tuple(int(c) for c in rng.integers(0, 60, 3))
    draw.rounded_rectangle((left, top, right, side - 20), radius=side // 16, fill=body)
    draw.rectangle((left + width // 4, top - side // 9, right - width // 4, top), fill=cap)
    draw.rectangle((left + 6, side * 0.45, right - 6, side * 0.85), fill=label)
    for _ in range(9):
        x, y = rng.uniform(left + 8, right - 44), rng.uniform(side * 0.62, side * 0.8)
        tone = tuple(int(c) for c in rng.integers(0, 255, 3))
        draw.rectangle((x, y, x + rng.uniform(8, 36), y + rng.uniform(4, 16)), fill=tone)
    draw.text((left + 10, side * 0.47), word, fill=ink, font_size=side / 14)
    draw.text((left + 10, side * 0.56), f"NO {seed}", fill=ink, font_size=side / 24)
    # As a camera has it: no edge is sharper than a pixel.
    picture = picture.filter(ImageFilter.GaussianBlur(side / 500))
    return np.array(picture)


def resaved(rgb: RgbArray, side: int, *, quality: int = 80) -> RgbArray:
    """Of another size, as JPEG."""
    picture = Image.fromarray(rgb)
    picture.thumbnail((side, side))
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=quality)
    return np.array(Image.open(data))


def turned(rgb: RgbArray, degrees: float) -> RgbArray:
    return np.array(Image.fromarray(rgb).rotate(degrees, Image.Resampling.BICUBIC))


def compared(
    rgb: RgbArray, *, pixels: Callable[[], DecodedImage | None] | None = None
) -> ComparedPicture:
    """As the catalogue would hold it; the look is how the picture is when tiny, which is what
    a network makes of it, more or less."""
    height, width = rgb.shape[:2]
    image = READER.shrink(DecodedImage(np.ascontiguousarray(rgb), None, width, height), side=512)
    small = READER.shrink(image, side=256)
    thumbnail = READER.encode_thumbnail(small)
    tiny = cv.resize(image.rgb, (8, 8), interpolation=cv.INTER_AREA).astype(np.float32)
    # Blind to flips and turns, as the network nearly is.
    tiny = sum(np.rot90(each, k) for each in (tiny, tiny[:, ::-1]) for k in range(4)) - 8 * 128.0
    channel = print_reader()
    features = channel.describe(SegmentedPicture(image, ObjectMask.whole(*image.rgb.shape[:2])))
    return ComparedPicture(
        content_id=next(NUMBERS),
        look=(tiny / np.linalg.norm(tiny)).ravel(),
        perceptual_hash=int.from_bytes(
            READER.perceptual_hash(READER.shrink(small, side=128)), "big"
        ),
        print=None if features is None else channel.unpack(channel.pack(features)),
        shape=None,
        colour=None,
        pixels=pixels or (lambda: READER.decode(thumbnail)),
    )
