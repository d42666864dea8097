"""The sounds of the station: made by the project, short, told apart, and never in the way."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from desktop_app import paths
from desktop_app.infra.rendering.station_sounds import RATE, SOUNDS, samples, write_sounds
from desktop_app.ui.capture.sounds import Sound, StationSounds


def test_the_files_that_ship_are_those_that_are_made(tmp_path: Path) -> None:
    for made in write_sounds(tmp_path):
        shipped = paths.resources_dir() / "sounds" / made.name
        assert shipped.read_bytes() == made.read_bytes()
    assert {sound.value for sound in Sound} == set(SOUNDS)


@pytest.mark.parametrize("name", SOUNDS)
def test_a_sound_is_short_and_neither_clips_nor_clicks(tmp_path: Path, name: str) -> None:
    path = next(path for path in write_sounds(tmp_path) if path.stem == name)
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getframerate()) == (1, RATE)
        assert file.getnframes() / RATE < 0.6
    sound = samples(name).astype(float) / 32767
    assert 0.4 < np.abs(sound).max() < 0.6
    assert abs(sound[0]) < 0.01 and abs(sound[-1]) < 0.02


def test_answers_differ_by_where_their_tones_go() -> None:
    pitches = {name: [hertz for _, hertz, _ in tones] for name, tones in SOUNDS.items()}
    assert pitches["found"][1] > pitches["found"][0]
    assert pitches["perhaps"][1] == pitches["perhaps"][0]
    assert pitches["not-found"][1] < pitches["not-found"][0]


def test_without_a_screen_or_loudspeaker_nothing_is_loaded_and_nothing_breaks(
    qapp: QApplication,
) -> None:
    sounds = StationSounds(paths.resources_dir() / "sounds", qapp)
    sounds.set_on(True)
    for sound in Sound:
        sounds.play(sound)
    assert sounds.children() == []
    sounds.deleteLater()
