"""``python -m desktop_app`` and ``twinshelf``: the window, or one of the commands."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Sequence

ONE_BLAS_THREAD = {"OPENBLAS_NUM_THREADS": "1"}
"""Read when numpy is imported. Its products of small matrices are made by several threads of
ours at once; were each spread over all cores, most of the time would go into waiting for one
another: finding the key points of a picture takes 30 instead of 65 ms of the processor."""

WITH_A_WINDOW = frozenset({"demo", "self-test", "--self-test"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the window, or run a command; returns the exit status.

    Without a command, and for ``demo`` and ``self-test``, Qt is loaded; other commands do
    without it.
    """
    for name, value in ONE_BLAS_THREAD.items():
        os.environ.setdefault(name, value)
    given = list(sys.argv[1:] if arguments is None else arguments)
    if (status := _as_helper(given)) is not None:
        return status
    if given == ["--first-paint"]:
        from desktop_app import first_paint  # noqa: PLC0415

        return first_paint.main()
    if given[:1] == ["--heartbeat"]:
        from desktop_app import heartbeat  # noqa: PLC0415

        return heartbeat.main(given[1:])
    if not given or given[0] in WITH_A_WINDOW or _names_a_catalogue(given):
        from desktop_app import app  # noqa: PLC0415

        return app.main(given)
    from desktop_app import cli  # noqa: PLC0415

    return cli.main(given)


def _as_helper(given: Sequence[str]) -> int | None:
    """The exit status where this is a process that another one of ours started, else None."""
    if given and given[0] == "--export-model":
        from desktop_app.infra.vision import export  # noqa: PLC0415

        return export.main(list(given[1:]))
    if given and given[0] == "--tune-model":
        from desktop_app.infra.metric_learning import tuning_process  # noqa: PLC0415

        return tuning_process.main(list(given[1:]))
    if given and given[0] == "--teach-adapter":
        from desktop_app.infra.metric_learning import teaching_process  # noqa: PLC0415

        return teaching_process.main(list(given[1:]))
    if given and given[0] == "--lay-out-pictures":
        from desktop_app.infra.metric_learning import layout_process  # noqa: PLC0415

        return layout_process.main(list(given[1:]))
    return None


def _names_a_catalogue(given: Sequence[str]) -> bool:
    """``twinshelf FOLDER`` opens the catalogue in that folder."""
    from pathlib import Path  # noqa: PLC0415

    return len(given) == 1 and Path(given[0]).is_dir()


if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main())
