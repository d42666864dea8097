"""What a mask tells of its object, and the view that is cut out by it."""

from __future__ import annotations

import numpy as np
import pytest

from desktop_app.domain.images import CropBox
from desktop_app.domain.masks import MaskSource, ObjectMask, object_view


def mask_of(alpha: np.ndarray, confidence: float = 1.0) -> ObjectMask:
    return ObjectMask(alpha, MaskSource.DRAWN, confidence=confidence, clutter=0.0)


def test_the_box_is_the_smallest_around_the_object() -> None:
    alpha = np.zeros((10, 20), np.uint8)
    alpha[2:5, 4:14] = 255
    assert mask_of(alpha).box == CropBox(0.2, 0.2, 0.7, 0.5)
    assert mask_of(alpha).coverage == pytest.approx(30 / 200)


def test_an_empty_mask_has_the_whole_picture_for_its_box_and_is_not_used() -> None:
    mask = mask_of(np.zeros((7, 9), np.uint8))
    assert mask.box.is_whole
    assert not mask.is_usable


def test_a_whole_mask_is_not_used() -> None:
    mask = ObjectMask.whole(5, 4)
    assert (mask.source, mask.confidence, mask.coverage) == (MaskSource.WHOLE, 0.0, 1.0)
    assert not mask.is_usable


def test_a_mask_nobody_believes_is_not_used() -> None:
    alpha = np.zeros((10, 10), np.uint8)
    alpha[2:8, 2:8] = 255
    assert mask_of(alpha, 0.9).is_usable
    assert not mask_of(alpha, 0.1).is_usable


def test_the_view_shows_the_object_alone_in_the_middle_of_a_square() -> None:
    rgb = np.full((60, 90, 3), 40, np.uint8)
    rgb[10:30, 50:90] = (200, 10, 10)
    alpha = np.zeros((60, 90), np.uint8)
    alpha[10:30, 50:90] = 255
    view = object_view(rgb, mask_of(alpha), margin=0.1)
    assert view.shape == (48, 48, 3)
    inside = (view == (200, 10, 10)).all(axis=2)
    assert inside[14:34, 4:44].all()
    assert inside.sum() == 20 * 40
    assert (view[~inside] == 255).all()


def test_soft_edges_are_blended_with_the_background() -> None:
    rgb = np.zeros((8, 8, 3), np.uint8)
    alpha = np.zeros((8, 8), np.uint8)
    alpha[2:6, 2:6] = 255
    alpha[2, 2:6] = 128
    view = object_view(rgb, mask_of(alpha), margin=0.25, background=200)
    assert view.shape == (6, 6, 3)
    assert view[1, 2, 0] == round(200 * 127 / 255)
    assert view[0, 0, 0] == 200


def test_a_whole_view_is_the_padded_picture() -> None:
    rgb = np.full((4, 10, 3), 7, np.uint8)
    view = object_view(rgb, ObjectMask.whole(4, 10), margin=0.0)
    assert view.shape == (10, 10, 3)
    assert (view[3:7] == 7).all()
    assert (view[:3] == 255).all()


def test_a_mask_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="for a picture of"):
        object_view(np.zeros((4, 4, 3), np.uint8), ObjectMask.whole(4, 5))


def test_what_is_no_mask_is_refused() -> None:
    with pytest.raises(ValueError, match="not a mask"):
        mask_of(np.zeros((0, 4), np.uint8))
    with pytest.raises(ValueError, match="confidence"):
        mask_of(np.zeros((4, 4), np.uint8), 1.5)
