"""Names a person can tell apart, and words that help where there is no camera."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_app.capture.cameras import (
    CameraInfo,
    DeviceNode,
    Permission,
    explain_no_camera,
    with_distinct_names,
)
from desktop_app.capture.qt_camera import QtCameraDirectory
from desktop_app.domain.errors import CameraUnavailable


def test_the_default_comes_first_and_twins_are_numbered() -> None:
    cameras = with_distinct_names(
        [CameraInfo("a", "C920"), CameraInfo("b", "C920"), CameraInfo("c", "Front", True)]
    )
    assert [(camera.key, camera.name) for camera in cameras] == [
        ("c", "Front"),
        ("a", "C920"),
        ("b", "C920 (2)"),
    ]


@pytest.mark.parametrize(
    ("platform", "place"),
    [("darwin", "Privacy & Security"), ("win32", "Privacy & security"), ("linux", "settings")],
)
def test_a_refusal_names_the_place_to_allow_it(platform: str, place: str) -> None:
    said = explain_no_camera(platform, Permission.DENIED, ())
    assert "may not" in said.what
    assert place in said.remedy


def test_a_locked_device_is_named_with_the_group_to_join() -> None:
    nodes = (DeviceNode("/dev/video0", False),)
    said = explain_no_camera("linux", Permission.GRANTED, nodes)
    assert said.looked_for == ("/dev/video0",)
    assert "video" in said.remedy


def test_without_any_device_it_says_where_it_looked() -> None:
    said = explain_no_camera("linux", Permission.GRANTED, ())
    assert said.what == "No camera found."
    assert any("/dev/video" in place for place in said.looked_for)


def test_the_directory_refuses_a_camera_that_is_gone(qapp: object) -> None:
    directory = QtCameraDirectory()
    with pytest.raises(CameraUnavailable, match="not connected"):
        directory.open(CameraInfo("no such key", "Old camera"))


def test_device_nodes_are_listed_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from desktop_app.capture import cameras

    monkeypatch.setattr(cameras.sys, "platform", "linux")
    for name in ("video1", "video0", "vga_arbiter"):
        (tmp_path / name).touch()
    nodes = cameras.video_device_nodes(tmp_path)
    assert [Path(node.path).name for node in nodes] == ["video0", "video1"]
    assert all(node.readable for node in nodes)
