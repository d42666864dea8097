"""A hand that brings one product after another before a camera, in front of a cluttered shelf.

Put together of the finished pictures of ``capture_props``; the same seed gives the same bytes.
``python -m desktop_app.infra.rendering.capture_video <props folder> <video file>`` writes it as
MP4 or AVI.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from desktop_app.domain.images import RgbArray
from desktop_app.infra.rendering.capture_props import (
    HEIGHT,
    SHELF_FILE,
    WIDTH,
    Prop,
    read_props,
)
from desktop_app.infra.rendering.engine.renderer import encoded, tone_mapped
from desktop_app.infra.vision.opencv import cv2

FRAMES_PER_S = 20.0
ENTER_S, LEAVE_S = 0.6, 0.5
STILL_S = (1.1, 1.5)
EMPTY_S = (0.5, 0.8)
LEAD_S = 1.0
"""The shelf alone, before anything is brought."""
_SHUTTER = 0.5
"""The share of the time between two frames in which a frame is exposed."""
_BLUR_SAMPLES = 6
_TREMOR = np.array([[0.6, 1.3, 2.4, 8.5], [0.55, 0.35, 0.2, 0.1]])
"""A hand held still: frequencies in Hz and amplitudes, which add up to about one."""
_TREMOR_PX, _TREMOR_DEGREES = 1.3, 0.22
_NOISE = 2.2
"""Standard deviation of the sensor's grain, of 255."""
_LENS_PX = 0.65
_GRAINS = 8
_EXPOSED_SHARE, _EXPOSED_TO = 82.0, 0.5
"""The camera exposes so that this percentile of the shelf comes to that share of full light."""
_BALANCE = 0.6
"""How far it takes the light of the shelf for white."""


@dataclass(frozen=True, slots=True)
class Showing:
    """When something is brought: seconds on the video's clock at which it comes into view,
    comes to rest, begins to leave, and is gone."""

    prop: Prop
    enters_s: float
    rests_s: float
    leaves_s: float
    gone_s: float


@dataclass(frozen=True, slots=True, eq=False)
class CaptureFrame:
    """A frame (HEIGHT, WIDTH, 3) and the truth about it: which of the video's showings is in
    view, None for the shelf alone, and whether it is held still."""

    rgb: RgbArray
    at_s: float
    showing: int | None
    is_still: bool


@dataclass(frozen=True, slots=True)
class _Pose:
    """Where a cut-out's middle is (pixels from the frame's), and how it is turned."""

    x: float
    y: float
    degrees: float


