"""The process that teaches an adapter: a program of its own, so that torch is never imported
beside a window, which that would hold up by half a second.

    python -m desktop_app.infra.metric_learning.teaching_process FOLDER

Teaches the lesson in FOLDER (:class:`teaching_files.AdapterLesson`) and leaves the projection
there. In a frozen build the executable takes ``--teach-adapter``. It works as long as it is asked
to, as the tuning process does (:mod:`tuning_process`), and tells a JSON object a line on standard
output: ``done`` in [0, 1] and ``point`` (epoch, seconds, loss, recall).
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from desktop_app.domain.progress import CancelToken
from desktop_app.infra.metric_learning.teaching_files import (
    PROJECTION_FILE,
    START_FILE,
    AdapterLesson,
    write_projection,
)
from desktop_app.infra.metric_learning.tuning_process import NICER_BY, Leash

Tell = Callable[[dict[str, Any]], None]


def teach_in(folder: Path, go_on: Callable[[], bool], tell: Tell) -> None:
    """Teach the lesson in ``folder``; ends without a projection where it is not to go on."""
    from desktop_app.infra.metric_learning.teacher import (  # noqa: PLC0415 - imports torch
        TorchAdapterTeacher,
    )

    lesson = AdapterLesson.read(folder)
    steps = TorchAdapterTeacher(threads=lesson.threads).teach(
        lesson.recipe,
        lesson.taught,
        lesson.validation,
        base_key=lesson.base_key,
        token=CancelToken(),
    )
    for step in steps:
        if not go_on():
            return
        if step.projection is not None and step.start is not None:
            write_projection(folder / START_FILE, step.start)
            write_projection(folder / PROJECTION_FILE, step.projection)
        said: dict[str, Any] = {"done": step.done}
        if (point := step.point) is not None:
            said["point"] = [point.epoch, point.seconds, point.loss, point.recall_at_1]
        tell(said)


def main(arguments: list[str]) -> int:
    def tell(said: dict[str, Any]) -> None:
        print(json.dumps(said), flush=True)

    if hasattr(os, "nice"):
        os.nice(NICER_BY)
    try:
        teach_in(Path(arguments[0]), Leash(sys.stdin).go_on, tell)
    except BrokenPipeError:
        # Whoever listened is gone.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
