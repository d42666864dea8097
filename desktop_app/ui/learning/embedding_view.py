"""Pictures as points, on their way from where they lay before to where they lie after learning."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop_app.domain.shape_map import Places
from desktop_app.services.learning.looking import ShownEmbedding
from desktop_app.ui.point_map.colours import TOLD_APART, group_colour, packed
from desktop_app.ui.point_map.dots import DotCanvas
from desktop_app.ui.point_map.pictures import Thumbnail, paint_thumbnail
from desktop_app.ui.point_map.scene import MapScene
from desktop_app.ui.point_map.view import PointMapView
from desktop_app.ui.theme import Theme

PICTURE = 84.0
MOST_IN_PICTURES = 40
"""Where no more are in view, they are drawn as pictures of PICTURE pixels."""


class EmbeddingView(PointMapView):
    """Shows a ShownEmbedding at a ``share`` of the way from before to after; the current picture
    has lines to the others of its product. ``thumbnail`` gives thumbnails at hand, and asks for
    others."""

    def __init__(
        self, theme: Theme, *, thumbnail: Thumbnail, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._thumbnail = thumbnail
        self._shown: ShownEmbedding | None = None
        self._share = 0.0
        self._places = np.empty((0, 2), np.float32)
        self._ranks = np.empty(0, np.int32)
        self._canvas = DotCanvas()
        self.setMinimumSize(240, 160)
        self.setAccessibleName(self.tr("Map of what was learned"))
        theme.changed.connect(self.update)

    # What is shown

    @property
    def shown(self) -> ShownEmbedding | None:
        return self._shown

    @property
    def places(self) -> NDArray[np.float32]:
        """Where the pictures are now, (n, 2)."""
        return self._places

    def show_embedding(self, shown: ShownEmbedding | None) -> None:
        """Show this one; where it has the same pictures as before, the view stays."""
        before = self._shown
        is_same = (
            before is not None
            and shown is not None
            and np.array_equal(before.content_ids, shown.content_ids)
            and np.array_equal(before.after, shown.after)
        )
        self._shown = shown
        if not is_same:
            count = len(shown) if shown is not None else 0
            self._ranks = np.random.default_rng(0).permutation(count).astype(np.int32)
            self.set_current(-1)
        self._move_points()
        if not is_same:
            self.fit()

    def set_share(self, share: float) -> None:
        """How far the pictures have gone: 0 before, 1 after learning."""
        if share != self._share:
            self._share = share
            self._move_points()

    # Moving

    def _extent(self) -> Places:
        """Before and after: what moves stays in view."""
        if self._shown is None:
            return self._places
        return np.concatenate([self._shown.before, self._shown.after])

    def _move_points(self) -> None:
        shown = self._shown
        if shown is None:
            self._places = np.empty((0, 2), np.float32)
        else:
            # Slow at both ends.
            eased = np.float32(self._share**2 * (3 - 2 * self._share))
            self._places = shown.before + (shown.after - shown.before) * eased
        self._scene = MapScene(self._places, self._ranks)
        self.update()

    def _rows_in_pictures(self) -> list[int]:
        if self._scene.count_in_view(self._camera) > MOST_IN_PICTURES:
            return []
        rows: list[int] = self._scene.drawn(self._camera, margin=PICTURE / 2, coarser=1).tolist()
        return rows

    def _row_at(self, point: QPointF) -> int:
        for row in self._rows_in_pictures():
            x, y = self._camera.point(*map(float, self._places[row]))
            if max(abs(point.x() - x), abs(point.y() - y)) <= PICTURE / 2:
                return row
        return super()._row_at(point)

    # Painting

    def _palette(self) -> list[QColor]:
        is_dark = self._theme.is_dark
        return [group_colour(i, is_dark=is_dark) for i in (*range(TOLD_APART), -1)]

    def _paint_dots(self, painter: QPainter, palette: list[QColor]) -> None:
        assert self._shown is not None
        ratio = self.devicePixelRatioF()
        scene, band = self._scene, self._scene.band(self._camera)
        across, down = scene.pixels(self._camera, band, ratio)
        rows = scene.downwards[band]
        groups = self._shown.group_of[rows]
        colours = packed(palette)[np.where(groups >= 0, groups % TOLD_APART, TOLD_APART)]
        count = scene.count_in_view(self._camera)
        radius = 1.5 if count > 8_000 else 2.5 if count > 2_000 else 4.0
        size = self.size() * ratio
        self._canvas.begin(size.width(), size.height(), self._theme.colours.content)
        self._canvas.add(across, down, colours, max(1, round(radius * ratio)))
        image = self._canvas.image
        image.setDevicePixelRatio(ratio)
        painter.drawImage(0, 0, image)

    def _paint_family(self, painter: QPainter, palette: list[QColor]) -> None:
        """Lines from the current picture to the others of its product."""
        shown, row = self._shown, self._current
        if shown is None or not 0 <= row < len(shown):
            return
        colours = self._theme.colours
        here = QPointF(*self._camera.point(*map(float, self._places[row])))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for other in np.flatnonzero(shown.product_ids == shown.product_ids[row]).tolist():
            if other != row:
                there = QPointF(*self._camera.point(*map(float, self._places[other])))
                painter.setPen(QPen(colours.accent, 1.5))
                painter.drawLine(here, there)
                painter.drawEllipse(there, 7, 7)
        painter.setPen(QPen(colours.accent, 2.5 if self.hasFocus() else 1.5))
        painter.drawEllipse(here, 9, 9)
        number = int(shown.group_of[row])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette[number % TOLD_APART if number >= 0 else -1])
        painter.drawEllipse(here, 5, 5)

    def _paint_pictures(self, painter: QPainter, palette: list[QColor]) -> None:
        assert self._shown is not None
        for row in reversed(self._rows_in_pictures()):
            content_hash = self._shown.hashes[row]
            thumbnail = self._thumbnail(content_hash) if content_hash else None
            if thumbnail is None:
                continue
            x, y = self._camera.point(*map(float, self._places[row]))
            room = QRectF(x - PICTURE / 2, y - PICTURE / 2, PICTURE, PICTURE)
            number = int(self._shown.group_of[row])
            edge = palette[number % TOLD_APART if number >= 0 else -1]
            paint_thumbnail(painter, room, thumbnail, mat=self._theme.colours.mat, edge=edge)

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(640, 420)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._shown is None or not len(self._shown):
            painter.fillRect(self.rect(), self._theme.colours.content)
            return
        palette = self._palette()
        self._paint_dots(painter, palette)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._paint_pictures(painter, palette)
        self._paint_family(painter, palette)
