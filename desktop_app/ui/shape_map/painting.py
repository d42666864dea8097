"""How the map is painted: points far away, outlines nearer, pictures nearest."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from desktop_app.domain.shape_map import FreePlace
from desktop_app.services.shapes.map_reading import ShownMap
from desktop_app.ui.point_map.camera import MapCamera
from desktop_app.ui.point_map.colours import TOLD_APART, group_colour, mixed, packed
from desktop_app.ui.point_map.dots import DotCanvas, dot_radius
from desktop_app.ui.point_map.pictures import Thumbnail, paint_thumbnail
from desktop_app.ui.point_map.scene import MapScene, Rows, cell_pixels
from desktop_app.ui.shape_map.marks import Marks, mark_side, polygon_of
from desktop_app.ui.theme import Theme

MARK_SHARE, MOST_MARK = 0.8, 56.0
"""An outline's size in its square, and at most, in logical pixels."""
LEAST_FREE = 26.0
"""Free places smaller than this many pixels are not drawn."""
MOST_IN_PICTURES, PICTURE = 70, 108.0
"""Where no more are in view, those that have the room are drawn as pictures of this many
pixels."""
FRAME_S, LEAST_MADE = 0.006, 12
"""New outlines are made for so long in a frame, and at least so many; the rest waits for the
next."""
_FAINT, _UNSELECTED, _FAINT_MARK = 0.45, 0.82, 0.25


