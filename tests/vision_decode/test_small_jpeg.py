"""Small plain JPEGs take a faster way to the same pixels."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageCms

from desktop_app.domain.errors import UnreadableImage
from desktop_app.infra.vision.decode import PillowImageReader
from desktop_app.infra.vision.small_jpeg import MOST_SIDE, decode_small_jpeg
from desktop_app.infra.vision.thumbnails import encode_thumbnail


def picture(width: int, height: int, seed: int = 0) -> NDArray[np.uint8]:
    """Soft blobs of colour."""
    rng = np.random.default_rng(seed)
    rough = Image.fromarray(rng.integers(0, 256, (7, 7, 3), np.uint8))
    return np.asarray(rough.resize((width, height), Image.Resampling.BICUBIC))


def jpeg(rgb: NDArray[np.uint8], **options: object) -> bytes:
    written = io.BytesIO()
    Image.fromarray(rgb).save(written, "JPEG", **options)
    return written.getvalue()


def by_pillow(data: bytes) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


sides = st.integers(1, 300)


@settings(max_examples=40, deadline=None)
@given(sides, sides, st.integers(0, 2), st.integers(20, 95), st.integers(0, 99))
def test_the_pixels_are_those_of_pillow(
    width: int, height: int, subsampling: int, quality: int, seed: int
) -> None:
    data = jpeg(picture(width, height, seed), quality=quality, subsampling=subsampling)
    found = decode_small_jpeg(data)
    assert found is not None
    assert np.array_equal(found, by_pillow(data))


def test_a_thumbnail_takes_the_faster_way() -> None:
    data = encode_thumbnail(picture(700, 500), 256)
    found = decode_small_jpeg(data)
    assert found is not None
    image = PillowImageReader().decode(data)
    assert (image.original_width, image.original_height) == (256, 183)
    assert image.alpha is None
    assert np.array_equal(image.rgb, by_pillow(data))


def test_what_is_not_small_and_plain_is_left_to_the_reader() -> None:
    small = picture(40, 30)
    turned = Image.Exif()
    turned[0x0112] = 6
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    grey = io.BytesIO()
    Image.fromarray(small).convert("L").save(grey, "JPEG")
    others = [
        jpeg(small, exif=turned.tobytes()),
        jpeg(small, icc_profile=profile),
        jpeg(small, progressive=True),
        jpeg(picture(MOST_SIDE + 1, 8)),
        grey.getvalue(),
        jpeg(small)[:-2],
        b"",
        b"\xff\xd8\xff\xd9",
    ]
    assert [decode_small_jpeg(data) for data in others] == [None] * len(others)
    assert PillowImageReader().decode(others[0]).rgb.shape == (40, 30, 3)


def test_half_a_small_jpeg_is_said_to_be_damaged() -> None:
    data = jpeg(picture(200, 200))
    with pytest.raises(UnreadableImage, match="damaged or incomplete"):
        PillowImageReader().decode(data[: len(data) // 2])
