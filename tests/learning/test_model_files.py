"""Learned models are kept whole or not at all, and a file from a stranger does no harm."""

from __future__ import annotations

import errno
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file

from desktop_app.domain.errors import CatalogueReadOnly, ModelUnavailable, StorageFull
from desktop_app.domain.fusion import Calibration
from desktop_app.domain.learned_models import (
    CategoryTrial,
    Comparison,
    EmbeddingMap,
    HardPair,
    Held,
    HeldOutFigures,
    Interval,
    LearnedModel,
    Projection,
    Refusal,
    Trial,
)
from desktop_app.domain.metric_learning import RECIPES, CurvePoint
from desktop_app.infra import whole_files
from desktop_app.infra.metric_learning.card_codec import MOST_LETTERS
from desktop_app.infra.metric_learning.model_files import LearnedModelFolder
from desktop_app.infra.metric_learning.projection_tensors import projection_from
from tests.learning.building import unit


def made(seed: int = 0, *, hidden: int = 3) -> Projection:
    rng = np.random.default_rng(seed)
    shapes = {
        "linear": (4, 8),
        "hidden": (hidden, 8),
        "hidden_bias": (hidden,),
        "output": (4, hidden),
    }
    return projection_from(
        {name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()},
        "base 1",
    )


def card(version: str = "1", **changes: Any) -> LearnedModel:
    values: dict[str, Any] = {
        "version": version,
        "key": "",
        "base_key": "base 1",
        "base_name": "base",
        "recipe": RECIPES[2],
        "made_at": "2026-01-02T03:04:05+00:00",
        "n_products": 40,
        "n_pictures": 130,
        "look": Calibration((0.1, 0.5, 0.9), (-3.0, 0.0, 2.5)),
        "note": "after the spring list – «ß»",
        "is_offered": True,
        "reason": "better",
        "figures": {"recall_at_1": 0.75},
    }
    return LearnedModel(**{**values, **changes})


def trial() -> Trial:
    figures = HeldOutFigures(*(Interval(0.5, 0.4, 0.6) for _ in range(5)), 30, 12)
    comparison = Comparison(figures, figures, Interval(0, -0.1, 0.1), Interval(0.1, 0.0, 0.2))
    return Trial(
        {Held.UNSEEN: comparison, Held.SEEN: comparison},
        Refusal.NO_BETTER,
        "not better",
        (CurvePoint(0, 0.1, math.inf, 0.5), CurvePoint(3, 1.5, 0.25, 0.75)),
        (HardPair(1, 2, 3, 3, True, 0.1, 0.2), HardPair(1, 4, 3, 5, False, 0.9, 0.8)),
        12.5,
        CategoryTrial(("Jar", "Tube"), *np.array([[7, 8, 9], [0, 0, 1], [1, 0, 1], [0, 0, 0]])),
    )


def laid_out(count: int = 5) -> EmbeddingMap:
    rng = np.random.default_rng(0)
    before, after = rng.uniform(-1, 1, (2, count, 2)).astype(np.float32)
    return EmbeddingMap(np.arange(count, dtype=np.int64), before, after)


@pytest.fixture
def files(tmp_path: Path) -> LearnedModelFolder:
    return LearnedModelFolder(tmp_path / "learned")


def test_what_is_kept_is_read_back(files: LearnedModelFolder) -> None:
    assert files.cards() == ()
    assert files.next_version() == "1"
    projection, layout = made(), laid_out()
    kept = files.save(card(), projection, trial(), layout)
    assert kept.key == projection.key
    assert len(kept.sha256) == 64
    assert files.cards() == (kept,)
    assert files.next_version() == "2"
    found = files.projection("1")
    assert found.key == projection.key
    rows = unit(np.random.default_rng(3).normal(size=(6, 8)))
    np.testing.assert_array_equal(found(rows), projection(rows))
    read = files.trial("1")
    assert read is not None
    assert read.comparisons == trial().comparisons
    assert (read.refusal, read.reason, read.hard) == (Refusal.NO_BETTER, "not better", trial().hard)
    assert math.isnan(read.curve[0].loss)
    assert read.curve[1] == trial().curve[1]
    shown = files.layout("1")
    assert shown is not None
    np.testing.assert_array_equal(shown.before, layout.before)
    np.testing.assert_array_equal(shown.after, layout.after)


def test_a_linear_adapter_has_no_hidden_layer_and_is_kept_too(files: LearnedModelFolder) -> None:
    files.save(card(), made(hidden=0))
    assert files.projection("1").hidden.shape == (0, 8)
    assert files.trial("1") is None
    assert files.layout("1") is None


