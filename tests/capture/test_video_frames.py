"""Pixels come out of a QImage as they went in; the camera's format is chosen with care."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from desktop_app.capture.video_frames import (
    CameraFormat,
    choose_format,
    rgb_from_image,
)
from desktop_app.workers.images import to_qimage


@pytest.mark.parametrize("width", [1, 5, 7, 8])
def test_rows_with_padding_come_out_straight(width: int) -> None:
    rgb = np.random.default_rng(width).integers(0, 256, (4, width, 3)).astype(np.uint8)
    back = rgb_from_image(to_qimage(rgb))
    assert back.flags.c_contiguous
    np.testing.assert_array_equal(back, rgb)


def test_the_pixels_outlive_the_image() -> None:
    image = QImage(3, 3, QImage.Format.Format_RGB888)
    image.fill(QColor(10, 20, 30))
    rgb = rgb_from_image(image)
    image.fill(QColor("white"))
    assert tuple(rgb[2, 2]) == (10, 20, 30)


def test_a_fluent_format_of_middling_size_is_chosen() -> None:
    formats = [
        CameraFormat(3840, 2160, 30),
        CameraFormat(1280, 720, 5),
        CameraFormat(1280, 720, 30),
        CameraFormat(640, 480, 60),
    ]
    assert choose_format(formats) == 2


def test_a_camera_that_only_stutters_is_still_used() -> None:
    assert choose_format([CameraFormat(2592, 1944, 2)]) == 0
    assert choose_format([]) is None
