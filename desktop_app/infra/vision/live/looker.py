"""The frame looker: where the object is in each frame of a camera, and how well it is seen."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np

from desktop_app.domain.capturing import FrameView, Hint
from desktop_app.domain.images import CropBox, DecodedImage, RgbArray
from desktop_app.domain.masks import INSIDE, Masker, MaskSource, ObjectMask
from desktop_app.infra.vision.live.changes import Grey, changed, changed_share, likeness
from desktop_app.infra.vision.live.empty_stage import EmptyStage
from desktop_app.infra.vision.live.hands import without_hand
from desktop_app.infra.vision.live.judging import cut_off, judge
from desktop_app.infra.vision.live.scenery import Scenery
from desktop_app.infra.vision.live.tracking import MaskTracker
from desktop_app.infra.vision.opencv import cv

WORKING_SIDE = 320
"""The longer side, in pixels, at which frames are looked at."""
ASK_EVERY_S = 0.3
"""The masker is asked no sooner again while things move,"""
COST_SHARE = 3.0
"""nor before so many times the time passed that it took: it must leave room for the frames,"""
LONGEST_PAUSE_S = 0.8
"""but this is the longest that an object may go without."""
MOST_PAUSE_S = 1.0
"""However slow it was once: an object that was brought in between is waiting to be seen."""
SETTLED_SPEED, FASTEST = 0.06, 0.15
"""Of the frame's longer side a second. Below the first an object is held still and its mask is
asked for anew; above the second it is MOVING: hands tremble with about 0.03, and at 0.15 a
frame exposed for 1/30 s is smeared over 6 of 1,280 pixels."""
_SCENE_CHANGE = 0.012
"""Share of changed pixels from which a scene is worth asking about again."""
_MOST_CHANGED = 0.5
_LEAST_SHARE = 0.15
"""Of what stands before a known background the network's object must make up so much to be
believed,"""
_BEYOND = 3
"""and it may reach so many pixels beyond it, where the object has the background's colours."""
_STILL_THERE = 0.25
"""Share of a mask that must differ from the background."""
_SAME_OBJECT = 0.2
"""Share of a mask that may have changed since that was found true."""
_MARGIN = 0.15
_AT_EDGE, _MOST_CUT = 0.02, 0.4
"""A thing that reaches both sides of the frame (over so much of them), or has more of its outline
at the frame's edges, is no object held up."""
_SURE = 0.8
_UNMOVED = 0.6
"""How far the network must be believed while nothing has moved yet: a shelf has its own things."""
_CUT = 0.4
"""Likeness of two frames below which the second is another picture, as from a folder of stills,
rather than the scene of the first gone on."""
_SAME_PICTURE = 0.98


