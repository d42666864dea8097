"""How the place of a picture is written down, so that a catalogue folder can be moved."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_INSIDE = "./"


@dataclass(frozen=True, slots=True)
class PicturePaths:
    """Between absolute paths and their stored form.

    A path inside the catalogue's folder is stored relative to it, after './' and with
    forward slashes; any other as it is. A name that is not valid Unicode (possible on Linux)
    is stored as bytes.
    """

    folder: Path

    def stored(self, path: Path | str) -> str | bytes:
        """The stored form of an absolute path."""
        text = os.path.abspath(path)  # noqa: PTH100 - links stay as they are
        prefix = f"{self.folder}{os.sep}"
        if os.path.normcase(text).startswith(os.path.normcase(prefix)):
            text = _INSIDE + text[len(prefix) :].replace(os.sep, "/")
        try:
            text.encode()
        except UnicodeEncodeError:
            return os.fsencode(text)
        return text

    def absolute(self, stored: str | bytes) -> str:
        """The inverse of :meth:`stored`."""
        text = os.fsdecode(stored)
        if text.startswith(_INSIDE):
            return f"{self.folder}{os.sep}{text[len(_INSIDE) :].replace('/', os.sep)}"
        return text
