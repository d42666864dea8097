"""The sets that weighing is learned from."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from desktop_app.domain.images import RgbArray
from desktop_app.infra.training.cutouts import Photo
from desktop_app.infra.training.fusion_sets import Material, SetMaker, copied
from desktop_app.infra.training.printed_packs import PackMaker


def noise(rng: np.random.Generator, side: int = 96) -> RgbArray:
    return rng.integers(0, 256, (side, side, 3), np.uint8)


@pytest.fixture(scope="module")
def maker() -> SetMaker:
    rng = np.random.default_rng(0)
    photos = [Photo(noise(rng), f"sku {n}", "Packages", "made") for n in range(12)]
    cutouts = [np.dstack([noise(rng), np.full((96, 96), 255, np.uint8)]) for _ in range(6)]
    material = Material(
        packs=PackMaker([photo.rgb for photo in photos], ()),
        containers=[cutouts[:2], cutouts[2:4], cutouts[4:]],
        things=cutouts,
        photos=photos,
        cartons=[[photo.rgb for photo in photos[:6]], [photo.rgb for photo in photos[6:]]],
    )
    return SetMaker(material, gallery=3, queries=2)


def test_every_query_has_its_answer_in_the_gallery(maker: SetMaker, tmp_path: Path) -> None:
    manifests = maker.write(tmp_path)
    assert len(manifests) == 7
    for name, manifest in manifests.items():
        with manifest.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        gallery = {row["sku"] for row in rows if row["role"] == "gallery"}
        asked = [row["sku"] for row in rows if row["role"] == "query"]
        assert asked and set(asked) <= gallery, name
        assert all((manifest.parent / row["path"]).stat().st_size for row in rows)


def test_the_same_seed_makes_the_same_pictures(maker: SetMaker) -> None:
    for rows in maker.sets.values():
        first, second = (list(rows(np.random.default_rng(5))) for _ in range(2))
        assert all(np.array_equal(a[0], b[0]) for a, b in zip(first, second, strict=True))


def test_a_copy_keeps_what_is_seen() -> None:
    rng = np.random.default_rng(1)
    ramp = np.linspace(0, 255, 200, dtype=np.uint8)
    picture = np.repeat(np.repeat(ramp[None, :, None], 200, 0), 3, 2)
    for _ in range(20):
        copy = copied(picture, rng)
        assert 70 < max(copy.shape[:2]) <= 480
        assert abs(float(copy.mean()) - float(picture.mean())) < 12
