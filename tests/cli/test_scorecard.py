"""The command that measures a catalogue on its own pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktop_app import cli
from desktop_app.services.self_test import encoded_png, product_picture, seen_otherwise, sku_of
from tests.cli.conftest import Place


def test_a_catalogue_is_measured_on_its_own_pictures(
    tmp_path: Path, ask: Callable[..., Any]
) -> None:
    for number in range(3):
        picture = product_picture(number)
        for view, rgb in (("front", picture), ("other", seen_otherwise(picture))):
            path = tmp_path / "pictures" / f"{sku_of(number)}_{view}.png"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(encoded_png(rgb))
    catalogue = tmp_path / "catalogue"
    ask("index", "-c", catalogue, tmp_path / "pictures", "--pattern", "{sku}_{view}")
    card = ask("scorecard", "-c", catalogue)
    assert (card["n_queries"], card["n_products"], card["n_sampled_from"]) == (6, 3, 6)
    assert card["scores"]["fused"]["recall_at_5"] == 1.0
    assert {"fused", "look"} <= card["scores"].keys()
    assert len(card["worst"]) == round(6 * (1 - card["scores"]["fused"]["recall_at_1"]))


def test_a_catalogue_of_single_pictures_cannot_be_measured(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["scorecard", "-c", str(place.catalogue), *place.own]) == 1
    assert "no product has two different pictures" in capsys.readouterr().err
