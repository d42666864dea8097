"""Print on real pictures: what it must reach alone, whatever else is built on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_app.infra.vision.print.channel import PrintReader
from desktop_app.infra.vision.print.codebook import FOLDER
from desktop_app.paths import models_dir
from tests.benchmarks.bench_print import Measuring, clutter, manifest_recall, pack_recall


@pytest.fixture
def measuring() -> Measuring:
    """Without masks, which are not print's doing."""
    return Measuring(PrintReader.shipped(models_dir() / FOLDER), masker=None)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.real_data
def test_cartons_in_a_hand_are_found_by_print(shared_data: Path, measuring: Measuring) -> None:
    found = manifest_recall(measuring, shared_data, "grocery_store", step=4)
    assert found["votes_recall_at_1"] >= 0.60
    assert found["verified_recall_at_1"] >= 0.60
    assert found["verified_recall_at_5"] >= 0.78
    assert found["proposed_40"] >= 0.88


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.real_data
def test_photos_of_printed_packs_are_found(shared_data: Path, measuring: Measuring) -> None:
    backgrounds = clutter(shared_data.parent / "train", count=20)
    found = pack_recall(measuring, shared_data, backgrounds, packs=40, distractors=())
    assert found["verified_recall_at_1"] >= 0.70
