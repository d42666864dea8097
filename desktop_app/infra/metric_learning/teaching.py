"""Teaches an adapter in a process of its own, for those who have a window to keep moving."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from desktop_app.domain.errors import ModelUnavailable, UserFacingError
from desktop_app.domain.learning_ports import AdapterStep
from desktop_app.domain.metric_learning import CurvePoint, LabelledPictures, Recipe
from desktop_app.domain.progress import CancelToken
from desktop_app.infra.metric_learning.teaching_files import (
    PROJECTION_FILE,
    START_FILE,
    AdapterLesson,
    read_projection,
)
from desktop_app.infra.metric_learning.tuning_child import TuningProcess

THREADS = 2


def teaching_command() -> list[str]:
    """How this installation starts the process."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--teach-adapter"]
    return [sys.executable, "-m", "desktop_app.infra.metric_learning.teaching_process"]


class ProcessAdapterTeacher:
    """The AdapterTeacher port; what it teaches is what TorchAdapterTeacher would have taught.

    Where nobody steps the generator, the process rests within seconds; it ends with it."""

    def __init__(self, *, threads: int = THREADS, command: Sequence[str] = ()) -> None:
        self._threads = threads
        self._command = list(command) or teaching_command()

    def teach(
        self,
        recipe: Recipe,
        taught: LabelledPictures,
        validation: LabelledPictures,
        *,
        base_key: str,
        token: CancelToken,
    ) -> Iterator[AdapterStep]:
        """See AdapterTeacher. Also raises ValueError where ``validation`` has pictures, but no
        product with two; StorageFull; and UserFacingError where the process failed."""
        token.checkpoint()
        if _count_of_several(taught) < 2:
            raise ValueError("fewer than two products have two pictures")
        if len(validation) and not _count_of_several(validation):
            raise ValueError("no product of the validation has two pictures")
        with tempfile.TemporaryDirectory(prefix="twinshelf-") as name:
            folder = Path(name)
            AdapterLesson(recipe, taught, validation, base_key, self._threads).write(folder)
            done = 0.0
            with TuningProcess([*self._command, name]) as process:
                is_over = False
                while not is_over:
                    token.checkpoint()
                    process.ask_on()
                    said, is_over = process.listen()
                    for told in said:
                        done = max(done, min(float(told["done"]), 0.99))
                        yield AdapterStep(done, _point(told))
                    if not said and not is_over:
                        yield AdapterStep(done)
                try:
                    process.tell_trouble()
                except ModelUnavailable as error:
                    raise UserFacingError(
                        "The catalogue could not be learned on this machine.",
                        remedy="Try again.",
                        details=error.details,
                    ) from error
            try:
                projection = read_projection(folder / PROJECTION_FILE, base_key)
                start = read_projection(folder / START_FILE, base_key)
            except (OSError, KeyError, ValueError) as error:
                raise UserFacingError(
                    "What was learned could not be read.", remedy="Try again.", details=str(error)
                ) from error
        yield AdapterStep(1.0, projection=projection, start=start)


def _point(told: dict[str, Any]) -> CurvePoint | None:
    if "point" not in told:
        return None
    epoch, seconds, loss, recall = told["point"]
    return CurvePoint(int(epoch), float(seconds), float(loss), float(recall))


def _count_of_several(pictures: LabelledPictures) -> int:
    _, counts = np.unique(pictures.products, return_counts=True)
    return int(np.count_nonzero(counts > 1))
