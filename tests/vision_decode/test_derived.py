from __future__ import annotations

import hashlib
import io
from pathlib import Path

import imagehash
import numpy as np
import pytest
from PIL import Image

from desktop_app.domain.hashing import content_hash, file_content_hash
from desktop_app.domain.images import DecodedImage, mean_colour
from desktop_app.infra.vision.decode import PillowImageReader
from tests.vision_decode.samples import (
    BLUE,
    GREEN,
    RED,
    WHITE,
    corner_colours,
    corners,
    encoded,
    is_close,
)

READER = PillowImageReader()


def decoded(image: Image.Image) -> DecodedImage:
    return READER.decode(encoded(image, "PNG"))


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((600, 300), (256, 128)),
        ((300, 600), (128, 256)),
        ((90, 60), (90, 60)),
        ((9000, 2), (256, 1)),
    ],
)
def test_a_thumbnail_fits_and_is_not_enlarged(
    size: tuple[int, int], expected: tuple[int, int]
) -> None:
    data = READER.encode_thumbnail(decoded(corners(size)))
    with Image.open(io.BytesIO(data)) as thumbnail:
        assert thumbnail.format == "JPEG"
        assert thumbnail.size == expected


def test_a_thumbnail_shows_transparency_as_white() -> None:
    picture = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    with Image.open(io.BytesIO(READER.encode_thumbnail(decoded(picture)))) as thumbnail:
        assert thumbnail.getpixel((10, 10)) == (255, 255, 255)


@pytest.mark.parametrize("side", [40, 150, 299, 512])
def test_a_shrunk_picture_fits_and_keeps_what_is_known_of_the_file(side: int) -> None:
    whole = corners((300, 200)).convert("RGBA")
    whole.paste((0, 0, 0, 0), (0, 0, 150, 100))
    small = READER.shrink(decoded(whole), side=side)
    width = min(side, 300)
    assert small.rgb.shape == (round(width * 2 / 3), width, 3)
    assert small.rgb.dtype == np.uint8
    assert (small.original_width, small.original_height) == (300, 200)
    assert small.alpha is not None
    assert small.alpha.shape == small.rgb.shape[:2]
    assert small.alpha[2, 2] == 0
    assert is_close(corner_colours(small.rgb), [WHITE, GREEN, BLUE, WHITE])


def test_shrinking_far_averages_rather_than_skips() -> None:
    stripes = Image.new("RGB", (800, 400), "white")
    for x in range(0, 800, 2):
        stripes.paste((0, 0, 0), (x, 0, x + 1, 400))
    small = READER.shrink(decoded(stripes), side=100).rgb
    assert is_close(small, np.full_like(small, 127), 3)


def test_the_perceptual_hash_is_that_of_imagehash() -> None:
    rng = np.random.default_rng(3)
    for size in [(40, 30), (310, 384), (64, 64), (5, 200)]:
        picture = Image.fromarray(rng.integers(0, 255, (6, 5, 3)).astype(np.uint8)).resize(size)
        found = READER.perceptual_hash(decoded(picture))
        assert found.hex() == str(imagehash.phash(picture))


def test_the_perceptual_hash_survives_shrinking_and_recompression() -> None:
    rng = np.random.default_rng(4)
    picture = Image.fromarray(rng.integers(0, 255, (9, 7, 3)).astype(np.uint8)).resize((700, 900))
    whole = READER.perceptual_hash(decoded(picture))
    small = READER.perceptual_hash(
        READER.decode(encoded(picture, "JPEG", quality=60), max_side=200)
    )
    distance = (int.from_bytes(whole) ^ int.from_bytes(small)).bit_count()
    assert distance <= 4


def test_the_mean_colour_is_written_red_green_blue() -> None:
    assert mean_colour(decoded(Image.new("RGB", (10, 7), RED)).rgb) == 0xC81E28
    assert mean_colour(decoded(Image.new("RGB", (1, 1), "white")).rgb) == 0xFFFFFF


def test_the_mean_colour_of_a_large_picture_is_near_the_true_mean() -> None:
    rng = np.random.default_rng(5)
    rgb = np.repeat(np.repeat(rng.integers(0, 255, (50, 40, 3)), 11, 0), 13, 1).astype(np.uint8)
    found = mean_colour(rgb)
    channels = [found >> 16, found >> 8 & 255, found & 255]
    assert is_close(channels, rgb.mean(axis=(0, 1)), 6)


def test_a_content_hash_is_blake2b_of_128_bits(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"bytes")
    expected = hashlib.blake2b(b"bytes", digest_size=16).hexdigest()
    assert content_hash(b"bytes") == file_content_hash(path) == expected
    assert len(expected) == 32
