"""What a camera sees while nothing is held up, found out without being told."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.domain.images import RgbArray
from desktop_app.infra.vision.live.changes import Grey, changed_share, likeness
from desktop_app.infra.vision.live.empty_stage import EmptyStage

_STATIC = 0.004
"""Share of changed pixels below which nothing moves."""
_STATIC_S = 0.5
"""For how long nothing must move."""
_RENEWED_S = 4.0
"""Light wanders: while nothing is there the background is taken anew so often."""
_LEFT, _MOST_LEFT, _SAME = 0.02, 0.7, 0.008
"""Shares of changed pixels: a scene is left when more than the first and less than the second
changed (more is another camera or another picture), and is back when less than the third is."""
_MOST_FRAMES, _MOST_SCENES = 5, 4
_LARGE = 0.3
"""Share of the frame from which something that was there when the stream began, and lies as
still as no hand holds anything, is taken for the scene."""
_ALIKE = 0.7
_OTHER_CAMERA = 0.6
"""Share of the frame that cannot be an object."""


@dataclass(slots=True)
class _Scene:
    grey: Grey
    was_left: bool = False


class Scenery:
    """Learns the background from things that only a background does: to lie still while no
    object is seen in it, and to come back as it was, to the pixel, after an object was there.
    What a hand holds never does. A large object that was there from the start and has not moved
    is the clutter of the scene as well, but in a picture, which repeats to the last bit."""

    def __init__(self) -> None:
        self.background: EmptyStage | None = None
        self._learned_at = 0.0
        self._anchor: Grey | None = None
        self._since = 0.0
        self._frames: list[RgbArray] = []
        self._scenes: list[_Scene] = []
        self._learned: Grey | None = None
        self._before: Grey | None = None
        self._has_moved = False

    def knows(self, grey: Grey) -> bool:
        """Whether a frame looks like the background that was learned last, also if that was
        doubted since."""
        return self._learned is not None and likeness(self._learned, grey) > _ALIKE

    def see(
        self, small: RgbArray, grey: Grey, at_s: float, *, object_share: float, is_sure: bool
    ) -> bool:
        """The next frame and the share of it that an object makes up, 0 where none is seen, and
        whether that is sure (before an even background, say). Answers whether it was found to
        be background all over."""
        has_object = object_share > 0
        before, self._before = self._before, grey
        if self._anchor is None or changed_share(self._anchor, grey) >= _STATIC:
            self._has_moved |= self._anchor is not None
            self._anchor, self._since, self._frames = grey, at_s, []
        if len(self._frames) < _MOST_FRAMES:
            self._frames.append(small)
        if has_object and not is_sure and self._is_back(grey):
            self._learn(at_s)
            return True
        is_camera = before is not None and before.shape == grey.shape and (before != grey).any()
        if object_share >= _LARGE and not (is_sure or self._has_moved) and is_camera:
            return True
        if at_s - self._since >= _STATIC_S:
            if has_object:
                self._remember(grey)
            elif self.background is None or at_s - self._learned_at > _RENEWED_S:
                self._learn(at_s)
        return False

    def doubt(self, foreground_share: float) -> None:
        """So much of a frame differs from the background: too much for an object means that it
        is the background no more."""
        if foreground_share > _OTHER_CAMERA:
            self.background = None
            self._scenes.clear()

    def _learn(self, at_s: float) -> None:
        self.background = EmptyStage(self._frames)
        self._learned = self._anchor
        self._learned_at = at_s
        self._since = at_s
        self._frames = []

    def _is_back(self, grey: Grey) -> bool:
        for scene in self._scenes:
            share = changed_share(scene.grey, grey)
            if scene.was_left and share < _SAME:
                return True
            scene.was_left |= _LEFT < share < _MOST_LEFT
        return False

    def _remember(self, grey: Grey) -> None:
        if all(changed_share(scene.grey, grey) >= _LEFT for scene in self._scenes):
            self._scenes = [*self._scenes[-_MOST_SCENES + 1 :], _Scene(grey)]
