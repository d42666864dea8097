from __future__ import annotations

import struct

import numpy as np
import pytest
from PIL import Image, ImageCms

from desktop_app.infra.vision.decode import PillowImageReader
from tests.vision_decode.samples import (
    BLUE,
    GREEN,
    RED,
    WHITE,
    chunk,
    corner_colours,
    corners,
    encoded,
    is_close,
    png,
    tiff,
)

RAMP = np.tile(np.linspace(0, 255, 16).astype(np.uint8), (4, 1))


@pytest.fixture(scope="module")
def reader() -> PillowImageReader:
    return PillowImageReader()


def swapped_channels_profile() -> bytes:
    """sRGB with the red and green primaries exchanged, so that using it cannot be missed."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack_from(">I", profile, 128)[0]
    at = {
        bytes(profile[132 + 12 * n : 136 + 12 * n]): struct.unpack_from(
            ">II", profile, 136 + 12 * n
        )
        for n in range(count)
    }
    (red, size), (green, _) = at[b"rXYZ"], at[b"gXYZ"]
    profile[red : red + size], profile[green : green + size] = (
        profile[green : green + size],
        profile[red : red + size],
    )
    return bytes(profile)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_an_embedded_profile_is_converted_to_srgb(
    reader: PillowImageReader, file_format: str
) -> None:
    data = encoded(corners(), file_format, icc_profile=swapped_channels_profile(), quality=95)
    found = corner_colours(reader.decode(data).rgb)
    assert found[0][1] > 150
    assert found[0][0] < 80
    assert is_close(found[3], WHITE)


def test_a_profile_applies_to_pictures_with_transparency(reader: PillowImageReader) -> None:
    picture = corners().convert("RGBA")
    picture.paste((0, 0, 0, 0), (32, 24, 64, 48))
    data = encoded(picture, "PNG", icc_profile=swapped_channels_profile())
    decoded = reader.decode(data)
    assert decoded.alpha is not None
    found = corner_colours(decoded.rgb)
    assert found[0][1] > 150
    assert found[3] == WHITE


@pytest.mark.parametrize("broken", [b"", b"not a profile", swapped_channels_profile()[:200]])
def test_a_broken_profile_is_left_aside(reader: PillowImageReader, broken: bytes) -> None:
    data = encoded(corners(), "PNG", icc_profile=broken)
    assert is_close(corner_colours(reader.decode(data).rgb), [RED, GREEN, BLUE, WHITE])


def test_a_profile_for_other_pixels_is_left_aside(reader: PillowImageReader) -> None:
    data = encoded(corners().convert("L"), "PNG", icc_profile=swapped_channels_profile())
    grey = np.asarray(corners().convert("L"))
    assert np.array_equal(reader.decode(data).rgb, np.stack([grey] * 3, axis=-1))


def test_an_srgb_profile_changes_no_pixel(reader: PillowImageReader) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    decoded = reader.decode(encoded(corners(), "PNG", icc_profile=profile))
    assert np.array_equal(decoded.rgb, np.asarray(corners()))


@pytest.mark.parametrize("file_format", ["JPEG", "TIFF"])
def test_cmyk_is_neither_inverted_nor_left_raw(reader: PillowImageReader, file_format: str) -> None:
    """Adobe stores CMYK inverted in JPEG, and not in TIFF."""
    picture = Image.new("CMYK", (64, 48), (0, 0, 0, 0))
    picture.paste((0, 255, 255, 0), (0, 0, 32, 24))
    picture.paste((255, 0, 255, 0), (32, 0, 64, 24))
    picture.paste((0, 0, 0, 255), (0, 24, 32, 48))
    data = encoded(picture, file_format, quality=95)
    expected = [(255, 0, 0), (0, 255, 0), (0, 0, 0), (255, 255, 255)]
    assert is_close(corner_colours(reader.decode(data).rgb), expected)
    assert is_close(corner_colours(reader.decode(data, max_side=16).rgb), expected, 40)


def test_lab_becomes_rgb(reader: PillowImageReader) -> None:
    to_lab = ImageCms.buildTransform(
        ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB"
    )
    lab = ImageCms.applyTransform(corners(), to_lab)
    assert lab is not None
    found = corner_colours(reader.decode(encoded(lab, "TIFF")).rgb)
    assert is_close(found, [RED, GREEN, BLUE, WHITE])


@pytest.mark.parametrize("byte_order", ["<", ">"])
def test_sixteen_bit_grey_keeps_its_tones(reader: PillowImageReader, byte_order: str) -> None:
    """Clipping at 255, as a plain conversion does, would make it all white."""
    deep = RAMP.astype(np.uint16) * 257
    if byte_order == ">":
        data = png(16, 4, depth=16, colour_type=0, rows=deep.astype(">u2").tobytes())
    else:
        data = tiff(deep)
    decoded = reader.decode(data)
    assert np.array_equal(decoded.rgb, np.stack([RAMP] * 3, axis=-1))


def test_sixteen_bit_grey_with_white_at_zero_is_not_a_negative(reader: PillowImageReader) -> None:
    decoded = reader.decode(tiff(RAMP.astype(np.uint16) * 257, photometric=0))
    assert np.array_equal(decoded.rgb[..., 0], 255 - RAMP)


def test_sixteen_bit_colour_keeps_its_tones(reader: PillowImageReader) -> None:
    deep = np.stack([RAMP, RAMP[:, ::-1], RAMP], axis=-1).astype(np.uint16) * 257
    data = png(16, 4, depth=16, colour_type=2, rows=deep.astype(">u2").tobytes())
    assert is_close(reader.decode(data).rgb, deep // 257, 1)


def test_a_transparent_tone_of_sixteen_bit_grey_is_transparent(reader: PillowImageReader) -> None:
    deep = RAMP.astype(np.uint16) * 257
    key = chunk(b"tRNS", struct.pack(">H", int(deep[0, 3])))
    data = png(16, 4, depth=16, colour_type=0, rows=deep.astype(">u2").tobytes(), extra=key)
    decoded = reader.decode(data)
    assert decoded.alpha is not None
    assert (decoded.alpha == 0).sum() == 4
    assert (decoded.alpha[:, 3] == 0).all()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (RAMP.astype(np.float32) / 255, RAMP),
        (RAMP.astype(np.float32), RAMP),
        (RAMP.astype(np.float32) * 257, RAMP),
        (RAMP.astype(np.float32) - 128, RAMP),
        (np.full((4, 16), np.nan, np.float32), np.zeros((4, 16))),
        (np.zeros((4, 16), np.float32), np.zeros((4, 16))),
    ],
)
def test_floating_point_grey_is_scaled_by_its_range(
    reader: PillowImageReader, values: np.ndarray, expected: np.ndarray
) -> None:
    decoded = reader.decode(tiff(values, sample_format=3))
    assert is_close(decoded.rgb[..., 0], expected, 1)


def test_wide_integers_are_scaled_by_their_range(reader: PillowImageReader) -> None:
    decoded = reader.decode(tiff(RAMP.astype(np.int32) * 257, sample_format=2))
    assert is_close(decoded.rgb[..., 0], RAMP, 1)


@pytest.mark.parametrize("file_format", ["PNG", "TIFF", "BMP"])
def test_one_bit_pictures_are_black_and_white(reader: PillowImageReader, file_format: str) -> None:
    picture = Image.new("1", (64, 48), 1)
    picture.paste(0, (0, 0, 32, 24))
    decoded = reader.decode(encoded(picture, file_format))
    assert corner_colours(decoded.rgb) == [(0, 0, 0), WHITE, WHITE, WHITE]


@pytest.mark.parametrize("file_format", ["PNG", "TIFF", "GIF", "BMP"])
def test_a_palette_is_looked_up(reader: PillowImageReader, file_format: str) -> None:
    picture = corners().quantize(16)
    found = corner_colours(reader.decode(encoded(picture, file_format)).rgb)
    assert is_close(found, [RED, GREEN, BLUE, WHITE], 3)


@pytest.mark.parametrize("file_format", ["PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_transparency_is_kept_apart_and_laid_on_white(
    reader: PillowImageReader, file_format: str
) -> None:
    picture = corners().convert("RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, 32, 24))
    picture.paste((0, 0, 0, 128), (32, 0, 64, 24))
    decoded = reader.decode(encoded(picture, file_format, quality=95))
    assert decoded.alpha is not None
    assert decoded.alpha.shape == decoded.rgb.shape[:2]
    assert is_close(decoded.alpha[[12, 12, 36, 36], [16, 48, 16, 48]], [0, 128, 255, 255], 3)
    assert is_close(corner_colours(decoded.rgb), [WHITE, (127, 127, 127), BLUE, WHITE])


def test_grey_with_transparency_is_laid_on_white(reader: PillowImageReader) -> None:
    picture = Image.new("LA", (64, 48), (40, 255))
    picture.paste((40, 0), (0, 0, 32, 24))
    decoded = reader.decode(encoded(picture, "PNG"))
    assert corner_colours(decoded.rgb) == [WHITE, (40, 40, 40), (40, 40, 40), (40, 40, 40)]
    assert decoded.alpha is not None


def test_an_alpha_channel_that_hides_nothing_is_none(reader: PillowImageReader) -> None:
    assert reader.decode(encoded(corners().convert("RGBA"), "PNG")).alpha is None


def test_a_transparent_palette_entry_is_transparent(reader: PillowImageReader) -> None:
    rows = bytes([0, 1, 2, 1])
    palette = chunk(b"PLTE", bytes([0, 0, 0, 10, 20, 30, 200, 0, 0]))
    data = png(
        4, 1, depth=8, colour_type=3, rows=rows, extra=palette + chunk(b"tRNS", b"\0\xff\x80")
    )
    decoded = reader.decode(data)
    assert decoded.alpha is not None
    assert decoded.alpha.tolist() == [[0, 255, 128, 255]]
    assert decoded.rgb[0, 0].tolist() == [255, 255, 255]
    assert decoded.rgb[0, 1].tolist() == [10, 20, 30]


@pytest.mark.parametrize(
    ("colour_type", "rows", "key"),
    [
        (2, bytes([9, 9, 9, 50, 60, 70]), struct.pack(">HHH", 9, 9, 9)),
        (0, bytes([9, 50]), struct.pack(">H", 9)),
    ],
)
def test_a_transparent_colour_is_transparent(
    reader: PillowImageReader, colour_type: int, rows: bytes, key: bytes
) -> None:
    data = png(2, 1, depth=8, colour_type=colour_type, rows=rows, extra=chunk(b"tRNS", key))
    decoded = reader.decode(data)
    assert decoded.alpha is not None
    assert decoded.alpha.tolist() == [[0, 255]]
    assert decoded.rgb[0, 0].tolist() == [255, 255, 255]


def test_a_transparent_gif_is_laid_on_white(reader: PillowImageReader) -> None:
    picture = corners().quantize(16)
    transparent = picture.getpixel((0, 0))
    decoded = reader.decode(encoded(picture, "GIF", transparency=transparent))
    assert decoded.alpha is not None
    assert corner_colours(decoded.rgb)[0] == WHITE
