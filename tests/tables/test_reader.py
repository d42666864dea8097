"""Product lists of any format become the same headers and rows."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from desktop_app.domain.errors import UnreadableTable
from desktop_app.domain.import_ports import TableContents
from desktop_app.domain.imports import TableRules
from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.infra.tables.reader import FileTableReader


def read(content: bytes | str, name: str = "list.csv", **rules: str) -> TableContents:
    data = content.encode() if isinstance(content, str) else content
    return FileTableReader().read(
        data,
        name=name,
        rules=TableRules(**rules),  # type: ignore[arg-type]
        token=CancelToken(),
    )


def cells(table: TableContents) -> list[tuple[Any, ...]]:
    return [row.cells for row in table.rows]


def workbook(*rows: list[Any], title: str = "Sheet") -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return book


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("sku,title\nA1,Jar\nA2,Pump\n", ","),
        ("sku;title\nA1;Jar\n", ";"),
        ("sku\ttitle\nA1\tJar\n", "\t"),
        ("sku|title\nA1|Jar\n", "|"),
        ("sku;price;notes\nA1;12,50;a, b, c\nA2;3,5;x, y, z\n", ";"),
        ('sku,notes\nA1,"red; round; matt"\nA2,"blue; square; gloss"\n', ","),
        ("Size, mm;Price, EUR;SKU\n10,5;12,5;A1\n11,5;9,5;A2\n", ";"),
        ("sku\ttitle\nA1\tJar, with lid, and pump\nA2\tPump, long, black\n", "\t"),
        ('sku,notes\nA1,"two\nlines, and; more"\n', ","),
        ("sku\nA1\nA2\n", ","),
    ],
)
def test_the_delimiter_is_found(text: str, delimiter: str) -> None:
    assert read(text).delimiter == delimiter


def test_a_wrong_guess_of_the_delimiter_can_be_overridden() -> None:
    text = "sku;a,b\nA1;1,2\n"
    assert read(text, delimiter=",").headers == ("sku;a", "b")
    assert read(text, delimiter=";").headers == ("sku", "a,b")


def test_excels_own_delimiter_line_is_obeyed_and_not_a_header() -> None:
    table = read("sep=;\nsku;title\nA1;x,y\n")
    assert table.headers == ("sku", "title")
    assert table.rows[0].number == 2


@pytest.mark.parametrize("delimiter", [";;", '"', "\n"])
def test_a_delimiter_that_cannot_part_columns_is_refused(delimiter: str) -> None:
    with pytest.raises(UnreadableTable, match="cannot part"):
        read("a;b\n", delimiter=delimiter)


GERMAN = "Artikelnummer;Größe;Preis\nA1;groß;12,50 €\n"


@pytest.mark.parametrize(
    ("encoding", "detected"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-32", "utf-32"),
        ("cp1252", "cp1252"),
    ],
)
def test_the_encoding_is_found(encoding: str, detected: str) -> None:
    table = read(GERMAN.encode(encoding))
    assert table.headers == ("Artikelnummer", "Größe", "Preis")
    assert cells(table) == [("A1", "groß", "12,50 €")]
    assert table.encoding == detected


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_found(encoding: str) -> None:
    assert read(GERMAN.encode(encoding)).headers[1] == "Größe"


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1251", "Артикул;Название\nA1;Банка стеклянная\nA2;Флакон прозрачный\n"),
        ("cp932", "品番;商品名\nA1;ガラス瓶の化粧品\nA2;口紅ケース\n"),
        ("cp1253", "Κωδικός;Τίτλος\nA1;Γυάλινο βάζο κόκκινο\n"),
        ("mac_roman", "SKU;Größe\nA1;grün\nA2;Fläschchen\n"),
    ],
)
def test_other_scripts_are_told_from_western_text(encoding: str, text: str) -> None:
    assert cells(read(text.encode(encoding))) == cells(read(text))


def test_a_wrong_guess_of_the_encoding_can_be_overridden() -> None:
    data = "sku;title\nA1;Láhev ž\n".encode("cp1250")
    assert cells(read(data, encoding="cp1250")) == [("A1", "Láhev ž")]


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("ascii", "not written in"), ("klingon", "not a known"), ("hex", "not a")],
)
def test_an_encoding_that_does_not_fit_is_refused_with_a_remedy(encoding: str, said: str) -> None:
    with pytest.raises(UnreadableTable, match=said) as caught:
        read(GERMAN, encoding=encoding)
    assert caught.value.remedy


def test_a_stray_quotation_mark_does_not_swallow_the_rows_after_it() -> None:
    text = 'sku;title\nA1;"12 jar\nA2;"12"" pump"\n' + "".join(f"B{i};x\n" for i in range(30))
    table = read(text)
    assert len(table.rows) == 32
    assert table.rows[0].cells == ("A1", '"12 jar')
    assert table.rows[1].cells == ("A2", '12" pump')


def test_quoted_cells_keep_line_breaks_and_quotation_marks() -> None:
    assert cells(read('sku,notes\nA1,"a\nb ""c"""\n')) == [("A1", 'a\nb "c"')]


def test_very_long_cells_are_read() -> None:
    long = "x" * 200_000
    assert cells(read(f"sku,notes\nA1,{long}\n")) == [("A1", long)]


def test_rows_keep_their_number_past_empty_ones() -> None:
    table = read("sku,title\n\nA1,x\n,\nA2,y\n")
    assert [row.number for row in table.rows] == [3, 5]


