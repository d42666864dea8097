"""What becomes of each row of a supplier's list, and that looking changes nothing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from desktop_app.domain.catalogue_diff import DiffRow, DiffStatus
from desktop_app.domain.filters import Condition, Operator, ProductFilter
from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.services.catalogue_diff.selecting import PROPOSED, selected_plan
from tests.duplicates.finding_fakes import write_twin
from tests.indexing.fakes import write_picture

from .conftest import Shop

Rows = Callable[[], dict[str, DiffRow]]


def everything_in(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_every_row_is_told_with_its_reason(shop: Shop, rows: Rows) -> None:
    found = rows()
    told = {sku: (row.status, shop.sku(row.product_id)) for sku, row in found.items()}
    assert told == {
        "a-1": (DiffStatus.MATCHED, "A-1"),
        "A-2": (DiffStatus.CHANGED_PICTURE, "A-2"),
        "X-3": (DiffStatus.MATCHED, "A-3"),
        "X-4": (DiffStatus.MATCHED, "A-4"),
        "A-5": (DiffStatus.MATCHED, "A-5"),
        "X-6": (DiffStatus.VARIANT, "A-1"),
        "X-7": (DiffStatus.NEW, ""),
        "X-8": (DiffStatus.NEW, ""),
        "X-9": (DiffStatus.NEW, ""),
        "A-6": (DiffStatus.MISSING, "A-6"),
    }
    assert found["a-1"].reason == "Same SKU, and the pictures look the same (90 %)."
    assert "does not look the same" in found["A-2"].reason
    assert found["X-3"].reason.startswith("Same barcode as A-3, and")
    assert "looks the same as A-4 (90 %)" in found["X-4"].reason
    assert "no picture of it" in found["A-5"].reason
    assert found["X-6"].reason == "The picture looks like another version of A-1 (90 %)."
    assert "no picture" in found["X-8"].reason
    # A picture that cannot be read says why.
    assert len(found["X-9"].reason) > len(found["X-8"].reason)
    assert [sku for sku, row in found.items() if row.has_known_number] == [
        "a-1",
        "A-2",
        "X-3",
        "A-5",
    ]
    assert found["X-4"].thumbnail.startswith(b"\xff\xd8")


def test_nothing_is_written_by_comparing(shop: Shop, supplier_list: Path) -> None:
    before, revision = everything_in(shop.catalogue.folder), shop.catalogue.revision
    shop.compare(supplier_list)
    assert shop.catalogue.revision == revision
    assert everything_in(shop.catalogue.folder) == before


def test_the_very_file_of_a_product_needs_no_look(shop: Shop) -> None:
    picture = shop.source / "X-1.png"
    picture.write_bytes((shop.own / "1.png").read_bytes())
    (row, *_) = shop.compare(shop.source).rows
    assert (row.status, shop.sku(row.product_id)) == (DiffStatus.MATCHED, "A-1")
    assert row.judgement is not None and row.judgement.same == 1


def test_a_product_that_looks_like_another_is_told(shop: Shop) -> None:
    write_twin(shop.source / "A-2.png", 4)
    (row, *_) = shop.compare(shop.source).rows
    assert row.status is DiffStatus.CHANGED_PICTURE
    assert "looks the same as A-4" in row.reason


def test_only_products_expected_in_the_list_are_missing(shop: Shop, supplier_list: Path) -> None:
    def missing(scope: ProductFilter | None) -> list[str]:
        diff = shop.compare(supplier_list, scope)
        return [shop.sku(r.product_id) for r in diff.rows if r.status is DiffStatus.MISSING]

    lids = ProductFilter(conditions=(Condition("category", Operator.ANY_OF, ("Lids",)),))
    jars = ProductFilter(conditions=(Condition("title", Operator.CONTAINS, ("Jar",)),))
    assert (missing(None), missing(lids), missing(jars)) == (["A-6"], ["A-6"], [])


def zipped(shop: Shop, supplier_list: Path) -> Path:
    path = shop.source / "supplier.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(supplier_list, "List.csv")
        for picture in (shop.source / "pictures").iterdir():
            archive.write(picture, f"pictures/{picture.name}")
    return path


def workbook(shop: Shop, supplier_list: Path) -> Path:
    """The same list with the pictures in its cells."""
    path = shop.source / "List.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    for row, line in enumerate(supplier_list.read_text("utf-8").splitlines()):
        *cells, picture = line.split(",")
        for column, cell in enumerate([*cells, "Picture" if row == 0 else ""]):
            sheet.write_string(row, column, cell)
        if row and picture and "broken" not in picture:
            data = io.BytesIO((shop.source / picture).read_bytes())
            sheet.embed_image(row, 3, picture, {"image_data": data})
    book.close()
    return path


@pytest.mark.parametrize("pack", [zipped, workbook])
def test_packed_lists_are_told_the_same(
    shop: Shop, supplier_list: Path, pack: Callable[[Shop, Path], Path]
) -> None:
    plain = shop.compare(supplier_list)
    before = everything_in(shop.catalogue.folder)
    packed = shop.compare(pack(shop, supplier_list))
    assert [r.status for r in packed.rows] == [r.status for r in plain.rows]
    assert [r.product_id for r in packed.rows] == [r.product_id for r in plain.rows]
    assert everything_in(shop.catalogue.folder) == before


def test_only_confirmed_rows_are_imported(shop: Shop, supplier_list: Path) -> None:
    packed = zipped(shop, supplier_list)
    diff = shop.compare(packed)
    skus = shop.catalogue.products.values("sku")
    proposed = {place for place, row in enumerate(diff.rows) if row.status in PROPOSED}
    plan = selected_plan(diff, proposed, skus=skus)
    assert [record.sku for record in plan.records] == ["X-6", "X-7", "X-8", "X-9"]
    known = set(shop.catalogue.products.ids_by_sku())
    *_, last = shop.importing.apply(plan, CancelToken())
    assert last.report is not None and last.report.products_added == 4
    assert last.report.pictures_offline == 0
    added = set(shop.catalogue.products.ids_by_sku()) - known
    assert added == {"x-6", "x-7", "x-8", "x-9"}


def test_a_matched_row_goes_to_the_product_it_is(shop: Shop, supplier_list: Path) -> None:
    diff = shop.compare(supplier_list)
    skus = shop.catalogue.products.values("sku")
    (place,) = [p for p, row in enumerate(diff.rows) if row.record and row.record.sku == "X-4"]
    list(shop.importing.apply(selected_plan(diff, {place}, skus=skus), CancelToken()))
    assert shop.catalogue.products.find_by_sku("X-4") is None
    product = shop.catalogue.products.find_by_sku("A-4")
    assert product is not None
    assert product.fields.title == "Jar four"
    assert len(product.pictures) == 2


def test_comparing_can_be_stopped_and_says_how_far_it_is(shop: Shop) -> None:
    for number in range(30):
        write_picture(shop.source / f"N-{number}.png", 100 + number)
    plan = shop.importing.preview(shop.importing.classify([shop.source]), CancelToken())
    token = CancelToken()
    steps = shop.differ.compare(plan, token)
    first = next(steps)
    assert first.diff is None
    assert 0 < first.progress.done < first.progress.total == 30
    token.cancel()
    with pytest.raises(Cancelled):
        list(steps)


def test_an_empty_catalogue_finds_everything_new(shop: Shop, supplier_list: Path) -> None:
    ids = list(shop.catalogue.products.ids_by_sku().values())
    shop.catalogue.products.remove(ids)
    diff = shop.compare(supplier_list)
    assert {row.status for row in diff.rows} == {DiffStatus.NEW}
