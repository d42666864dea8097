"""Keeps the converted form of a model between starts, so that only the first imports torch."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from desktop_app.domain.progress import CancelToken
from desktop_app.infra.vision.export import IR_FILE
from desktop_app.infra.vision.weights import sha256_of

READY_FILE = "ready.json"
"""Written last: file names and their sha256."""
FORMAT_VERSION = 1
"""Raised whenever the converter would write another network for the same weights."""


class Card(Protocol):
    """A model card of any kind."""

    @property
    def key(self) -> str:
        """Names the weights and the preprocessing."""
        ...

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready form, which the converter reads."""
        ...


class Converter(Protocol):
    """Runs the converter; see :class:`desktop_app.infra.vision.converter.ConverterProcess`."""

    def __call__(self, arguments: Sequence[str], token: CancelToken | None = None) -> None: ...


def cached_ir(
    card: Card,
    weights: Path,
    folder: Path,
    *,
    version: str,
    convert: Converter,
    token: CancelToken | None = None,
) -> Path:
    """The converted network of ``card`` below ``folder``; made where absent or damaged.

    ``version`` is OpenVINO's: another one gets its own. Takes seconds when it has to be made,
    milliseconds else. Raises ModelUnavailable, Cancelled, OSError.
    """
    home = folder / f"{card.key}-{FORMAT_VERSION}"
    kept = home / version
    if _is_sound(kept):
        return kept / IR_FILE
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home, prefix=".making-") as scratch:
        made = Path(scratch) / "made"
        made.mkdir()
        card_path = Path(scratch) / "card.json"
        card_path.write_text(json.dumps(card.to_json()), "utf-8")
        places = ["--card", str(card_path), "--weights", str(weights), "--out", str(made)]
        convert(["ir", *places], token)
        hashes = {path.name: sha256_of(path) for path in sorted(made.iterdir())}
        (made / READY_FILE).write_text(json.dumps(hashes), "utf-8")
        _put_in_place(made, kept)
    for other in home.iterdir():
        if other != kept and not other.name.startswith("."):
            shutil.rmtree(other, ignore_errors=True)
    return kept / IR_FILE


def _is_sound(folder: Path) -> bool:
    """Whether every file is there, byte for byte as it was written."""
    try:
        hashes = json.loads((folder / READY_FILE).read_text("utf-8"))
        return IR_FILE in hashes and all(
            sha256_of(folder / name) == expected for name, expected in hashes.items()
        )
    except (OSError, ValueError, TypeError, AttributeError):
        return False


def _put_in_place(made: Path, kept: Path) -> None:
    """Move ``made`` to ``kept``. Where another process was quicker, its result stays."""
    try:
        made.rename(kept)
    except OSError:
        if _is_sound(kept):
            return
        shutil.rmtree(kept, ignore_errors=True)
        made.rename(kept)
