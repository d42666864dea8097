"""The shipped models on real pictures: what a search must reach, look alone and all channels."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from desktop_app.domain.evidence import CHANNELS, Channel
from desktop_app.engines import Engines
from desktop_app.services.evaluate import EvaluationReport
from tests.evaluate.packs_in_hand import write_packs_in_hand

pytestmark = [pytest.mark.slow, pytest.mark.real_data, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    folder = tmp_path_factory.mktemp("engines")
    made = Engines(data=folder / "data", cache=folder / "cache")
    yield made
    made.close()


def sample(manifest: Path, target: Path, *, queries: int, label: str = "sku") -> Path:
    """The manifest's gallery with some of its queries, drawn with a fixed seed."""
    with manifest.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    gallery = [row for row in rows if row["role"] == "gallery"]
    known = {row[label] for row in gallery}
    asked = [row for row in rows if row["role"] == "query" and row[label] in known]
    chosen = np.random.default_rng(0).permutation(len(asked))[:queries]
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["path", label, "role", "sku" if label != "sku" else "label"])
        for row in (*gallery, *(asked[place] for place in chosen.tolist())):
            writer.writerow([manifest.parent / row["path"], row[label], row["role"], row["sku"]])
    return target


def measured(
    engines: Engines, manifest: Path, *, label: str = "", channels: Sequence[Channel] = CHANNELS
) -> EvaluationReport:
    return engines.evaluate(manifest, label=label, channels=channels)


def test_a_carton_in_a_hand_finds_its_packshot(engines: Engines, shared_data: Path) -> None:
    report = measured(engines, shared_data / "grocery_store" / "manifest.csv")
    assert report.channels["look"].recall_at_1 >= 0.57
    assert report.scores.recall_at_1 >= 0.75
    assert report.scores.recall_at_5 >= 0.92


def test_another_view_finds_the_product(
    engines: Engines, shared_data: Path, tmp_path: Path
) -> None:
    manifest = shared_data / "studio_multiview" / "manifest.csv"
    report = measured(engines, sample(manifest, tmp_path / "m.csv", queries=200))
    assert report.channels["look"].recall_at_1 >= 0.43
    assert report.scores.recall_at_1 >= 0.55
    assert report.scores.recall_at_5 >= 0.75


def test_a_photo_finds_others_of_its_kind(
    engines: Engines, shared_data: Path, tmp_path: Path
) -> None:
    manifest = shared_data / "office_caltech10" / "manifest.csv"
    sampled = sample(manifest, tmp_path / "m.csv", queries=100, label="category")
    report = measured(engines, sampled, label="category", channels=[Channel.LOOK])
    assert report.scores.precision_at_10 >= 0.80


def test_printed_packs_in_a_hand_are_found_among_many(
    engines: Engines, shared_data: Path, tmp_path: Path
) -> None:
    report = measured(engines, write_packs_in_hand(shared_data, tmp_path))
    assert report.n_queries == 100
    assert report.scores.recall_at_1 >= 0.88
    assert report.scores.recall_at_1 > report.channels["look"].recall_at_1
