"""Product lists become products with typed fields and pictures."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from desktop_app.domain.errors import UnreadableTable
from desktop_app.domain.imports import ImportRequest, IssueKind, SourceKind, TableRules
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.products import Column, FieldKind, PictureState
from desktop_app.domain.progress import CancelToken
from desktop_app.services.importing import ImportService
from tests.importing.driving import (
    pictures_by_sku,
    products,
    read_pictures,
    run_import,
    run_plan,
    run_request,
    run_rescan,
)

Put = Callable[..., Path]


def table_request(path: Path, **rules: object) -> ImportRequest:
    return ImportRequest(
        SourceKind.TABLE,
        (path,),
        table_rules=TableRules(**rules),  # type: ignore[arg-type]
    )


def test_a_list_becomes_products_with_fields_and_pictures(
    service: ImportService, catalogue: Catalogue, put: Put
) -> None:
    put("img/a.jpg")
    put("img/b.jpg")
    path = put(
        "list.csv",
        "Artikelnummer;Bezeichnung;Marke;Preis;EAN;Höhe (mm);Nachfüllbar;Bild\n"
        'A1;Tiegel 50 ml;Acme;1.299,00 €;4006381333931;12,5;ja;"img/a.jpg; img\\B.JPG"\n'
        'A2;Flasche;;"3,50";;;nein;\n',
    )
    plan = service.preview(service.classify([path]), CancelToken())
    assert plan.table is not None
    assert plan.table.row_count == 2
    assert plan.new_columns == (
        Column("hohe", "Höhe", FieldKind.NUMBER, "mm"),
        Column("nachfullbar", "Nachfüllbar", FieldKind.FLAG),
    )
    report = run_plan(service, plan)
    assert (report.products_added, report.pictures_added, report.issues) == (2, 2, ())
    first, second = (product.fields for product in products(catalogue))
    assert (first.title, first.brand, first.price, first.currency, first.barcode) == (
        *("Tiegel 50 ml", "Acme", 1299.0, "EUR", "4006381333931"),
    )
    assert first.extra == {"hohe": 12.5, "nachfullbar": True}
    assert (second.price, second.currency, second.extra) == (3.5, "", {"nachfullbar": False})


def test_a_picture_cell_may_hold_several(
    service: ImportService, catalogue: Catalogue, put: Put
) -> None:
    for name in ("a.jpg", "b.jpg", "c;d.jpg", "e, f.jpg", "g.jpg", "h.jpg"):
        put(name)
    path = put(
        "list.tsv",
        "sku\tpicture\tview\n"
        "A1\ta.jpg | b.jpg\tfront;back\n"
        "A2\tc;d.jpg\t\n"
        "A3\te, f.jpg\t\n"
        "A4\tg.jpg, h.jpg\t\n"
        "A5\ta\tside\n",
    )
    assert run_import(service, path).issues == ()
    assert pictures_by_sku(catalogue) == {
        "A1": [("a.jpg", "front"), ("b.jpg", "back")],
        "A2": [("c;d.jpg", "")],
        "A3": [("e, f.jpg", "")],
        "A4": [("g.jpg", ""), ("h.jpg", "")],
        "A5": [("a.jpg", "side")],
    }


def test_pictures_are_found_by_every_reasonable_name(
    service: ImportService, catalogue: Catalogue, source: Path, put: Put
) -> None:
    put("Images/Größe.JPG")
    put("elsewhere/x.jpg")
    decomposed = "images/gro\u0308\u00dfe.jpg".replace("gr", "Gr")
    names = ["Images/Größe.JPG", "images\\größe.jpg", "größe", decomposed]
    names += ["C:\\supplier\\images\\Größe.jpg", str(source / "Images" / "Größe.JPG")]
    names += ["../source/Images/Größe.JPG"]
    rows = "".join(f"A{n},{name}\n" for n, name in enumerate(names))
    assert run_import(service, put("list.csv", "sku,image\n" + rows)).issues == ()
    assert len(products(catalogue)) == len(names)
    assert {p.pictures[0].path for p in products(catalogue)} == {str(source / "Images/Größe.JPG")}


def test_a_picture_folder_of_its_own_can_be_named(
    service: ImportService, catalogue: Catalogue, tmp_path: Path, put: Put
) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a.jpg").write_bytes(b"x")
    path = put("list.csv", "sku,image\nA1,a.jpg\n")
    assert run_import(service, path).issues[0].kind is IssueKind.FAILED
    report = run_request(service, table_request(path, picture_root=tmp_path / "pictures"))
    assert report.issues == ()
    assert report.pictures_added == 1


def test_a_list_without_a_picture_column_takes_pictures_named_after_the_sku(
    service: ImportService, catalogue: Catalogue, tmp_path: Path, put: Put
) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name in ("a1_front.jpg", "a1_back.jpg", "a2_front.jpg", "other_front.jpg"):
        (folder / name).write_bytes(name.encode())
    path = put("list.csv", "sku,title\nA1,Jar\nA2,Tin\nA3,Cup\n")
    assert "No column names pictures" in run_import(service, path).issues[0].reason
    rules = TableRules(picture_root=folder)
    report = run_request(service, replace(service.classify([path]), table_rules=rules))
    assert report.issues == ()
    assert {sku: len(found) for sku, found in pictures_by_sku(catalogue).items()} == {
        "A1": 2,
        "A2": 1,
        "A3": 0,
    }


def test_missing_and_unfit_pictures_are_issues_and_the_product_comes_in(
    service: ImportService, catalogue: Catalogue, put: Put
) -> None:
    put("a.jpg")
    put("notes.pdf")
    put("empty.jpg", b"")
    path = put(
        "list.csv",
        "sku,image\nA1,a.jpg|gone.jpg\nA2,notes.pdf\nA3,empty.jpg\n"
        "A4,https://example.com/a.jpg\nA5,http://example.com/b.jpg\n",
    )
    report = run_import(service, path)
    assert report.products_added == 5
    assert report.pictures_added == 1
    assert [(issue.kind, issue.origin) for issue in report.issues] == [
        (IssueKind.FAILED, "row 2"),
        (IssueKind.FAILED, "row 3"),
        (IssueKind.FAILED, "row 4"),
        (IssueKind.NOTE, "pictures"),
    ]
    assert "gone.jpg" in report.issues[0].reason
    assert report.issues[3].reason.startswith("2 pictures are named by a web address")


def test_rows_of_one_sku_add_pictures_or_are_reported(
    service: ImportService, catalogue: Catalogue, put: Put
) -> None:
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        put(name)
    path = put(
        "list.csv",
        "sku,title,brand,image\nA1,Jar,,a.jpg\na1,Jar,,b.jpg\nA1,Tin,,c.jpg\nA1,,,a.jpg\n"
        "A1,,Acme,\n,Nameless,,\n",
    )
    report = run_import(service, path)
    (product,) = products(catalogue)
    assert (product.fields.title, product.fields.brand) == ("Jar", "Acme")
    assert pictures_by_sku(catalogue) == {"A1": [("a.jpg", ""), ("b.jpg", "")]}
    assert [(issue.kind, issue.origin, issue.reason) for issue in report.issues] == [
        (IssueKind.NOTE, "row 4", "SKU A1 is also in row 2; the first was kept."),
        (IssueKind.NOTE, "row 5", "SKU A1 is also in row 2; it says nothing new."),
        (IssueKind.FAILED, "row 7", "The row has no SKU and was left out."),
    ]


def test_a_list_with_a_row_for_each_picture_loses_none(
    service: ImportService, catalogue: Catalogue, put: Put
) -> None:
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        put(name)
    path = put(
        "list.csv",
        "sku,title,image,view,width\nA1,Jar,a.jpg,front,10\nA1,Jar,b.jpg,back,20\n"
        "A1,Jar,c.jpg,side,30\n",
    )
    report = run_import(service, path)
    assert pictures_by_sku(catalogue) == {
        "A1": [("a.jpg", "front"), ("b.jpg", "back"), ("c.jpg", "side")]
    }
    assert products(catalogue)[0].fields.extra == {"width": 10}
    assert [(issue.origin, issue.reason[:6]) for issue in report.issues] == [("width", "2 rows")]


def test_a_table_without_a_sku_column_asks_for_one(service: ImportService, put: Put) -> None:
    plan = service.preview(
        service.classify([put("list.csv", "Neck finish,Height\n24/410,12\n")]), CancelToken()
    )
    assert plan.records == ()
    assert "No column holds the SKU" in plan.issues[0].reason
    assert plan.table is not None
    mapping = dict(plan.table.rules.mapping) | {"Neck finish": "sku"}
    request = replace(plan.request, table_rules=replace(plan.table.rules, mapping=mapping))
    assert [r.sku for r in service.preview(request, CancelToken()).records] == ["24/410"]


def test_values_that_do_not_fit_are_left_out_with_a_note(
    service: ImportService, catalogue: Catalogue, put: Put
) -> None:
    catalogue.products.add_column(Column("height", "Height", FieldKind.NUMBER, "mm"))
    catalogue.products.add_column(Column("launched", "Launched", FieldKind.DATE))
    path = put(
        "list.csv",
        "sku,Height (mm),Launched,Price,EAN\n"
        "A1,tall,03/04/2024,on request,4.00638E+12\n"
        "A2,n/a,4.3.2024,n/a,4006381333931\n",
    )
    report = run_import(service, path)
    assert {issue.kind for issue in report.issues} == {IssueKind.NOTE}
    assert [issue.reason.split(":")[0] for issue in report.issues if issue.origin == "row 2"] == [
        *("Height", "Launched", "Price", "Barcode"),
    ]
    first, second = (product.fields for product in products(catalogue))
    assert (first.extra, first.price, first.barcode) == ({}, None, "")
    assert (second.extra, second.barcode) == ({"launched": "2024-03-04"}, "4006381333931")


def test_currency_comes_from_cell_header_or_column(
    service: ImportService, catalogue: Catalogue, put: Put
) -> None:
    run_import(service, put("a.csv", "sku,Price (CHF)\nA1,12.50\nA2,$3\n"))
    run_import(service, put("b.csv", "sku,currency,price\nB1,euro,12.50\nB2,EUR,$3\nB3,,4\n"))
    assert [(p.fields.sku, p.fields.currency) for p in products(catalogue)] == [
        *(("A1", "CHF"), ("A2", "USD"), ("B1", "EUR"), ("B2", "USD"), ("B3", "")),
    ]


def test_sizes_keep_the_unit_of_their_header(
    service: ImportService, catalogue: Catalogue, put: Put
) -> None:
    run_import(service, put("a.csv", "sku,Size (ml)\nA1,50\nA2,large\n"))
    assert [product.fields.size for product in products(catalogue)] == ["50 ml", "large"]


def test_a_workbook_keeps_codes_and_dates_as_meant(
    service: ImportService, catalogue: Catalogue, source: Path
) -> None:
    book = openpyxl.Workbook()
    book.active.append(["sku", "title", "barcode", "price", "Volume ml", "Neck"])
    book.active.append([1001, "Jar", 4006381333931.0, 1.299, 50, "0024"])
    book.save(source / "list.xlsx")
    run_import(service, source / "list.xlsx")
    (product,) = products(catalogue)
    assert product.fields.sku == "1001"
    assert product.fields.barcode == "4006381333931"
    assert product.fields.price == 1.299
    assert product.fields.extra == {"volume": 50.0, "neck": "0024"}


def test_existing_products_get_only_what_the_list_names_and_what_differs(
    service: ImportService, catalogue: Catalogue, put: Put
) -> None:
    put("a.jpg")
    put("b.jpg")
    path = put("list.csv", "sku,title,brand,image\nA1,Jar,Acme,a.jpg\nA2,Tin,Acme,\n")
    run_import(service, path)
    (first, _) = products(catalogue)
    catalogue.products.update_fields([first.id], {"notes": "mine", "brand": "Other"})
    put("list.csv", "sku,title,brand,image\na1,Jar,,a.jpg|b.jpg\nA2,Tin,Acme,\nA3,Cup,,\n")
    report = run_import(service, path)
    assert (report.products_added, report.products_updated, report.products_unchanged) == (1, 1, 1)
    assert (report.pictures_added, report.pictures_unchanged) == (1, 1)
    fields = products(catalogue)[0].fields
    assert (fields.sku, fields.notes, fields.brand) == ("A1", "mine", "Other")


def test_one_picture_may_serve_several_products(
    service: ImportService, catalogue: Catalogue, put: Put
) -> None:
    put("a.jpg")
    path = put("list.csv", "sku,image\nA1,a.jpg\nA2,a.jpg\n")
    run_import(service, path)
    assert read_pictures(catalogue) == 1
    report = run_import(service, path)
    assert (report.pictures_added, report.pictures_unchanged) == (0, 2)
    assert pictures_by_sku(catalogue) == {"A1": [("a.jpg", "")], "A2": [("a.jpg", "")]}


def test_a_picture_that_the_list_follows_to_its_new_place_is_moved(
    service: ImportService, catalogue: Catalogue, source: Path, put: Put
) -> None:
    picture = put("a.jpg")
    path = put("list.csv", "sku,image\nA1,a.jpg\n")
    run_import(service, path)
    read_pictures(catalogue)
    picture.rename(source / "jar.jpg")
    put("list.csv", "sku,image\nA1,jar.jpg\n")
    report = run_import(service, path)
    assert (report.pictures_moved, report.pictures_offline) == (1, 0)
    assert products(catalogue)[0].pictures[0].state is PictureState.READY


def test_pictures_on_an_unplugged_drive_are_not_marked(
    service: ImportService, catalogue: Catalogue, tmp_path: Path, put: Put
) -> None:
    drive = tmp_path / "drive"
    drive.mkdir()
    (drive / "a.jpg").write_bytes(b"x")
    path = put("list.csv", "sku,title,image\nA1,Jar,a.jpg\n")
    run_request(service, table_request(path, picture_root=drive))
    read_pictures(catalogue)
    drive.rename(tmp_path / "unplugged")
    put("list.csv", "sku,title,image\nA1,Tin,a.jpg\n")
    report = run_rescan(service)
    assert any("drive" in issue.reason for issue in report.issues)
    (product,) = products(catalogue)
    assert product.fields.title == "Tin"
    assert product.pictures[0].state is PictureState.READY


def test_the_mapping_is_remembered_for_lists_with_these_headers(
    service: ImportService, catalogue: Catalogue, put: Put
) -> None:
    path = put("spring.csv", "sku,Name,Extra\nA1,Jar,7\n")
    plan = service.preview(service.classify([path]), CancelToken())
    assert plan.table is not None
    rules = replace(
        plan.table.rules,
        mapping={"sku": "sku", "Name": "notes", "Extra": "weight"},
        new_columns=(Column("weight", "Weight", FieldKind.NUMBER, "g"),),
    )
    run_request(service, replace(plan.request, table_rules=rules))
    autumn = put("autumn.csv", "Name;sku;Extra\nTin;A2;8\n".encode("utf-16"))
    report = run_import(service, autumn)
    assert report.issues
    assert {i.reason for i in report.issues} == {
        "No column names pictures. Choose that column, or the folder of pictures."
    }
    fields = products(catalogue)[1].fields
    assert (fields.sku, fields.notes, fields.title, fields.extra) == (
        "A2",
        "Tin",
        "",
        {"weight": 8},
    )


def test_a_column_left_out_is_still_offered(
    service: ImportService, catalogue: Catalogue, put: Put
) -> None:
    path = put("list.csv", "sku,Neck finish\nA1,24/410\n")
    plan = service.preview(
        table_request(path, mapping={"sku": "sku", "Neck finish": ""}), CancelToken()
    )
    assert plan.new_columns == ()
    assert plan.table is not None
    assert [column.name for column in plan.table.rules.new_columns] == ["neck_finish"]


def test_other_reading_rules_start_the_mapping_afresh(service: ImportService, put: Put) -> None:
    path = put("list.csv", "sku;title\nA1;Jar\n")
    wrong = service.preview(table_request(path, delimiter=","), CancelToken())
    assert wrong.records == ()
    assert wrong.table is not None
    right = replace(wrong.request, table_rules=replace(wrong.table.rules, delimiter=";"))
    assert [record.sku for record in service.preview(right, CancelToken()).records] == ["A1"]


def test_the_preview_shows_the_head_as_texts(service: ImportService, put: Put) -> None:
    rows = "".join(f"A{n},{n}\n" for n in range(50))
    plan = service.preview(service.classify([put("l.csv", "sku,n\n" + rows)]), CancelToken())
    assert plan.table is not None
    assert plan.table.row_count == 50
    assert plan.table.rows[:2] == (("A0", "0"), ("A1", "1"))
    assert len(plan.table.rows) == 20
    assert (plan.table.rules.encoding, plan.table.rules.delimiter) == ("utf-8", ",")


def test_a_list_that_cannot_be_opened_is_said(
    service: ImportService, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put("list.csv", "sku\nA1\n")

    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(UnreadableTable, match="could not be opened"):
        service.preview(service.classify([path]), CancelToken())


def test_skus_the_catalogue_takes_for_one_cost_only_themselves(
    service: ImportService, catalogue: Catalogue, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put("list.csv", "sku\nA1\nA2\nA3\n")
    plan = service.preview(service.classify([path]), CancelToken())
    run_import(service, put("other.csv", "sku\nA2\n"))
    # As if another window had added it in the middle of the run.
    monkeypatch.setattr(catalogue.products, "ids_by_sku", dict)
    report = run_plan(service, plan)
    assert report.products_added == 2
    assert [(i.kind, i.origin) for i in report.issues if i.kind is IssueKind.FAILED] == [
        (IssueKind.FAILED, "row 3")
    ]
    assert [product.fields.sku for product in products(catalogue)] == ["A1", "A2", "A3"]


def test_a_list_in_a_folder_that_may_not_be_listed_still_finds_absolute_paths(
    service: ImportService, catalogue: Catalogue, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = put("pictures/a.jpg")
    path = put("list.csv", f"sku,image\nA1,{picture}\n")

    def refuse(folder: object) -> list[str]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "listdir", refuse)
    assert run_import(service, path).pictures_added == 1
