"""Products recognised in a folder of pictures and in a video, without a window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from desktop_app import cli
from desktop_app.infra.vision.opencv import cv2
from desktop_app.infra.vision.video_file import video_frames
from desktop_app.services.self_test import encoded_png, product_picture, seen_otherwise, sku_of

from .conftest import Place

Ask = Callable[..., Any]


@pytest.fixture
def stills(tmp_path: Path) -> Path:
    folder = tmp_path / "stills"
    folder.mkdir()
    for number in (1, 4):
        picture = encoded_png(seen_otherwise(product_picture(number)))
        (folder / f"{number}.png").write_bytes(picture)
    (folder / "broken.png").write_bytes(b"no picture")
    (folder / "notes.txt").write_text("x", "utf-8")
    return folder


def test_each_picture_of_a_folder_is_a_capture(place: Place, ask: Ask, stills: Path) -> None:
    result = ask("capture", "-c", place.catalogue, "--folder", stills)
    assert [capture["source"] for capture in result["captures"]] == ["1.png", "4.png"]
    for capture, number in zip(result["captures"], (1, 4), strict=True):
        assert capture["outcome"] in {"found", "perhaps"}
        assert capture["candidates"][0]["sku"] == sku_of(number)
        assert capture["ms"] > 0
    assert sum(result["counts"].values()) == 2
    assert 0 <= result["thresholds"]["false_accepts"] <= 0.1


def test_people_read_a_line_for_each(
    place: Place, stills: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        cli.main(["capture", "-c", str(place.catalogue), "--folder", str(stills), *place.own]) == 0
    )
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("1.png")
    assert any(line.startswith("broken.png") for line in lines)
    assert lines[-1].startswith("2 captures:")


def test_a_folder_without_pictures_is_told(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    common = ["-c", str(place.catalogue), *place.own]
    assert cli.main(["capture", *common, "--folder", str(tmp_path / "empty")]) == 1
    assert "no pictures" in capsys.readouterr().err
    (tmp_path / "no.mp4").write_bytes(b"no video")
    assert cli.main(["capture", *common, "--video", str(tmp_path / "no.mp4")]) == 1
    assert "no video" in capsys.readouterr().err


def write_video(path: Path, frames: list[np.ndarray], rate: float) -> None:
    height, width = frames[0].shape[:2]
    video = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), rate, (width, height))
    for frame in frames:
        video.write(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
    video.release()


def test_a_video_is_read_no_faster_than_asked(tmp_path: Path) -> None:
    frames = [np.full((48, 64, 3), 10 * n, np.uint8) for n in range(24)]
    write_video(tmp_path / "v.avi", frames, 12.0)
    read = list(video_frames(tmp_path / "v.avi", most_per_s=6.0))
    assert len(read) == 12
    assert [at_s for _, at_s in read] == pytest.approx([n / 6 for n in range(12)])
    assert [int(rgb.mean()) for rgb, _ in read] == pytest.approx([20 * n for n in range(12)], abs=4)
    assert len(list(video_frames(tmp_path / "v.avi", most_per_s=100.0))) == 24


def test_a_product_in_a_video_is_taken_once(place: Place, ask: Ask, tmp_path: Path) -> None:
    stage = np.full((360, 480, 3), 205, np.uint8)
    held = stage.copy()
    shown = Image.fromarray(product_picture(3)).resize((260, 320))
    held[20:340, 110:370] = np.asarray(shown)
    frames = [stage] * 10 + [held] * 20 + [stage] * 10
    rng = np.random.default_rng(0)
    noisy = [
        np.clip(frame + rng.normal(0, 1.5, frame.shape), 0, 255).astype(np.uint8)
        for frame in frames
    ]
    write_video(tmp_path / "v.avi", noisy, 10.0)
    result = ask("capture", "-c", place.catalogue, "--video", tmp_path / "v.avi", "--empty", "0.8")
    (capture,) = result["captures"]
    assert 1.0 <= capture["at_s"] < 3.2
    assert capture["candidates"][0]["sku"] == sku_of(3)
