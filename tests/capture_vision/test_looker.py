"""Where the object is in a camera's frames, ten a second."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest

from desktop_app.domain.capturing import FrameView, Hint
from desktop_app.domain.images import DecodedImage, RgbArray
from desktop_app.domain.masks import Masker, MaskSource, ObjectMask
from desktop_app.infra.vision.live.empty_stage import EmptyStage
from desktop_app.infra.vision.live.looker import LiveFrameLooker
from desktop_app.infra.vision.opencv import cv
from tests.capture_vision.scenes import (
    HEIGHT,
    WIDTH,
    BlindMasker,
    RimMasker,
    held,
    product,
    shelf,
    with_noise,
)

STEP_S = 0.1


class Camera:
    """Hands frames to a looker, ``STEP_S`` apart; asking the masker costs nothing."""

    def __init__(self, masker: Masker) -> None:
        self.looker = LiveFrameLooker(masker, clock=lambda: 0.0)
        self.at_s = 0.0

    def show(self, frames: Iterable[RgbArray]) -> list[FrameView]:
        views = []
        for frame in frames:
            noisy = with_noise(frame, seed=round(self.at_s / STEP_S))
            views.append(self.looker.look(noisy, self.at_s))
            self.at_s += STEP_S
        return views


def overlap(view: FrameView, *, x: float, y: float = 100.0, width: int = 90, height: int = 150):
    """Intersection over union of the view's box and the pack's."""
    if view.box is None:
        return 0.0
    left, right = view.box.left * WIDTH, view.box.right * WIDTH
    top, bottom = view.box.top * HEIGHT, view.box.bottom * HEIGHT
    across = min(right, x + width) - max(left, x)
    down = min(bottom, y + height) - max(top, y)
    both = max(0.0, across) * max(0.0, down)
    return both / ((right - left) * (bottom - top) + width * height - both)


def empty_frames(scene: RgbArray, n: int = 8) -> list[RgbArray]:
    return [with_noise(scene, seed=1000 + k) for k in range(n)]


def test_the_object_is_found_and_followed_while_the_masker_is_asked_now_and_then() -> None:
    scene, front, masker = shelf(), product(), RimMasker()
    camera = Camera(masker)
    places = [200 + 4.0 * k for k in range(30)]
    views = camera.show(held(scene, front, x=x) for x in places)

    assert all(overlap(view, x=x) > 0.8 for view, x in zip(views, places, strict=True))
    assert 3 <= masker.asked <= 12
    assert all(max(size) <= 320 for size in masker.sizes)


def test_a_scene_at_rest_is_asked_about_once_or_twice_only() -> None:
    scene, front, masker = shelf(), product(), RimMasker()
    views = Camera(masker).show([held(scene, front, x=250)] * 30)

    assert masker.asked <= 2
    assert all(overlap(view, x=250) > 0.85 for view in views)
    assert all(view.motion < 0.05 and Hint.MOVING not in view.hints for view in views[1:])


def test_what_moves_fast_is_said_to_move_and_what_trembles_is_not() -> None:
    scene, front = shelf(), product()
    camera = Camera(RimMasker())
    fast = camera.show(held(scene, front, x=120 + 22.0 * k) for k in range(10))
    assert all(Hint.MOVING in view.hints for view in fast[2:])
    camera.show([held(scene, front, x=330)] * 3)
    rng = np.random.default_rng(3)
    shaking = camera.show(
        held(scene, front, x=330 + rng.normal(0, 0.7), y=100 + rng.normal(0, 0.7))
        for _ in range(12)
    )
    assert sum(Hint.MOVING in view.hints for view in shaking) <= 1
    assert all(overlap(view, x=330) > 0.8 for view in shaking)


def test_an_object_that_leaves_is_gone_soon() -> None:
    scene, front = shelf(), product()
    camera = Camera(RimMasker())
    camera.show([held(scene, front, x=250)] * 5)
    views = camera.show([scene] * 8)
    assert [view.box for view in views[4:]] == [None] * 4


def test_another_object_in_its_place_is_found_soon() -> None:
    scene = shelf()
    camera = Camera(RimMasker())
    camera.show([held(scene, product(7), x=150)] * 8)
    views = camera.show([held(scene, product(8, 120, 120), x=380, y=60)] * 8)
    for view in views[4:]:
        assert overlap(view, x=380, y=60, width=120, height=120) > 0.8


class ClutterMasker:
    """Takes the middle of whatever it sees for one large object."""

    version = "clutter"

    def mask(self, image: DecodedImage) -> ObjectMask:
        height, width = image.rgb.shape[:2]
        alpha = np.zeros((height, width), np.uint8)
        alpha[height // 8 : -height // 8, width // 6 : -width // 6] = 255
        return ObjectMask(alpha, MaskSource.NETWORK, confidence=0.9, clutter=0.5)

    def quick_mask(self, _image: DecodedImage) -> ObjectMask | None:
        return None


def test_clutter_that_was_there_from_the_start_is_no_object_and_what_is_brought_is() -> None:
    scene, front = shelf(), product()
    camera = Camera(ClutterMasker())
    views = camera.show([scene] * 10)
    assert [view.box for view in views[1:]] == [None] * 9
    views = camera.show(held(scene, front, x=60 + 30.0 * min(k, 8)) for k in range(20))
    assert all(overlap(view, x=300) > 0.6 for view in views[-6:])


def test_a_picture_that_stands_from_the_start_shows_its_object_however_large() -> None:
    looker = LiveFrameLooker(ClutterMasker(), clock=lambda: 0.0)
    views = [looker.look(shelf(), k * STEP_S) for k in range(8)]
    assert all(view.box is not None for view in views)


def test_before_a_learned_stage_an_object_is_found_that_no_network_knows() -> None:
    scene, front = shelf(), product()
    camera = Camera(BlindMasker())
    camera.looker.learn_empty_stage(empty_frames(scene))
    assert camera.looker.has_empty_stage
    assert [view.box for view in camera.show([scene] * 5)] == [None] * 5

    places = [60 + 30.0 * min(k, 8) for k in range(20)]
    views = camera.show(held(scene, front, x=x) for x in places)
    assert sum(overlap(view, x=x) > 0.7 for view, x in zip(views, places, strict=True)) >= 18
    assert all(overlap(view, x=300) > 0.8 for view in views[-8:])

    camera.looker.forget_empty_stage()
    assert not camera.looker.has_empty_stage


@pytest.mark.parametrize("light", [0.7, 0.85, 1.2])
def test_light_that_changes_is_not_taken_for_an_object(light: float) -> None:
    scene, front = shelf(), product()
    camera = Camera(BlindMasker())
    camera.looker.learn_empty_stage(empty_frames(scene))
    relit = np.clip(scene * light, 0, 255).astype(np.uint8)
    assert all(view.box is None for view in camera.show([relit] * 6))
    views = camera.show([held(relit, front, x=260)] * 6)
    assert overlap(views[-1], x=260) > 0.75


def test_a_soft_shadow_is_not_taken_for_an_object() -> None:
    scene = shelf()
    camera = Camera(BlindMasker())
    camera.looker.learn_empty_stage(empty_frames(scene))
    shade = np.ones((HEIGHT, WIDTH, 1), np.float32)
    shade[80:260, 200:420] = 0.72
    shade = cv.GaussianBlur(shade, (0, 0), 25)[:, :, None]
    shaded = (scene * shade).astype(np.uint8)
    assert all(view.box is None for view in camera.show([shaded] * 5))


def test_the_hand_that_holds_it_is_not_the_object() -> None:
    scene, front = shelf(), product()
    camera = Camera(BlindMasker())
    camera.looker.learn_empty_stage(empty_frames(scene))
    views = camera.show([held(scene, front, x=260, y=60, arm=True)] * 8)
    assert overlap(views[-1], x=260, y=60) > 0.75


def test_what_was_learned_along_with_the_stage_and_taken_away_is_no_object() -> None:
    scene, front = shelf(), product()
    camera = Camera(BlindMasker())
    camera.looker.learn_empty_stage(empty_frames(held(scene, front, x=100)))
    assert all(view.box is None for view in camera.show([held(scene, front, x=100)] * 3))
    views = camera.show([scene] * 10)
    assert views[-1].box is None
    views = camera.show([held(scene, front, x=110)] * 6)
    assert overlap(views[-1], x=110) > 0.75


def test_a_background_at_rest_is_found_out_without_being_told() -> None:
    scene, front = shelf(), product()
    camera = Camera(BlindMasker())
    camera.show([scene] * 12)
    views = camera.show([held(scene, front, x=260)] * 8)
    assert overlap(views[-1], x=260) > 0.75
    assert not camera.looker.has_empty_stage


def test_something_in_the_scene_that_stays_behind_is_no_object_any_more() -> None:
    standing = held(shelf(), product(9, 60, 80), x=40, y=60)
    camera = Camera(RimMasker())
    assert camera.show([standing] * 10)[-1].box is not None
    camera.show([held(standing, product(), x=300 + 2.0 * k) for k in range(8)])
    views = camera.show([standing] * 8)
    assert views[-1].box is None
    views = camera.show([held(standing, product(), x=330)] * 8)
    assert overlap(views[-1], x=330) > 0.75


def test_another_camera_makes_the_background_forgotten() -> None:
    camera = Camera(RimMasker())
    camera.show([shelf(1)] * 12)
    other = shelf(2)[::-1].copy()
    camera.show([other] * 15)
    views = camera.show([held(other, product(), x=200)] * 8)
    assert overlap(views[-1], x=200) > 0.75


def test_before_anything_moved_a_doubtful_mask_is_no_object() -> None:
    class Doubtful(RimMasker):
        def mask(self, image: DecodedImage) -> ObjectMask:
            return replace(super().mask(image), confidence=0.45)

    standing = held(shelf(), product(9, 60, 80), x=40, y=60)
    camera = Camera(Doubtful())
    assert [view.box for view in camera.show([standing] * 8)] == [None] * 8
    views = camera.show([held(standing, product(), x=300)] * 6)
    assert overlap(views[-1], x=300) > 0.75


def test_each_of_a_row_of_pictures_shows_an_object_though_the_masker_sees_none() -> None:
    camera = Camera(BlindMasker())
    camera.show([shelf(1)] * 3)
    for seed in (2, 3, 4):
        views = camera.show([np.roll(shelf(seed)[::-1], 90 * seed, axis=1)] * 12)
        assert all(view.box is not None and view.box.is_whole for view in views[5:])
        assert Hint.CUT_OFF not in views[-1].hints


def test_a_lens_covered_for_a_moment_does_not_make_the_scene_an_object() -> None:
    scene = shelf()
    camera = Camera(BlindMasker())
    camera.show([scene] * 12)
    camera.show([np.full_like(scene, 30)] * 4)
    views = camera.show([scene] * 15)
    assert [view.box for view in views[8:]] == [None] * 7


def test_frames_of_another_size_begin_anew() -> None:
    camera = Camera(RimMasker())
    camera.looker.learn_empty_stage(empty_frames(shelf()))
    tall = np.ascontiguousarray(np.rot90(held(shelf(), product(), x=200)))
    view = camera.show([tall] * 3)[-1]
    assert view.box is not None and not camera.looker.has_empty_stage


def test_after_a_reset_nothing_is_known_of_the_stage() -> None:
    looker = LiveFrameLooker(RimMasker())
    looker.learn_empty_stage(empty_frames(shelf()))
    looker.reset()
    assert not looker.has_empty_stage
    with pytest.raises(ValueError, match="empty stage"):
        looker.learn_empty_stage([])


@pytest.mark.parametrize("shape", [(24, 24), (40, 900), (1080, 1920)])
def test_frames_of_any_size_are_looked_at(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(2)
    looker = LiveFrameLooker(RimMasker())
    for k in range(4):
        view = looker.look(rng.integers(0, 255, (*shape, 3)).astype(np.uint8), k * 0.1)
        assert 0 <= view.motion <= 1 and 0 <= view.sharpness <= 1


def test_looking_is_cheap_enough_for_many_frames_a_second() -> None:
    """Processor time of this thread alone; a slow core needs some 15 ms for 1280 x 720."""
    scene, front = shelf(), product()
    frames = [
        cv.resize(with_noise(held(scene, front, x=250 + 3.0 * (k % 5)), seed=k), (1280, 720))
        for k in range(5)
    ]
    looker = LiveFrameLooker(RimMasker(), clock=lambda: 0.0)
    spent = []
    for k in range(20):
        began = time.thread_time()
        looker.look(frames[k % 5], k * STEP_S)
        spent.append(time.thread_time() - began)
    assert np.median(spent) < 0.125


def test_the_shipped_network_finds_a_pack_held_before_a_shelf() -> None:
    from desktop_app.engines import Engines

    looker = Engines(threads=1).frame_looker()
    scene = shelf()
    for k in range(10):
        looker.look(with_noise(scene, seed=k), k * STEP_S)
    for k in range(10, 20):
        view = looker.look(with_noise(held(scene, product(), x=260), seed=k), k * STEP_S)
    assert overlap(view, x=260) > 0.6


def test_the_background_is_mended_only_where_it_has_kept_still() -> None:
    scene, front = shelf(), product()
    stage = EmptyStage([held(scene, front, x=250)])
    assert not stage.foreground(scene).any()
    other = held(scene, product(8), x=250)
    assert stage.foreground(other).any()
    assert not stage.foreground(scene).any()
    assert not stage.foreground(scene).any()
    assert stage.foreground(held(scene, front, x=250)).any()
