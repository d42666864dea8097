from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from desktop_app.domain.container_classes import ContainerClass
from desktop_app.infra.rendering.build_demo import COLUMNS, demo_items, ean13
from desktop_app.infra.rendering.demo_families import FAMILIES
from desktop_app.infra.rendering.demo_range import demo_specs, own_rows
from desktop_app.infra.rendering.designs.brief import Measure

DEMO = Path(__file__).resolve().parents[2] / "resources" / "demo"


def read(name: str) -> list[dict[str, str]]:
    with (DEMO / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def products() -> list[dict[str, str]]:
    return read("products.csv")


def test_the_committed_list_is_what_the_builder_writes(products: list[dict[str, str]]) -> None:
    assert products == [item.row for item in demo_items()]


def test_at_least_300_products_over_the_fifteen_categories(products: list[dict[str, str]]) -> None:
    assert len(products) >= 300
    counts = Counter(product["Category"] for product in products)
    assert set(counts) == {category.value for category in ContainerClass}
    assert min(counts.values()) >= 18


def test_skus_barcodes_and_links_are_unique(products: list[dict[str, str]]) -> None:
    for column in ("SKU", "Barcode", "URL"):
        values = [product[column].casefold() for product in products]
        assert len(set(values)) == len(values)


def test_barcodes_are_valid_and_in_the_range_kept_for_use_inside_a_company(
    products: list[dict[str, str]],
) -> None:
    for product in products:
        assert re.fullmatch(r"2\d{12}", product["Barcode"])
        assert ean13(product["Barcode"][:12]) == product["Barcode"]


def test_check_digit_of_a_known_barcode() -> None:
    assert ean13("400638133393") == "4006381333931"


def test_every_product_has_two_views_that_exist(products: list[dict[str, str]]) -> None:
    for product in products:
        files, names = product["Picture"].split(";"), product["View"].split(";")
        assert len(files) == len(names) == 2
        for file in files:
            with Image.open(DEMO / file) as picture:
                assert picture.format == "JPEG"
                assert 384 <= picture.width <= 448
                assert b"Rendered" in picture.info["comment"]


def test_no_picture_is_left_over(products: list[dict[str, str]]) -> None:
    named = {file for product in products for file in product["Picture"].split(";")}
    assert {f"pictures/{path.name}" for path in (DEMO / "pictures").iterdir()} == named


def test_fields_are_plausible(products: list[dict[str, str]]) -> None:
    assert tuple(products[0]) == COLUMNS
    for product in products:
        assert float(product["Price"]) > 0
        assert float(product["Height (mm)"]) > 0
        assert float(product["Diameter (mm)"]) > 0
        assert product["Volume (ml)"] == "" or int(product["Volume (ml)"]) > 0
        assert product["URL"].startswith("https://example.com/")
        assert product["Currency"] == "EUR"
    stock = {product["Availability"] for product in products}
    assert {"in stock", "out of stock"} <= stock


def test_families_share_a_shape_in_several_colours_beside_a_near_variant() -> None:
    for category, families in FAMILIES.items():
        specs = demo_specs()[category][own_rows(category) :]
        assert len(families) == 3
        assert len(specs) == sum(len(family.colourways) + 1 for family in families)
        for family in families:
            own = [spec for spec in specs if spec.name == family.name]
            (variant,) = (spec for spec in own if spec.version)
            alike = [spec for spec in own if not spec.version]
            assert len({spec.colourway for spec in alike}) == len(family.colourways) >= 2
            assert {spec.proportions for spec in alike} == {family.proportions}
            assert len({spec.seed for spec in own}) == 1
            assert variant.colourway == alike[0].colourway
            changed = [
                measure
                for measure in Measure
                if getattr(variant.proportions, measure.value)
                != getattr(family.proportions, measure.value)
            ]
            assert changed == [family.variant.measure]


def test_everything_is_marked_as_rendered(products: list[dict[str, str]]) -> None:
    assert all("rendered" in product["Notes"].lower() for product in products)
    assert all("rendered" in product["Title"] for product in products)
    assert all("rendered" in query["Notes"].lower() for query in read("queries.csv"))
    assert "rendered" in (DEMO / "README.md").read_text(encoding="utf-8").lower()


def test_ten_photo_queries_expect_products_of_ten_categories(
    products: list[dict[str, str]],
) -> None:
    category_of = {product["SKU"]: product["Category"] for product in products}
    queries = read("queries.csv")
    assert len(queries) == 10
    assert len({category_of[query["SKU"]] for query in queries}) == 10
    for query in queries:
        with Image.open(DEMO / query["File"]) as picture:
            assert picture.height > picture.width >= 384


def test_the_demo_range_is_small_enough_to_ship() -> None:
    total = sum(path.stat().st_size for path in DEMO.rglob("*") if path.is_file())
    assert total < 7_000_000
