"""Pictures on their mats, ready to be put on the screen in one step."""

from __future__ import annotations

import time

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from desktop_app.ui.theme import RADIUS
from desktop_app.workers.pixmap_cache import PixmapCache

MAX_BYTES = 64 * 1024 * 1024
FRAME_BUDGET_MS = 8.0
INSET_SHARE = 24
"""A picture keeps 1/24 of the mat's side free on every side."""


class PictureTiles:
    """A cache of mats with a picture on them. GUI thread only.

    The picture is fitted, never cropped, and multiplied with the mat: a packshot's white
    becomes the mat's colour, so it has no edge and does not glare in the dark theme.
    """

    def __init__(self, *, max_bytes: int = MAX_BYTES) -> None:
        self._tiles: PixmapCache[tuple[str, int, int, int]] = PixmapCache(max_bytes)
        self._spent_s = 0.0
        self.is_behind = False

    def begin_frame(self) -> None:
        """Grant the coming paint event its time for scaling pictures."""
        self._spent_s = 0.0
        self.is_behind = False

    def tile(
        self, picture: QPixmap, key: str, *, size: QSize, ratio: float, mat: QColor
    ) -> QPixmap | None:
        """The mat of ``size`` logical pixels with the picture whose content is ``key``.

        None, and ``is_behind`` set, when this frame's time is used up: paint something
        simple and come again.
        """
        device = QSize(round(size.width() * ratio), round(size.height() * ratio))
        cache_key = (key, device.width(), device.height(), mat.rgb())
        found = self._tiles.get(cache_key)
        if found is not None:
            return found
        if self._spent_s * 1000 > FRAME_BUDGET_MS:
            self.is_behind = True
            return None
        started = time.perf_counter()
        tile = _compose(picture.toImage(), device, mat=mat, radius=RADIUS * ratio)
        tile.setDevicePixelRatio(ratio)
        self._tiles.put(cache_key, tile)
        self._spent_s += time.perf_counter() - started
        return tile

    def paint(
        self, painter: QPainter, mat: QRect, picture: QPixmap | None, key: str, *, ground: QColor
    ) -> bool:
        """The mat (logical pixels) with the picture, or alone while there is none. False where
        this frame's time is used up and the picture was painted as it is: come again."""
        tile = None
        if picture is not None:
            tile = self.tile(picture, key, size=mat.size(), ratio=device_ratio(painter), mat=ground)
        if tile is not None:
            painter.drawPixmap(mat.topLeft(), tile)
            return True
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(mat, RADIUS, RADIUS)
        if picture is None:
            return True
        inset = max(2, mat.width() // INSET_SHARE)
        painter.drawPixmap(fitted(picture.size(), mat, inset=inset), picture)
        return False


def device_ratio(painter: QPainter) -> float:
    """Device pixels per logical pixel of what is painted on."""
    device = painter.device()
    return float(device.devicePixelRatio()) if device is not None else 1.0


def fitted(picture: QSize, box: QRect, *, inset: int = 0, enlarge: float = 1.5) -> QRect:
    """The rectangle of a picture inside a box: whole, centred, enlarged at most so much."""
    room = box.adjusted(inset, inset, -inset, -inset)
    size = picture.scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
    if size.width() > picture.width() * enlarge:
        size = picture * enlarge
    size = size.expandedTo(QSize(1, 1))
    corner = room.center() - QPoint((size.width() - 1) // 2, (size.height() - 1) // 2)
    return QRect(corner, size)


def _compose(picture: QImage, device: QSize, *, mat: QColor, radius: float) -> QPixmap:
    tile = QImage(device, QImage.Format.Format_ARGB32_Premultiplied)
    tile.fill(Qt.GlobalColor.transparent)
    box = QRect(QPoint(0, 0), device)
    inset = max(2, min(device.width(), device.height()) // INSET_SHARE)
    # At 2x a 256 px thumbnail is enlarged: soft, but as large as its neighbours.
    target = fitted(picture.size(), box, inset=inset, enlarge=3.0)
    scaled = picture.scaled(
        target.size(),
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
    painter = QPainter(tile)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(mat)
    painter.drawRoundedRect(box, radius, radius)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
    painter.drawImage(target.topLeft(), scaled)
    painter.end()
    return QPixmap.fromImage(tile)
