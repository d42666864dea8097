"""Headers in several languages find their fields; others become columns of their own."""

from __future__ import annotations

import pytest

from desktop_app.domain.import_ports import TableContents, TableRow
from desktop_app.domain.products import Column, FieldKind, FieldValue
from desktop_app.services.import_columns import (
    Header,
    column_name,
    core_target,
    guess_columns,
    read_header,
)


def table(**columns: list[FieldValue]) -> TableContents:
    return headed(list(columns), *zip(*columns.values(), strict=True))


def headed(headers: list[str], *rows: tuple[FieldValue, ...]) -> TableContents:
    return TableContents(tuple(headers), tuple(TableRow(n, row) for n, row in enumerate(rows, 2)))


@pytest.mark.parametrize(
    ("target", "headers"),
    [
        ("sku", ["SKU", "Item No.", "item_number", "Artikelnummer", "Art.-Nr.", "Référence"]),
        ("sku", ["Product ID", "Referencia", "Code article", "Bestell-Nr.", "Part Number"]),
        ("title", ["Title", "Product Name", "Bezeichnung", "Désignation", "Título", "Nom"]),
        ("brand", ["Brand", "Marke", "Marque", "Marca", "Hersteller", "Brand name"]),
        ("category", ["Category", "Kategorie", "Catégorie", "Warengruppe", "Product type"]),
        ("price", ["Price", "Preis", "Prix TTC", "Precio", "PVP", "List price", "UVP"]),
        ("currency", ["Currency", "Währung", "Devise", "Moneda"]),
        ("size", ["Size", "Größe", "Taille", "Talla"]),
        ("availability", ["Stock", "Verfügbarkeit", "Disponibilité", "Existencias"]),
        ("url", ["URL", "Link", "Product URL", "Lien", "Enlace"]),
        ("barcode", ["EAN", "EAN-13", "GTIN", "UPC code", "Barcode", "Code-barres"]),
        ("notes", ["Notes", "Description", "Beschreibung", "Remarques", "Observaciones"]),
        ("picture", ["Picture", "Image 1", "image_path", "Bild", "Photo", "Filename", "Foto 2"]),
        ("picture", ["Image front", "Main image", "Bild hinten", "Imagen", "Produktbild"]),
        ("view", ["View", "Ansicht", "Vue"]),
        ("", ["Neck finish", "Height", "Price date", "Material", "高さ", "Image count", "role"]),
    ],
)
def test_headers_name_their_field(target: str, headers: list[str]) -> None:
    assert {header: core_target(header) for header in headers} == dict.fromkeys(headers, target)


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("Height (mm)", Header("Height", unit="mm")),
        ("Weight [g]", Header("Weight", unit="g")),
        ("Volume ml", Header("Volume", unit="ml")),
        ("Höhe in mm", Header("Höhe", unit="mm")),
        ("Width (inch)", Header("Width", unit="in")),
        ("Price (EUR)", Header("Price", currency="EUR")),
        ("Preis €", Header("Preis", currency="EUR")),
        ("Image front", Header("Image front", view="front")),
        ("Option L", Header("Option L")),
        ("Neck finish", Header("Neck finish")),
    ],
)
def test_units_currencies_and_views_are_read_off_headers(text: str, header: Header) -> None:
    assert read_header(text) == header


@pytest.mark.parametrize(
    ("header", "name"),
    [("Neck finish", "neck_finish"), ("Höhe", "hohe"), ("2nd colour", "column_2nd_colour")],
)
def test_column_names_are_identifiers(header: str, name: str) -> None:
    assert column_name(header) == name


def test_headers_in_other_scripts_get_a_lasting_name() -> None:
    assert column_name("高さ") == column_name("高さ") != column_name("幅")
    assert column_name("高さ").isascii()


def test_plain_headers_go_before_those_that_may_mean_something_else() -> None:
    mapping, columns = guess_columns(
        table(Type=["x"], Name=["Jar"], Category=["Jars"], Id=["7"], SKU=["A1"]), {}, ()
    )
    assert mapping == {"Type": "type", "Name": "title", "Category": "category", "Id": "id_2"} | {
        "SKU": "sku"
    }
    assert [column.name for column in columns] == ["type", "id_2"]


def test_other_headers_become_columns_with_kind_and_unit() -> None:
    rows = headed(
        ["sku", "Height (mm)", "Refillable", "Launched", "Neck finish", "Code 2"],
        ("A1", "12,5", "yes", "2024-01-02", "24/410", "007"),
    )
    _, columns = guess_columns(rows, {}, ())
    assert columns == (
        Column("height", "Height", FieldKind.NUMBER, "mm"),
        Column("refillable", "Refillable", FieldKind.FLAG),
        Column("launched", "Launched", FieldKind.DATE),
        Column("neck_finish", "Neck finish"),
        Column("code_2", "Code 2"),
    )


def test_the_catalogues_columns_are_used_unless_the_unit_differs() -> None:
    own = (Column("height", "Height", FieldKind.NUMBER, "mm"), Column("neck", "Neck finish"))
    rows = headed(
        ["sku", "Height (mm)", "Height (cm)", "Neck finish"], ("A1", "120", "12", "24/410")
    )
    mapping, columns = guess_columns(rows, {}, own)
    assert mapping == {
        "sku": "sku",
        "Height (mm)": "height",
        "Height (cm)": "height_cm",
        "Neck finish": "neck",
    }
    assert columns == (Column("height_cm", "Height (cm)", FieldKind.NUMBER, "cm"),)


def test_a_field_is_given_to_one_header_and_pictures_to_many() -> None:
    rows = headed(["sku", "Price", "List price", "Image", "Image 2"], ("A1", "3", "4", "a", "b"))
    mapping, _ = guess_columns(rows, {}, ())
    assert mapping["Price"] == "price"
    assert mapping["List price"] == "list_price"
    assert mapping["Image"] == mapping["Image 2"] == "picture"


def test_what_a_person_chose_stays_and_the_rest_is_guessed_around_it() -> None:
    rows = headed(["Name", "Title", "Old SKU", "sku"], ("a", "b", "c", "d"))
    mapping, columns = guess_columns(rows, {"Name": "sku", "Title": ""}, ())
    assert mapping["Name"] == "sku"
    assert mapping["Title"] == ""
    assert mapping["sku"] != "sku"
    assert "title" not in {column.name for column in columns}


def test_a_list_with_barcodes_only_goes_by_them() -> None:
    mapping, _ = guess_columns(headed(["EAN", "Name"], ("4006381333931", "Jar")), {}, ())
    assert mapping == {"EAN": "sku", "Name": "title"}