class LiveFrameLooker:
    """Implements FrameLooker over a masker of its own.

    Frames are shrunk to WORKING_SIDE. The masker, slow as it is, is asked when the scene has
    changed; from frame to frame its mask is tracked. Where the background is known, because
    the empty stage was learned or the scene lay still long enough, the object is sought only
    in what differs from it. ``clock`` measures the masker's own cost.
    """

    def __init__(self, masker: Masker, *, clock: Callable[[], float] = time.perf_counter) -> None:
        self._masker = masker
        self._clock = clock
        self._stage: EmptyStage | None = None
        self._tracker = MaskTracker()
        self._before: Grey | None = None
        self._at_s = 0.0
        self._asked: Grey | None = None
        self._asked_at = 0.0
        self._cost_s = 0.0
        self._is_open = False
        self._was_asked_moving = False
        self._is_sure = False
        self._picture: Grey | None = None
        self._has_moved = False
        self._standing_in: Grey | None = None
        self._scenery = Scenery()

    @property
    def has_empty_stage(self) -> bool:
        """See FrameLooker."""
        return self._stage is not None

    def look(self, rgb: RgbArray, at_s: float) -> FrameView:
        """See FrameLooker."""
        small = _shrunk(rgb)
        grey = cv.GaussianBlur(cv.cvtColor(small, cv.COLOR_RGB2GRAY), (3, 3), 0)
        if self._before is not None and self._before.shape != grey.shape:
            self._forget()
        if self._stage is not None and self._stage.size != grey.shape:
            self.reset()
        step_s = max(1e-3, at_s - self._at_s) if self._before is not None else None
        had_object = self._tracker.alpha is not None
        far = self._tracker.follow(grey)
        speed = far / max(grey.shape) / step_s if far is not None and step_s else None
        was_lost = had_object and far is None
        if self._before is not None and changed_share(self._before, grey) > _SCENE_CHANGE:
            self._has_moved = True
        self._tell_pictures(grey)
        self._ask_if_due(small, grey, at_s, speed=speed, was_lost=was_lost)
        if self._stage is None:
            self._see_scenery(small, grey, at_s)
        alpha = self._tracker.alpha
        motion = self._motion(grey, alpha)
        self._before, self._at_s = grey, at_s
        box = _box_of(alpha)
        seen = judge(rgb, box, alpha)
        is_moving = (speed is not None and speed > FASTEST) or motion > _MOST_CHANGED
        hints = (*seen.hints, Hint.MOVING) if is_moving else seen.hints
        return FrameView(
            box=box,
            alpha=alpha,
            hints=hints,
            sharpness=seen.sharpness,
            lightness=seen.lightness,
            motion=motion,
        )

    def learn_empty_stage(self, frames: Sequence[RgbArray]) -> None:
        """See FrameLooker. Frames of another size than the last are left out."""
        small = [_shrunk(frame) for frame in frames]
        if not small:
            raise ValueError("no frame of the empty stage")
        self._stage = EmptyStage([s for s in small if s.shape == small[-1].shape])
        self._forget()

    def forget_empty_stage(self) -> None:
        """See FrameLooker."""
        self._stage = None
        self._forget()

    def reset(self) -> None:
        """See FrameLooker."""
        self._stage = None
        self._forget()

    def _forget(self) -> None:
        self._tracker = MaskTracker()
        self._before = self._asked = self._picture = None
        self._has_moved = False
        self._cost_s = 0.0
        self._was_asked_moving = False
        self._is_sure = False
        self._standing_in = None
        self._scenery = Scenery()

    def _ask_if_due(
        self, small: RgbArray, grey: Grey, at_s: float, *, speed: float | None, was_lost: bool
    ) -> None:
        is_still = speed is not None and speed <= SETTLED_SPEED
        waited = at_s - self._asked_at
        pause = min(LONGEST_PAUSE_S, max(ASK_EVERY_S, COST_SHARE * self._cost_s))
        has_changed = self._asked is None or changed_share(self._asked, grey) > _SCENE_CHANGE
        background = self._background
        if is_still and background is not None and self._is_gone(background, small, grey):
            self._tracker.set(grey, None)
        if self._asked is not None and waited < pause:
            if background is not None and self._tracker.alpha is None and has_changed:
                standing = self._standing(background, small)
                self._tracker.set(grey, standing if standing.any() else None)
            return
        has_settled = is_still and self._was_asked_moving
        if not (has_changed or has_settled or was_lost):
            return
        began = self._clock()
        self._tracker.set(grey, self._found(small))
        self._standing_in = None
        self._cost_s = max(0.0, self._clock() - began)
        self._asked, self._asked_at = grey, at_s
        self._was_asked_moving = not is_still

    def _is_gone(self, background: EmptyStage, small: RgbArray, grey: Grey) -> bool:
        """Whether the mask lies on what is background again: it was set at the last moment of
        an object that was leaving, and is still since. Where little of it changed since the
        object was seen to stand there, it does so still."""
        alpha = self._tracker.alpha
        if alpha is None or self._picture is not None:
            return False
        inside = alpha >= INSIDE
        known = self._standing_in
        if known is not None and float((changed(known, grey)[inside] > 0).mean()) < _SAME_OBJECT:
            return False
        is_gone = float((self._standing(background, small)[inside] > 0).mean()) < _STILL_THERE
        self._standing_in = None if is_gone else grey
        return is_gone

    def _tell_pictures(self, grey: Grey) -> None:
        """Whether this frame belongs to a picture of its own, which shows an object however
        little of it can be told."""
        if self._before is not None and likeness(self._before, grey) < _CUT:
            is_known = self._stage is not None or self._scenery.knows(grey)
            self._picture = None if is_known else grey
        elif self._picture is not None and likeness(self._picture, grey) < _SAME_PICTURE:
            self._picture = None

    @property
    def _background(self) -> EmptyStage | None:
        return self._stage or self._scenery.background

    def _see_scenery(self, small: RgbArray, grey: Grey, at_s: float) -> None:
        alpha = self._tracker.alpha
        share = 0.0 if alpha is None else float((alpha >= INSIDE).mean())
        if self._scenery.see(small, grey, at_s, object_share=share, is_sure=self._is_sure):
            self._tracker.set(grey, None)

    def _found(self, small: RgbArray) -> Grey | None:
        """The mask of the object, None where there is none."""
        background = None if self._picture is not None else self._background
        if background is None:
            mask = self._masked(small)
            is_even = mask.source in {MaskSource.PLAIN_BACKGROUND, MaskSource.ALPHA}
            self._is_sure = is_even and mask.confidence >= _SURE
            is_believed = is_even or self._has_moved or mask.confidence >= _UNMOVED
            if mask.is_usable and is_believed and _is_held_up(mask.alpha):
                return mask.alpha
            self._is_sure = self._picture is not None
            return np.full_like(mask.alpha, 255) if self._picture is not None else None
        self._is_sure = False
        standing = self._standing(background, small)
        if self._background is None:
            return self._found(small)
        if not standing.any():
            return None
        rows, columns = _around(standing)
        view = np.ascontiguousarray(small[rows, columns])
        mask = self._masked(view)
        reach = np.ones((2 * _BEYOND + 1, 2 * _BEYOND + 1), np.uint8)
        within = cv.min(mask.alpha, cv.dilate(standing, reach)[rows, columns])
        share = np.count_nonzero(within >= INSIDE) / np.count_nonzero(standing)
        if not mask.is_usable or share < _LEAST_SHARE:
            return without_hand(small, standing)
        alpha = np.zeros_like(standing)
        alpha[rows, columns] = within
        return alpha

    def _standing(self, background: EmptyStage, small: RgbArray) -> Grey:
        """What is not the background; nothing where it turned out not to be the background."""
        standing = background.foreground(small)
        if background is not self._stage:
            self._scenery.doubt(cv.countNonZero(standing) / standing.size)
            if self._scenery.background is None:
                return np.zeros_like(standing)
        return standing

    def _masked(self, rgb: RgbArray) -> ObjectMask:
        height, width = rgb.shape[:2]
        return self._masker.mask(DecodedImage(rgb, None, width, height))

    def _motion(self, grey: Grey, alpha: Grey | None) -> float:
        if self._before is None:
            return 0.0
        bits = changed(self._before, grey)
        if alpha is not None and (inside := alpha >= INSIDE).any():
            return float(np.count_nonzero(bits[inside]) / np.count_nonzero(inside))
        return float(cv.countNonZero(bits) / bits.size)