def test_versions_are_counted_not_spelled(files: LearnedModelFolder) -> None:
    for version in ("2", "10", "9"):
        files.save(card(version), made(int(version)))
    assert [known.version for known in files.cards()] == ["2", "9", "10"]
    assert files.next_version() == "11"


def test_a_removed_version_is_not_taken_for_another(files: LearnedModelFolder) -> None:
    files.save(card("1"), made(1))
    files.save(card("2", parent="1"), made(2))
    files.save(card("3", parent="2"), made(3))
    files.remove("3")
    files.remove("2")
    assert [known.version for known in files.cards()] == ["1"]
    files.save(card("3", parent="2"), made(4))
    files.remove("1")
    assert files.next_version() == "4"
    files.remove("7")


def test_a_note_is_changed_and_nothing_else(files: LearnedModelFolder) -> None:
    kept = files.save(card(), made())
    noted = files.annotate("1", "for the counter")
    assert noted.note == "for the counter"
    assert files.cards() == (noted,)
    assert noted.sha256 == kept.sha256
    assert len(files.annotate("1", "x" * 10_000).note) == MOST_LETTERS
    assert len(files.cards()) == 1
    with pytest.raises(ModelUnavailable, match="no version 5"):
        files.annotate("5", "")


def test_an_exported_model_is_one_file_that_another_catalogue_takes(
    files: LearnedModelFolder, tmp_path: Path
) -> None:
    files.save(card("4", parent="2"), made(), trial(), laid_out())
    path = tmp_path / "spring.safetensors"
    files.export("4", path)
    other = LearnedModelFolder(tmp_path / "other" / "learned")
    other.save(card("1"), made(9))
    taken = other.import_from(path)
    assert (taken.version, taken.parent, taken.note) == ("2", "", card().note)
    assert taken.look == card().look
    rows = unit(np.random.default_rng(3).normal(size=(6, 8)))
    np.testing.assert_array_equal(other.projection("2")(rows), made()(rows))
    # Nothing of the products is in it.
    assert other.trial("2") is None
    assert other.layout("2") is None
    assert [entry.name for entry in tmp_path.iterdir() if "part" in entry.name] == []


@pytest.mark.parametrize("name", ["card.json", "adapter.safetensors"])
@pytest.mark.parametrize(
    "harm",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: data[:-1] + bytes([data[-1] ^ 255]),
        lambda data: b"\x80\x04N.",
    ],
)
def test_damaged_files_are_told_and_not_used(
    files: LearnedModelFolder, tmp_path: Path, name: str, harm: Callable[[bytes], bytes]
) -> None:
    files.save(card("1"), made(1))
    files.save(card("2"), made(2))
    path = tmp_path / "learned" / "1" / name
    path.write_bytes(harm(path.read_bytes()))
    with pytest.raises(ModelUnavailable, match="version 1 are missing or damaged"):
        files.projection("1")
    assert "2" in [known.version for known in files.cards()]
    assert files.next_version() == "3"


@pytest.mark.parametrize("name", ["trial.json", "map.npz"])
def test_a_damaged_trial_or_map_costs_no_more_than_itself(
    files: LearnedModelFolder, tmp_path: Path, name: str
) -> None:
    files.save(card(), made(), trial(), laid_out())
    path = tmp_path / "learned" / "1" / name
    path.write_bytes(path.read_bytes()[:-40])
    assert (files.trial("1") is None) == (name == "trial.json")
    assert (files.layout("1") is None) == (name == "map.npz")
    assert files.projection("1").key == made().key


def test_tensors_of_another_version_are_not_taken_for_these(
    files: LearnedModelFolder, tmp_path: Path
) -> None:
    files.save(card("1"), made(1))
    files.save(card("2"), made(2))
    folder = tmp_path / "learned"
    (folder / "1" / "adapter.safetensors").write_bytes(
        (folder / "2" / "adapter.safetensors").read_bytes()
    )
    with pytest.raises(ModelUnavailable):
        files.projection("1")


def hostile(path: Path, tensors: dict[str, np.ndarray], about: dict[str, str]) -> Path:
    save_file(tensors, path, about)
    return path


def exported(files: LearnedModelFolder, path: Path) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    files.save(card(), made())
    files.export("1", path)
    with safetensors.safe_open(path, framework="numpy") as file:
        return {name: file.get_tensor(name) for name in file.keys()}, file.metadata()  # noqa: SIM118


