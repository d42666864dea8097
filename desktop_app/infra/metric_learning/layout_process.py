"""The process that lays pictures out: a program of its own, so that openTSNE, with the compiler
it brings, is never imported beside a window, which that would hold up for a fifth of a second.

    python -m desktop_app.infra.metric_learning.layout_process FOLDER

Lays out the vectors in FOLDER and leaves their places there. In a frozen build the executable
takes ``--lay-out-pictures``. It works as long as it is asked to, as the tuning process does
(:mod:`tuning_process`), and tells nothing on the way.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np

from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.infra.metric_learning.layout import TsneEmbeddingLayout
from desktop_app.infra.metric_learning.tuning_files import read_arrays, write_arrays
from desktop_app.infra.metric_learning.tuning_process import NICER_BY, Leash

VECTORS_FILE, PLACES_FILE = "vectors.safetensors", "places.safetensors"
BEFORE, AFTER = "before", "after"


class LeashToken(CancelToken):
    """Cancelled once nobody asks any more; rests while nobody does."""

    def __init__(self, leash: Leash) -> None:
        super().__init__()
        self._leash = leash

    def checkpoint(self) -> None:
        if not self._leash.go_on():
            self.cancel()
        super().checkpoint()


def lay_out_in(folder: Path, token: CancelToken) -> None:
    """Lay out the vectors in ``folder``. Raises Cancelled, and OSError, KeyError or ValueError
    where it holds none."""
    vectors, _ = read_arrays(folder / VECTORS_FILE)
    before, after = TsneEmbeddingLayout().lay_out(vectors[BEFORE], vectors[AFTER], token)
    places = {BEFORE: np.ascontiguousarray(before), AFTER: np.ascontiguousarray(after)}
    write_arrays(folder / PLACES_FILE, places, {})


def main(arguments: list[str]) -> int:
    if hasattr(os, "nice"):
        os.nice(NICER_BY)
    with suppress(Cancelled):
        lay_out_in(Path(arguments[0]), LeashToken(Leash(sys.stdin)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
