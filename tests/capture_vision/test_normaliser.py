"""A camera's pictures evened out, and flat packs straightened."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.domain.capturing import FrameView
from desktop_app.domain.images import CropBox, RgbArray
from desktop_app.infra.vision.live.normaliser import CameraNormaliser, cast_of
from desktop_app.infra.vision.live.rectifying import quadrilateral_of
from desktop_app.infra.vision.opencv import cv
from tests.capture_vision.scenes import HEIGHT, WIDTH, held, product, shelf

BOX = CropBox(0.4, 0.3, 0.6, 0.7)


def view_of(rgb: RgbArray, alpha: np.ndarray | None = None) -> FrameView:
    height, width = rgb.shape[:2]
    rows = slice(int(BOX.top * height), int(BOX.bottom * height))
    columns = slice(int(BOX.left * width), int(BOX.right * width))
    lightness = float(rgb[rows, columns].mean()) / 255
    return FrameView(BOX, alpha, (), 0.8, lightness, 0.0)


def lit(rgb: RgbArray, gains: tuple[float, float, float]) -> RgbArray:
    """Under light of another colour, linearly."""
    light = (rgb / 255.0) ** 2.2 * np.array(gains)
    return np.rint(255 * np.clip(light, 0, 1) ** (1 / 2.2)).astype(np.uint8)


def shares(rgb: RgbArray) -> np.ndarray:
    """Of each channel in the linear light of every pixel."""
    light = (rgb / 255.0) ** 2.2 + 1e-4
    return light / light.sum(axis=2, keepdims=True)


@pytest.fixture(scope="module")
def frame() -> RgbArray:
    rng = np.random.default_rng(12)
    greys = rng.integers(60, 220, (6, 8, 1)) + rng.integers(-30, 30, (6, 8, 3))
    blocks = np.clip(greys, 0, 255)
    return np.kron(blocks, np.ones((40, 40, 1))).astype(np.uint8)


def test_a_picture_in_ordinary_light_is_returned_as_it_is(frame: RgbArray) -> None:
    assert CameraNormaliser().normalise(frame, view_of(frame)) is frame


@pytest.mark.parametrize("gains", [(1.2, 0.8, 0.35), (0.45, 0.85, 1.25)])
def test_a_strong_cast_is_mostly_taken_out(
    frame: RgbArray, gains: tuple[float, float, float]
) -> None:
    cast = lit(frame, gains)
    evened = CameraNormaliser().normalise(cast, view_of(cast))
    assert evened.shape == cast.shape and evened.dtype == np.uint8
    assert cast_of(evened)[1] < 0.5 * cast_of(cast)[1]
    before, after = (np.abs(shares(p) - shares(frame)).mean() for p in (cast, evened))
    assert after < 0.6 * before
    assert abs(float(evened.mean()) - float(cast.mean())) < 12


def test_a_dim_picture_becomes_lighter_but_not_one_of_a_dark_product_in_a_lit_room(
    frame: RgbArray,
) -> None:
    dim = lit(frame, (0.05, 0.05, 0.05))
    lighter = CameraNormaliser().normalise(dim, view_of(dim))
    assert lighter.mean() > 1.3 * dim.mean()
    black = frame.copy()
    black[72:168, 128:192] //= 10
    assert CameraNormaliser().normalise(black, view_of(black)) is black


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.tuples(*[st.floats(0.05, 2.0)] * 3), st.sampled_from([8, 40]))
def test_any_picture_keeps_its_shape(
    seed: int, gains: tuple[float, float, float], side: int
) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, (side, side + 3, 3)).astype(np.uint8)
    picture = lit(noise, gains)
    before = picture.copy()
    evened = CameraNormaliser().normalise(picture, view_of(picture))
    assert evened.shape == picture.shape and evened.dtype == np.uint8
    assert (picture == before).all()


def laid(front: RgbArray, corners: list[tuple[float, float]]) -> tuple[RgbArray, np.ndarray]:
    """The front with its corners there, before the shelf, and its mask at half the size."""
    height, width = front.shape[:2]
    source = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    matrix = cv.getPerspectiveTransform(source, np.array(corners, np.float32))
    picture = cv.warpPerspective(front, matrix, (WIDTH, HEIGHT))
    inside = cv.warpPerspective(np.full((height, width), 255, np.uint8), matrix, (WIDTH, HEIGHT))
    frame = shelf()
    frame[inside > 127] = picture[inside > 127]
    return frame, cv.resize(inside, (WIDTH // 2, HEIGHT // 2), interpolation=cv.INTER_AREA)


SLANTED = [
    [(210.0, 90.0), (400.0, 120.0), (390.0, 290.0), (205.0, 310.0)],
    [(250.0, 60.0), (420.0, 110.0), (370.0, 300.0), (195.0, 250.0)],
]


@pytest.mark.parametrize("corners", SLANTED)
def test_a_flat_pack_at_a_slant_is_seen_from_its_front(corners: list[tuple[float, float]]) -> None:
    front = product(5, width=180, height=180)
    frame, alpha = laid(front, corners)
    straight = CameraNormaliser().rectified(frame, view_of(frame, alpha))

    assert straight is not None
    height, width = straight.shape[:2]
    assert 0.8 < width / height < 1.25
    same = cv.resize(straight, (180, 180), interpolation=cv.INTER_AREA)
    correlation = np.corrcoef(same.ravel(), front.ravel())[0, 1]
    assert correlation > 0.85


def test_a_pack_seen_from_the_front_needs_no_straightening() -> None:
    frame = held(shelf(), product(), x=260)
    alpha = np.zeros((HEIGHT, WIDTH), np.uint8)
    alpha[100:250, 260:350] = 255
    assert CameraNormaliser().rectified(frame, view_of(frame, alpha)) is None


def test_what_is_not_a_quadrilateral_is_left_as_it_is() -> None:
    frame = shelf()
    rounds = np.zeros((180, 320), np.uint8)
    cv.ellipse(rounds, (160, 90), (60, 40), 25, 0, 360, 255, -1)
    bottle = np.zeros((180, 320), np.uint8)
    bottle[20:60, 150:170] = 255
    bottle[60:160, 130:190] = 255
    cut = np.zeros((180, 320), np.uint8)
    cv.fillPoly(cut, [np.array([(-20, 40), (90, 20), (110, 150), (-10, 170)])], 255)
    for alpha in (rounds, bottle, cut, np.zeros((180, 320), np.uint8)):
        assert quadrilateral_of(alpha) is None
        assert CameraNormaliser().rectified(frame, view_of(frame, alpha)) is None
    assert CameraNormaliser().rectified(frame, view_of(frame)) is None


@settings(max_examples=40, deadline=None)
@given(st.floats(-20, 20), st.floats(60, 120), st.floats(60, 120))
def test_corners_of_a_turned_rectangle_are_found_to_a_pixel(
    degrees: float, width: float, height: float
) -> None:
    angle = np.radians(degrees)
    half = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (width / 2, height / 2)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = half @ turn.T + (160, 90)
    alpha = np.zeros((180, 320), np.uint8)
    if (corners < 2).any() or (corners > (317, 177)).any():
        return
    cv.fillPoly(alpha, [np.rint(corners * 16).astype(np.int32)], 255, cv.LINE_AA, 4)
    found = quadrilateral_of(alpha)
    assert found is not None
    apart = np.linalg.norm(found[:, None] - corners[None], axis=2).min(axis=1)
    assert apart.max() < 1.6
