"""Whether an object is seen well enough."""

from __future__ import annotations

import numpy as np
import pytest

from desktop_app.domain.capturing import Hint
from desktop_app.domain.images import CropBox, RgbArray
from desktop_app.infra.vision.live.judging import Judgement, cut_off, judge, sharpness_of
from desktop_app.infra.vision.opencv import cv
from tests.capture_vision.scenes import HEIGHT, WIDTH, held, product, shelf

X, Y = 260, 100
BOX = CropBox(X / WIDTH, Y / HEIGHT, (X + 90) / WIDTH, (Y + 150) / HEIGHT)


def alpha_of(box: CropBox = BOX) -> np.ndarray:
    alpha = np.zeros((90, 160), np.uint8)
    rows = slice(round(box.top * 90), round(box.bottom * 90))
    alpha[rows, round(box.left * 160) : round(box.right * 160)] = 255
    return alpha


def judged(frame: RgbArray) -> Judgement:
    return judge(frame, BOX, alpha_of())


@pytest.fixture(scope="module")
def frame() -> RgbArray:
    return cv.GaussianBlur(held(shelf(), product(), x=X, y=Y), (0, 0), 0.6)


def motion_blurred(frame: RgbArray, pixels: int) -> RgbArray:
    kernel = np.zeros((pixels, pixels), np.float32)
    kernel[pixels // 2] = 1 / pixels
    blurred: RgbArray = cv.filter2D(frame, -1, kernel)
    return blurred


def test_a_well_lit_sharp_object_has_no_hints(frame: RgbArray) -> None:
    seen = judged(frame)
    assert seen.hints == ()
    assert seen.sharpness > 0.6


def test_sharpness_falls_with_blur_in_either_direction(frame: RgbArray) -> None:
    defocused = [judged(cv.GaussianBlur(frame, (0, 0), s)).sharpness for s in (0.5, 1, 2, 4)]
    assert defocused == sorted(defocused, reverse=True)
    for pixels in (25, 31):
        across = motion_blurred(frame, pixels)
        down = cv.transpose(motion_blurred(cv.transpose(frame), pixels))
        assert judged(across).sharpness < 0.42
        assert Hint.BLURRED in judged(down).hints


def test_sharpness_does_not_hang_on_contrast_or_on_how_much_is_printed() -> None:
    rng = np.random.default_rng(4)
    busy = np.kron(rng.integers(0, 2, (20, 20)) * 160 + 40, np.ones((12, 12))).astype(np.uint8)
    plain = np.full((240, 240), 40, np.uint8)
    plain[60:180, 60:180] = 200
    for picture in (busy, plain):
        for sigma in (0.7, 2.5):
            soft = cv.GaussianBlur(picture, (0, 0), sigma)
            pale = (soft * 0.4 + 60).astype(np.uint8)
            assert sharpness_of(pale) == pytest.approx(sharpness_of(soft), rel=0.12)
    blurs = [sharpness_of(cv.GaussianBlur(p, (0, 0), 2.5)) for p in (busy, plain)]
    assert blurs[0] == pytest.approx(blurs[1], rel=0.35)


def test_noise_in_the_dark_is_not_taken_for_sharpness(frame: RgbArray) -> None:
    soft = cv.GaussianBlur(frame, (0, 0), 5)
    grain = np.random.default_rng(1).normal(0, 4, soft.shape)
    noisy = np.clip(soft * 0.6 + grain, 0, 255).astype(np.uint8)
    assert judged(noisy).sharpness < 0.45
    assert sharpness_of(np.full((50, 50), 90, np.uint8)) == 0.0


def test_darkness_is_that_of_the_room_not_of_the_product(frame: RgbArray) -> None:
    assert Hint.TOO_DARK in judged((frame * 0.15).astype(np.uint8)).hints
    black = frame.copy()
    black[Y : Y + 150, X : X + 90] //= 12
    assert Hint.TOO_DARK not in judged(black).hints


def test_light_that_drowns_the_object_is_told_from_a_reflection(frame: RgbArray) -> None:
    drowned = np.clip(frame.astype(np.int16) * 3 + 60, 0, 255).astype(np.uint8)
    assert Hint.TOO_BRIGHT in judged(drowned).hints
    shiny = frame.copy()
    cv.circle(shiny, (X + 45, Y + 70), 24, (255, 255, 255), -1)
    hints = judged(shiny).hints
    assert Hint.GLARE in hints and Hint.TOO_BRIGHT not in hints


def test_small_objects_and_those_at_the_edge_are_told() -> None:
    scene = shelf()
    small = CropBox(0.5, 0.5, 0.5 + 40 / WIDTH, 0.5 + 50 / HEIGHT)
    assert Hint.TOO_SMALL in judge(scene, small, alpha_of(small)).hints
    leaving = CropBox(0.8, 0.3, 1.0, 0.7)
    assert Hint.CUT_OFF in judge(scene, leaving, alpha_of(leaving)).hints
    assert cut_off(np.zeros((20, 20), np.uint8)) == 0.0


def test_hints_come_most_hindering_first(frame: RgbArray) -> None:
    dark = cv.GaussianBlur((frame * 0.15).astype(np.uint8), (0, 0), 6)
    hints = judged(dark).hints
    assert hints[0] is Hint.TOO_DARK and Hint.BLURRED in hints
    assert list(hints) == [hint for hint in Hint if hint in hints]


def test_without_an_object_the_frame_is_judged_and_hints_at_light_alone(frame: RgbArray) -> None:
    seen = judge((frame * 0.1).astype(np.uint8), None, None)
    assert seen.hints == (Hint.TOO_DARK,)
    assert 0 < seen.lightness < 0.1
