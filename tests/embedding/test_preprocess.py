from __future__ import annotations

import numpy as np
import pytest

from desktop_app.domain.model_cards import Preprocessing
from desktop_app.infra.vision.preprocess import letterboxed

GREY_PAD = Preprocessing(side=32, mean=(0, 0, 0), std=(1, 1, 1), pad=200)


def filled(height: int, width: int, value: int = 10) -> np.ndarray:
    return np.full((height, width, 3), value, np.uint8)


@pytest.mark.parametrize(
    ("height", "width", "rows", "columns"),
    [
        (64, 64, (0, 32), (0, 32)),
        (16, 64, (12, 20), (0, 32)),
        (64, 16, (0, 32), (12, 20)),
        (8, 4, (0, 32), (8, 24)),
        (1, 1000, (15, 16), (0, 32)),
        (1000, 1, (0, 32), (15, 16)),
        (1, 1, (0, 32), (0, 32)),
    ],
)
def test_the_whole_picture_lies_in_the_middle_and_the_rest_is_padding(
    height: int, width: int, rows: tuple[int, int], columns: tuple[int, int]
) -> None:
    square = letterboxed(filled(height, width), GREY_PAD)
    expected = np.full((32, 32, 3), 200, np.uint8)
    expected[slice(*rows), slice(*columns)] = 10
    np.testing.assert_array_equal(square, expected)
    assert square.dtype == np.uint8


def test_a_picture_of_the_right_size_is_taken_as_it_is() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    np.testing.assert_array_equal(letterboxed(picture, GREY_PAD), picture)


def test_shrinking_averages_fine_patterns_instead_of_picking_pixels() -> None:
    board = np.zeros((128, 128, 3), np.uint8)
    board[::2, 1::2] = board[1::2, ::2] = 255
    square = letterboxed(board, GREY_PAD)
    assert np.abs(square.astype(int) - 128).max() <= 1


def test_the_picture_given_is_not_changed() -> None:
    picture = filled(20, 20)
    letterboxed(picture, GREY_PAD)[:] = 0
    assert (picture == 10).all()
