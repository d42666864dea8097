"""A tuned model passed on in one file."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import safetensors
from safetensors.numpy import save_file

from desktop_app.domain.errors import ModelUnavailable
from desktop_app.infra.vision.card_files import WEIGHTS_FILE, read_card, write_card
from desktop_app.infra.vision.model_exchange import export_model, told_in, unpack_model
from desktop_app.infra.vision.weights import verify_weights, write_tensors
from tests.learning.tuning_world import CARD, random_weights  # noqa: F401 - a fixture


@pytest.fixture
def made(tmp_path: Path, tiny_weights: dict[str, Any]) -> Path:
    folder = tmp_path / "made"
    folder.mkdir()
    digest = write_tensors(folder / WEIGHTS_FILE, tiny_weights)
    write_card(folder, dataclasses.replace(CARD, sha256=digest))
    return folder


@pytest.fixture
def exported(made: Path, tmp_path: Path) -> Path:
    file = tmp_path / "model.safetensors"
    export_model(read_card(made), made / WEIGHTS_FILE, file, {"note": "für Anna"})
    return file


def test_a_model_comes_back_byte_for_byte(made: Path, exported: Path, tmp_path: Path) -> None:
    assert told_in(exported)["note"] == "für Anna"
    out = tmp_path / "out"
    out.mkdir()
    card = unpack_model(exported, out)
    assert card == read_card(made) == read_card(out)
    assert (out / WEIGHTS_FILE).read_bytes() == (made / WEIGHTS_FILE).read_bytes()
    verify_weights(card, out / WEIGHTS_FILE)
    assert sorted(path.name for path in out.iterdir()) == ["model.json", WEIGHTS_FILE]


def test_the_file_is_one_that_others_can_read(exported: Path, tiny_weights: dict[str, Any]) -> None:
    with safetensors.safe_open(exported, framework="pt") as file:
        assert set(file.keys()) == set(tiny_weights)


def test_a_damaged_file_leaves_nothing_behind(exported: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    whole = exported.read_bytes()
    for data in (whole[:-1] + bytes([whole[-1] ^ 1]), whole[:-9], whole[:40], b"", b"<html>" * 9):
        exported.write_bytes(data)
        with pytest.raises(ModelUnavailable, match="exported"):
            unpack_model(exported, out)
        assert not list(out.iterdir())


def test_any_other_safetensors_file_is_refused(
    tmp_path: Path, tiny_weights: dict[str, Any]
) -> None:
    other = tmp_path / "other.safetensors"
    save_file(
        {n: t.numpy() for n, t in tiny_weights.items()}, other, {"twinshelf": "learned model 1"}
    )
    with pytest.raises(ModelUnavailable, match="exported"):
        told_in(other)
