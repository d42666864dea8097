"""A supplier's workbook against a part of the demo range, with the real engines."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from PIL import Image, ImageOps

from desktop_app import paths
from desktop_app.domain.catalogue_diff import DiffRow, DiffStatus
from desktop_app.domain.progress import CancelToken
from desktop_app.engines import Engines
from desktop_app.services.workspace import Workspace

DEMO = paths.resources_dir() / "demo"
KNOWN = ("BTL-1001", "BTL-1043", "CMP-1008", "CMP-1050", "JAR-1008", "JAR-1064")
UNKNOWN = "CLG-1043"
EAN = "2900000000056"

Change = Callable[[Image.Image], Image.Image]


def picture_of(sku: str) -> Path:
    with (DEMO / "products.csv").open(encoding="utf-8-sig", newline="") as file:
        named = {row["SKU"]: row["Picture"].split(";")[0] for row in csv.DictReader(file)}
    return DEMO / named[sku]


def fill(workspace: Workspace, folder: Path) -> None:
    """A list of these products with one picture each, imported, read and looked at closely."""
    path = folder / "own.csv"
    rows = [f"{sku},{EAN if sku == 'JAR-1008' else ''},{picture_of(sku)}" for sku in KNOWN]
    path.write_text("\n".join(["sku,barcode,picture", *rows]), "utf-8")
    importing, token = workspace.importing, CancelToken()
    list(importing.apply(importing.preview(importing.classify([path]), token), token))
    workspace.load_index()
    list(workspace.index(token))
    list(workspace.enrich(token))


def write_list(path: Path, rows: list[tuple[str, str, str, Change]]) -> None:
    """Rows of number, barcode, and whose picture lies in the row, changed how."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Range")
    sheet.write_row(0, 0, ["Article no", "Photo", "EAN"])
    for number, (sku, barcode, whose, change) in enumerate(rows, 1):
        sheet.write_row(number, 0, [sku, "", barcode])
        sheet.set_row_pixels(number, 90)
        file = path.parent / f"{number}.jpg"
        with Image.open(picture_of(whose)) as picture:
            changed = change(picture.convert("RGB"))
        changed.thumbnail((320, 320))
        changed.save(file, quality=80)
        if number % 2:
            sheet.insert_image(number, 1, str(file), {"x_scale": 0.25, "y_scale": 0.25})
        else:
            sheet.embed_image(number, 1, str(file))
    book.close()


@pytest.mark.slow
def test_a_workbook_with_pictures_in_its_cells_is_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "Supplier.xlsx"
    write_list(
        path,
        [
            ("BTL-1001", "", "BTL-1001", ImageOps.mirror),
            ("SUP-2", "", "BTL-1043", lambda picture: ImageOps.expand(picture, 20, "white")),
            ("CMP-1008", "", "CMP-1050", lambda picture: picture),
            ("SUP-4", EAN, "JAR-1008", lambda picture: ImageOps.crop(picture, 16)),
            ("SUP-5", "", UNKNOWN, lambda picture: picture),
        ],
    )
    engines = Engines(data=tmp_path / "data", cache=tmp_path / "cache")
    try:
        with engines.workspace(tmp_path / "catalogue", create=True) as workspace:
            fill(workspace, tmp_path)
            importing = workspace.importing
            plan = importing.preview(importing.classify([path]), CancelToken())
            *_, last = workspace.differ.compare(plan, CancelToken())
            skus = workspace.catalogue.products.values("sku")
    finally:
        engines.close()
    assert last.diff is not None
    rows = last.diff.rows

    def told(row: DiffRow) -> tuple[DiffStatus, str, bool]:
        return row.status, skus.get(row.product_id or 0, ""), row.has_known_number

    assert [told(row) for row in rows[:4]] == [
        (DiffStatus.MATCHED, "BTL-1001", True),
        (DiffStatus.MATCHED, "BTL-1043", False),
        (DiffStatus.CHANGED_PICTURE, "CMP-1008", True),
        (DiffStatus.MATCHED, "JAR-1008", True),
    ]
    assert "looks the same as CMP-1050" in rows[2].reason
    assert rows[4].status is DiffStatus.NEW
    missing = [skus[row.product_id or 0] for row in rows if row.status is DiffStatus.MISSING]
    assert missing == ["CMP-1050", "JAR-1064"]
