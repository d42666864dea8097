"""The sounds of the capture station, computed: plucked tones of two partials each.

``python -m desktop_app.infra.rendering.station_sounds FOLDER`` writes them as WAV files, always
the same bytes.
"""

from __future__ import annotations

import argparse
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE = 22_050
"""Samples per second."""

PEAK = 0.5
_DECAY_S = 0.07
_ATTACK_S = 0.004

SOUNDS: dict[str, tuple[tuple[float, float, float], ...]] = {
    "taken": ((0.0, 1800.0, 0.04),),
    "found": ((0.0, 659.26, 0.16), (0.09, 987.77, 0.26)),
    "perhaps": ((0.0, 659.26, 0.16), (0.12, 659.26, 0.22)),
    "not-found": ((0.0, 392.0, 0.18), (0.12, 293.66, 0.32)),
}
"""Of each sound its tones: when they begin, in seconds, their frequency in hertz, and how long
they last. Found rises, not found falls, perhaps stays: they differ without any musical ear."""


def samples(name: str) -> NDArray[np.int16]:
    """One sound, mono at RATE. Raises KeyError for an unknown name."""
    tones = SOUNDS[name]
    length = max(begin + lasts for begin, _, lasts in tones)
    sound = np.zeros(round(length * RATE) + 1)
    for begin, hertz, lasts in tones:
        at_s = np.arange(round(lasts * RATE)) / RATE
        tone = np.sin(2 * np.pi * hertz * at_s) + 0.3 * np.sin(4 * np.pi * hertz * at_s)
        fade = np.minimum(1.0, (lasts - at_s) / (10 * _ATTACK_S))
        envelope = np.minimum(1.0, at_s / _ATTACK_S) * np.exp(-at_s / _DECAY_S) * fade
        first = round(begin * RATE)
        sound[first : first + len(at_s)] += tone * envelope
    loudest = float(np.abs(sound).max())
    scaled: NDArray[np.int16] = np.rint(sound / loudest * PEAK * 32767).astype(np.int16)
    return scaled


def write_sounds(folder: Path) -> list[Path]:
    """Write all of them; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in SOUNDS:
        path = folder / f"{name}.wav"
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(samples(name).astype("<i2").tobytes())
        written.append(path)
    return written


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Writes the sounds of the capture station.")
    parser.add_argument("folder", type=Path)
    for made in write_sounds(parser.parse_args().folder):
        print(made)
