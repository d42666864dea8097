"""The map itself: pan, zoom, pick, select; a hundred thousand points in every frame."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QWidget

from desktop_app.services.shapes.map_reading import MappedPicture, ShownMap
from desktop_app.ui.point_map.camera import MapCamera
from desktop_app.ui.point_map.gestures import MapDrag, MapTool
from desktop_app.ui.point_map.pictures import Thumbnail
from desktop_app.ui.point_map.scene import MapScene, Rows
from desktop_app.ui.point_map.view import PointMapView
from desktop_app.ui.shape_map.painting import MapPainter
from desktop_app.ui.theme import Theme

PICK_REACH = 16.0
NEAR_SCALE = 900.0
"""At least so near a cluster or a picture is brought when one is gone to."""
ASK_MS = 40
_NOTHING: Rows = np.empty(0, np.int64)


class MapView(PointMapView):
    """Shows a ShownMap. ``thumbnail`` gives thumbnails at hand, and asks for others.

    Beside what one does on any map of points: left drag does what the tool says (with Shift a
    rectangle, with the middle button it pans); a click with Ctrl adds a picture to the selection
    or takes it out, as Space does; Escape clears the selection.

    Signals: ``selection_changed`` (how many rows), ``free_place_chosen`` (number),
    ``pictures_wanted`` (content ids to be handed to :meth:`add_pictures`).
    """

    selection_changed = Signal(int)
    free_place_chosen = Signal(int)
    pictures_wanted = Signal(object)

    def __init__(
        self, theme: Theme, *, thumbnail: Thumbnail, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._painter = MapPainter(theme, thumbnail)
        self._shown: ShownMap | None = None
        self._tool = MapTool.PAN
        self._selected = _NOTHING
        self._asked: set[int] = set()
        self._ask = QTimer(self)
        self._ask.setSingleShot(True)
        self._ask.setInterval(ASK_MS)
        self._ask.timeout.connect(self._ask_for_pictures)
        self._prepare = QTimer(self)
        self._prepare.timeout.connect(self._prepare_level)
        self.setMinimumSize(240, 200)
        self.setAccessibleName(self.tr("Map of outlines"))
        theme.changed.connect(self._dress)

    # What is shown

    @property
    def shown(self) -> ShownMap | None:
        return self._shown

    @property
    def selected_rows(self) -> Rows:
        """Rising."""
        return self._selected

    def set_map(self, shown: ShownMap | None, *, by_cluster: bool) -> None:
        """Show this one, coloured by cluster or by its groups. Where it is the map shown before
        the view, the selection and the current picture stay."""
        before = self._shown
        is_same = (
            before is not None
            and shown is not None
            and np.array_equal(before.content_ids, shown.content_ids)
            and np.array_equal(before.places, shown.places)
        )
        self._shown = shown
        if not is_same:
            self._take_places(before, shown)
        groups = None
        if shown is not None:
            groups = shown.cluster_of if by_cluster else shown.group_of
        self._painter.set_map(shown, self._scene, groups)
        self._painter.set_selection(self._selected)
        self._ask.start()
        self.update()

    def pictures(self, content_ids: Sequence[int]) -> list[MappedPicture]:
        """What is known of these."""
        known = [self._painter.marks.picture(content_id) for content_id in content_ids]
        return [picture for picture in known if picture is not None]

    def add_pictures(self, pictures: Sequence[MappedPicture]) -> None:
        """Outlines and hashes that were asked for."""
        self._painter.marks.add(pictures)
        self._asked.difference_update(picture.content_id for picture in pictures)
        self._ask.start()
        self.update()

    def forget_pictures(self) -> None:
        """The catalogue was closed."""
        self._painter.marks.clear()
        self._asked.clear()
        self._ask.start()
        self.update()

    def set_marker(self, place: tuple[float, float] | None) -> None:
        """Where the query of the shape search would lie."""
        self._painter.marker = place
        self.update()

    def set_free_places_shown(self, are_shown: bool) -> None:
        self._painter.shows_free_places = are_shown
        self.update()

    def set_current_free_place(self, number: int) -> None:
        """-1 for none."""
        self._painter.current_free_place = number
        self.update()

    def set_tool(self, tool: MapTool) -> None:
        self._tool = tool
        self._show_cursor()

    # Selecting

    def select(self, rows: Rows) -> None:
        """Select these and nothing else."""
        self._selected = np.unique(np.asarray(rows, np.int64))
        self._painter.set_selection(self._selected)
        self.selection_changed.emit(len(self._selected))
        self.update()

    def set_current(self, row: int) -> None:
        self._painter.current = row
        super().set_current(row)

    # Moving

    def go_to(self, rows: Rows) -> None:
        """Show these, as near as that is possible."""
        if len(rows):
            places = self._scene.places[rows]
            # The few that lie far from the rest would keep all of them small.
            low, high = np.quantile(places, (0.03, 0.97), axis=0)
            held = ((places >= low) & (places <= high)).all(axis=1)
            self._move(self._camera.fitted(places[held] if held.any() else places))

    def go_to_place(self, x: float, y: float, radius: float) -> None:
        """Show a circle of the map with what is around it."""
        reach = np.float32(2.2 * radius)
        corners = np.array([(x, y), (x, y)], np.float32) + np.array([(-reach,) * 2, (reach,) * 2])
        self._move(self._camera.fitted(corners.astype(np.float32)))

    def move_to(self, camera: MapCamera) -> None:
        """Look there."""
        self._move(camera.resized(self.width(), self.height()))

    def _move(self, camera: MapCamera) -> None:
        super()._move(camera)
        if not self._ask.isActive():
            self._ask.start()

    def _take_places(self, before: ShownMap | None, shown: ShownMap | None) -> None:
        current = self._content_at(before, self._current)
        selected = before.content_ids[self._selected] if before is not None else _NOTHING
        if shown is None:
            self._scene = MapScene(np.empty((0, 2), np.float32), np.empty(0, np.int32))
        else:
            self._scene = MapScene(shown.places, shown.ranks)
        self._prepare.start()
        self._current, self._selected = -1, _NOTHING
        if before is None or shown is None or shown.shape_map.laid_out != before.shape_map.laid_out:
            self.fit()
        if shown is not None:
            self._selected = np.flatnonzero(np.isin(shown.content_ids, selected))
            found = np.flatnonzero(shown.content_ids == current)
            self._current = int(found[0]) if len(found) else -1
        self._painter.current = self._current
        if self._is_fitted:
            self.fit()
        self.selection_changed.emit(len(self._selected))
        self.current_changed.emit(self._current)

    @staticmethod
    def _content_at(shown: ShownMap | None, row: int) -> int:
        return int(shown.content_ids[row]) if shown is not None and row >= 0 else -1

    @Slot()
    def _ask_for_pictures(self) -> None:
        """Those in view first; what is out of view again is not waited for."""
        if self._shown is None:
            return
        medoids = [cluster.medoid for cluster in self._shown.shape_map.clusters]
        lacking = self._painter.lacking_pictures(self._camera, and_also=medoids)
        if lacking and set(lacking) - self._asked:
            self._asked = set(lacking)
            self.pictures_wanted.emit(tuple(lacking))

    @Slot()
    def _prepare_level(self) -> None:
        """What stands for all at other levels, while nothing else is to be done: a zoom then
        finds it ready."""
        if not self._scene.prepare_level():
            self._prepare.stop()

    @Slot()
    def _dress(self) -> None:
        self._painter.dress()
        self.update()

    def _row_at(self, point: QPointF) -> int:
        reach = max(PICK_REACH, self._painter.mark_size(self._camera) / 2)
        return self._painter.row_at(self._camera, point, reach)

    def _show_cursor(self) -> None:
        drag = self._drag
        pans = drag is not None and drag.is_under_way and drag.tool is MapTool.PAN
        if pans or self._tool is MapTool.PAN:
            super()._show_cursor()
        else:
            self.setCursor(Qt.CursorShape.CrossCursor)

    def _select_by(self, drag: MapDrag, *, adds: bool) -> None:
        corners = [self._camera.place(point.x(), point.y()) for point in drag.corners]
        if drag.tool is MapTool.RECTANGLE:
            rows = self._scene.in_rectangle(corners[0], corners[-1])
        else:
            rows = self._scene.in_polygon(corners)
        self.select(np.union1d(self._selected, rows) if adds else rows)

    def _click(self, point: QPointF, toggles: bool) -> None:
        free = self._painter.free_place_at(self._camera, point)
        row = self._row_at(point)
        if row < 0 and free >= 0:
            self.free_place_chosen.emit(free)
            return
        if toggles and row >= 0:
            self.select(np.setxor1d(self._selected, [row]))
        elif row < 0 and len(self._selected):
            self.select(_NOTHING)
        self.set_current(row)

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(800, 600)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        is_whole = self._painter.paint(painter, self._camera, ratio, has_focus=self.hasFocus())
        painter.end()
        if not is_whole:
            QTimer.singleShot(0, self, self.update)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._ask.start()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            boxes = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self._drag = MapDrag(event.position(), MapTool.RECTANGLE if boxes else self._tool)
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if self._drag is not None and self._drag.is_under_way:
            self._painter.gesture = self._drag.polygon
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drag, self._drag = self._drag, None
        if drag is None:
            super().mouseReleaseEvent(event)
            return
        self._painter.gesture = QPolygonF()
        self._show_cursor()
        adds = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if not drag.is_under_way:
            self._click(event.position(), adds)
        elif drag.corners:
            self._select_by(drag, adds=adds)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and self._current >= 0:
            self.select(np.setxor1d(self._selected, [self._current]))
        elif event.key() == Qt.Key.Key_Escape and len(self._selected):
            self.select(_NOTHING)
            self.set_current(-1)
        else:
            super().keyPressEvent(event)