@pytest.mark.parametrize(
    "change",
    [
        {"version": ["../../x"]},
        {"n_products": "many"},
        {"n_products": True},
        {"note": "x" * 10_000},
        {"figures": {"recall_at_1": "high"}},
        {"figures": [1]},
        {"look": {"scores": [0.9, 0.1], "log_odds": [0, 1]}},
        {"look": {"scores": ["a"], "log_odds": [0]}},
        {"look": {"scores": [], "log_odds": []}},
        {"recipe": {**RECIPES[0].to_json(), "dimension": "wide"}},
        {"recipe": {**RECIPES[0].to_json(), "loss": "worst"}},
        {"recipe": {**RECIPES[0].to_json(), "extra": 1}},
        {"extra": 1},
        {"sha256": "0" * 64},
        {"key": "base 1+0123456789abcdef"},
        {"base_key": "another"},
    ],
)
def test_a_card_with_anything_else_in_it_is_refused(
    files: LearnedModelFolder, tmp_path: Path, change: dict[str, Any]
) -> None:
    tensors, about = exported(files, tmp_path / "good.safetensors")
    told = {**json.loads(about["card"]), **change}
    path = hostile(tmp_path / "bad.safetensors", tensors, {**about, "card": json.dumps(told)})
    with pytest.raises(ModelUnavailable, match="is no learned model"):
        files.import_from(path)
    assert len(files.cards()) == 1


@pytest.mark.parametrize(
    "tensors",
    [
        {},
        {"linear": np.zeros((4, 8), np.float32)},
        {"linear": np.full((4, 8), np.nan, np.float32)},
        {"linear": np.zeros((4, 8), np.float64)},
        {"linear": np.zeros((4, 7), np.float32)},
        {"linear": np.zeros(4, np.float32)},
    ],
)
def test_tensors_that_are_no_projection_are_refused(
    files: LearnedModelFolder, tmp_path: Path, tensors: dict[str, np.ndarray]
) -> None:
    good, about = exported(files, tmp_path / "good.safetensors")
    others = {name: good[name] for name in ("hidden", "hidden_bias", "output")} if tensors else {}
    path = hostile(tmp_path / "bad.safetensors", {**others, **tensors}, about)
    with pytest.raises(ModelUnavailable):
        files.import_from(path)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_changed_byte_is_found_or_harmless(
    files: LearnedModelFolder, tmp_path: Path, data: st.DataObject
) -> None:
    if not files.cards():
        files.save(card(), made())
        files.export("1", tmp_path / "good.safetensors")
    whole = bytearray((tmp_path / "good.safetensors").read_bytes())
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] = data.draw(st.integers(0, 255))
    path = tmp_path / "changed.safetensors"
    path.write_bytes(whole[: data.draw(st.sampled_from([len(whole), place]))])
    try:
        taken = files.import_from(path)
    except ModelUnavailable:
        return
    # A letter of a note may differ; what it computes may not.
    assert files.projection(taken.version).key == made().key
    files.remove(taken.version)


@pytest.mark.parametrize("content", [b"", b"not at all", b"\x80\x04\x95N.", b"\xff" * 64])
def test_a_file_that_is_something_else_is_refused(
    files: LearnedModelFolder, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "some.safetensors"
    path.write_bytes(content)
    with pytest.raises(ModelUnavailable):
        files.import_from(path)
    with pytest.raises(ModelUnavailable):
        files.import_from(tmp_path / "absent.safetensors")


@pytest.mark.parametrize("version", ["", "..", "../1", "1/..", "01", "x", "٣", "9" * 30])
def test_only_numbers_are_versions(files: LearnedModelFolder, version: str) -> None:
    with pytest.raises(ModelUnavailable):
        files.projection(version)
    assert files.trial(version) is None
    with pytest.raises(ValueError, match="no version"):
        files.save(card(version), made())


def test_a_full_disk_leaves_nothing_half_written(
    files: LearnedModelFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.save(card("1"), made(1))

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(whole_files.os, "fsync", full)
    with pytest.raises(StorageFull):
        files.save(card("2"), made(2))
    with pytest.raises(StorageFull):
        files.export("1", tmp_path / "out.safetensors")
    with pytest.raises(StorageFull):
        files.annotate("1", "new")
    monkeypatch.undo()
    assert files.cards() == (files.cards()[0],)
    assert files.cards()[0].note == card().note
    assert not list(tmp_path.glob("*.safetensors*")) + list(tmp_path.glob(".*part"))
    files.save(card("2"), made(2))
    assert len(files.cards()) == 2


def test_a_catalogue_for_reading_only_keeps_nothing(tmp_path: Path) -> None:
    LearnedModelFolder(tmp_path).save(card(), made())
    files = LearnedModelFolder(tmp_path, read_only=True)
    assert files.projection("1").key == made().key
    for change in (
        lambda: files.save(card("2"), made()),
        lambda: files.annotate("1", ""),
        lambda: files.remove("1"),
        lambda: files.import_from(tmp_path / "x"),
    ):
        with pytest.raises(CatalogueReadOnly):
            change()
