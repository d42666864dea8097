"""Looking for duplicates, killed at any moment, loses nothing and is taken up again."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from desktop_app.infra.sqlite.catalogue import open_catalogue
from tests.duplicates.finding_fakes import Stage, write_twin
from tests.indexing.fakes import add_products, write_picture

KILLS = 6
PICTURES, TWINS = 90, range(0, 90, 9)


def find_until_killed(folder: Path, *, lines: int, then_s: float) -> dict[str, int]:
    """What the program said, killed ``then_s`` after so many lines; with ``lines`` of 0 it is
    let come to its end."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.duplicates.crash_finder", str(folder)],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        read = [process.stdout.readline() for _ in range(lines)]
        if lines:
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=then_s)
            process.kill()
        read += process.stdout.readlines()
    said: dict[str, int] = {}
    for line in read:
        if line.endswith("\n"):
            what, count = line.split()
            said[what] = int(count)
    return said


def state(folder: Path) -> tuple[int, set[tuple[int, int]]]:
    """How many contents count as compared, and the pairs found."""
    catalogue = open_catalogue(folder)
    try:
        stage = Stage(catalogue)
        return catalogue.pairs.count(stage.finder.version)[0], stage.found
    finally:
        catalogue.close()


@pytest.mark.slow
def test_a_killed_run_loses_nothing_and_is_taken_up_again(
    tmp_path: Path, empty_catalogue_folder: Path
) -> None:
    template = shutil.copytree(empty_catalogue_folder, tmp_path / "template")
    pictures = tmp_path / "pictures"
    paths = [write_picture(pictures / f"{n:03}.png", n) for n in range(PICTURES)]
    paths += [write_twin(pictures / f"twin-{n:03}.png", n) for n in TWINS]
    catalogue = open_catalogue(template)
    add_products(catalogue, paths)
    stage = Stage(catalogue)
    stage.read()
    expected = {
        stage.pair(f"sku-{n:04}", f"sku-{PICTURES + place:04}") for place, n in enumerate(TWINS)
    }
    catalogue.close()

    rng = random.Random(7)
    kills = trials = 0
    while kills < KILLS:
        folder = shutil.copytree(template, tmp_path / f"catalogue-{trials}")
        trials += 1
        known: set[tuple[int, int]] = set()
        compared, said = 0, dict[str, int]()
        while "done" not in said:
            lines = rng.randint(1, 6) if kills < KILLS else 0
            said = find_until_killed(folder, lines=lines, then_s=rng.uniform(0, 0.03))
            kills += "done" not in said
            now, found = state(folder)
            assert now >= max(compared, said.get("compared", 0))
            assert known <= found <= expected
            compared, known = now, found
        assert (compared, known) == (len(paths), expected)
