"""Holding a list against the small catalogue, with the real engines."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from desktop_app import cli
from desktop_app.domain.duplicate_ports import ComparedPicture
from desktop_app.domain.duplicates import PairJudgement
from desktop_app.engines import Engines
from desktop_app.services.self_test import encoded_png, product_picture, sku_of

from .conftest import PRODUCTS, Place

Ask = Callable[..., Any]


class LikenessJudge:
    """The PairJudge port: pictures that the model finds much alike are the same."""

    version = "likeness:1"

    def judge(self, one: ComparedPicture, others: Sequence[ComparedPicture]) -> list[PairJudgement]:
        return [
            PairJudgement(0.97)
            if one.look is not None and other.look is not None and one.look @ other.look > 0.95
            else PairJudgement(0.02)
            for other in others
        ]


@pytest.fixture(autouse=True)
def judge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Engines, "pair_judge", LikenessJudge())


@pytest.fixture
def listed(place: Place, tmp_path: Path) -> Path:
    """Product 0 by its number in another format, 1 under another number, and one that is new."""
    folder = tmp_path / "supplier"
    folder.mkdir()
    for number, name in ((0, "a.jpg"), (1, "b.jpg")):
        category = "Jar" if number % 2 else "Tube"
        with Image.open(place.pictures / category / f"{sku_of(number)}.png") as picture:
            picture.convert("RGB").save(folder / name, quality=92)
    (folder / "c.png").write_bytes(encoded_png(product_picture(PRODUCTS + 7)))
    path = folder / "list.csv"
    rows = [("sku", "picture"), (sku_of(0), "a.jpg"), ("OTHER", "b.jpg"), ("FRESH", "c.png")]
    path.write_text("\n".join(",".join(row) for row in rows), "utf-8")
    return path


def test_a_list_is_told_row_by_row(place: Place, ask: Ask, listed: Path, tmp_path: Path) -> None:
    report = tmp_path / "diff.csv"
    result = ask("diff", "-c", place.catalogue, listed, "--to", report)
    told = {row["sku"]: (row["result"], row["catalogue_sku"]) for row in result["rows"]}
    assert told[sku_of(0)] == ("matched", sku_of(0))
    assert told["OTHER"] == ("matched", sku_of(1))
    assert told["FRESH"] == ("new", "")
    missing = {row["catalogue_sku"] for row in result["rows"] if row["result"] == "missing"}
    assert missing == {"BROKEN", *(sku_of(number) for number in range(2, PRODUCTS))}
    assert result["counts"] == {
        **{"matched": 2, "changed-picture": 0, "variant": 0, "new": 1},
        "missing": PRODUCTS - 1,
    }
    with report.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    assert ["Catalogue", "catalogue"] in lines
    assert sum(line[:1] == ["Missing"] and len(line) > 2 for line in lines) == PRODUCTS - 1


def test_conditions_say_what_the_list_should_have(place: Place, ask: Ask, listed: Path) -> None:
    result = ask("diff", "-c", place.catalogue, listed, "--where", "category=tube")
    missing = {row["catalogue_sku"] for row in result["rows"] if row["result"] == "missing"}
    assert missing == {sku_of(2), sku_of(4)}


def test_only_what_is_asked_for_is_imported(
    place: Place, ask: Ask, listed: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(place.catalogue, tmp_path / "copy")
    result = ask("diff", "-c", copy, listed, "--import", "new")
    assert result["import"] == {"products_added": 1, "products_updated": 0, "pictures_added": 1}
    exported = tmp_path / "all.csv"
    ask("export", "-c", copy, "--to", exported)
    with exported.open(encoding="utf-8-sig", newline="") as file:
        skus = {row["SKU"] for row in csv.DictReader(file)}
    assert "FRESH" in skus and "OTHER" not in skus


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--import", "missing", "no result that can be imported"),
        ("--to", "report.doc", "no format that a report can have"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_read(
    place: Place,
    listed: Path,
    capsys: pytest.CaptureFixture[str],
    *,
    option: str,
    value: str,
    said: str,
) -> None:
    command = ["diff", "-c", str(place.catalogue), str(listed), *place.own, option, value]
    assert cli.main(command) == 1
    assert said in capsys.readouterr().err
