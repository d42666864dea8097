"""The shipped judge on real pictures: what it must reach."""

from __future__ import annotations

import csv
import itertools
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_app.engines import Engines
from desktop_app.pairs_command import measured

pytestmark = [pytest.mark.slow, pytest.mark.real_data, pytest.mark.timeout(900)]

COPIED, MODELS = 30, 90


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    folder = tmp_path_factory.mktemp("engines")
    made = Engines(data=folder / "data", cache=folder / "cache")
    yield made
    made.close()


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def grouped(folder: Path, column: str, count: int) -> list[list[str]]:
    """The pictures of the first ``count`` groups that have several."""
    groups = defaultdict(list)
    for row in rows_of(folder / "manifest.csv"):
        groups[row[column]].append(f"{folder.name}/{row['path']}")
    return [group for group in groups.values() if len(group) > 1][:count]


def test_pictures_of_two_skus_are_told_from_lookalikes(engines: Engines, shared_data: Path) -> None:
    report = measured(engines, shared_data / "duplicate_sku_pairs.csv", shared_data)
    # Two of the 102 pairs called one picture show two products: with or without lidocaine, a
    # firm and a soft pillow.
    assert report.scores.average_precision >= 0.995
    assert report.scores.recall_at_zero_false_merges >= 100 / 102 - 1e-9
    assert report.scores.recall_at_precision_95 >= 100 / 102 - 1e-9


def test_copies_of_shops_are_the_same_and_other_colours_are_not(
    engines: Engines, shared_data: Path, tmp_path: Path
) -> None:
    copies = grouped(shared_data / "near_dup_real", "sku", COPIED)
    colours = grouped(shared_data / "colour_variants", "model", MODELS)
    known = {
        frozenset((row["path_a"], row["path_b"]))
        for row in rows_of(shared_data / "duplicate_sku_pairs.csv")
        if row["label"] == "same_picture"
    }
    with (tmp_path / "pairs.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["path_a", "path_b", "label"])
        for group in copies:
            writer.writerows((*pair, "same") for pair in itertools.combinations(group, 2))
        for group, other in itertools.pairwise(copies):
            writer.writerows((*pair, "other") for pair in itertools.product(group[:2], other[:4]))
        variants = [
            pair
            for group in colours
            for pair in itertools.combinations(group, 2)
            if frozenset(pair) not in known
        ]
        writer.writerows((*pair, "variant") for pair in variants)
    report = measured(engines, tmp_path / "pairs.csv", shared_data, positive="same")
    assert report.scores.recall >= 0.98
    assert report.scores.false_merges <= 0.01 * len(variants)
    assert report.mean_variant["variant"] > 2 * report.mean_variant["other"]
