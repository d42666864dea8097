"""A program killed while it writes loses nothing that it had committed."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest

from desktop_app.domain.filters import ProductFilter
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue, create_catalogue, open_catalogue
from tests.sqlite.building import MODEL, content
from tests.sqlite.crash_writer import BATCH
from tests.sqlite.test_filters import indexed_words

ROUNDS = 20


def write_until_killed(folder: Path, number: int, rng: random.Random) -> dict[str, set[int]]:
    """What the killed program said it had committed."""
    said: dict[str, set[int]] = {"products": set(), "read": set(), "edited": set()}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.sqlite.crash_writer", str(folder), str(number)],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(rng.randint(1, 12))]
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=rng.uniform(0, 0.05))
        process.kill()
        lines += process.stdout.readlines()
    for line in lines:
        what, *ids = line.split()
        said.setdefault(what, set()).update(map(int, ids))
    return said


def check(catalogue: SqliteCatalogue, said: dict[str, set[int]]) -> None:
    ids = catalogue.products.list_ids(ProductFilter())
    # A removal may have been committed and its undo not.
    assert said["products"] - set(ids.tolist()) <= said.get("removing", set())
    read = {known.picture_id: known.content_hash for known in catalogue.pictures.known_files()}
    alive = said["read"] & read.keys()
    assert {read[i] for i in alive} == {content(i).content_hash for i in alive}
    assert all(catalogue.pictures.thumbnail(content(i).content_hash) for i in said["read"])
    known = catalogue.pictures.known_contents(
        [content(i).content_hash for i in said["read"]], MODEL
    )
    assert len(known) == len(said["read"])
    assert all(entry.has_vector for entry in known.values())
    cards = {card.id: card for card in catalogue.products.cards(sorted(said["edited"]))}
    assert all(card.title == card.brand == "edited" for card in cards.values())
    stored = sum(len(found) for found, _ in catalogue.vectors.iterate(MODEL))
    assert catalogue.vectors.fingerprint(MODEL).count == stored


def check_file(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "catalogue.sqlite")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        (products,) = connection.execute("SELECT count(*) FROM products").fetchone()
        (pictures,) = connection.execute("SELECT count(*) FROM pictures").fetchone()
        assert products == pictures
        assert products % BATCH == 0


@pytest.mark.slow
def test_a_killed_writer_loses_nothing_it_had_committed(tmp_path: Path) -> None:
    rng = random.Random(7)
    folder = tmp_path / "catalogue"
    create_catalogue(folder, "Crash").close()
    said: dict[str, set[int]] = {}
    for number in range(ROUNDS):
        for what, ids in write_until_killed(folder, number, rng).items():
            said.setdefault(what, set()).update(ids)
        check_file(folder)
        catalogue = open_catalogue(folder)
        try:
            check(catalogue, said)
        finally:
            catalogue.close()
    index, fresh = indexed_words(folder)
    assert index == fresh
    assert len(said["products"]) >= ROUNDS * BATCH
