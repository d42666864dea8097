"""The frames of a video file, one after another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from desktop_app.domain.errors import UnreadableImage
from desktop_app.domain.images import RgbArray
from desktop_app.infra.vision.opencv import cv2

_USUAL_RATE = 25.0


def video_frames(path: Path, *, most_per_s: float) -> Iterator[tuple[RgbArray, float]]:
    """Frames with the second they are shown at, no more than ``most_per_s`` of a second's.
    Raises UnreadableImage where the file is no video that can be read."""
    video = cv2.VideoCapture(str(path))
    try:
        if not video.isOpened():
            raise UnreadableImage(
                f"“{path.name}” is no video that can be read.", remedy="Choose an MP4 or AVI file."
            )
        rate = float(video.get(cv2.CAP_PROP_FPS))
        rate = rate if np.isfinite(rate) and rate > 0 else _USUAL_RATE
        due_s, number = 0.0, 0
        while video.grab():
            at_s = number / rate
            number += 1
            # Half a frame early is on time: rates are no whole multiples of each other.
            if at_s + 0.5 / rate < due_s:
                continue
            done, bgr = video.retrieve()
            if not done:
                continue
            due_s += 1 / most_per_s
            yield np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8), at_s
    finally:
        video.release()
