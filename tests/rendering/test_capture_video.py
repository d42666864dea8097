"""The video of a hand before a shelf tells the truth about itself, and is the same every time."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from desktop_app import paths
from desktop_app.infra.rendering.capture_props import (
    HEIGHT,
    WIDTH,
    barcode_print,
    read_props,
)
from desktop_app.infra.rendering.capture_video import CaptureVideo, write_video
from desktop_app.infra.vision.opencv import cv2

PROPS = paths.resources_dir() / "demo" / "capture"


@pytest.fixture(scope="module")
def video() -> CaptureVideo:
    return CaptureVideo(PROPS, seed=3)


def test_ten_products_an_unknown_one_and_a_code_are_brought() -> None:
    with (PROPS.parent / "products.csv").open(encoding="utf-8", newline="") as file:
        barcodes = {row["SKU"]: row["Barcode"] for row in csv.DictReader(file)}
    props = read_props(PROPS)
    by_picture = [prop for prop in props if prop.sku and not prop.barcode]
    assert len({prop.sku for prop in by_picture}) == 10
    assert {prop.sku for prop in props if prop.sku} <= set(barcodes)
    assert sum(not prop.sku for prop in props) == 1
    for prop in props:
        if prop.barcode:
            assert barcodes[prop.sku] == prop.barcode
            assert prop.sku not in {each.sku for each in by_picture}


def test_everything_is_brought_once_and_held_still_for_a_second(video: CaptureVideo) -> None:
    assert [each.prop for each in video.showings] == list(read_props(PROPS))
    gone_s = 0.0
    for each in video.showings:
        assert gone_s < each.enters_s < each.rests_s
        assert each.leaves_s - each.rests_s >= 1.0
        gone_s = each.gone_s
    assert gone_s < video.duration_s


def at(video: CaptureVideo, at_s: float) -> int:
    return round(at_s * video.frames_per_s)


def test_what_is_held_is_in_the_middle_and_hardly_moves(video: CaptureVideo) -> None:
    shelf = video.frame(0)
    assert shelf.showing is None
    assert shelf.rgb.shape == (HEIGHT, WIDTH, 3)
    for number, each in enumerate(video.showings[:3]):
        first, last = (
            video.frame(at(video, when)) for when in (each.rests_s + 0.1, each.leaves_s - 0.1)
        )
        assert (first.showing, last.showing) == (number, number)
        assert first.is_still
        assert last.is_still
        middle = np.s_[HEIGHT // 2 - 60 : HEIGHT // 2 + 60, WIDTH // 2 - 60 : WIDTH // 2 + 60]
        moved = np.abs(first.rgb[middle].astype(int) - last.rgb[middle]).mean()
        brought = np.abs(first.rgb[middle].astype(int) - shelf.rgb[middle]).mean()
        assert moved < 8
        assert brought > 2 * moved


def test_what_comes_and_goes_is_smeared_and_is_no_still(video: CaptureVideo) -> None:
    def sharpness(rgb: np.ndarray) -> float:
        return float(cv2.Laplacian(cv2.GaussianBlur(rgb, (5, 5), 0), cv2.CV_64F).var())

    each = video.showings[0]
    coming = video.frame(at(video, (each.enters_s + each.rests_s) / 2 + 0.1))
    held = video.frame(at(video, (each.rests_s + each.leaves_s) / 2))
    assert coming.showing == 0
    assert not coming.is_still
    half = np.s_[HEIGHT // 2 :, WIDTH // 4 : 3 * WIDTH // 4]
    assert sharpness(coming.rgb[half]) < sharpness(held.rgb[half])


def test_the_same_seed_gives_the_same_frames_in_any_order() -> None:
    one, other = CaptureVideo(PROPS, seed=3), CaptureVideo(PROPS, seed=3)
    numbers = [4, 40, 41, 90]
    forwards = [one.frame(n).rgb for n in numbers]
    backwards = [other.frame(n).rgb for n in reversed(numbers)][::-1]
    for first, second in zip(forwards, backwards, strict=True):
        np.testing.assert_array_equal(first, second)
    assert (CaptureVideo(PROPS, seed=4).frame(40).rgb != forwards[1]).any()


def test_a_printed_code_has_its_bars_and_quiet_zones() -> None:
    code = barcode_print("2900000000063", module_px=2)
    row = code[code.shape[0] // 3]
    assert row[:14].min() == 255
    assert row[-14:].min() == 255
    bars = np.count_nonzero(np.diff((row > 127).astype(int)) == -1)
    assert bars == 30


@pytest.mark.parametrize("name", ["hand.mp4", "hand.avi"])
def test_it_can_be_kept_as_a_file(tmp_path: Path, name: str) -> None:
    short = CaptureVideo(PROPS, frames_per_s=4, props=read_props(PROPS)[:1])
    write_video(short, tmp_path / name)
    capture = cv2.VideoCapture(str(tmp_path / name))
    count = 0
    while capture.read()[0]:
        count += 1
    capture.release()
    assert count == short.frame_count
