from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from desktop_app.domain.images import PICTURE_SUFFIXES
from desktop_app.infra.vision.decode import PillowImageReader
from tests.vision_decode.samples import (
    BLUE,
    GREEN,
    ORIENTED,
    RED,
    WHITE,
    corner_colours,
    corners,
    encoded,
    is_close,
    tiff,
)

UPRIGHT = [RED, GREEN, BLUE, WHITE]


@pytest.fixture(scope="module")
def reader() -> PillowImageReader:
    return PillowImageReader()


@pytest.mark.parametrize(
    ("file_format", "options"),
    [
        ("JPEG", {"quality": 95, "subsampling": 0}),
        ("JPEG", {"quality": 95, "subsampling": 0, "progressive": True}),
        ("PNG", {}),
        ("WEBP", {"lossless": True}),
        ("WEBP", {"quality": 95}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("TIFF", {"compression": "jpeg", "quality": 95}),
        ("BMP", {}),
        ("GIF", {}),
        ("AVIF", {"quality": 95}),
        ("HEIF", {}),
    ],
)
def test_every_format_is_read_upright_and_in_colour(
    reader: PillowImageReader, file_format: str, options: dict[str, object]
) -> None:
    decoded = reader.decode(encoded(corners(), file_format, **options))
    assert decoded.rgb.shape == (48, 64, 3)
    assert decoded.rgb.dtype == np.uint8
    assert decoded.rgb.flags.c_contiguous
    assert decoded.alpha is None
    assert (decoded.original_width, decoded.original_height) == (64, 48)
    assert is_close(corner_colours(decoded.rgb), UPRIGHT)


def test_the_endings_the_importer_takes_are_those_of_formats_that_can_be_read() -> None:
    known = Image.registered_extensions()
    others = {s for s in PICTURE_SUFFIXES if known.get(s) is None}
    assert others <= {".heic", ".heif"}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
@pytest.mark.parametrize("max_side", [0, 32])
def test_the_orientation_is_applied_exactly_once(
    reader: PillowImageReader, file_format: str, orientation: int, max_side: int
) -> None:
    stored = ORIENTED[orientation](corners((128, 96)))
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(stored, file_format, exif=exif.tobytes(), quality=95)
    decoded = reader.decode(data, max_side=max_side)
    assert (decoded.original_width, decoded.original_height) == (128, 96)
    assert decoded.rgb.shape == ((24, 32, 3) if max_side else (96, 128, 3))
    assert is_close(corner_colours(decoded.rgb), UPRIGHT)


def test_transparency_is_turned_with_the_picture(reader: PillowImageReader) -> None:
    upright = corners().convert("RGBA")
    upright.paste((0, 0, 0, 0), (0, 0, 32, 24))
    exif = Image.Exif()
    exif[0x0112] = 6
    data = encoded(ORIENTED[6](upright), "PNG", exif=exif.tobytes())
    decoded = reader.decode(data)
    assert decoded.alpha is not None
    assert decoded.alpha.shape == (48, 64)
    assert decoded.alpha[10, 10] == 0
    assert decoded.alpha[40, 10] == 255
    assert is_close(corner_colours(decoded.rgb), [WHITE, GREEN, BLUE, WHITE])


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_broken_exif_leaves_the_picture_as_it_is(reader: PillowImageReader) -> None:
    data = encoded(corners(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\x7f", quality=95)
    assert is_close(corner_colours(reader.decode(data).rgb), UPRIGHT)


@pytest.mark.parametrize("file_format", ["GIF", "WEBP", "PNG", "TIFF"])
def test_of_several_frames_the_first_is_read(reader: PillowImageReader, file_format: str) -> None:
    others = [Image.new("RGB", (64, 48), "black"), Image.new("RGB", (64, 48), "navy")]
    data = encoded(corners(), file_format, save_all=True, append_images=others)
    assert is_close(corner_colours(reader.decode(data).rgb), UPRIGHT, 40)


def test_the_content_decides_not_the_ending(reader: PillowImageReader, tmp_path: Path) -> None:
    path = tmp_path / "really-a-png.jpg"
    path.write_bytes(encoded(corners(), "PNG"))
    assert is_close(corner_colours(reader.decode(path).rgb), UPRIGHT)


@pytest.mark.parametrize("max_side", [1, 7, 30, 63])
@pytest.mark.parametrize("file_format", ["JPEG", "PNG"])
def test_a_shrunk_picture_fits_and_keeps_its_shape(
    reader: PillowImageReader, file_format: str, max_side: int
) -> None:
    decoded = reader.decode(encoded(corners(), file_format), max_side=max_side)
    height, width = decoded.rgb.shape[:2]
    assert width == max_side
    assert height == max(1, round(max_side * 48 / 64))
    assert (decoded.original_width, decoded.original_height) == (64, 48)


def test_a_small_picture_is_not_enlarged(reader: PillowImageReader) -> None:
    assert reader.decode(encoded(corners(), "PNG"), max_side=512).rgb.shape == (48, 64, 3)


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1), (3, 2000)])
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_the_thinnest_pictures_can_be_shrunk(
    reader: PillowImageReader, file_format: str, size: tuple[int, int]
) -> None:
    decoded = reader.decode(encoded(corners(size), file_format), max_side=100)
    height, width = decoded.rgb.shape[:2]
    assert (width, height) == tuple(max(1, round(s * min(1, 100 / max(size)))) for s in size)


@pytest.mark.parametrize("size", [(1501, 1127), (2600, 1950), (1024, 768)])
def test_a_jpeg_decoded_at_a_fraction_looks_like_one_decoded_whole(
    reader: PillowImageReader, size: tuple[int, int]
) -> None:
    rng = np.random.default_rng(7)
    coarse = Image.fromarray(rng.integers(0, 255, (40, 50, 3)).astype(np.uint8))
    picture = coarse.resize(size, Image.Resampling.BICUBIC)
    for x in range(0, size[0], 50):
        picture.paste((20, 20, 20), (x, 0, x + 3, size[1]))
    data = encoded(picture, "JPEG", quality=92)
    small = reader.decode(data, max_side=300).rgb
    height, width = small.shape[:2]
    whole = Image.fromarray(reader.decode(data).rgb)
    expected = np.asarray(whole.resize((width, height), Image.Resampling.LANCZOS))
    error = np.mean((small.astype(np.float64) - expected) ** 2)
    assert 10 * np.log10(255**2 / error) > 40


@pytest.mark.parametrize("side", [16, 640])
def test_hidden_colours_do_not_bleed_into_shrunk_edges(
    reader: PillowImageReader, side: int
) -> None:
    """Fully transparent pixels often carry black or a wild colour underneath."""
    picture = Image.new("RGBA", (side, side), (0, 255, 0, 0))
    picture.paste((255, 255, 255, 255), (side // 4, 0, side, side))
    decoded = reader.decode(encoded(picture, "PNG"), max_side=side // 3)
    assert decoded.rgb.min() >= 250


def test_a_camera_raw_file_in_a_tiff_coat_is_named(
    reader: PillowImageReader, tmp_path: Path
) -> None:
    path = tmp_path / "shot.NEF"
    path.write_bytes(tiff(np.zeros((8, 8), np.uint8)))
    with pytest.raises(Exception, match="a camera raw file"):
        reader.decode(path)
