"""Arrays and QImages carry the same pixels."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from desktop_app.workers.images import to_qimage, to_rgb


@pytest.mark.parametrize("width", [1, 3, 5, 8, 17])
def test_there_and_back_keeps_every_pixel_at_any_row_length(width: int) -> None:
    rgb = np.random.default_rng(width).integers(0, 256, (4, width, 3), dtype=np.uint8)
    assert np.array_equal(to_rgb(to_qimage(rgb)), rgb)


def test_the_image_owns_its_memory() -> None:
    rgb = np.full((2, 3, 3), 200, np.uint8)
    image = to_qimage(rgb)
    rgb[:] = 0
    assert image.pixelColor(2, 1) == QColor(200, 200, 200)


def test_a_sliced_array_is_taken_as_it_looks() -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    assert np.array_equal(to_rgb(to_qimage(rgb[::2, 1:6])), rgb[::2, 1:6])


def test_transparency_is_kept_one_way_and_falls_on_white_the_other() -> None:
    rgb = np.zeros((1, 2, 3), np.uint8)
    image = to_qimage(rgb, np.array([[0, 255]], np.uint8))
    assert image.pixelColor(0, 0).alpha() == 0
    assert to_rgb(image).tolist() == [[[255, 255, 255], [0, 0, 0]]]


def test_wrong_shapes_and_null_images_are_refused() -> None:
    with pytest.raises(ValueError, match="RGB"):
        to_qimage(np.zeros((2, 2), np.uint8))
    with pytest.raises(ValueError, match="mask"):
        to_qimage(np.zeros((2, 2, 3), np.uint8), np.zeros((2, 3), np.uint8))
    with pytest.raises(ValueError, match="null"):
        to_rgb(QImage())
