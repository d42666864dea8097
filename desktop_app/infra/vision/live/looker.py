"""The frame looker: where the object is in each frame of a camera, and how well it is seen."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.capturing import FrameView, Hint
from desktop_app.domain.images import CropBox, DecodedImage, RgbArray
from desktop_app.domain.masks import INSIDE, Masker, ObjectMask
from desktop_app.infra.vision.live.empty_stage import EmptyStage
from desktop_app.infra.vision.live.judging import judge
from desktop_app.infra.vision.live.tracking import MaskTracker
from desktop_app.infra.vision.opencv import cv

Grey = NDArray[np.uint8]

WORKING_SIDE = 320
"""The longer side, in pixels, at which frames are looked at."""
ASK_EVERY_S = 0.3
"""The masker is asked no sooner again while things move,"""
COST_SHARE = 3.0
"""nor before so many times the time passed that it took: it must leave room for the frames."""
SETTLED_SPEED, FASTEST = 0.06, 0.15
"""Of the frame's longer side a second. Below the first an object is held still and its mask is
asked for anew; above the second it is MOVING: hands tremble with about 0.03, and at 0.15 a
frame exposed for 1/30 s is smeared over 6 of 1,280 pixels."""
_CHANGED_LEVEL = 16
"""Of 255, after smoothing: less is noise."""
_SCENE_CHANGE = 0.012
"""Share of changed pixels from which a scene is worth asking about again."""
_MOST_CHANGED = 0.5
_LEAST_SHARE = 0.2
"""Of what stands on a known stage the network's object must make up so much to be believed."""
_MARGIN = 0.15


class LiveFrameLooker:
    """Implements FrameLooker over a masker of its own.

    Frames are shrunk to WORKING_SIDE. The masker, slow as it is, is asked when the scene has
    changed; from frame to frame its mask is tracked. With the empty stage learned the object is
    sought only in what is not the stage. ``clock`` measures the masker's own cost.
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
        self._was_asked_moving = False

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
            self._stage = None
        step_s = max(1e-3, at_s - self._at_s) if self._before is not None else None
        had_object = self._tracker.alpha is not None
        far = self._tracker.follow(grey)
        speed = far / max(grey.shape) / step_s if far is not None and step_s else None
        was_lost = had_object and far is None
        self._ask_if_due(small, grey, at_s, speed=speed, was_lost=was_lost)
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
        self._before = self._asked = None
        self._cost_s = 0.0
        self._was_asked_moving = False

    def _ask_if_due(
        self, small: RgbArray, grey: Grey, at_s: float, *, speed: float | None, was_lost: bool
    ) -> None:
        is_still = speed is not None and speed <= SETTLED_SPEED
        waited = at_s - self._asked_at
        pause = max(ASK_EVERY_S, COST_SHARE * self._cost_s)
        if self._asked is not None and waited < pause:
            return
        changed = self._asked is None or _changed_share(self._asked, grey) > _SCENE_CHANGE
        has_settled = is_still and self._was_asked_moving
        if not (changed or has_settled or was_lost):
            return
        began = self._clock()
        self._tracker.set(grey, self._found(small))
        self._cost_s = max(0.0, self._clock() - began)
        self._asked, self._asked_at = grey, at_s
        self._was_asked_moving = not is_still

    def _found(self, small: RgbArray) -> Grey | None:
        """The mask of the object, None where there is none."""
        if self._stage is None:
            mask = self._masked(small)
            return mask.alpha if mask.is_usable else None
        standing = self._stage.foreground(small)
        if not standing.any():
            return None
        rows, columns = _around(standing)
        mask = self._masked(np.ascontiguousarray(small[rows, columns]))
        within = cv.min(mask.alpha, standing[rows, columns])
        share = np.count_nonzero(within >= INSIDE) / np.count_nonzero(standing)
        if not mask.is_usable or share < _LEAST_SHARE:
            return standing
        alpha = np.zeros_like(standing)
        alpha[rows, columns] = within
        return alpha

    def _masked(self, rgb: RgbArray) -> ObjectMask:
        height, width = rgb.shape[:2]
        return self._masker.mask(DecodedImage(rgb, None, width, height))

    def _motion(self, grey: Grey, alpha: Grey | None) -> float:
        if self._before is None:
            return 0.0
        changed = cv.absdiff(self._before, grey) > _CHANGED_LEVEL
        if alpha is not None and (inside := alpha >= INSIDE).any():
            return float(changed[inside].mean())
        return float(changed.mean())


def _shrunk(rgb: RgbArray) -> RgbArray:
    height, width = rgb.shape[:2]
    scale = WORKING_SIDE / max(height, width)
    if scale >= 1:
        return np.ascontiguousarray(rgb)
    size = max(8, round(width * scale)), max(8, round(height * scale))
    small: RgbArray = cv.resize(rgb, size, interpolation=cv.INTER_AREA)
    return small


def _changed_share(one: Grey, other: Grey) -> float:
    return float((cv.absdiff(one, other) > _CHANGED_LEVEL).mean())


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
