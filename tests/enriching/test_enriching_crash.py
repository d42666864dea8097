"""Looking closer, killed at any moment, loses nothing it had committed and is taken up again."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from desktop_app.domain.evidence import Channel
from desktop_app.infra.sqlite.catalogue import open_catalogue
from tests.enriching.fakes import fake_channels, read_quickly
from tests.indexing.fakes import add_products, write_picture

KILLS = 8
PICTURES = 120
VERSION = fake_channels().version


def enrich_until_killed(folder: Path, *, lines: int, then_s: float) -> dict[str, int]:
    """What the program said, killed ``then_s`` after so many lines; with ``lines`` of 0 it is
    let come to its end."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.enriching.crash_enricher", str(folder)],
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


def described(folder: Path) -> dict[int, bytes]:
    """The stored print records; whatever counts as described has its records."""
    catalogue = open_catalogue(folder)
    try:
        records = {
            content_id: data
            for ids, batch in catalogue.evidence.iterate(Channel.PRINT)
            for content_id, data in zip(ids.tolist(), batch, strict=True)
        }
        assert catalogue.evidence.count(VERSION) == (len(records), PICTURES)
        shapes = catalogue.evidence.get(Channel.SHAPE, list(records))
        assert shapes == records
        lacking = {n for n, _ in catalogue.evidence.lacking(VERSION, limit=PICTURES)}
        assert not lacking.intersection(records)
        assert len(lacking) + len(records) == PICTURES
    finally:
        catalogue.close()
    return records


@pytest.mark.slow
def test_a_killed_run_loses_nothing_and_is_taken_up_again(
    tmp_path: Path, empty_catalogue_folder: Path
) -> None:
    template = shutil.copytree(empty_catalogue_folder, tmp_path / "template")
    paths = [write_picture(tmp_path / "pictures" / f"{n:04}.png", n) for n in range(PICTURES)]
    catalogue = open_catalogue(template)
    add_products(catalogue, paths)
    read_quickly(catalogue)
    catalogue.close()

    rng = random.Random(7)
    kills = trials = 0
    while kills < KILLS:
        folder = shutil.copytree(template, tmp_path / f"catalogue-{trials}")
        trials += 1
        known: dict[int, bytes] = {}
        said: dict[str, int] = {}
        while "done" not in said:
            lines = rng.randint(1, 8) if kills < KILLS else 0
            said = enrich_until_killed(folder, lines=lines, then_s=rng.uniform(0, 0.03))
            kills += "done" not in said
            found = described(folder)
            assert len(found) >= said.get("described", 0)
            assert known.items() <= found.items()
            known = found
        assert len(known) == PICTURES
