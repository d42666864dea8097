"""The command that learns a catalogue, on vectors made for it: no picture is read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from desktop_app import cli
from desktop_app.engines import Engines
from desktop_app.infra.sqlite.catalogue import create_catalogue, open_catalogue
from desktop_app.services.learning.splitting import LEAST_PRODUCTS
from tests.learning.building import Shop, studio_and_shelf

DIMENSION = 512


@pytest.fixture(scope="module")
def model_key() -> str:
    engines = Engines()
    try:
        return engines.library.card(engines.library.default_name).key
    finally:
        engines.close()


@pytest.fixture
def own(tmp_path: Path) -> list[str]:
    """Folders that stand for the user's."""
    return ["--data", str(tmp_path / "data"), "--cache", str(tmp_path / "cache")]


@pytest.fixture
def ask(own: list[str], capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Runs a command with ``--json -`` and returns what it wrote."""

    def run(*arguments: str | Path) -> Any:
        capsys.readouterr()
        assert cli.main([*map(str, arguments), *own, "--json", "-"]) == 0
        return json.loads(capsys.readouterr().out)

    return run


def stocked(folder: Path, model_key: str, n_products: int, *, shuffled: bool = False) -> Path:
    catalogue = create_catalogue(folder, "Learned")
    products, vectors = studio_and_shelf(n_products, 3, dimension=DIMENSION, noise=0.1)
    if shuffled:
        products = np.random.default_rng(1).permutation(products)
    Shop(catalogue, model_key).stock(products, vectors)
    catalogue.close()
    return folder


def test_a_catalogue_is_learned_accepted_listed_exported_and_gone_back_from(
    tmp_path: Path,
    model_key: str,
    own: list[str],
    ask: Callable[..., Any],
    capsys: pytest.CaptureFixture[str],
) -> None:
    shop = stocked(tmp_path / "shop", model_key, 40)
    learned = ask("adapt", "-c", shop, "--note", "first", "--accept")
    assert learned["offered"]
    assert (learned["version"], learned["active"], learned["model"]["note"]) == ("1", "1", "first")
    assert learned["unseen"]["recall_gain"]["low"] > 0
    assert learned["unseen"]["before"]["n_products"] >= 12
    assert learned["seen"]["after"]["recall_at_1"]["value"] > 0.9
    assert learned["prospects"]["n_products"] == 40
    assert learned["curve"][-1]["seconds"] <= 60
    # It is used from the next opening on too, until one goes back.
    listed = ask("adapt", "-c", shop, "--list")
    assert listed["active"] == "1"
    assert [model["version"] for model in listed["versions"]] == ["1"]
    ask("adapt", "-c", shop, "--export", tmp_path / "one.safetensors")
    assert ask("adapt", "-c", shop, "--back") == {"active": ""}
    other = stocked(tmp_path / "other", model_key, 2)
    assert ask("adapt", "-c", other, "--import", tmp_path / "one.safetensors")["version"] == "1"
    assert ask("adapt", "-c", other, "--use", "1") == {"active": "1"}
    capsys.readouterr()
    assert cli.main(["adapt", "-c", str(shop), "--list", *own]) == 0
    told = capsys.readouterr().out
    assert "offered" in told
    assert "first" in told


def test_shuffled_labels_are_refused_and_not_taken_up(
    tmp_path: Path, model_key: str, own: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    shop = stocked(tmp_path / "shop", model_key, 30, shuffled=True)
    report = tmp_path / "report.json"
    capsys.readouterr()
    command = ["adapt", "-c", str(shop), "--accept", "--json", str(report), *own]
    assert cli.main(command) == 0
    told = capsys.readouterr().out
    assert "Refused: " in told
    assert "R@10" in told
    result = json.loads(report.read_text("utf-8"))
    assert (result["offered"], result["refusal"], result["active"]) == (False, "no_better", "")
    assert result["version"] == "1"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], f"{LEAST_PRODUCTS - 2} more are needed"),
        (["--back"], "nothing to go back from"),
        (["--use", "7"], "version 7"),
        (["--export", "x.safetensors"], "Nothing was learned yet"),
        (["--import", "absent.safetensors"], "no learned model"),
        (["--attributes", "brand"], "does not use columns"),
        (["--recipe", "adapter-granularity", "--attributes", "colour"], "no column colour"),
    ],
)
def test_what_cannot_be_done_is_said(
    tmp_path: Path,
    model_key: str,
    own: list[str],
    capsys: pytest.CaptureFixture[str],
    *,
    options: list[str],
    said: str,
) -> None:
    shop = stocked(tmp_path / "shop", model_key, 2)
    capsys.readouterr()
    assert cli.main(["adapt", "-c", str(shop), *options, *own]) == 1
    assert said in capsys.readouterr().err
    open_catalogue(shop).close()


def test_wrong_usage_is_told_apart() -> None:
    for options in (["--recipe", "none"], ["--list", "--back"]):
        with pytest.raises(SystemExit) as stopped:
            cli.main(["adapt", "-c", "x", *options])
        assert stopped.value.code == 2
