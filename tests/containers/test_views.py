"""The object in grey, as it is classified, searched and trained on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from desktop_app.domain.container_classes import ContainerClass
from desktop_app.domain.images import FloatMatrix, RgbArray
from desktop_app.domain.masks import MaskSource, ObjectMask
from desktop_app.infra.training.container_features import cached_features
from desktop_app.infra.training.container_views import (
    LIST_FILE,
    grey_views,
    read_cutout,
    read_list,
)
from desktop_app.infra.vision.containers.grey_view import GREY_SIDE, grey_view


def picture(height: int = 300, width: int = 200) -> tuple[RgbArray, ObjectMask]:
    """A red bar before a blue ground, and its mask."""
    rgb = np.zeros((height, width, 3), np.uint8)
    rgb[:] = (20, 30, 200)
    alpha = np.zeros((height, width), np.uint8)
    rgb[40:240, 80:120] = (200, 40, 30)
    alpha[40:240, 80:120] = 255
    return rgb, ObjectMask(alpha, MaskSource.DRAWN, confidence=1.0, clutter=0.0)


def test_the_object_stands_alone_in_grey_in_the_middle() -> None:
    view = grey_view(*picture())
    assert view.shape == (GREY_SIDE, GREY_SIDE, 3)
    assert (view == view[:, :, :1]).all()
    assert (view[:, 0] == 255).all() and (view[0] == 255).all()
    dark = np.flatnonzero((view[:, :, 0] < 200).any(axis=0))
    assert abs((dark[0] + dark[-1]) / 2 - (GREY_SIDE - 1) / 2) < 1.5


def test_neither_colour_nor_place_nor_background_changes_the_view() -> None:
    rgb, mask = picture()
    moved = np.roll(rgb, (30, -50), axis=(0, 1))
    moved[np.roll(mask.alpha, (30, -50), axis=(0, 1)) == 0] = (250, 250, 10)
    alpha = np.ascontiguousarray(np.roll(mask.alpha, (30, -50), axis=(0, 1)))
    there = ObjectMask(alpha, MaskSource.DRAWN, confidence=1.0, clutter=0.5)
    np.testing.assert_array_equal(grey_view(rgb, mask), grey_view(moved, there))


def test_a_larger_network_sees_the_same_view_on_more_white() -> None:
    small, large = grey_view(*picture()), grey_view(*picture(), side=260)
    np.testing.assert_array_equal(large[18:-18, 18:-18], small)
    assert (large[:18] == 255).all()
    with pytest.raises(ValueError, match="does not fit"):
        grey_view(*picture(), side=200)


def test_without_a_usable_mask_the_whole_picture_is_seen() -> None:
    rgb, _ = picture()
    doubtful = ObjectMask.whole(*rgb.shape[:2])
    assert (grey_view(rgb, doubtful)[:, GREY_SIDE // 2] < 200).mean() > 0.85


def cutout_files(folder: Path, count: int = 3) -> None:
    rng = np.random.default_rng(0)
    lines = ["file,product,category,design"]
    for number in range(count):
        rgba = np.zeros((90, 60, 4), np.uint8)
        rgba[5:85, 10:50] = (*rng.integers(40, 200, 3), 255)
        Image.fromarray(rgba).save(folder / f"{number}.png")
        lines.append(f"{number}.png,{number},{ContainerClass.JAR.value},low")
    lines.append(f'gone.png,9,"{ContainerClass.PUMP.value}",swan')
    (folder / LIST_FILE).write_text("\n".join(lines), encoding="utf-8")


def clutter() -> list[RgbArray]:
    return [np.random.default_rng(5).integers(0, 255, (120, 160, 3), np.uint8)]


def test_views_are_many_and_the_same_for_the_same_seed(tmp_path: Path) -> None:
    cutout_files(tmp_path, 1)
    cutout = read_cutout(tmp_path / "0.png")
    assert cutout is not None and cutout.shape == (80, 40, 4)
    first, again = (
        list(grey_views(cutout, clutter(), np.random.default_rng(2), count=6, side=260))
        for _ in range(2)
    )
    np.testing.assert_array_equal(np.stack(first), np.stack(again))
    assert len({view.tobytes() for view in first}) == 6
    assert all(view.shape == (260, 260, 3) for view in first)


class MeanEmbedder:
    """The Embedder port: the mean of a few stripes; counts what it saw."""

    key = "mean:1"
    dimension = 4

    def __init__(self) -> None:
        self.seen = 0

    def embed(self, images: list[RgbArray]) -> FloatMatrix:
        self.seen += len(images)
        stripes = [[part.mean() for part in np.array_split(image, 4)] for image in images]
        return np.array(stripes, np.float32)

    def close(self) -> None:
        """Holds nothing."""


def test_features_are_made_once(tmp_path: Path) -> None:
    cutout_files(tmp_path)
    listed = read_list(tmp_path, 4)
    assert [cutout.path.name for cutout in listed] == ["0.png", "1.png", "2.png"]
    (tmp_path / "2.png").write_bytes(b"no picture")
    embedder = MeanEmbedder()

    def features() -> FloatMatrix:
        made = cached_features(
            listed,
            clutter(),
            embedder,  # type: ignore[arg-type]
            tmp_path / "features",
            side=224,
        )
        assert made.targets.tolist() == [2, 2, 2, 2]
        assert (made.n_products, made.n_cutouts) == (2, 2)
        return made.features

    first = features()
    assert first.shape == (4, 2, 4) and embedder.seen == 8
    np.testing.assert_array_equal(features(), first)
    assert embedder.seen == 8