class MapPainter:
    """Paints a map with a camera. What it needs is set by the view."""

    def __init__(self, theme: Theme, thumbnail: Thumbnail) -> None:
        self._theme = theme
        self._thumbnail = thumbnail
        self._shown: ShownMap | None = None
        self._scene = MapScene(np.empty((0, 2), np.float32), np.empty(0, np.int32))
        self._groups: NDArray[np.int32] = np.empty(0, np.int32)
        self._palette: list[QColor] = []
        self._dots: NDArray[np.uint32] = np.empty(0, np.uint32)
        """In the order of the scene's ``downwards``."""
        self._is_selected: NDArray[np.bool_] | None = None
        self._canvas = DotCanvas()
        self._in_pictures: set[int] = set()
        self.marks = Marks()
        self.marker: tuple[float, float] | None = None
        self.current = -1
        self.current_free_place = -1
        self.shows_free_places = False
        self.gesture = QPolygonF()

    def set_map(
        self, shown: ShownMap | None, scene: MapScene, groups: NDArray[np.int32] | None
    ) -> None:
        """``groups`` (n,) are aligned with the scene; -1 for none."""
        self._shown = shown
        self._scene = scene
        self._groups = groups if groups is not None else np.empty(0, np.int32)
        self._is_selected = None
        self.dress()

    def set_selection(self, rows: Rows) -> None:
        """The others fade where some are selected."""
        self._is_selected = None
        if len(rows):
            self._is_selected = np.zeros(len(self._scene), np.bool_)
            self._is_selected[rows] = True
        self._colour_dots()

    def dress(self) -> None:
        """The theme or the groups have changed."""
        is_dark = self._theme.is_dark
        self._palette = [group_colour(i, is_dark=is_dark) for i in (*range(TOLD_APART), -1)]
        self.marks.forget_pixmaps()
        self._colour_dots()

    def colour_of(self, row: int) -> QColor:
        number = int(self._groups[row])
        return self._palette[number % TOLD_APART if number >= 0 else -1]

    # Asking

    def mark_size(self, camera: MapCamera) -> float:
        """How large outlines are drawn, in logical pixels."""
        return min(MOST_MARK, MARK_SHARE * cell_pixels(camera.scale))

    def lacking_pictures(self, camera: MapCamera, *, and_also: Sequence[int] = ()) -> list[int]:
        """Content ids of the pictures to be drawn that are not known yet."""
        if self._shown is None:
            return []
        rows = self._scene.drawn(camera, margin=80)
        ids = dict.fromkeys([*and_also, *self._shown.content_ids[rows].tolist()])
        return [content_id for content_id in ids if self.marks.picture(content_id) is None]

    def row_at(self, camera: MapCamera, point: QPointF, reach: float) -> int:
        """The picture drawn at a pixel, else the nearest point; -1 for none."""
        drawn = self._scene.drawn(camera, margin=reach)
        if len(drawn):
            points = camera.to_view(self._scene.places[drawn])
            apart = np.abs(points - np.array([point.x(), point.y()], np.float32)).max(axis=1)
            best = int(apart.argmin())
            if float(apart[best]) <= reach:
                return int(drawn[best])
        return self._scene.nearest(camera, point.x(), point.y(), min(reach, 16.0))

    def free_place_at(self, camera: MapCamera, point: QPointF) -> int:
        """The number of the free place under a pixel; -1 for none."""
        for number, place in self._free_places(camera):
            x, y = camera.point(place.x, place.y)
            if np.hypot(point.x() - x, point.y() - y) <= place.radius * camera.scale:
                return number
        return -1

    # Painting

    def paint(
        self, painter: QPainter, camera: MapCamera, device_ratio: float, *, has_focus: bool
    ) -> bool:
        """False where another frame is needed to show all."""
        drawn = self._scene.drawn(camera, margin=MOST_MARK / 2)
        count = self._scene.count_in_view(camera)
        self._paint_dots(painter, camera, device_ratio, count)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self.shows_free_places:
            self._paint_free_places(painter, camera)
        self._in_pictures = set()
        if count <= MOST_IN_PICTURES:
            roomy = self._scene.drawn(camera, margin=PICTURE / 2, coarser=1)
            self._in_pictures = set(roomy.tolist())
            drawn = np.concatenate([roomy, drawn[~np.isin(drawn, roomy)]])
        is_whole = self._paint_drawn(painter, camera, device_ratio, drawn)
        self._paint_current(painter, camera, has_focus)
        self._paint_marker(painter, camera)
        self._paint_gesture(painter)
        return is_whole

    def _paint_dots(
        self, painter: QPainter, camera: MapCamera, device_ratio: float, count: int
    ) -> None:
        width, height = (round(side * device_ratio) for side in (camera.width, camera.height))
        scene, band = self._scene, self._scene.band(camera)
        across, down = scene.pixels(camera, band, device_ratio)
        radius = dot_radius(count, device_ratio)
        colours = self._dots[band]
        self._canvas.begin(width, height, self._theme.colours.content)
        self._canvas.add(across, down, colours, radius)
        if self._is_selected is not None:
            chosen = self._is_selected[scene.downwards[band]]
            self._canvas.add(across[chosen], down[chosen], colours[chosen], radius)
        image = self._canvas.image
        image.setDevicePixelRatio(device_ratio)
        painter.drawImage(0, 0, image)

    def _paint_drawn(
        self, painter: QPainter, camera: MapCamera, device_ratio: float, rows: Rows
    ) -> bool:
        if self._shown is None:
            return True
        side = mark_side(self.mark_size(camera))
        # The first of them lead: they are painted last, above the others.
        rows = rows[::-1]
        points = camera.to_view(self._scene.places[rows]).tolist()
        groups = self._groups[rows].tolist()
        content_ids = self._shown.content_ids[rows].tolist()
        is_faint = np.zeros(len(rows), np.bool_)
        if self._is_selected is not None:
            is_faint = ~self._is_selected[rows]
        ends_at = time.perf_counter() + FRAME_S
        is_whole, made = True, 0
        for row, (x, y), group, content_id, faint in zip(
            rows.tolist(), points, groups, content_ids, is_faint.tolist(), strict=True
        ):
            painter.setOpacity(_FAINT_MARK if faint else 1.0)
            if row in self._in_pictures and self._paint_picture(painter, row, QPointF(x, y)):
                continue
            outline = self.marks.outline(content_id, side, group, device_ratio)
            if outline is None and (made < LEAST_MADE or time.perf_counter() < ends_at):
                colour = self.colour_of(row)
                outline = self.marks.make(content_id, side, group, device_ratio, colour)
                made += 1
            elif outline is None:
                known = self.marks.picture(content_id)
                is_whole &= known is None or known.outline is None
            if outline is not None:
                painter.drawPixmap(round(x - side / 2), round(y - side / 2), outline)
        painter.setOpacity(1.0)
        return is_whole

    def _paint_picture(self, painter: QPainter, row: int, centre: QPointF) -> bool:
        assert self._shown is not None
        known = self.marks.picture(int(self._shown.content_ids[row]))
        thumbnail = self._thumbnail(known.content_hash) if known and known.content_hash else None
        if thumbnail is None:
            return False
        room = QRectF(centre.x() - PICTURE / 2, centre.y() - PICTURE / 2, PICTURE, PICTURE)
        colour = self.colour_of(row)
        paint_thumbnail(painter, room, thumbnail, mat=self._theme.colours.mat, edge=colour)
        return True

    def _paint_free_places(self, painter: QPainter, camera: MapCamera) -> None:
        colours = self._theme.colours
        for number, place in self._free_places(camera):
            x, y = camera.point(place.x, place.y)
            radius = place.radius * camera.scale
            is_current = number == self.current_free_place
            ink = colours.accent if is_current else colours.text_muted
            pen = QPen(ink, 2.0 if is_current else 1.2, Qt.PenStyle.DashLine)
            fill = QColor(colours.accent)
            fill.setAlpha(36 if is_current else 14)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(fill)
            painter.drawEllipse(QPointF(x, y), radius, radius)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(pen)
            reach = max(10.0, min(0.62 * radius, 90.0))
            room = QRectF(x - reach, y - reach, 2 * reach, 2 * reach)
            painter.drawPolygon(polygon_of(place.outline.points, room))

    def _paint_current(self, painter: QPainter, camera: MapCamera, has_focus: bool) -> None:
        if self.current < 0 or self.current >= len(self._scene):
            return
        x, y = camera.point(*map(float, self._scene.places[self.current]))
        pen = QPen(self._theme.colours.accent, 2.5 if has_focus else 1.5)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        size = PICTURE if self.current in self._in_pictures else self.mark_size(camera)
        reach = max(12.0, size / 2 + 3)
        painter.drawRoundedRect(QRectF(x - reach, y - reach, 2 * reach, 2 * reach), 6, 6)

    def _paint_marker(self, painter: QPainter, camera: MapCamera) -> None:
        if self.marker is None:
            return
        x, y = camera.point(*self.marker)
        colours = self._theme.colours
        for width, ink in ((6.0, colours.content), (2.5, colours.bad)):
            painter.setPen(QPen(ink, width))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(x, y), 13, 13)
            for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                painter.drawLine(QPointF(x + 8 * dx, y + 8 * dy), QPointF(x + 20 * dx, y + 20 * dy))

    def _paint_gesture(self, painter: QPainter) -> None:
        if self.gesture.isEmpty():
            return
        fill = QColor(self._theme.colours.accent)
        fill.setAlpha(40)
        painter.setBrush(fill)
        painter.setPen(QPen(self._theme.colours.accent, 1.5))
        painter.drawPolygon(self.gesture)

    def _free_places(self, camera: MapCamera) -> list[tuple[int, FreePlace]]:
        """Those shown and large enough to be told."""
        if self._shown is None or not self.shows_free_places:
            return []
        free = self._shown.shape_map.free_places
        return [
            (number, place)
            for number, place in enumerate(free)
            if place.radius * camera.scale >= LEAST_FREE
        ]

    def _colour_dots(self) -> None:
        ground = self._theme.colours.content
        if not len(self._groups):
            self._dots = np.empty(0, np.uint32)
            return
        told = packed([mixed(colour, ground, _FAINT) for colour in self._palette])
        faded = packed([mixed(colour, ground, _UNSELECTED) for colour in self._palette])
        number = np.where(self._groups >= 0, self._groups % TOLD_APART, TOLD_APART)
        if self._is_selected is None:
            dots = told[number]
        else:
            full = packed(self._palette)
            dots = np.where(self._is_selected, full[number], faded[number])
        self._dots = dots[self._scene.downwards]
