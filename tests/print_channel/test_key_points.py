"""Where key points are found, and what their descriptors are worth."""

from __future__ import annotations

import numpy as np
import pytest

from desktop_app.domain.images import RgbArray
from desktop_app.domain.masks import MaskSource, ObjectMask
from desktop_app.infra.vision.opencv import cv2
from desktop_app.infra.vision.print.key_points import MOST_ENLARGED, find_key_points
from desktop_app.infra.vision.print.rootsift import mirrored, orientations, rootsift
from desktop_app.infra.vision.print.scale_space import extrema, scale_space
from tests.print_channel.prints import drawn_print, seen, tilted


def test_they_follow_the_print_through_a_turn_and_a_change_of_size() -> None:
    face = drawn_print(3)
    view = tilted(30, scale=1.2, slant=0)
    there = find_key_points(seen(face, view))
    here = find_key_points(face)
    nearest = (here.descriptors @ there.descriptors.T).argmax(axis=1)
    expected = cv2.perspectiveTransform((here.points * (200, 260))[:, np.newaxis], view)[:, 0]
    off = np.linalg.norm(there.points[nearest] * 400 - expected, axis=1)
    assert (off < 3).mean() > 0.45
    right = off < 3
    turn = np.angle(np.exp(1j * (there.angles[nearest] - here.angles - np.radians(30))))
    assert np.abs(np.degrees(np.median(turn[right]))) < 4
    assert np.median(there.scales[nearest][right] / here.scales[right]) == pytest.approx(1.2, 0.05)


def test_descriptors_are_those_of_opencv_at_the_same_key_points() -> None:
    """Beside RootSIFT's root: OpenCV counts directions the other way round."""
    grey = cv2.cvtColor(drawn_print(5), cv2.COLOR_RGB2GRAY)
    doubled = cv2.resize(grey, None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR)
    space = scale_space(doubled.astype(np.float32) / 255, enlarged=2.0)
    places = extrema(space)
    turned = orientations(space, places)
    places = places.only(turned.rows)
    ours = rootsift(space, places, turned.angles)
    theirs_at, theirs = cv2.SIFT_create(0, 3, 0.01, 10, 1.6).detectAndCompute(grey, None)
    root = np.sqrt(theirs / theirs.sum(axis=1, keepdims=True)).reshape(-1, 4, 4, 8)
    root = root[..., -np.arange(8) % 8].reshape(-1, 128)
    at = np.array([(*k.pt, np.log2(k.size / 2) * 8, np.radians(k.angle) * 5) for k in theirs_at])
    pixel = places.pixel
    mine = np.stack(
        [
            places.x * pixel / 2,
            places.y * pixel / 2,
            np.log2(places.sigma * pixel / 2) * 8,
            turned.angles * 5,
        ],
        axis=1,
    )
    apart = np.linalg.norm(at[:, np.newaxis] - mine, axis=2)
    same = np.flatnonzero(apart.min(axis=1) < 1.5)
    assert len(same) > 0.5 * len(at)
    likeness = (root[same] * ours[apart[same].argmin(axis=1)]).sum(axis=1)
    assert np.median(likeness) > 0.97


def test_descriptors_of_a_mirrored_picture_are_the_swapped_ones() -> None:
    face = drawn_print(4)
    swapped = mirrored(find_key_points(face).descriptors)
    flipped = find_key_points(np.ascontiguousarray(face[:, ::-1])).descriptors
    assert np.median((swapped @ flipped.T).max(axis=1)) > 0.99


def test_background_is_left_out_where_the_mask_is_sure() -> None:
    picture = _busy_ground_with(drawn_print(2))
    alpha = np.zeros(picture.shape[:2], np.uint8)
    alpha[100:360, 150:350] = 255
    sure = ObjectMask(alpha, MaskSource.NETWORK, confidence=0.9, clutter=1)
    x, y = (find_key_points(picture, sure).points * picture.shape[1::-1]).T
    assert len(x) > 50
    assert x.min() > 140
    assert x.max() < 360
    assert y.min() > 90
    assert y.max() < 370


def test_a_doubtful_mask_only_puts_the_background_last() -> None:
    picture = _busy_ground_with(drawn_print(2))
    alpha = np.zeros(picture.shape[:2], np.uint8)
    alpha[100:360, 150:350] = 255
    doubtful = ObjectMask(alpha, MaskSource.NETWORK, confidence=0.4, clutter=1)
    x, _ = (find_key_points(picture, doubtful, most=60).points * picture.shape[1::-1]).T
    everywhere, _ = (find_key_points(picture, most=60).points * picture.shape[1::-1]).T
    assert _share(x) > _share(everywhere)


def test_one_loud_logo_does_not_take_all_places() -> None:
    face = np.full((400, 400, 3), 230, np.uint8)
    loud = np.random.default_rng(0).integers(0, 2, (20, 20, 1)) * np.full(3, 255)
    face[20:120, 20:120] = cv2.resize(loud.astype(np.uint8), (100, 100), interpolation=0)
    for row in range(5):
        cv2.putText(face, "pale words", (30, 180 + 45 * row), 0, 1.4, (170, 170, 170), 2)
    points = find_key_points(face, most=100).points
    assert (points[:, 1] > 0.32).mean() > 0.3


def test_small_pictures_are_enlarged_and_places_stay_right() -> None:
    face = np.full((100, 80, 3), 255, np.uint8)
    cv2.circle(face, (60, 30), 6, (0, 0, 0), -1)
    found = find_key_points(face)
    middle = np.linalg.norm(found.points * (80, 100) - (60.5, 30.5), axis=1).min()
    assert middle < 0.5
    assert MOST_ENLARGED * 100 < 448


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (40, 40), (13, 13)])
def test_a_picture_without_anything_to_see_has_none(shape: tuple[int, int]) -> None:
    assert len(find_key_points(np.full((*shape, 3), 200, np.uint8))) == 0


def _busy_ground_with(face: RgbArray) -> RgbArray:
    ground = np.random.default_rng(7).integers(0, 255, (50, 60, 3)).astype(np.uint8)
    picture = cv2.resize(ground, (480, 400), interpolation=cv2.INTER_NEAREST)
    picture[100:360, 150:350] = face
    return np.ascontiguousarray(picture, np.uint8)


def _share(x: np.ndarray) -> float:
    """Of key points within the object's columns."""
    return float(((x > 145) & (x < 355)).mean())
