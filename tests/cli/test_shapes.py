"""The command that finds containers by their outline, with the real engines."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw
from pypdf import PdfReader

from desktop_app import cli, paths
from desktop_app.domain.shapes import DrawnOutline
from desktop_app.infra.drawings.outline_files import DrawingFiles
from desktop_app.infra.vision.decode import PillowImageReader
from tests.cli.conftest import Place

COLOURS = ("#203a6b", "#8b2f2f", "#2f6b45")
BOTTLE = [(38, 5), (62, 5), (62, 25), (58, 25), (80, 45), (80, 195), (20, 195), (20, 45), (42, 25)]
JAR = [(8, 90), (92, 90), (92, 115), (88, 115), (88, 190), (12, 190), (12, 115), (8, 115)]
TUBE = [(15, 10), (85, 10), (65, 165), (65, 192), (35, 192), (35, 165)]
FORMS = {"bottle": BOTTLE, "jar": JAR, "tube": TUBE}
LYING = [(y, 100 - x) for x, y in BOTTLE]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, place: Place) -> Path:
    """Three forms in three colours each; bottles are 120 to 160 mm high."""
    root = tmp_path_factory.mktemp("shelf")
    pictures = root / "pictures"
    pictures.mkdir()
    for form, points in FORMS.items():
        for number, colour in enumerate(COLOURS):
            image = Image.new("RGB", (400, 520), "white")
            moved = [(2.2 * x + 70 + 9 * number, 2.2 * y + 30) for x, y in points]
            ImageDraw.Draw(image).polygon(moved, fill=colour)
            image.save(pictures / f"{form}-{number}.png")
    table = root / "sizes.csv"
    rows = [f"bottle-{number},{120 + 20 * number}" for number in range(3)]
    table.write_text("\n".join(("sku,height_mm", *rows)), "utf-8")
    command = ["index", "-c", str(root / "catalogue"), *place.own]
    assert cli.main([*command, str(pictures), "--pattern", "{sku}"]) == 0
    assert cli.main([*command, str(table)]) == 0
    return root / "catalogue"


def skus(found: dict[str, Any]) -> list[str]:
    return [hit["sku"] for hit in found["hits"]]


def test_a_product_finds_its_form_in_every_colour(shelf: Path, ask: Callable[..., Any]) -> None:
    found = ask("shapes", "-c", shelf, "--product", "jar-1", "--limit", "4")
    assert set(skus(found)[:2]) == {"jar-0", "jar-2"}
    assert "jar-1" not in skus(found)
    best = found["hits"][0]
    assert best["overlap"] > 0.97
    assert best["deviation"]["unit"] == "% of height"


def test_deviations_are_in_mm_where_the_height_is_told(
    shelf: Path, ask: Callable[..., Any]
) -> None:
    found = ask("shapes", "-c", shelf, "--product", "bottle-0", "-k", "2")
    assert skus(found) == ["bottle-1", "bottle-2"] or skus(found) == ["bottle-2", "bottle-1"]
    assert all(hit["deviation"]["unit"] == "mm" for hit in found["hits"])
    wide = ask("shapes", "-c", shelf, "--product", "bottle-0", "--where", "height_mm>=150")
    assert skus(wide) == ["bottle-2"]


def test_a_drawing_finds_what_it_draws_and_lying_ones_if_wanted(
    shelf: Path, ask: Callable[..., Any], tmp_path: Path
) -> None:
    files = DrawingFiles(PillowImageReader(), paths.fonts_dir())
    for name, points in (("upright", BOTTLE), ("lying", LYING)):
        outline = DrawnOutline(np.array(points, np.float32))
        files.write_svg(tmp_path / f"{name}.svg", [(name, outline)])
    found = ask("shapes", "-c", shelf, "--outline", tmp_path / "upright.svg", "-k", "3")
    assert {sku[:-2] for sku in skus(found)} == {"bottle"}
    lying = ask("shapes", "-c", shelf, "--outline", tmp_path / "lying.svg", "-k", "3", "--turns")
    assert {sku[:-2] for sku in skus(lying)} == {"bottle"}
    assert lying["hits"][0]["turned"] in (90, 270)


def test_a_picture_asks_and_what_is_found_is_drawn(
    shelf: Path, ask: Callable[..., Any], tmp_path: Path
) -> None:
    image = Image.new("RGB", (500, 640), "#f4f1ea")
    points = [(2.6 * x + 90, 2.6 * y + 50) for x, y in TUBE]
    ImageDraw.Draw(image).polygon(points, fill="#d9a520")
    image.save(tmp_path / "query.png")
    sheet = tmp_path / "sheet.pdf"
    found = ask(
        *("shapes", "-c", shelf, "--picture", tmp_path / "query.png", "-k", "3", "--sheet", sheet)
    )
    assert {sku[:-2] for sku in skus(found)} == {"tube"}
    text = PdfReader(sheet).pages[0].extract_text()
    assert all(sku in text for sku in skus(found))


def test_category_first_searches_one_kind_alone(shelf: Path, ask: Callable[..., Any]) -> None:
    found = ask("shapes", "-c", shelf, "--product", "jar-1", "--category-first")
    assert found["method"] == "category_first"
    assert found["container"]
    assert "jar-1" not in skus(found)
    by_outline = ask("shapes", "-c", shelf, "--product", "jar-1")
    assert by_outline["method"] == "outline" and "container" not in by_outline


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--product", "nowhere"), "no product nowhere"),
        (("--outline", "nowhere.svg"), "could not be read"),
        (("--product", "jar-0", "--sheet", "sheet.docx"), "names no format"),
    ],
)
def test_what_cannot_be_done_is_told(
    shelf: Path,
    place: Place,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    words: str,
) -> None:
    assert cli.main(["shapes", "-c", str(shelf), *arguments, *place.own]) == 1
    assert words in capsys.readouterr().err
