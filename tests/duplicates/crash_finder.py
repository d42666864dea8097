"""A program that looks for duplicates in a catalogue, to be killed while it does.

Says what is committed: ``compared N``, and ``done`` in the end.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from desktop_app.domain.progress import CancelToken
from desktop_app.infra.sqlite.catalogue import open_catalogue
from desktop_app.services.duplicates import finding
from tests.duplicates.finding_fakes import LookJudge, Stage

SECONDS_PER_PAIR = 0.001


def slow(_one: int, _other: int) -> None:
    """So that a kill meets the work half done."""
    time.sleep(SECONDS_PER_PAIR)


def main(folder: Path) -> None:
    finding.MAX_CONTENTS = 8
    catalogue = open_catalogue(folder)
    finder = Stage(catalogue, LookJudge(before=slow)).finder
    for _ in finder.run(CancelToken()):
        print("compared", catalogue.pairs.count(finder.version)[0], flush=True)
    catalogue.close()
    print("done", 0, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
