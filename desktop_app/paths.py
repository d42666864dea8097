"""Where resources, models and user data are: checkout, installed package, frozen build."""

from __future__ import annotations

import sys
from pathlib import Path

APPLICATION = "Twinshelf"
INDEX_FOLDER = "index"
"""Within a catalogue's folder: what can be made again from the catalogue."""

PACKAGE = Path(__file__).resolve().parent


def _roots() -> tuple[Path, ...]:
    """Folders that may hold ``resources`` and ``models``, the surest first."""
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen:
        return (Path(frozen),)
    return (PACKAGE.parent, PACKAGE, Path(sys.prefix) / "share" / "twinshelf")


def _shipped(folder: str) -> Path:
    roots = _roots()
    # An unrelated "models" may lie beside an installed package; resources/icons is surely ours.
    for root in roots:
        if (root / "resources" / "icons").is_dir():
            return root / folder
    raise FileNotFoundError(f"{folder} is in none of {', '.join(map(str, roots))}")


def resources_dir() -> Path:
    """Icons, translations, the demo catalogue. Raises FileNotFoundError where absent."""
    return _shipped("resources")


def fonts_dir() -> Path:
    """The fonts that reports and drawings are lettered with. Raises FileNotFoundError where
    absent."""
    return resources_dir() / "fonts"


def models_dir() -> Path:
    """The weights that ship with the application. Raises FileNotFoundError where absent."""
    return _shipped("models")


def config_dir() -> Path:
    """Where settings are kept; not made here."""
    from platformdirs import user_config_path  # noqa: PLC0415 - bootstrap runs without it

    return user_config_path(APPLICATION, appauthor=False)


def user_data_dir() -> Path:
    """Where downloaded models and the user's first catalogue are kept; not made here."""
    from platformdirs import user_data_path  # noqa: PLC0415

    return user_data_path(APPLICATION, appauthor=False)


def cache_dir() -> Path:
    """Where what can be made again is kept; not made here."""
    from platformdirs import user_cache_path  # noqa: PLC0415

    return user_cache_path(APPLICATION, appauthor=False)
