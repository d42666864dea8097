"""What may be dragged, dropped and pasted, and what each place makes of it.

The one registry for drag, drop and clipboard: places ask :func:`can_take` while something
hovers over them and :func:`intent_of` when it is dropped or pasted. How dragged products are
written is in :mod:`desktop_app.ui.product_mime`. No file is opened here.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QObject, Qt, QUrl, Signal
from PySide6.QtGui import QDragEnterEvent, QImage, QPainter, QWindow
from PySide6.QtWidgets import QWidget

from desktop_app.capture.video_frames import rgb_from_image
from desktop_app.domain.images import PICTURE_SUFFIXES
from desktop_app.domain.search import QueryPicture
from desktop_app.services.shapes.drawings import DRAWING_SUFFIXES
from desktop_app.ui.product_mime import PRODUCTS_MIME, product_ids_in_mime

MAX_PASTED_SIDE_PX = 1600

_RAW_FORMATS = ("png", "jpeg", "webp", "avif", "tiff", "bmp", "gif", "heic")
_ABSOLUTE_PATH = re.compile(r"^(/|~/|[A-Za-z]:[\\/]|\\\\)")


class DropPlace(Enum):
    """Where something is dropped: the query pane (also its paste), the catalogue pane, or the
    drawing board for outlines."""

    QUERY = "query"
    BOARD = "board"
    CATALOGUE = "catalogue"


@dataclass(frozen=True, slots=True)
class UsePictures:
    """Search with the first picture; the others wait behind it."""

    pictures: tuple[QueryPicture, ...]


@dataclass(frozen=True, slots=True)
class UseProducts:
    """Search with the main picture of the first product."""

    product_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class UseDrawing:
    """Take the outline from a drawing, or from what a picture shows."""

    path: Path


@dataclass(frozen=True, slots=True)
class ImportFiles:
    """Import folders, tables, archives or pictures."""

    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Declined:
    """Nothing is done with it, and why."""

    what: str
    remedy: str


Intent = UsePictures | UseProducts | UseDrawing | ImportFiles | Declined
_Reader = Callable[[QMimeData], Intent | None]


def can_take(mime: QMimeData, place: DropPlace) -> bool:
    """Whether ``place`` has an answer to ``mime``, if only a helpful refusal.

    Looks at formats and short texts only: the data may be large, or not be there yet.
    """
    if place is DropPlace.CATALOGUE:
        return not mime.hasFormat(PRODUCTS_MIME) and bool(_local_paths(mime))
    return (
        mime.hasFormat(PRODUCTS_MIME)
        or mime.hasUrls()
        or mime.hasImage()
        or mime.hasHtml()
        or _raw_format(mime) is not None
        or _is_place(mime.text())
    )


def intent_of(mime: QMimeData, place: DropPlace) -> Intent | None:
    """What ``place`` makes of ``mime``; None where it has nothing to do with it."""
    for read in _READERS[place]:
        intent = read(mime)
        if intent is not None:
            return intent
    return None


def pictures_from_paths(paths: Iterable[Path]) -> tuple[QueryPicture, ...]:
    """One query picture for each path."""
    return tuple(QueryPicture(path.name, path=path) for path in paths)


def picture_from_image(image: QImage, label: str) -> QueryPicture:
    """A query of decoded pixels, such as a screenshot; transparency falls on white.

    Shrunk to MAX_PASTED_SIDE_PX: a search sees no more, and it is done in the GUI thread.
    """
    if max(image.width(), image.height()) > MAX_PASTED_SIDE_PX:
        image = image.scaled(
            MAX_PASTED_SIDE_PX,
            MAX_PASTED_SIDE_PX,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
    if image.hasAlphaChannel():
        opaque = QImage(image.size(), QImage.Format.Format_RGB32)
        opaque.fill(Qt.GlobalColor.white)
        painter = QPainter(opaque)
        painter.drawImage(opaque.rect(), image)
        painter.end()
        image = opaque
    return QueryPicture(label, rgb=rgb_from_image(image))


# Readers, each for one kind of data


def _products(mime: QMimeData) -> Intent | None:
    ids = product_ids_in_mime(mime)
    return UseProducts(ids) if ids else None


def _picture_files(mime: QMimeData) -> Intent | None:
    paths = _local_paths(mime)
    if not paths:
        return None
    pictures = [path for path in paths if path.suffix.lower() in PICTURE_SUFFIXES]
    if pictures:
        return UsePictures(pictures_from_paths(pictures))
    return Declined(
        _tr("“{}” is not a picture.").format(paths[0].name),
        _tr("Drop folders, tables and ZIP files on the catalogue to import them."),
    )


def _drawing_file(mime: QMimeData) -> Intent | None:
    paths = _local_paths(mime)
    if not paths:
        return None
    usable = {*PICTURE_SUFFIXES, *DRAWING_SUFFIXES}
    for path in paths:
        if path.suffix.lower() in usable:
            return UseDrawing(path)
    return Declined(
        _tr("“{}” is no drawing.").format(paths[0].name),
        _tr("Drop an SVG or DXF file, a picture, or a product here."),
    )


def _raw_picture(mime: QMimeData) -> Intent | None:
    """The bytes as the other program wrote them: decoded elsewhere, not here."""
    name = _raw_format(mime)
    if name is None:
        return None
    encoded = bytes(mime.data(name).data())
    if not encoded:
        return None
    return UsePictures((QueryPicture(_tr("Pasted picture"), encoded=encoded),))


def _image(mime: QMimeData) -> Intent | None:
    if not mime.hasImage():
        return None
    image = mime.imageData()
    if not isinstance(image, QImage) or image.isNull():
        return None
    return UsePictures((picture_from_image(image, _tr("Pasted picture")),))


def _page_picture(mime: QMimeData) -> Intent | None:
    """A picture dragged out of a web page: in the page itself, or only named by it."""
    if not mime.hasHtml():
        return None
    finder = _FirstPicture()
    finder.feed(mime.html())
    return _from_address(finder.source) if finder.source else None


def _address(mime: QMimeData) -> Intent | None:
    for url in mime.urls():
        intent = _from_address(url.toString())
        if intent is not None:
            return intent
    text = mime.text().strip()
    return _from_address(text) if _is_place(text) else None


def _import_files(mime: QMimeData) -> Intent | None:
    paths = _local_paths(mime)
    return ImportFiles(paths) if paths and not mime.hasFormat(PRODUCTS_MIME) else None


_READERS: dict[DropPlace, tuple[_Reader, ...]] = {
    DropPlace.QUERY: (
        _products,
        _picture_files,
        _raw_picture,
        _image,
        _page_picture,
        _address,
    ),
    DropPlace.BOARD: (
        _products,
        _drawing_file,
        _raw_picture,
        _image,
        _page_picture,
        _address,
    ),
    DropPlace.CATALOGUE: (_import_files,),
}


# What the readers share


def _tr(text: str) -> str:
    return QCoreApplication.translate("DragAndDrop", text)


def _local_paths(mime: QMimeData) -> tuple[Path, ...]:
    """Files and folders of the drag, or a single path as text."""
    found = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
    if found or mime.hasUrls() or not mime.hasText():
        return tuple(found)
    lines = [line.strip().strip("\"'") for line in mime.text().strip().splitlines()]
    if not lines or not all(_is_path(line) for line in lines):
        return ()
    return tuple(_as_path(line) for line in lines)


def _is_path(text: str) -> bool:
    return text.startswith("file:") or _ABSOLUTE_PATH.match(text) is not None


def _as_path(text: str) -> Path:
    if text.startswith("file:"):
        return Path(QUrl(text).toLocalFile())
    return Path(text).expanduser()


def _is_place(text: str) -> bool:
    """Whether a text names a file, a web address or holds a picture."""
    text = text.strip().strip("\"'")
    if not text or "\n" in text:
        return False
    return _is_path(text) or text.startswith(("http://", "https://", "data:image/"))


def _raw_format(mime: QMimeData) -> str | None:
    offered = set(mime.formats())
    return next((f"image/{name}" for name in _RAW_FORMATS if f"image/{name}" in offered), None)


def _from_address(address: str) -> Intent | None:
    if address.startswith("data:image/"):
        encoded = _data_url_bytes(address)
        if not encoded:
            return Declined(
                _tr("The picture from the browser is damaged."),
                _tr("Save it in the browser, then drop the file."),
            )
        return UsePictures((QueryPicture(_tr("Picture from the browser"), encoded=encoded),))
    if address.startswith(("http://", "https://")):
        return Declined(
            _tr("That picture is still on the web, and Twinshelf works offline."),
            _tr("Save it in the browser, or copy the picture itself and paste it here."),
        )
    if _is_path(address):
        path = _as_path(address)
        if path.suffix.lower() in PICTURE_SUFFIXES:
            return UsePictures(pictures_from_paths([path]))
    return None


def _data_url_bytes(address: str) -> bytes:
    header, _, body = address.partition(",")
    content = unquote_to_bytes(body)
    if not header.endswith(";base64"):
        return content
    try:
        return base64.b64decode(content, validate=False)
    except binascii.Error:
        return b""


class _FirstPicture(HTMLParser):
    """Finds the source of the first ``img``."""

    def __init__(self) -> None:
        super().__init__()
        self.source = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img" and not self.source:
            self.source = dict(attrs).get("src") or ""


class DragWatcher(QObject):
    """Tells when something usable is dragged over a window, wherever in it.

    Signals: ``entered`` (QMimeData; valid during the signal only) and ``left``, also after a
    drop.
    """

    entered = Signal(object)
    left = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._widget = window
        self._watched: QWindow | None = None
        window.installEventFilter(self)
        self._watch()

    def _watch(self) -> None:
        handle = self._widget.windowHandle()
        if handle is not None and handle is not self._watched:
            # Widgets see only the drags over themselves; the window below sees them all.
            self._watched = handle
            handle.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if watched is self._widget:
            if kind in (QEvent.Type.Show, QEvent.Type.WinIdChange):
                self._watch()
        elif kind == QEvent.Type.DragEnter and isinstance(event, QDragEnterEvent):
            self.entered.emit(event.mimeData())
        elif kind in (QEvent.Type.DragLeave, QEvent.Type.Drop):
            self.left.emit()
        return False
