"""What commands write to a console: a line of progress, and results as JSON."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from desktop_app.domain.progress import Progress
from desktop_app.services.exporting import written_whole

PROGRESS_INTERVAL_S = 0.5


@contextmanager
def progress_line(stream: TextIO) -> Iterator[Callable[[Progress], None]]:
    """Gives what draws a line of progress, now and then; it is cleared at the end. Draws
    nothing where ``stream`` is no terminal."""
    is_terminal = stream.isatty()
    last_shown = -PROGRESS_INTERVAL_S

    def show(progress: Progress) -> None:
        nonlocal last_shown
        now = time.monotonic()
        if not is_terminal or now - last_shown < PROGRESS_INTERVAL_S:
            return
        last_shown = now
        left = progress.seconds_left
        remaining = f", {left:.0f} s left" if left is not None else ""
        amount = f"{progress.done}/{progress.total or '?'}"
        stream.write(f"\r\033[K{progress.stage} {amount}{remaining}")
        stream.flush()

    try:
        yield show
    finally:
        if is_terminal:
            stream.write("\r\033[K")
            stream.flush()


def write_json(result: Mapping[str, Any], target: str) -> None:
    """Write to a file, or to standard output for ``-``. Raises UserFacingError where the file
    cannot be written."""
    if target == "-":
        # ASCII alone is right in whatever encoding the console or pipe has.
        print(json.dumps(result, indent=2))
        return
    text = json.dumps(result, indent=2, ensure_ascii=False)
    with written_whole(Path(target)) as temporary:
        temporary.write_text(text + "\n", "utf-8")
