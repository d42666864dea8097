"""Renders the demo range: ``python -m desktop_app.infra.rendering.build_demo [folder]``.

Writes packshots, ten photo queries, ``products.csv`` and ``queries.csv``. One process; the
whole range takes about twenty minutes.
"""

from __future__ import annotations

import csv
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from desktop_app.domain.container_classes import ContainerClass
from desktop_app.infra.rendering.demo_range import QUERY_ROWS, demo_specs, own_rows
from desktop_app.infra.rendering.photo import photo
from desktop_app.infra.rendering.products import Product, ProductSpec, assemble, views
from desktop_app.infra.rendering.studio import packshot

PACKSHOT_SIZE = 400
PHOTO_SIZE = 640
JPEG_QUALITY = 85
NOTE = "Rendered demo product: not a real product, brand or photograph."

_PREFIXES: dict[ContainerClass, str] = {
    ContainerClass.BOTTLE: "BTL",
    ContainerClass.COMPACT: "CMP",
    ContainerClass.JAR: "JAR",
    ContainerClass.PALETTE: "PAL",
    ContainerClass.POWDER: "PWD",
    ContainerClass.ROLL_ON: "ROL",
    ContainerClass.STICK: "STK",
    ContainerClass.PUFF: "PUF",
    ContainerClass.SPATULA: "SPA",
    ContainerClass.GENERAL_CLOSURE: "CLG",
    ContainerClass.ONE_TOUCH_CLOSURE: "CLO",
    ContainerClass.PRESS_CLOSURE: "CLP",
    ContainerClass.DROPPER: "CLD",
    ContainerClass.SHARP_CLOSURE: "CLS",
    ContainerClass.PUMP: "CLU",
}
_BASE_PRICE: dict[ContainerClass, float] = {
    ContainerClass.BOTTLE: 0.62,
    ContainerClass.COMPACT: 2.10,
    ContainerClass.JAR: 1.25,
    ContainerClass.PALETTE: 2.90,
    ContainerClass.POWDER: 1.10,
    ContainerClass.ROLL_ON: 0.78,
    ContainerClass.STICK: 1.40,
    ContainerClass.PUFF: 0.55,
    ContainerClass.SPATULA: 0.18,
    ContainerClass.GENERAL_CLOSURE: 0.16,
    ContainerClass.ONE_TOUCH_CLOSURE: 0.24,
    ContainerClass.PRESS_CLOSURE: 0.28,
    ContainerClass.DROPPER: 0.85,
    ContainerClass.SHARP_CLOSURE: 0.42,
    ContainerClass.PUMP: 0.92,
}
COLUMNS = (
    "SKU",
    "Title",
    "Brand",
    "Category",
    "Price",
    "Currency",
    "Size",
    "Availability",
    "URL",
    "Barcode",
    "Notes",
    "Height (mm)",
    "Diameter (mm)",
    "Volume (ml)",
    "Neck finish",
    "Material",
    "Colour",
    "Picture",
    "View",
)


@dataclass(frozen=True, slots=True, eq=False)
class DemoItem:
    """A product of the demo range with its list row."""

    product: Product
    row: dict[str, str]

    @property
    def sku(self) -> str:
        return self.row["SKU"]


def demo_items() -> Iterator[DemoItem]:
    """Every product of the range with the fields of its row, in order."""
    single = 0
    in_families = sum(own_rows(category) for category in demo_specs())
    for category, specs in demo_specs().items():
        for position, spec in enumerate(specs):
            if position < own_rows(category):
                single += 1
                number = single
            else:
                in_families += 1
                number = in_families
            product = assemble(spec)
            yield DemoItem(product, _row(product, category, position, number))


