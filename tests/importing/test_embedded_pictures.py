"""Product lists with pictures in their rows, as spreadsheet programs write them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.drawing.image import Image as SheetImage
from PIL import Image

from desktop_app.domain.imports import ImportPlan, ImportReport
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.progress import CancelToken
from desktop_app.infra.tables.embedded_pictures import pictures_by_row
from desktop_app.services.importing import ImportService

SKUS = ("A-1", "A-2", "A-3")
Write = Callable[[Path], None]


def png(number: int) -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (40, 40), (40 * number, 90, 160)).save(out, "PNG")
    out.seek(0)
    return out


def laid_over_cells(path: Path) -> None:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("List")
    sheet.write_row(0, 0, ["SKU", "Picture", "Title"])
    for row, sku in enumerate(SKUS, 1):
        sheet.write_row(row, 0, [sku, "", f"Jar {sku}"])
        sheet.insert_image(row, 1, f"{sku}.png", {"image_data": png(row), "y_offset": 3})
        sheet.set_row_pixels(row, 50)
    book.close()


def placed_in_cells(path: Path) -> None:
    book = xlsxwriter.Workbook(str(path))
    book.add_worksheet("Cover").write(0, 0, "Not this one")
    sheet = book.add_worksheet("List")
    book.worksheets()[0].hide()
    sheet.activate()
    sheet.write_row(0, 0, ["SKU", "Picture", "Title"])
    for row, sku in enumerate(SKUS, 1):
        sheet.write_row(row, 0, [sku, "", f"Jar {sku}"])
        sheet.embed_image(row, 1, f"{sku}.png", {"image_data": png(row)})
    book.close()


def by_another_program(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["SKU", "Picture", "Title"])
    for row, sku in enumerate(SKUS, 2):
        sheet.append([sku, None, f"Jar {sku}"])
        sheet.row_dimensions[row].height = 40
        sheet.add_image(SheetImage(png(row - 1)), f"B{row}")
    book.save(path)


def plan_of(service: ImportService, path: Path) -> ImportPlan:
    return service.preview(service.classify([path]), CancelToken())


def imported(service: ImportService, path: Path) -> ImportReport:
    *_, last = service.apply(plan_of(service, path), CancelToken())
    assert last.report is not None
    return last.report


@pytest.mark.parametrize("write", [laid_over_cells, placed_in_cells, by_another_program])
def test_each_row_brings_its_picture(
    service: ImportService, catalogue: Catalogue, source: Path, write: Write
) -> None:
    path = source / "Supplier.xlsx"
    write(path)
    plan = plan_of(service, path)
    assert [record.sku for record in plan.records] == list(SKUS)
    assert [len(record.pictures) for record in plan.records] == [1, 1, 1]
    assert not plan.issues
    # Looking writes nothing.
    assert not (catalogue.folder / "pictures").exists()

    report = imported(service, path)
    assert (report.products_added, report.pictures_added) == (3, 3)
    for number, sku in enumerate(SKUS, 1):
        product = catalogue.products.find_by_sku(sku)
        assert product is not None
        (picture,) = product.pictures
        with Image.open(picture.path) as shown:
            assert shown.convert("RGB").getpixel((5, 5)) == (40 * number, 90, 160)
    again = imported(service, path)
    assert (again.products_unchanged, again.pictures_added, again.pictures_offline) == (3, 0, 0)


def test_a_picture_belongs_to_the_row_that_its_middle_lies_in(source: Path) -> None:
    path = source / "list.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("List")
    sheet.write_column(0, 0, ["SKU", *SKUS])
    # Rows of 20 pixels: the picture of 40 begins at the foot of row 2 and ends in row 5.
    sheet.insert_image(1, 1, "a.png", {"image_data": png(1), "y_offset": 16})
    book.close()
    assert list(pictures_by_row(path.read_bytes(), "List")) == [3]


def test_named_files_and_pictures_in_rows_go_together(service: ImportService, source: Path) -> None:
    (source / "front.png").write_bytes(png(4).getvalue())
    path = source / "list.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["SKU", "Image"])
    sheet.write_row(1, 0, ["A-1", "front.png"])
    sheet.insert_image(1, 2, "b.png", {"image_data": png(1)})
    book.close()
    report = imported(service, path)
    assert (report.products_added, report.pictures_added, report.issues) == (1, 2, ())


def test_a_list_whose_pictures_cannot_be_made_out_is_still_read(
    service: ImportService, source: Path
) -> None:
    whole, broken = source / "whole.xlsx", source / "broken.xlsx"
    laid_over_cells(whole)
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(broken, "w") as new:
        for name in old.namelist():
            damaged = name.startswith("xl/drawings/drawing")
            new.writestr(name, b"<no more" if damaged else old.read(name))
    plan = plan_of(service, broken)
    assert [record.sku for record in plan.records] == list(SKUS)
    assert plan.picture_count == 0
