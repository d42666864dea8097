from __future__ import annotations

from pathlib import Path

from desktop_app.domain.container_classes import ContainerClass
from desktop_app.domain.progress import CancelToken
from desktop_app.infra.sqlite.catalogue import create_catalogue
from desktop_app.infra.tables.archive import ZipArchiveReader
from desktop_app.infra.tables.reader import FileTableReader
from desktop_app.services.importing import ImportService

LIST = Path(__file__).resolve().parents[2] / "resources" / "demo" / "products.csv"


def test_the_demo_list_is_taken_in_as_suggested_and_without_a_remark(tmp_path: Path) -> None:
    catalogue = create_catalogue(tmp_path / "demo", "Demo range (rendered)")
    try:
        service = ImportService(catalogue, tables=FileTableReader(), archives=ZipArchiveReader())
        plan = service.preview(service.classify((LIST,)), CancelToken())
        assert plan.issues == ()
        assert set(plan.categories) == {category.value for category in ContainerClass}
        assert plan.picture_count == 2 * len(plan.records)
        assert {(column.label, column.unit) for column in plan.new_columns} == {
            ("Height", "mm"),
            ("Diameter", "mm"),
            ("Volume", "ml"),
            ("Neck finish", ""),
            ("Material", ""),
            ("Colour", ""),
        }
        (*_, last) = service.apply(plan, CancelToken())
        assert last.report is not None
        assert last.report.products_added == len(plan.records)
        product = catalogue.products.find_by_sku(plan.records[0].sku)
        assert product is not None
        assert [picture.view for picture in product.pictures] == ["front", "three-quarter"]
        assert product.fields.extra["height"] == plan.records[0].fields["height"]
    finally:
        catalogue.close()
