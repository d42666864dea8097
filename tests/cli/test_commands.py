"""The commands on a small catalogue, with the real engines."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktop_app import cli
from desktop_app.services.self_test import encoded_png, product_picture, seen_otherwise, sku_of

from .conftest import PRODUCTS, Place

Ask = Callable[..., Any]


def test_indexing_tells_what_became_of_every_picture(place: Place) -> None:
    report = place.first_report
    assert report["products"] == report["products_added"] == PRODUCTS + 1
    assert report["pictures"] == {"ready": PRODUCTS, "pending": 0, "failed": 1, "offline": 0}
    (problem,) = report["problems"]
    assert problem["path"].endswith("BROKEN.png")
    assert "damaged" in problem["reason"]


def test_indexing_looks_closer_at_what_it_read(place: Place, ask: Ask, tmp_path: Path) -> None:
    assert place.first_report["described"] == PRODUCTS
    quick = ask("index", "-c", tmp_path / "quick", place.pictures, "--quick")
    assert (quick["pictures"]["ready"], quick["described"]) == (PRODUCTS, 0)
    later = ask("index", "-c", tmp_path / "quick")
    assert later["described"] == PRODUCTS


def test_indexing_again_finds_nothing_to_do(place: Place, ask: Ask) -> None:
    report = ask("index", "-c", place.catalogue, place.pictures)
    assert (report["products_added"], report["products_updated"]) == (0, 0)
    assert report["described"] == 0
    assert report["pictures"]["ready"] == PRODUCTS


def test_the_product_in_the_picture_comes_first(
    place: Place, ask: Ask, query: Callable[[int], Path]
) -> None:
    result = ask("search", query(3), "-c", place.catalogue, "-k", "2")
    first, second = result["hits"]
    assert (first["rank"], first["sku"], first["category"]) == (1, sku_of(3), "Jar")
    assert 1 >= first["score"] > second["score"] >= -1
    assert result["searched_products"] == result["allowed_products"] == PRODUCTS


def test_conditions_restrict_the_search_before_it_ranks(
    place: Place, ask: Ask, query: Callable[[int], Path]
) -> None:
    conditions = ["--where", "category=jar|pump", "--where", "Price>=20"]
    result = ask("search", query(0), "-c", place.catalogue, *conditions)
    assert {hit["sku"] for hit in result["hits"]} == {sku_of(3), sku_of(5)}
    assert result["allowed_products"] == 2


def test_the_catalogues_own_columns_can_be_conditions(place: Place, ask: Ask) -> None:
    target = place.data.parent / "low.json"
    result = ask("export", "-c", place.catalogue, "--to", target, "--where", "height<=81")
    assert result == {"products": 2, "file": str(target)}
    listed = json.loads(target.read_text("utf-8"))["products"]
    assert [product["sku"] for product in listed] == [sku_of(0), sku_of(1)]


def test_exporting_writes_every_product(place: Place, ask: Ask, tmp_path: Path) -> None:
    target = tmp_path / "all.csv"
    ask("export", "-c", place.catalogue, "--to", target)
    with target.open(encoding="utf-8-sig", newline="") as file:
        skus = [row["SKU"] for row in csv.DictReader(file)]
    assert sorted(skus) == ["BROKEN", *(sku_of(number) for number in range(PRODUCTS))]


def test_people_read_ranked_lines(
    place: Place, query: Callable[[int], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["search", str(query(1)), "-c", str(place.catalogue), *place.own]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == PRODUCTS
    assert lines[0].split()[0] == "1"
    assert lines[0].split()[2] == sku_of(1)


def test_nothing_but_json_goes_to_standard_output(
    place: Place, query: Callable[[int], Path]
) -> None:
    command = [sys.executable, "-m", "desktop_app", "search", str(query(2))]
    options = ["-c", str(place.catalogue), *place.own, "--json", "-"]
    finished = subprocess.run([*command, *options], capture_output=True, check=True)
    assert json.loads(finished.stdout)["hits"][0]["sku"] == sku_of(2)
    assert sku_of(2).encode() in finished.stderr


def test_evaluation_agrees_with_a_count_by_hand(place: Place, ask: Ask, tmp_path: Path) -> None:
    """Two products in the gallery. Two queries are labelled right; one shows A but is labelled
    B, so its product comes second; one is of a product that is not there."""
    shown = {"a": 0, "b": 5, "query a": 0, "query b": 5, "not b": 0, "other": 2}
    for name, number in shown.items():
        rgb = product_picture(number)
        seen = rgb if name in ("a", "b") else seen_otherwise(rgb)
        (tmp_path / f"{name}.png").write_bytes(encoded_png(seen))
    manifest = tmp_path / "manifest.csv"
    manifest.write_text(
        "path,sku,role\na.png,A,gallery\nb.png,B,gallery\nquery a.png,A,query\n"
        "query b.png,B,query\nnot b.png,B,query\nother.png,C,query\n",
        "utf-8",
    )
    scores = ask("evaluate", "--manifest", manifest)
    assert (scores["n_queries"], scores["n_gallery"], scores["left_out"]) == (3, 2, 1)
    assert scores["recall_at_1"] == pytest.approx(2 / 3)
    assert scores["recall_at_5"] == scores["recall_at_10"] == 1
    assert scores["precision_at_5"] == pytest.approx(1 / 5)
    assert scores["map"] == pytest.approx((1 + 1 + 1 / 2) / 3)
    assert scores["macro_map"] == pytest.approx((1 + (1 + 1 / 2) / 2) / 2)
    assert scores["channels"]["look"]["map"] == scores["map"]
    assert 0 < scores["ms_per_query_p50"] <= scores["ms_per_query_p95"]


@pytest.mark.real_data
@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("pictures", ["grocery_store", "studio_multiview"])
def test_real_pictures_are_found(ask: Ask, shared_data: Path, pictures: str) -> None:
    manifest = shared_data / pictures / "manifest.csv"
    scores = ask("evaluate", "--manifest", manifest, "--channels", "look")
    assert scores["recall_at_1"] >= 0.41
