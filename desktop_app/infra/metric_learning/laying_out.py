"""Lays pictures out in a process of its own, for those who have a window to keep moving."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.errors import ModelUnavailable, UserFacingError
from desktop_app.domain.images import FloatMatrix
from desktop_app.domain.progress import CancelToken
from desktop_app.infra.metric_learning.layout_process import (
    AFTER,
    BEFORE,
    PLACES_FILE,
    VECTORS_FILE,
)
from desktop_app.infra.metric_learning.tuning_child import TuningProcess
from desktop_app.infra.metric_learning.tuning_files import read_arrays, write_arrays


def layout_command() -> list[str]:
    """How this installation starts the process."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--lay-out-pictures"]
    return [sys.executable, "-m", "desktop_app.infra.metric_learning.layout_process"]


class ProcessEmbeddingLayout:
    """The EmbeddingLayout port; places are those that TsneEmbeddingLayout would have given.

    While the token is paused the process rests within seconds; it ends with the call."""

    def __init__(self, *, command: Sequence[str] = ()) -> None:
        self._command = list(command) or layout_command()

    def lay_out(
        self, before: FloatMatrix, after: FloatMatrix, token: CancelToken
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """See EmbeddingLayout. Also raises StorageFull, and UserFacingError where the process
        failed."""
        token.checkpoint()
        with tempfile.TemporaryDirectory(prefix="twinshelf-") as name:
            folder = Path(name)
            vectors = {BEFORE: np.ascontiguousarray(before), AFTER: np.ascontiguousarray(after)}
            write_arrays(folder / VECTORS_FILE, vectors, {})
            # It has nothing to save: where it is not needed any more, it is ended at once.
            with TuningProcess([*self._command, name], stop_within_s=0) as process:
                is_over = False
                while not is_over:
                    token.checkpoint()
                    process.ask_on()
                    _, is_over = process.listen()
                try:
                    process.tell_trouble()
                except ModelUnavailable as error:
                    raise _failed(error.details) from error
            try:
                places, _ = read_arrays(folder / PLACES_FILE)
                return places[BEFORE], places[AFTER]
            except (OSError, KeyError, ValueError) as error:
                raise _failed(str(error)) from error


def _failed(details: str) -> UserFacingError:
    return UserFacingError(
        "The pictures could not be laid out on this machine.",
        remedy="Try again.",
        details=details,
    )
