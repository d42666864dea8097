"""The command that learns a catalogue by tuning the network: goes on where it was stopped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest

from desktop_app import cli
from desktop_app.domain.ports import Catalogue, Embedder
from desktop_app.engines import Engines
from desktop_app.services.learning.tuning import FineTuning, MaskedPictures
from tests.cli.test_adapt import stocked
from tests.learning.test_tuning_service import HalfMasker, NumberedReader, ScriptedTuner, ToldApart


@pytest.fixture
def tuner(monkeypatch: pytest.MonkeyPatch) -> ScriptedTuner:
    """Stands for the process that tunes; the network stays out of it."""
    made = ScriptedTuner(base_name="")

    def fine_tuning(_self: Engines, catalogue: Catalogue, base_name: str) -> FineTuning:
        pictures = MaskedPictures(catalogue, cast("Any", NumberedReader()), HalfMasker)
        return FineTuning(
            catalogue,
            pictures,
            made,
            lambda _name: cast(Embedder, ToldApart(0.2)),
            base_name=base_name,
            folder=catalogue.folder / "learned" / "tuning",
        )

    monkeypatch.setattr(Engines, "fine_tuning", fine_tuning)
    return made


def test_the_network_is_tuned_from_the_command_line_and_gone_on_with(
    tmp_path: Path, tuner: ScriptedTuner
) -> None:
    def ask(*options: str) -> Any:
        own = ["--data", str(tmp_path / "data"), "--cache", str(tmp_path / "cache")]
        report = tmp_path / "report.json"
        command = ["adapt", "-c", str(shop), "--recipe", "fine-tune", *options]
        assert cli.main([*command, *own, "--json", str(report)]) == 0
        return json.loads(report.read_text("utf-8"))

    library = Engines().library
    shop = stocked(tmp_path / "shop", library.card(library.default_name).key, 40)
    learned = ask()
    assert learned["offered"]
    assert (learned["version"], learned["active"]) == ("1", "")
    assert learned["model"]["base_name"] == "base-shop-1"
    assert [point["epoch"] for point in learned["curve"]] == [0, 1, 2]
    begun = shop / "learned" / "tuning" / "fine-tune" / "run" / "begun"
    for options, goes_on in ((["--fresh"], False), ([], True)):
        begun.parent.mkdir(parents=True)
        begun.touch()
        found: list[bool] = []
        tuner.on_start = lambda folder, found=found: found.append((folder / "begun").exists())  # type: ignore[misc]
        ask(*options)
        assert found == [goes_on]
