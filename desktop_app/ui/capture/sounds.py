"""Short sounds that tell an answer to somebody who looks at the product, not at the screen."""

from __future__ import annotations

import logging
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QSoundEffect

log = logging.getLogger(__name__)

VOLUME = 0.6
_SILENT_PLATFORMS = frozenset({"offscreen", "minimal"})


class Sound(Enum):
    """The value is the file's name."""

    TAKEN = "taken"
    FOUND = "found"
    PERHAPS = "perhaps"
    NOT_FOUND = "not-found"


class StationSounds(QObject):
    """Plays sounds from ``folder``; without an audio device the system's beep stands for those
    that tell an answer. Nothing of the multimedia library is loaded before a sound is wanted."""

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._is_on = False
        self._effects: dict[Sound, QSoundEffect] | None = None

    def set_on(self, is_on: bool) -> None:
        """Whether anything is to be heard."""
        self._is_on = is_on

    def play(self, sound: Sound) -> None:
        """Begin to play; returns at once."""
        if not self._is_on or QGuiApplication.platformName() in _SILENT_PLATFORMS:
            return
        if self._effects is None:
            self._effects = self._load()
        effect = self._effects.get(sound)
        if effect is not None:
            effect.play()
        elif sound is not Sound.TAKEN:
            QApplication.beep()

    def _load(self) -> dict[Sound, QSoundEffect]:
        from PySide6.QtMultimedia import QMediaDevices, QSoundEffect  # noqa: PLC0415

        if QMediaDevices.defaultAudioOutput().isNull():
            log.info("there is no audio device; the system's beep is used")
            return {}
        effects = {}
        for sound in Sound:
            path = self._folder / f"{sound.value}.wav"
            effect = QSoundEffect(self)
            effect.setSource(QUrl.fromLocalFile(str(path)))
            effect.setVolume(VOLUME)
            effects[sound] = effect
        return effects
