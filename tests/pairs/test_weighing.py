"""Learned weights as files."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from desktop_app import paths
from desktop_app.domain.errors import ModelUnavailable
from desktop_app.infra.vision.pairs.weighing import (
    FOLDER,
    STAGES,
    WEIGHTS_FILE,
    load_weights,
)

Damage = Callable[[dict[str, Any]], object]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(paths.models_dir() / FOLDER / WEIGHTS_FILE, tmp_path)
    return tmp_path


def rewrite(folder: Path, change: Damage) -> None:
    data = json.loads((folder / WEIGHTS_FILE).read_text("utf-8"))
    change(data)
    (folder / WEIGHTS_FILE).write_text(json.dumps(data), "utf-8")


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data.clear(),
        lambda data: data.update(format=0),
        lambda data: data["stages"].pop("same_laid"),
        lambda data: data["stages"]["same_laid"]["weights"].pop("worst"),
        lambda data: data["stages"]["same_apart"].update(prior="much"),
        lambda data: data["stages"]["variant_laid"]["weights"].update(edges=float("nan")),
        lambda data: data.pop("card"),
    ],
)
def test_a_damaged_file_is_refused_with_what_to_do(folder: Path, damage: Damage) -> None:
    rewrite(folder, damage)
    with pytest.raises(ModelUnavailable, match="install it again"):
        load_weights(folder)


def test_a_missing_or_unreadable_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable):
        load_weights(tmp_path)
    (tmp_path / WEIGHTS_FILE).write_bytes(b"\x00\xff")
    with pytest.raises(ModelUnavailable):
        load_weights(tmp_path)


def test_other_weights_are_another_version(folder: Path) -> None:
    before = load_weights(folder)
    rewrite(folder, lambda data: data["card"].update(note="told differently"))
    assert load_weights(folder).version == before.version
    rewrite(folder, lambda data: data["stages"]["same_laid"].update(prior=1.25))
    assert load_weights(folder).version != before.version


def test_no_likeness_speaks_against_a_match() -> None:
    weights = load_weights(paths.models_dir() / FOLDER)
    for stage in (weights.same_laid, weights.variant_laid, weights.same_apart):
        assert min(stage.weights) >= 0
    assert dict(weights.card)


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("value", [-1e9, 0.0, 1e9, np.nan])
def test_chances_stay_chances_whatever_was_measured(stage: str, value: float) -> None:
    known = getattr(load_weights(paths.models_dir() / FOLDER), stage)
    assert 0 <= known.chance(np.full(len(STAGES[stage]), value)) <= 1
