from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from desktop_app.domain.container_classes import ContainerClass
from desktop_app.infra.rendering.shape_benchmark import COLUMNS, Entry, build, entries

SIZE = 40


@pytest.fixture(scope="module")
def wanted() -> list[Entry]:
    return list(entries(5, seed=2, variants=1, held=2))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, wanted: list[Entry]) -> Path:
    made = tmp_path_factory.mktemp("benchmark")
    build(made, wanted, size=SIZE, say=lambda _: None)
    return made


def rows_of(folder: Path) -> list[dict[str, str]]:
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_manifest_lists_every_picture_with_its_mask(folder: Path) -> None:
    rows = rows_of(folder)
    assert tuple(rows[0]) == COLUMNS
    assert {row["path"] for row in rows} == {
        path.relative_to(folder).as_posix() for path in folder.rglob("*.jpg")
    }
    categories = {each.value for each in ContainerClass}
    for row in rows:
        assert row["category"] in categories
        with Image.open(folder / row["path"]) as picture, Image.open(folder / row["mask"]) as mask:
            assert picture.size == mask.size == (int(row["width"]), int(row["height"]))
            assert 0.02 < np.asarray(mask).mean() / 255 < 0.85
        assert float(row["width_mm"]) > 2
        assert float(row["height_mm"]) > 2


def test_every_profile_is_in_the_gallery_and_asked_for_in_a_studio(folder: Path) -> None:
    rows = rows_of(folder)
    gallery = {row["profile"] for row in rows if row["role"] == "gallery"}
    own = {row["profile"] for row in rows if row["role"] == "gallery" and not row["variant_of"]}
    asked = {
        split: {row["profile"] for row in rows if row["role"] == "query" and row["split"] == split}
        for split in ("studio", "handheld")
    }
    assert len(own) == 5
    assert asked["studio"] == own
    assert len(asked["handheld"]) == 2
    assert asked["handheld"] < own
    (variant,) = (row for row in rows if row["variant_of"])
    assert variant["variant_of"] in own
    assert variant["variant_kind"] == "neck"
    assert gallery == own | {variant["profile"]}


def test_a_profile_is_dressed_otherwise_every_time_it_is_shown(wanted: list[Entry]) -> None:
    for profile in {entry.profile for entry in wanted if not entry.variant_of}:
        shown = [entry for entry in wanted if entry.profile == profile]
        assert len({entry.recipe.dressing.brand for entry in shown}) == len(shown)
        assert len({entry.recipe.dressing.body.colour for entry in shown}) == len(shown)
        assert len({entry.recipe.proportions for entry in shown}) == 1


def test_a_near_variant_wears_what_its_profile_wears_in_the_gallery(wanted: list[Entry]) -> None:
    (variant,) = (entry for entry in wanted if entry.variant_of)
    (own,) = (
        entry for entry in wanted if entry.profile == variant.variant_of and entry.role == "gallery"
    )
    assert variant.recipe.dressing == own.recipe.dressing
    assert variant.recipe.proportions != own.recipe.proportions


def test_a_run_taken_up_again_makes_what_is_missing_and_keeps_the_rest(
    folder: Path, wanted: list[Entry]
) -> None:
    lost, kept = folder / wanted[0].path, folder / wanted[1].path
    before, unchanged = lost.read_bytes(), kept.stat().st_mtime_ns
    lost.unlink()
    assert build(folder, wanted, size=SIZE, say=lambda _: None) == len(wanted)
    assert lost.read_bytes() == before
    assert kept.stat().st_mtime_ns == unchanged
    assert not list(folder.rglob("*.part"))