def _shrunk(rgb: RgbArray) -> RgbArray:
    height, width = rgb.shape[:2]
    scale = WORKING_SIDE / max(height, width)
    if scale >= 1:
        return np.ascontiguousarray(rgb)
    size = max(8, round(width * scale)), max(8, round(height * scale))
    small: RgbArray = cv.resize(rgb, size, interpolation=cv.INTER_AREA)
    return small


def _is_held_up(alpha: Grey) -> bool:
    """Rather than the scene itself, which goes on at both sides."""
    inside = alpha >= INSIDE
    left, right = inside[:, 0].mean() > _AT_EDGE, inside[:, -1].mean() > _AT_EDGE
    return not (left and right) and cut_off(alpha) <= _MOST_CUT


def _box_of(alpha: Grey | None) -> CropBox | None:
    if alpha is None:
        return None
    inside = alpha >= INSIDE
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    if not rows.size:
        return None
    height, width = alpha.shape
    return CropBox(
        float(columns[0] / width),
        float(rows[0] / height),
        float((columns[-1] + 1) / width),
        float((rows[-1] + 1) / height),
    )


def _around(bits: Grey) -> tuple[slice, slice]:
    """Rows and columns of what is there, with a margin."""
    rows, columns = np.flatnonzero(bits.any(axis=1)), np.flatnonzero(bits.any(axis=0))
    margin = round(_MARGIN * max(rows[-1] - rows[0], columns[-1] - columns[0])) + 4
    return (
        slice(max(0, int(rows[0]) - margin), int(rows[-1]) + 1 + margin),
        slice(max(0, int(columns[0]) - margin), int(columns[-1]) + 1 + margin),
    )
