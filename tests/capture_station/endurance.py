"""A stream that goes on and on, with a camera that is pulled out and plugged in again."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from desktop_app.capture.frame_source import FrameStatus
from desktop_app.domain.images import DecodedImage, RgbArray
from desktop_app.domain.masks import MaskSource, ObjectMask
from tests.capture_station.station import FRAMES_PER_S, Counter

HEIGHT, WIDTH = 270, 480
MEASURED = 20
"""How often memory is read while the stream runs."""


class BrightMasker:
    """Takes what is bright for the object: no network is opened."""

    version = "bright"

    def mask(self, image: DecodedImage) -> ObjectMask:
        alpha = (image.rgb.min(axis=2) > 150).astype(np.uint8) * 255
        return ObjectMask(alpha, MaskSource.NETWORK, 0.9, 0.0)

    def quick_mask(self, _image: DecodedImage) -> ObjectMask | None:
        return None


@dataclass(frozen=True, slots=True)
class Endured:
    """What a stream cost: resident memory in MiB along the way, threads of the process before
    the camera was opened and after it was closed, and pictures taken by themselves."""

    memory_mib: tuple[float, ...]
    threads_before: int
    threads_after: int
    looks: int
    taken: int
    replugs: int

    @property
    def memory_grown_mib(self) -> float:
        """From the end of the first tenth, when everything was met once, to the highest."""
        settled = self.memory_mib[max(1, len(self.memory_mib) // 10)]
        return max(self.memory_mib) - settled


def endure(counter: Callable[[], Counter], *, looks: int, replugs: int) -> Endured:
    """Show ``looks`` frames, in which something comes every three seconds of the stream's
    clock, and pull the camera out ``replugs`` times on the way."""
    if not sys.platform.startswith("linux"):
        raise OSError("memory and threads are read from /proc")
    rehearsal = counter()
    rehearsal.show(scene(0), 0.0)
    rehearsal.close()
    before = thread_count()
    made = counter()
    memory = []
    every, plug_every = max(1, looks // MEASURED), max(1, looks // replugs) if replugs else 0
    plugged = taken = 0
    for number in range(looks):
        if plug_every and number % plug_every == plug_every // 2 and plugged < replugs:
            replug(made)
            plugged += 1
        made.show(scene(number), number / FRAMES_PER_S)
        # Pictures that were taken are the test's to keep.
        taken += len(made.bursts)
        made.bursts.clear()
        if number % every == 0:
            memory.append(resident_mib())
    made.close()
    return Endured(tuple(memory), before, thread_count(), looks, taken, plugged)


def replug(counter: Counter) -> None:
    """Pull the camera out, see that it is told, and plug it in again: it goes on by itself."""
    counter.directory.unplug()
    assert counter.feed.state.status is FrameStatus.FAILED
    assert "unplugged" in counter.feed.state.what
    assert counter.feed.state.remedy
    counter.directory.plug()
    assert counter.feed.state.status is FrameStatus.STARTING


def scene(number: int) -> RgbArray:
    """A frame of a stage on which something is put for two of every three seconds, each time
    another one."""
    rng = np.random.default_rng(number)
    frame = np.full((HEIGHT, WIDTH, 3), 60, np.int16)
    visit, at = divmod(number, int(3 * FRAMES_PER_S))
    if at >= FRAMES_PER_S:
        high, wide = 120 + visit % 3 * 40, 70 + visit % 5 * 25
        top, left = (HEIGHT - high) // 2, (WIDTH - wide) // 2
        thing = np.full((high, wide, 3), 190, np.int16)
        thing[:: 6 + visit % 4] -= 30
        thing[:, visit % 20 :: 12] = (200, 170 + visit % 3 * 20, 240 - visit % 7 * 10)
        frame[top : top + high, left : left + wide] = thing
    frame += rng.integers(-2, 3, frame.shape, np.int16)
    return frame.astype(np.uint8)


def resident_mib() -> float:
    """What the process holds in memory."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def thread_count() -> int:
    """Of the process, those of Qt and of libraries included."""
    return len(list(Path("/proc/self/task").iterdir()))