def test_lines_above_the_headers_are_passed_over() -> None:
    table = read("Price list 2024,,\n\nsku,title,price\nA1,Jar,3\n")
    assert table.headers == ("sku", "title", "price")
    assert table.rows[0].number == 4


def test_headers_are_made_distinct_and_empty_columns_dropped() -> None:
    table = read("sku,image,,image,\nA1,a.jpg,,b.jpg,\nA2,,x,,\n")
    assert table.headers == ("sku", "image", "Column 3", "image (2)")
    assert cells(table) == [("A1", "a.jpg", None, "b.jpg"), ("A2", None, "x", None)]


def test_short_and_long_rows_are_fitted_to_the_headers() -> None:
    table = read("sku,title\nA1\nA2,x,extra\n")
    assert table.headers == ("sku", "title", "Column 3")
    assert cells(table) == [("A1", None, None), ("A2", "x", "extra")]


def test_the_guard_against_formulas_is_taken_off_again() -> None:
    assert cells(read("sku,title\n'=A1,'quoted'\n''-1,plain\n")) == [
        ("=A1", "'quoted'"),
        ("'-1", "plain"),
    ]


@pytest.mark.parametrize("content", [b"", b"  \n \n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_said_to_be_empty(content: bytes) -> None:
    with pytest.raises(UnreadableTable, match=r"is empty|holds no rows"):
        read(content)


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7 ...", b"\x89PNG\r\n\x1a\n", bytes(range(256)) * 20, b"\x1f\x8b\x08"]
)
def test_a_binary_file_is_not_taken_for_a_table(content: bytes) -> None:
    with pytest.raises(UnreadableTable) as caught:
        read(content)
    assert "XLSX or CSV" in caught.value.remedy


def test_an_old_excel_file_is_refused_with_what_to_do() -> None:
    with pytest.raises(UnreadableTable, match="old Excel format") as caught:
        read(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "list.xls")
    assert "save it as XLSX" in caught.value.remedy


def test_a_workbook_with_a_password_is_named_as_such() -> None:
    content = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(100) + "EncryptedPackage".encode("utf-16le")
    with pytest.raises(UnreadableTable, match="password"):
        read(content, "list.xlsx")


def test_a_damaged_workbook_is_refused() -> None:
    with pytest.raises(UnreadableTable, match="damaged"):
        read(saved(workbook(["sku"], ["A1"]))[:-200], "list.xlsx")
    with pytest.raises(UnreadableTable, match="damaged"):
        read(b"PK\x03\x04" + bytes(200), "list.xlsx")


def test_an_open_document_is_refused_with_what_to_do() -> None:
    with pytest.raises(UnreadableTable, match="not a format") as caught:
        read(b"PK\x03\x04" + bytes(200), "list.ods")
    assert "XLSX" in caught.value.remedy


def test_a_workbook_gives_the_values_a_person_sees() -> None:
    book = workbook(
        ["sku", "barcode", "padded", "made", "at", "glass", "price", "error"],
        ["0012", 4006381333931.0, 42, dt.date(2024, 3, 4), dt.datetime(2024, 3, 4, 5, 6), True, 9],
        ["A2", None, None, None, None, False, 12.5, "#N/A"],
    )
    book.active["C2"].number_format = "00000"
    table = read(saved(book), "list.xlsx")
    assert cells(table) == [
        ("0012", 4006381333931.0, "00042", "2024-03-04", "2024-03-04T05:06:00", True, 9.0, None),
        ("A2", None, None, None, None, False, 12.5, None),
    ]


def test_formulas_give_what_was_last_computed() -> None:
    # openpyxl writes formulas without results; a spreadsheet program adds <v>.
    book = workbook(["sku", "price"], ["A1", "=1+2"])
    unread = io.BytesIO(saved(book))
    computed = io.BytesIO()
    with zipfile.ZipFile(unread) as source, zipfile.ZipFile(computed, "w") as target:
        for info in source.infolist():
            data = source.read(info)
            if info.filename.endswith("sheet1.xml"):
                data = data.replace(b"<v></v>", b"<v>3</v>").replace(b"<v />", b"<v>3</v>")
            target.writestr(info, data)
    assert cells(read(computed.getvalue(), "list.xlsx")) == [("A1", 3.0)]


def test_the_first_visible_sheet_with_rows_is_read_unless_another_is_named() -> None:
    book = workbook(["hidden"], ["x"], title="Old")
    book["Old"].sheet_state = "hidden"
    book.create_sheet("Empty")
    for name in ("Spring", "Autumn"):
        book.create_sheet(name).append(["sku", name])
        book[name].append(["A1", 1])
    book.active = 1
    content = saved(book)
    assert read(content, "list.xlsx").sheet == "Spring"
    assert read(content, "list.xlsx").sheets == ("Old", "Empty", "Spring", "Autumn")
    assert read(content, "list.xlsx", sheet="Autumn").headers == ("sku", "Autumn")
    with pytest.raises(UnreadableTable, match="no sheet") as caught:
        read(content, "list.xlsx", sheet="Winter")
    assert "Spring" in caught.value.remedy


def test_a_workbook_is_known_by_its_content_not_its_name(tmp_path: Path) -> None:
    assert read(saved(workbook(["sku"], ["A1"])), "list.csv").sheet == "Sheet"


def test_reading_can_be_cancelled() -> None:
    token = CancelToken()
    token.cancel()
    for content in (b"sku\nA1\n", saved(workbook(["sku"], ["A1"]))):
        with pytest.raises(Cancelled):
            FileTableReader().read(content, name="list", rules=TableRules(), token=token)
