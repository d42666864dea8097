"""The command that measures the ways of searching by shape."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from desktop_app.cli import make_parser
from desktop_app.domain.container_classes import CONTAINER_CLASSES, ContainerClass
from desktop_app.domain.containers import ContainerReader, ContainerReading
from desktop_app.domain.errors import UnreadableTable, UserFacingError
from desktop_app.domain.evidence import SegmentedPicture
from desktop_app.domain.masks import Masker
from desktop_app.shapes_evaluation_command import evaluate_shapes_command
from tests.app.conftest import QuickEngines
from tests.containers.test_category_first import ObjectMasker
from tests.shapes.drawn import BOTTLE, JAR, STICK, symmetric

SHAPES = {"bottle": BOTTLE, "jar": JAR, "stick": STICK}
KINDS = {
    "bottle": ContainerClass.BOTTLE,
    "jar": ContainerClass.JAR,
    "stick": ContainerClass.STICK,
}
METHODS = ["look", "grey", "grey_class", "category_first", "outline", "fused", "same_shape"]


class WidthReader:
    """The ContainerReader port: jars are wide, sticks narrow; grey is the share that is dark."""

    version, backbone = "width:1", "The width"

    def read(self, picture: SegmentedPicture) -> ContainerReading:
        inside = picture.mask.alpha > 0
        rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
        width = (columns[-1] - columns[0]) / (rows[-1] - rows[0])
        kind = "jar" if width > 0.6 else "bottle" if width > 0.3 else "stick"
        probabilities = np.zeros(len(CONTAINER_CLASSES), np.float32)
        probabilities[CONTAINER_CLASSES.index(KINDS[kind])] = 1
        angle = inside.mean()
        return ContainerReading(
            probabilities, np.array([math.cos(angle), math.sin(angle)], np.float32)
        )


class DarkEngines(QuickEngines):
    """Finds what is dark, and tells its kind by its width."""

    def masker(self, *, threads: int = 0) -> Masker:  # noqa: ARG002
        return ObjectMasker()

    def container_reader(self) -> ContainerReader:
        return WidthReader()


@pytest.fixture
def engines(tmp_path: Path) -> Iterator[DarkEngines]:
    made = DarkEngines(tmp_path / "app")
    yield made
    made.close()


def write_manifest(folder: Path, *, queries: bool) -> Path:
    """Three sizes and tones of three outlines; with ``queries`` one of each is searched with."""
    folder.mkdir(exist_ok=True)
    rows = []
    for shape, profile in SHAPES.items():
        for number in range(3):
            picture = Image.new("RGB", (200, 300), "white")
            outline = symmetric(profile) * (1.4 + 0.4 * number) + (100, 30)
            tone = 20 + 30 * number
            ImageDraw.Draw(picture).polygon([tuple(p) for p in outline.tolist()], (tone,) * 3)
            name = f"{shape}-{number}.png"
            picture.save(folder / name)
            role = "query" if queries and number == 2 else "gallery"
            light = "dark" if shape == "stick" else "bright"
            rows.append((name, f"{shape}-{number}", shape, KINDS[shape].value, role, light))
    path = folder / "manifest.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("path", "sku", "shape", "category", "role", "light"))
        writer.writerows(rows)
    return path


def run(engines: DarkEngines, *arguments: str) -> dict[str, object]:
    options = make_parser().parse_args(["evaluate-shapes", *arguments])
    assert options.command is evaluate_shapes_command
    return evaluate_shapes_command(options, engines)


def test_every_method_is_measured_on_queries(
    engines: DarkEngines, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = write_manifest(tmp_path / "set", queries=True)
    result = run(engines, str(manifest), "--label", "shape", "--by", "light")
    methods = result["methods"]
    assert isinstance(methods, dict) and list(methods) == METHODS
    assert (result["n_queries"], result["n_gallery"]) == (3, 6)
    assert not result["leave_one_out"]
    assert (result["class_accuracy"], result["n_classes_known"]) == (1.0, 3)
    for name in ("category_first", "outline", "grey_class"):
        assert methods[name]["recall_at_1"] == 1.0, name
        assert methods[name]["ms_per_query_p50"] > 0
    # Only its own class is searched, whatever grey says: everything right is found.
    assert methods["grey_class"]["map"] == 1.0 > methods["grey"]["map"]
    parts = result["parts"]
    assert isinstance(parts, dict) and set(parts) == {"bright", "dark"}
    shown = capsys.readouterr().out
    for words in ("category first", "outline", "embedding alone", "The width", "dark"):
        assert words in shown


def test_without_query_rows_every_picture_is_searched_with(
    engines: DarkEngines, tmp_path: Path
) -> None:
    manifest = write_manifest(tmp_path / "set", queries=False)
    result = run(engines, str(manifest), "--label", "shape")
    assert result["leave_one_out"] and result["n_queries"] == 9
    methods = result["methods"]
    assert isinstance(methods, dict)
    assert methods["category_first"]["macro_map"] == 1.0
    assert result["parts"] == {}


def test_what_cannot_be_read_is_listed(engines: DarkEngines, tmp_path: Path) -> None:
    manifest = write_manifest(tmp_path / "set", queries=True)
    (tmp_path / "set" / "jar-2.png").write_bytes(b"no picture")
    (tmp_path / "set" / "stick-0.png").unlink()
    result = run(engines, str(manifest), "--label", "shape")
    unreadable = result["unreadable"]
    assert isinstance(unreadable, list)
    assert {Path(entry["path"]).name for entry in unreadable} == {"jar-2.png", "stick-0.png"}
    assert result["n_queries"] == 2


def test_columns_that_are_not_there_are_told(engines: DarkEngines, tmp_path: Path) -> None:
    manifest = write_manifest(tmp_path / "set", queries=True)
    with pytest.raises(UnreadableTable, match="no column lamp"):
        run(engines, str(manifest), "--label", "shape", "--by", "lamp")
    with pytest.raises(UserFacingError, match="nothing to measure"):
        run(engines, str(manifest), "--label", "sku")
