"""The command that finds duplicates, with the real engines."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from desktop_app import cli
from desktop_app.domain.duplicates import SAME_THRESHOLD
from desktop_app.domain.hashing import content_hash
from desktop_app.services.self_test import encoded_png, product_picture, sku_of
from tests.cli.conftest import Place

PRODUCTS = 4


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory, place: Place) -> Path:
    """A catalogue in which the first product is there again, smaller, and the second again in
    the very same file under another number."""
    root = tmp_path_factory.mktemp("stock")
    pictures = root / "pictures"
    pictures.mkdir()
    for number in range(PRODUCTS):
        (pictures / f"{sku_of(number)}.png").write_bytes(encoded_png(product_picture(number)))
    rgb = np.ascontiguousarray(product_picture(0))
    small = Image.fromarray(rgb).resize((rgb.shape[1] * 2 // 3, rgb.shape[0] * 2 // 3))
    small.save(pictures / "SMALL.jpg", quality=88)
    (pictures / "COPY.png").write_bytes(encoded_png(product_picture(1)))
    command = ["index", str(pictures), "-c", str(root / "catalogue"), "--no-category", *place.own]
    assert cli.main(command) == 0
    return root / "catalogue"


def groups_of(result: dict[str, Any]) -> list[set[str]]:
    return sorted((set(group["skus"]) for group in result["groups"]), key=sorted)


TWICE = sorted([{sku_of(0), "SMALL"}, {sku_of(1), "COPY"}], key=sorted)


def test_what_is_there_twice_is_found_once_and_for_all(
    stock: Path, ask: Callable[..., Any]
) -> None:
    found = ask("duplicates", "-c", stock)
    assert groups_of(found) == TWICE
    assert found["compared"] == found["contents"] == PRODUCTS + 1
    assert found["pairs_found"] >= 1
    assert all(0.5 <= group["cohesion"] <= 1 for group in found["groups"])
    again = ask("duplicates", "-c", stock)
    assert groups_of(again) == TWICE
    assert again["pairs_found"] == 0


def test_the_threshold_and_exclusions_narrow_what_is_told(
    stock: Path, ask: Callable[..., Any]
) -> None:
    ask("duplicates", "-c", stock)
    assert groups_of(ask("duplicates", "-c", stock, "--threshold", "1")) == [{sku_of(1), "COPY"}]
    assert ask("duplicates", "-c", stock, "--exclude-folder")["groups"] == []
    # No product has a brand, which excludes nothing.
    assert groups_of(ask("duplicates", "-c", stock, "--exclude", "brand")) == TWICE


def test_people_read_numbers_and_chances(
    stock: Path, place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["duplicates", "-c", str(stock), *place.own]) == 0
    told = capsys.readouterr().out
    assert f"1.000  {sku_of(1)} and COPY" in told or f"1.000  COPY and {sku_of(1)}" in told
    assert f"2 groups at {SAME_THRESHOLD:g}" in told
    assert f"{PRODUCTS + 1} of {PRODUCTS + 1} pictures compared" in told


@pytest.mark.parametrize("name", ["duplicates.xlsx", "duplicates.html"])
def test_a_report_is_written(
    stock: Path, tmp_path: Path, ask: Callable[..., Any], name: str
) -> None:
    ask("duplicates", "-c", stock, "--report", tmp_path / name)
    assert (tmp_path / name).stat().st_size > 2000


def test_a_report_of_unknown_kind_is_refused_before_anything_is_done(
    stock: Path, tmp_path: Path, place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report.docx"
    assert cli.main(["duplicates", "-c", str(stock), "--report", str(report), *place.own]) == 1
    assert "names no format" in capsys.readouterr().err


def test_verdicts_go_out_and_come_in(
    stock: Path,
    tmp_path: Path,
    ask: Callable[..., Any],
    place: Place,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "verdicts.json"
    ask("duplicates", "-c", stock)
    assert ask("duplicates", "-c", stock, "--export-verdicts", file)["verdicts_exported"] == 0
    written = json.loads(file.read_text("utf-8"))
    written["verdicts"] = [_verdict_on_the_copy(stock)]
    file.write_text(json.dumps(written), "utf-8")
    taken = ask("duplicates", "-c", stock, "--import-verdicts", file)
    assert taken["verdicts_imported"] == {"added": 1, "unchanged": 0, "conflicts": 0}
    assert groups_of(taken) == [{sku_of(0), "SMALL"}]
    again = ask("duplicates", "-c", stock, "--import-verdicts", file)
    assert again["verdicts_imported"]["unchanged"] == 1
    assert ask("duplicates", "-c", stock, "--export-verdicts", file)["verdicts_exported"] == 1
    written["verdicts"][0]["verdict"] = "same"
    file.write_text(json.dumps(written), "utf-8")
    command = ["duplicates", "-c", str(stock), "--import-verdicts", str(file), *place.own]
    capsys.readouterr()
    assert cli.main(command) == 0
    said = capsys.readouterr().out
    assert f"copy and {sku_of(1).casefold()}: different as decided here, same in the file" in said
    file.write_text("{}", "utf-8")
    assert cli.main(command) == 1


def _verdict_on_the_copy(stock: Path) -> dict[str, str]:
    digest = content_hash((stock.parent / "pictures" / "COPY.png").read_bytes())
    return {
        "hash_a": digest,
        "hash_b": digest,
        "sku_a": "copy",
        "sku_b": sku_of(1),
        "verdict": "different",
        "decided_at": "2026-01-02T03:04:05+00:00",
        "decided_by": "",
    }