class CaptureVideo:
    """Frames in any order, made when they are asked for. Not for several threads at once.

    ``props`` are what is brought, in order; by default everything in the folder.
    """

    def __init__(
        self,
        folder: Path,
        *,
        seed: int = 0,
        frames_per_s: float = FRAMES_PER_S,
        props: Sequence[Prop] | None = None,
    ) -> None:
        self.frames_per_s = frames_per_s
        self._folder = folder
        self._seed = seed
        with Image.open(folder / SHELF_FILE) as picture:
            rendered = np.asarray(picture.convert("RGB"), np.uint8)
        self._development = _development_for(rendered)
        self._shelf = self._developed(rendered)
        rng = np.random.default_rng([41, seed])
        self.showings = _timed(read_props(folder) if props is None else props, rng)
        self._grains = [
            rng.normal(0.0, _NOISE, (HEIGHT, WIDTH, 3)).astype(np.float32) for _ in range(_GRAINS)
        ]
        self._held: tuple[int, NDArray[np.float32], int] | None = None

    @property
    def duration_s(self) -> float:
        return self.showings[-1].gone_s + EMPTY_S[1] if self.showings else LEAD_S

    @property
    def frame_count(self) -> int:
        return round(self.duration_s * self.frames_per_s)

    def frames(self) -> Iterator[CaptureFrame]:
        """All of them, in order."""
        return (self.frame(index) for index in range(self.frame_count))

    def frame(self, index: int) -> CaptureFrame:
        """The frame of that number, from 0."""
        at_s = index / self.frames_per_s
        number = next(
            (k for k, each in enumerate(self.showings) if each.enters_s <= at_s < each.gone_s),
            None,
        )
        if number is None:
            return CaptureFrame(self._exposed(self._shelf, index), at_s, None, False)
        showing = self.showings[number]
        cutout, side = self._cutout(number)
        before = self._pose(number, side, at_s - _SHUTTER / self.frames_per_s)
        now = self._pose(number, side, at_s)
        is_still = showing.rests_s <= at_s < showing.leaves_s
        distance = math.hypot(now.x - before.x, now.y - before.y)
        samples = _BLUR_SAMPLES if distance > 2.0 else 1
        layer = np.zeros((HEIGHT, WIDTH, 4), np.float32)
        for k in range(samples):
            share = (k + 1) / samples
            layer += _placed(cutout, _between(before, now, share))
        layer /= samples
        picture = self._shelf * (1.0 - layer[:, :, 3:]) + layer[:, :, :3]
        return CaptureFrame(self._exposed(picture, index), at_s, number, is_still)

    def _developed(self, rgb: RgbArray) -> NDArray[np.float32]:
        """As the camera is set to the shelf's light."""
        developed = [self._development[channel][rgb[:, :, channel]] for channel in range(3)]
        return np.stack(developed, axis=2)

    def _exposed(self, picture: NDArray[np.float32], index: int) -> RgbArray:
        """What the sensor makes of it."""
        rng = np.random.default_rng([42, self._seed, index])
        seen = cv2.GaussianBlur(picture, (0, 0), _LENS_PX)
        grain = self._grains[int(rng.integers(_GRAINS))]
        grain = np.roll(grain, (int(rng.integers(HEIGHT)), int(rng.integers(WIDTH))), (0, 1))
        light = 1.0 + float(rng.normal(0.0, 0.004))
        exposed: NDArray[np.float32] = np.clip(seen * light + grain, 0, 255)
        return exposed.astype(np.uint8)

    def _cutout(self, number: int) -> tuple[NDArray[np.float32], int]:
        """Colours times coverage and coverage (WIDTH, WIDTH, 4), the latter in [0, 1]; and on
        which side the arm leaves it: -1 left, 1 right."""
        if self._held is None or self._held[0] != number:
            with Image.open(self._folder / self.showings[number].prop.file) as picture:
                rgba = np.asarray(picture.convert("RGBA"), np.uint8)
            alpha = rgba[:, :, 3:].astype(np.float32) / 255.0
            rows = alpha[int(WIDTH * 0.55) :, :, 0]
            left, right = float(rows[:, : WIDTH // 2].sum()), float(rows[:, WIDTH // 2 :].sum())
            cutout = np.concatenate([self._developed(rgba[:, :, :3]) * alpha, alpha], axis=2)
            self._held = (number, cutout, 1 if right > left else -1)
        return self._held[1], self._held[2]

    def _pose(self, number: int, side: int, at_s: float) -> _Pose:
        """The arm comes from below and from its side, never so far in that its end shows."""
        showing = self.showings[number]
        rng = np.random.default_rng([43, self._seed, number])
        rest_x, rest_y = side * float(rng.uniform(10, 70)), float(rng.uniform(-20, 25))
        away_x, away_y = side * float(rng.uniform(120, 260)), 540.0
        turn = float(rng.uniform(-5, 5))
        if at_s < showing.rests_s:
            share = _eased((at_s - showing.enters_s) / ENTER_S)
        elif at_s < showing.leaves_s:
            share = 1.0
        else:
            share = 1.0 - _eased((at_s - showing.leaves_s) / LEAVE_S)
        phases = rng.uniform(0, 2 * np.pi, (3, _TREMOR.shape[1]))
        waves = np.sin(2 * np.pi * _TREMOR[0] * at_s + phases)
        shake = [float(each) for each in waves @ _TREMOR[1]]
        return _Pose(
            away_x + (rest_x - away_x) * share + shake[0] * _TREMOR_PX,
            away_y + (rest_y - away_y) * share + shake[1] * _TREMOR_PX,
            turn * (1.0 - share) * 3.0 + shake[2] * _TREMOR_DEGREES,
        )


def write_video(video: CaptureVideo, path: Path) -> None:
    """As MP4, or as Motion JPEG where the name ends in ``.avi``. Raises OSError where this
    computer cannot encode it."""
    kind = "MJPG" if path.suffix.lower() == ".avi" else "mp4v"
    writer = cv2.VideoWriter(
        str(path), cv2.VideoWriter.fourcc(*kind), video.frames_per_s, (WIDTH, HEIGHT)
    )
    if not writer.isOpened():
        raise OSError(f"{path.name} cannot be encoded here")
    for frame in video.frames():
        writer.write(np.ascontiguousarray(frame.rgb[:, :, ::-1]))
    writer.release()


def _development_for(shelf: RgbArray) -> NDArray[np.float32]:
    """Tables (3, 256) from a rendered colour to what a camera makes of it that has set its
    exposure and its white balance by the shelf."""
    levels = (np.arange(256) / 255.0) ** 2.2
    light = levels[shelf]
    means = light.mean(axis=(0, 1))
    exposure = _EXPOSED_TO / float(np.percentile(light.mean(axis=2), _EXPOSED_SHARE))
    gains = exposure * (means.mean() / means) ** _BALANCE
    return encoded(tone_mapped(gains[:, None] * levels[None])).astype(np.float32)


def _timed(props: Sequence[Prop], rng: np.random.Generator) -> tuple[Showing, ...]:
    showings = []
    at_s = LEAD_S
    for prop in props:
        rests_s = at_s + ENTER_S
        leaves_s = rests_s + float(rng.uniform(*STILL_S))
        gone_s = leaves_s + LEAVE_S
        showings.append(Showing(prop, at_s, rests_s, leaves_s, gone_s))
        at_s = gone_s + float(rng.uniform(*EMPTY_S))
    return tuple(showings)


def _placed(cutout: NDArray[np.float32], pose: _Pose) -> NDArray[np.float32]:
    """The cut-out as it lies in the frame (HEIGHT, WIDTH, 4)."""
    matrix = cv2.getRotationMatrix2D((WIDTH / 2, WIDTH / 2), pose.degrees, 1.0)
    matrix[:, 2] += np.array([pose.x, pose.y + (HEIGHT - WIDTH) / 2])
    placed = cv2.warpAffine(cutout, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR)
    return np.asarray(placed, np.float32)


def _between(start: _Pose, end: _Pose, share: float) -> _Pose:
    return _Pose(
        start.x + (end.x - start.x) * share,
        start.y + (end.y - start.y) * share,
        start.degrees + (end.degrees - start.degrees) * share,
    )


def _eased(share: float) -> float:
    share = min(max(share, 0.0), 1.0)
    return share * share * (3.0 - 2.0 * share)


def main(arguments: Sequence[str]) -> None:
    """Entry point of the command."""
    write_video(CaptureVideo(Path(arguments[0])), Path(arguments[1]))


if __name__ == "__main__":
    main(sys.argv[1:])