def _row(product: Product, category: ContainerClass, position: int, number: int) -> dict[str, str]:
    spec = product.spec
    rng = np.random.default_rng(7000 + number)
    sku = sku_of(category, position)
    price = _BASE_PRICE[category] * spec.scale**1.6 * float(rng.uniform(0.85, 1.35))
    price = round(price * (1.3 if "lass" in product.material else 1.0), 2)
    stock = ("in stock", "in stock", "in stock", "in stock", "low stock", "out of stock")
    folder = f"pictures/{sku.lower()}"
    described = (spec.name, product.noun, spec.version, spec.colourway.lower())
    values = (
        sku,
        f"{', '.join(filter(None, described))} (rendered)",
        spec.brand,
        category.value,
        f"{price:.2f}",
        "EUR",
        _size_text(product),
        stock[int(rng.integers(len(stock)))],
        f"https://example.com/demo/{sku.lower()}",
        ean13(f"29{number:010d}"),
        NOTE,
        f"{product.height_mm:.1f}",
        f"{product.diameter_mm:.1f}",
        "" if product.volume_ml is None else str(product.volume_ml),
        product.neck_finish,
        product.material,
        spec.colourway,
        f"{folder}-front.jpg;{folder}-three-quarter.jpg",
        "front;three-quarter",
    )
    return dict(zip(COLUMNS, values, strict=True))


def sku_of(category: ContainerClass, position: int) -> str:
    """The SKU of a category's product, by the number of its row."""
    return f"{_PREFIXES[category]}-{1001 + position * 7}"


def _size_text(product: Product) -> str:
    if product.volume_ml is not None:
        return f"{product.volume_ml} ml"
    return f"{round(product.diameter_mm)} × {round(product.height_mm)} mm"


def ean13(digits: str) -> str:
    """Twelve digits with their EAN-13 check digit. Prefixes 20 to 29 are kept for use
    inside a company."""
    weighted = sum(int(digit) * (3 if k % 2 else 1) for k, digit in enumerate(digits))
    return f"{digits}{-weighted % 10}"


def build(folder: Path) -> None:
    """Render the whole demo range into ``folder``."""
    (folder / "pictures").mkdir(parents=True, exist_ok=True)
    (folder / "queries").mkdir(exist_ok=True)
    rows: list[dict[str, str]] = []
    skus: dict[ProductSpec, str] = {}
    for item in demo_items():
        spec = item.product.spec
        for view, file in zip(views(spec), item.row["Picture"].split(";"), strict=True):
            _save(packshot(item.product.model, view, size=PACKSHOT_SIZE).rgb, folder / file)
        rows.append(item.row)
        skus[spec] = item.sku
    _write_csv(folder / "products.csv", COLUMNS, rows)
    _build_queries(folder, skus)


def _build_queries(folder: Path, skus: Mapping[ProductSpec, str]) -> None:
    specs = demo_specs()
    single = [spec for category, of in specs.items() for spec in of[: own_rows(category)]]
    rows = []
    for number, (category, position) in enumerate(QUERY_ROWS):
        spec = specs[category][position]
        others = [other for other in single if other.category is not category]
        rng = np.random.default_rng(400 + number)
        clutter = [assemble(others[int(k)]).model for k in rng.integers(len(others), size=3)]
        picture = photo(assemble(spec).model, clutter, seed=900 + number, size=PHOTO_SIZE)
        file = f"queries/photo-{number + 1:02d}.jpg"
        _save(picture, folder / file, quality=80)
        rows.append({"File": file, "SKU": skus[spec], "Notes": "Rendered, not a photograph."})
    _write_csv(folder / "queries.csv", ("File", "SKU", "Notes"), rows)


def _save(rgb: NDArray[np.uint8], path: Path, *, quality: int = JPEG_QUALITY) -> None:
    Image.fromarray(rgb).save(path, quality=quality, optimize=True, comment=NOTE)


def _write_csv(path: Path, columns: Sequence[str], rows: Sequence[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)


def main() -> None:
    """Entry point of the command."""
    default = Path(__file__).resolve().parents[3] / "resources" / "demo"
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    started = time.perf_counter()
    build(folder)
    print(f"{folder}: {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
