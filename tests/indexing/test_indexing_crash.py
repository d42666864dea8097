"""An indexing run killed at any moment loses nothing it had committed, and is taken up again."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from desktop_app.domain.products import PictureState
from desktop_app.infra.index.faiss_index import FaissIndexStore
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue, open_catalogue
from tests.indexing.fakes import GridEmbedder, write_picture

KILLS = 20
PICTURES = 200
MODEL = GridEmbedder().key

Vectors = dict[int, NDArray[np.float32]]


class Trial:
    """One catalogue, and what is known to be committed in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.products = 0
        self.vectors: Vectors = {}

    def check(self, said: dict[str, int]) -> None:
        """The catalogue opens, and has what was said and what was seen before."""
        catalogue = open_catalogue(self.folder)
        try:
            assert not catalogue.read_only
            products = catalogue.products.count()
            assert products >= max(self.products, said.get("products", 0))
            vectors = stored_vectors(catalogue)
            assert len(vectors) >= said.get("vectors", 0)
            assert all(np.array_equal(vectors[n], row) for n, row in self.vectors.items())
            check_pictures(catalogue, vectors)
            snapshot = FaissIndexStore(self.folder / "index").open(catalogue.vectors, MODEL)
            assert sorted(snapshot.content_ids.tolist()) == sorted(vectors)
        finally:
            catalogue.close()
        self.products, self.vectors = products, vectors


def stored_vectors(catalogue: SqliteCatalogue) -> Vectors:
    return {
        int(content_id): row
        for ids, rows in catalogue.vectors.iterate(MODEL)
        for content_id, row in zip(ids, rows, strict=True)
    }


def check_pictures(catalogue: SqliteCatalogue, vectors: Vectors) -> None:
    """What is called ready has its vector and its thumbnail; nothing was taken for damaged."""
    known = catalogue.pictures.known_files()
    assert {file.state for file in known} <= {PictureState.READY, PictureState.PENDING}
    ready = [file.content_hash for file in known if file.state is PictureState.READY]
    contents = catalogue.pictures.known_contents(ready, MODEL)
    assert all(contents[digest].id in vectors for digest in ready)
    assert all(contents[digest].has_thumbnail for digest in ready)


def index_until_killed(
    folder: Path, pictures: Path, *, lines: int, then_s: float
) -> dict[str, int]:
    """What the program said, killed ``then_s`` after so many lines; with ``lines`` of 0 it is
    let come to its end."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.indexing.crash_indexer", str(folder), str(pictures)],
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


@pytest.mark.slow
def test_a_killed_run_loses_nothing_and_is_taken_up_again(
    tmp_path: Path, empty_catalogue_folder: Path
) -> None:
    rng = random.Random(11)
    pictures = tmp_path / "pictures"
    for n in range(PICTURES):
        write_picture(pictures / f"{n:04}.png", n)
    trials: list[Trial] = []
    finished = True
    kills = 0
    while kills < KILLS:
        if finished:
            folder = tmp_path / f"catalogue-{len(trials)}"
            trials.append(Trial(shutil.copytree(empty_catalogue_folder, folder)))
        said = index_until_killed(
            trials[-1].folder, pictures, lines=rng.randint(1, 14), then_s=rng.uniform(0, 0.05)
        )
        trials[-1].check(said)
        finished = "done" in said
        kills += not finished
    for trial in trials:
        said = index_until_killed(trial.folder, pictures, lines=0, then_s=0)
        assert "done" in said
        trial.check(said)
        assert trial.products == PICTURES
        catalogue = open_catalogue(trial.folder)
        counts = catalogue.pictures.counts()
        catalogue.close()
        assert (counts.ready, counts.total) == (PICTURES, PICTURES)
        assert len(trial.vectors) == PICTURES
