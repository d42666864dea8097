"""Every kind of data that can be dropped or pasted, and what is made of it."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDragLeaveEvent, QImage
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.domain.products import ProductCard
from desktop_app.domain.search import QueryPicture
from desktop_app.ui.drag_and_drop import (
    MAX_PASTED_SIDE_PX,
    Declined,
    DragWatcher,
    DropPlace,
    ImportFiles,
    UsePictures,
    UseProducts,
    can_take,
    intent_of,
)
from desktop_app.ui.product_mime import PRODUCTS_MIME, products_to_mime

pytestmark = pytest.mark.usefixtures("qapp")
QUERY, CATALOGUE = DropPlace.QUERY, DropPlace.CATALOGUE


def files(*paths: str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(path) for path in paths])
    return mime


def text(words: str) -> QMimeData:
    mime = QMimeData()
    mime.setText(words)
    return mime


def html(source: str, url: str = "") -> QMimeData:
    mime = QMimeData()
    mime.setHtml(f"<meta charset=utf-8><p><img alt='x' src='{source}'></p>")
    if url:
        mime.setUrls([QUrl(url)])
    return mime


def pictures(mime: QMimeData) -> tuple[QueryPicture, ...]:
    assert can_take(mime, QUERY)
    intent = intent_of(mime, QUERY)
    assert isinstance(intent, UsePictures)
    return intent.pictures


def test_a_picture_file_is_a_query_named_after_it() -> None:
    (picture,) = pictures(files("/shelf/red jar.JPG"))
    assert picture.path == Path("/shelf/red jar.JPG")
    assert picture.label == "red jar.JPG"


def test_of_several_files_the_pictures_are_taken_in_order() -> None:
    found = pictures(files("/a/2.png", "/a/list.xlsx", "/a/1.webp"))
    assert [picture.label for picture in found] == ["2.png", "1.webp"]


@pytest.mark.parametrize("path", ["/a/list.xlsx", "/a/range", "/a/pictures.zip"])
def test_what_is_to_be_imported_is_sent_to_the_catalogue(path: str) -> None:
    intent = intent_of(files(path), QUERY)
    assert isinstance(intent, Declined)
    assert "catalogue" in intent.remedy


def test_the_catalogue_takes_files_folders_and_paths() -> None:
    mime = files("/a/range", "/a/list.xlsx")
    assert can_take(mime, CATALOGUE)
    assert intent_of(mime, CATALOGUE) == ImportFiles((Path("/a/range"), Path("/a/list.xlsx")))
    assert intent_of(text("/a/range"), CATALOGUE) == ImportFiles((Path("/a/range"),))


def test_a_dragged_result_is_a_query_and_no_import() -> None:
    cards = [ProductCard(7, "A-7", main_picture_path="/a/7.jpg"), ProductCard(9, "A-9")]
    mime = products_to_mime(cards)
    assert can_take(mime, QUERY)
    assert intent_of(mime, QUERY) == UseProducts((7, 9))
    assert not can_take(mime, CATALOGUE)
    assert intent_of(mime, CATALOGUE) is None


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'["7"]', b"not json"])
def test_a_malformed_product_list_is_ignored(data: bytes) -> None:
    mime = QMimeData()
    mime.setData(PRODUCTS_MIME, data)
    assert intent_of(mime, QUERY) is None


def test_raw_bytes_are_kept_as_they_are() -> None:
    mime = QMimeData()
    mime.setData("image/webp", b"RIFF....WEBP")
    (picture,) = pictures(mime)
    assert picture.encoded == b"RIFF....WEBP"


def test_a_screenshot_becomes_pixels_on_white() -> None:
    image = QImage(4, 2, QImage.Format.Format_ARGB32)
    image.fill(QColor(0, 0, 0, 0))
    mime = QMimeData()
    mime.setImageData(image)
    (picture,) = pictures(mime)
    assert picture.rgb is not None
    assert picture.rgb.shape == (2, 4, 3)
    assert picture.rgb.min() == 255


def test_a_large_screenshot_is_shrunk() -> None:
    image = QImage(3 * MAX_PASTED_SIDE_PX, 300, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    mime = QMimeData()
    mime.setImageData(image)
    (picture,) = pictures(mime)
    assert picture.rgb is not None
    assert picture.rgb.shape == (100, MAX_PASTED_SIDE_PX, 3)


def test_a_picture_inside_a_page_is_taken_out_of_it() -> None:
    body = base64.b64encode(b"\x89PNG data").decode()
    (picture,) = pictures(html(f"data:image/png;base64,{body}", url="https://shop.example/x"))
    assert picture.encoded == b"\x89PNG data"


def test_a_data_url_alone_is_taken_too() -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("data:image/gif;base64,R0lGODlh")])
    (picture,) = pictures(mime)
    assert picture.encoded is not None
    assert picture.encoded.startswith(b"GIF89a"[:5])


def test_a_page_s_local_picture_is_a_file() -> None:
    (picture,) = pictures(html("file:///tmp/saved%20page/jar.png"))
    assert picture.path == Path("/tmp/saved page/jar.png")


@pytest.mark.parametrize(
    "mime",
    [
        lambda: html("https://shop.example/jar.jpg"),
        lambda: text("https://shop.example/jar.jpg"),
        lambda: html("https://shop.example/jar.jpg", url="https://shop.example/jar"),
    ],
)
def test_a_web_address_has_to_be_saved_first(mime: object) -> None:
    made = mime()  # type: ignore[operator]
    assert can_take(made, QUERY)
    intent = intent_of(made, QUERY)
    assert isinstance(intent, Declined)
    assert "offline" in intent.what
    assert "Save" in intent.remedy


@pytest.mark.parametrize(
    "written",
    ["/shelf/jar.png", ' "/shelf/jar.png"\n', "file:///shelf/jar.png"],
)
def test_a_path_as_text_is_the_file(written: str) -> None:
    (picture,) = pictures(text(written))
    assert picture.path == Path("/shelf/jar.png")


def test_a_windows_path_is_recognised() -> None:
    (picture,) = pictures(text(r"C:\shelf\jar.png"))
    assert picture.path is not None
    assert picture.path.name.endswith("jar.png")


@pytest.mark.parametrize("words", ["", "red jar", "a/b.jpg", "notes\n/shelf/jar.png"])
def test_plain_words_are_left_alone(words: str) -> None:
    assert not can_take(text(words), QUERY)
    assert intent_of(text(words), QUERY) is None


def test_a_broken_data_url_says_so() -> None:
    intent = intent_of(html("data:image/png;base64,%%%"), QUERY)
    assert isinstance(intent, Declined)


def test_the_watcher_sees_drags_over_any_part_of_the_window(qtbot: QtBot) -> None:
    window = QWidget()
    field = QLineEdit()
    QVBoxLayout(window).addWidget(field)
    qtbot.addWidget(window)
    watcher = DragWatcher(window)
    window.show()
    handle = window.windowHandle()
    mime = files("/a/jar.png")
    enter = QDragEnterEvent(
        field.geometry().center(),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    seen: list[bool] = []
    watcher.entered.connect(lambda data: seen.append(data.hasUrls()))
    QApplication.sendEvent(handle, enter)
    assert seen == [True]
    with qtbot.waitSignal(watcher.left):
        QApplication.sendEvent(handle, QDragLeaveEvent())
