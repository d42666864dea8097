"""The user's preferences: a frozen dataclass kept as TOML.

A missing file means the defaults. A file that cannot be read is kept beside as a backup and
replaced by the defaults; a single bad value is reset and the rest kept. Nothing here raises
on what it finds on disk.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import tomli_w

from desktop_app.domain.camera_settings import CameraSettings
from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.evidence import ChannelWeights, WeightPreset
from desktop_app.domain.resolving import USUAL_RULES, KeepRule, PictureRule
from desktop_app.domain.rules import RankingRule

SCHEMA_VERSION = 1
RECENT_LIMIT = 12


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user chose.

    ``theme`` is ``system``, ``light`` or ``dark``. ``result_limit`` counts products, 1 to
    1000. ``threads`` of 0 lets the engine choose. ``weight_presets`` are those the user saved,
    ``ranking_rules`` the products the user prefers among equal matches. ``look_closer`` has
    print, shape and colour of pictures looked at in the background. ``keep_rules``,
    ``merged_pictures`` (a PictureRule) and ``protected_folders`` say how duplicates are merged.
    ``cameras`` are those that were used, the latest first.
    ``station_automatic`` has the capture station take pictures by itself, ``station_sounds`` and
    ``station_colours`` have it tell answers by them, ``station_large_type`` in letters that are
    read from afar.
    """

    theme: str = "system"
    result_limit: int = 60
    threads: int = 0
    reduce_motion: bool = False
    keep_recent_queries: bool = True
    look_closer: bool = True
    recent_catalogues: tuple[str, ...] = ()
    weight_presets: tuple[WeightPreset, ...] = ()
    ranking_rules: tuple[RankingRule, ...] = ()
    keep_rules: tuple[KeepRule, ...] = USUAL_RULES[1:]
    merged_pictures: str = PictureRule.NEW.value
    protected_folders: tuple[str, ...] = ()
    cameras: tuple[CameraSettings, ...] = ()
    station_automatic: bool = True
    station_sounds: bool = True
    station_colours: bool = True
    station_large_type: bool = False

    def with_recent(self, folder: Path) -> Settings:
        """These settings with ``folder`` first among the recent catalogues."""
        others = tuple(path for path in self.recent_catalogues if path != str(folder))
        return replace(self, recent_catalogues=(str(folder), *others)[:RECENT_LIMIT])

    def without_recent(self, folder: Path) -> Settings:
        """These settings without ``folder`` among the recent catalogues."""
        kept = tuple(path for path in self.recent_catalogues if path != str(folder))
        return replace(self, recent_catalogues=kept)


_VALID: dict[str, Callable[[Any], bool]] = {
    "theme": lambda value: value in {"system", "light", "dark"},
    "result_limit": lambda value: 1 <= value <= 1000,
    "threads": lambda value: 0 <= value <= 256,
    "recent_catalogues": lambda value: all(isinstance(path, str) for path in value),
    "merged_pictures": lambda value: value in set(PictureRule),
    "protected_folders": lambda value: all(isinstance(path, str) for path in value),
}


def _preset_read(data: dict[str, Any]) -> WeightPreset:
    return WeightPreset(str(data["name"]), ChannelWeights(**data["weights"]))


def _preset_written(preset: WeightPreset) -> dict[str, Any]:
    return {"name": preset.name, "weights": preset.weights.to_json()}


_READ: dict[str, Callable[[Any], Any]] = {
    "weight_presets": _preset_read,
    "ranking_rules": RankingRule.from_json,
    "keep_rules": KeepRule,
    "cameras": CameraSettings.from_json,
}
_WRITTEN: dict[str, Callable[[Any], Any]] = {
    "weight_presets": _preset_written,
    "ranking_rules": RankingRule.to_json,
    "keep_rules": str,
    "cameras": CameraSettings.to_json,
}
"""How the items of those lists are made from TOML and written to it that are not plain."""


def _accepted(name: str, value: Any) -> Any:
    """``value`` in the type of the field, or ValueError."""
    default = getattr(Settings(), name)
    if isinstance(default, tuple):
        if not isinstance(value, list):
            raise ValueError(name)
        value = tuple(_READ[name](item) for item in value) if name in _READ else tuple(value)
    elif type(value) is not type(default):
        raise ValueError(name)
    if name in _VALID and not _VALID[name](value):
        raise ValueError(name)
    return value


def load_settings(path: Path) -> tuple[Settings, tuple[str, ...]]:
    """The settings in ``path`` and what had to be reset, in the user's words."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return Settings(), ()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        backup = _back_up(path)
        kept = f" The old file is kept as {backup.name}." if backup else ""
        return Settings(), (f"The preferences could not be read and were reset.{kept}",)
    values: dict[str, Any] = {}
    bad: list[str] = []
    for field in fields(Settings):
        if field.name not in data:
            continue
        try:
            values[field.name] = _accepted(field.name, data[field.name])
        except (ValueError, TypeError, KeyError):
            bad.append(field.name)
    if not bad:
        return Settings(**values), ()
    _back_up(path)
    names = ", ".join(bad)
    return Settings(**values), (f"Some preferences were not valid and were reset: {names}.",)


def save_settings(settings: Settings, path: Path) -> None:
    """Write atomically. Raises UserFacingError where the disk refuses."""
    data: dict[str, Any] = {"schema_version": SCHEMA_VERSION}
    for field in fields(Settings):
        value = getattr(settings, field.name)
        if field.name in _WRITTEN:
            value = [_WRITTEN[field.name](item) for item in value]
        data[field.name] = list(value) if isinstance(value, tuple) else value
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        try:
            with os.fdopen(handle, "wb") as stream:
                tomli_w.dump(data, stream)
                stream.flush()
                os.fsync(stream.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UserFacingError(
            "The preferences could not be saved.",
            remedy=f"Check that {path.parent} can be written to.",
            details=str(error),
        ) from error


def _back_up(path: Path) -> Path | None:
    backup = path.with_suffix(path.suffix + ".bad")
    try:
        shutil.copyfile(path, backup)
    except OSError:
        return None
    return backup
