"""Pictures of drawings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from desktop_app.domain.errors import UserFacingError
from desktop_app.infra.drawings.outline_files import DrawingFiles
from tests.drawings.conftest import BOTTLE, outline_of, overlap

GROUND_AND_INK = [((255,) * 3, (0,) * 3), ((0,) * 3, (255,) * 3), ((240, 240, 250), (60, 40, 90))]


def picture(
    ground: tuple[int, ...], ink: tuple[int, ...], *, width: int = 0, side: int = 600
) -> Image.Image:
    """The bottle, filled or with a line of ``width``, drawn large and made small."""
    scale = 4 * side / 160
    image = Image.new("RGB", (side * 3, side * 4), ground)
    points = [tuple(point) for point in ((BOTTLE + np.array((30, 20))) * scale).tolist()]
    draw = ImageDraw.Draw(image)
    if width:
        draw.line([*points, points[0], points[1]], fill=ink, width=width * 4, joint="curve")
    else:
        draw.polygon(points, fill=ink)
    return image.resize((side * 3 // 4, side), Image.Resampling.LANCZOS)


@pytest.mark.parametrize(("ground", "ink"), GROUND_AND_INK)
@pytest.mark.parametrize("name", ["drawing.png", "drawing.jpg"])
def test_filled_drawings(
    files: DrawingFiles,
    tmp_path: Path,
    ground: tuple[int, ...],
    ink: tuple[int, ...],
    name: str,
) -> None:
    picture(ground, ink).save(tmp_path / name, quality=85)
    read = files.read(tmp_path / name)
    assert overlap(read, outline_of(BOTTLE)) > 0.985
    assert read.mm_per_unit == 0


@pytest.mark.parametrize(("ground", "ink"), GROUND_AND_INK[:2])
def test_line_drawings_with_what_is_inside_them(
    files: DrawingFiles, tmp_path: Path, ground: tuple[int, ...], ink: tuple[int, ...]
) -> None:
    image = picture(ground, ink, width=3)
    ImageDraw.Draw(image).rectangle((150, 330, 220, 420), outline=ink, width=2)
    image.save(tmp_path / "lines.png")
    assert overlap(files.read(tmp_path / "lines.png"), outline_of(BOTTLE)) > 0.95


def test_a_small_drawing_is_read_finer_than_its_pixels(files: DrawingFiles, tmp_path: Path) -> None:
    picture((255,) * 3, (0,) * 3, side=96).save(tmp_path / "small.png")
    assert overlap(files.read(tmp_path / "small.png"), outline_of(BOTTLE)) > 0.95


def test_a_frame_around_the_drawing_is_not_the_drawing(files: DrawingFiles, tmp_path: Path) -> None:
    image = picture((255,) * 3, (0,) * 3, width=3)
    ImageDraw.Draw(image).rectangle((1, 1, image.width - 2, image.height - 2), outline="black")
    image.save(tmp_path / "framed.png")
    assert overlap(files.read(tmp_path / "framed.png"), outline_of(BOTTLE)) > 0.95


def test_transparency_tells_the_shape(files: DrawingFiles, tmp_path: Path) -> None:
    mask = picture((0,) * 3, (255,) * 3).convert("L")
    noise = np.random.default_rng(0).integers(0, 255, (mask.height, mask.width, 3), np.uint8)
    image = Image.fromarray(noise)
    image.putalpha(mask)
    image.save(tmp_path / "cut.png")
    assert overlap(files.read(tmp_path / "cut.png"), outline_of(BOTTLE)) > 0.985


def test_photographs_and_empty_pictures_are_no_drawings(
    files: DrawingFiles, tmp_path: Path
) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (300, 400, 3), np.uint8)
    photograph = Image.fromarray(noise).filter(ImageFilter.GaussianBlur(12))
    photograph = Image.eval(photograph, lambda value: min(255, max(0, (value - 128) * 12 + 128)))
    photograph.save(tmp_path / "photograph.png")
    Image.new("RGB", (300, 300), "white").save(tmp_path / "empty.png")
    speck = Image.new("RGB", (300, 300), "white")
    ImageDraw.Draw(speck).ellipse((150, 150, 156, 156), fill="black")
    speck.save(tmp_path / "speck.png")
    for name in ("photograph.png", "empty.png", "speck.png"):
        with pytest.raises(UserFacingError) as told:
            files.read(tmp_path / name)
        assert told.value.remedy
