"""One catalogue for the whole package, made by the command line with the real engines."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from desktop_app import cli
from desktop_app.services.self_test import encoded_png, product_picture, seen_otherwise, sku_of

PRODUCTS = 6


@dataclass(frozen=True, slots=True)
class Place:
    """Folders that stand for the user's, and a catalogue of PRODUCTS products in two
    categories, each with a price of ten times its number."""

    data: Path
    cache: Path
    catalogue: Path
    pictures: Path
    first_report: dict[str, Any]

    @property
    def own(self) -> list[str]:
        return ["--data", str(self.data), "--cache", str(self.cache)]


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    root = tmp_path_factory.mktemp("cli")
    pictures, report = root / "pictures", root / "report.json"
    for number in range(PRODUCTS):
        path = pictures / ("Jar" if number % 2 else "Tube") / f"{sku_of(number)}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encoded_png(product_picture(number)))
    (pictures / "Jar" / "BROKEN.png").write_bytes(b"\x89PNG\r\n\x1a\nno more")
    prices = root / "prices.csv"
    rows = [f"{sku_of(number)},{number * 10},{80 + number}" for number in range(PRODUCTS)]
    prices.write_text("\n".join(["sku,price,height", *rows]), "utf-8")
    place = Place(root / "data", root / "cache", root / "catalogue", pictures, {})
    command = ["index", "-c", str(place.catalogue), *place.own, "--json", str(report)]
    assert cli.main([*command, str(pictures)]) == 0
    first_report = json.loads(report.read_text("utf-8"))
    assert cli.main([*command, str(prices)]) == 0
    return Place(place.data, place.cache, place.catalogue, pictures, first_report)


@pytest.fixture
def query(tmp_path: Path) -> Callable[[int], Path]:
    """Writes another view of a product."""

    def write(number: int) -> Path:
        path = tmp_path / f"query {number}.png"
        path.write_bytes(encoded_png(seen_otherwise(product_picture(number))))
        return path

    return write


@pytest.fixture
def ask(place: Place, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Runs a command with ``--json -`` and returns what it wrote."""

    def run(*arguments: str | Path) -> Any:
        capsys.readouterr()
        assert cli.main([*map(str, arguments), *place.own, "--json", "-"]) == 0
        return json.loads(capsys.readouterr().out)

    return run
