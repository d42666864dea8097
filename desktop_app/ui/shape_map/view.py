"""The map itself: pan, zoom, pick, select; a hundred thousand points in every frame."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QSizePolicy, QWidget

from desktop_app.services.shapes.map_reading import MappedPicture, ShownMap
from desktop_app.ui.point_map.camera import MapCamera
from desktop_app.ui.point_map.gestures import MapDrag, MapTool
from desktop_app.ui.point_map.pictures import Thumbnail
from desktop_app.ui.point_map.scene import MapScene, Rows
from desktop_app.ui.shape_map.painting import MapPainter
from desktop_app.ui.theme import Theme

WHEEL_STEP, KEY_STEP, PAN_STEP = 1.25, 1.4, 80
PICK_REACH = 16.0
NEAR_SCALE = 900.0
"""At least so near a cluster or a picture is brought when one is gone to."""
ASK_MS = 40
_NOTHING: Rows = np.empty(0, np.int64)
_STEPS: dict[int, tuple[int, int]] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class MapView(QWidget):
    """Shows a ShownMap. ``thumbnail`` gives thumbnails at hand, and asks for others.

    Left drag does what the tool says (with Shift a rectangle, with the middle button it pans);
    a click makes a picture current, with Ctrl it is added to the selection or taken out. Arrow
    keys go to the next picture that way, with Shift they pan; + - 0 zoom; Space selects, Return
    opens, Escape clears the selection.

    Signals: ``current_changed`` (row, -1 for none), ``selection_changed`` (how many rows),
    ``opened`` (row), ``hovered`` (row or -1, where on the view), ``free_place_chosen`` (number),
    ``pictures_wanted`` (content ids to be handed to :meth:`add_pictures`), ``moved`` whenever
    another part is in view, ``resized``.
    """

    current_changed = Signal(int)
    selection_changed = Signal(int)
    opened = Signal(int)
    hovered = Signal(int, QPoint)
    free_place_chosen = Signal(int)
    pictures_wanted = Signal(object)
    moved = Signal()
    resized = Signal()

    def __init__(
        self, theme: Theme, *, thumbnail: Thumbnail, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._painter = MapPainter(theme, thumbnail)
        self._shown: ShownMap | None = None
        self._scene = MapScene(np.empty((0, 2), np.float32), np.empty(0, np.int32))
        self._camera = MapCamera()
        self._is_fitted = True
        self._tool = MapTool.PAN
        self._selected = _NOTHING
        self._current = -1
        self._drag: MapDrag | None = None
        self._asked: set[int] = set()
        self._ask = QTimer(self)
        self._ask.setSingleShot(True)
        self._ask.setInterval(ASK_MS)
        self._ask.timeout.connect(self._ask_for_pictures)
        self._prepare = QTimer(self)
        self._prepare.timeout.connect(self._prepare_level)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 200)
        self.setAccessibleName(self.tr("Map of outlines"))
        self.grabGesture(Qt.GestureType.PinchGesture)
        theme.changed.connect(self._dress)

    # What is shown

    @property
    def shown(self) -> ShownMap | None:
        return self._shown

    @property
    def camera(self) -> MapCamera:
        return self._camera

    @property
    def scene(self) -> MapScene:
        return self._scene

    @property
    def current_row(self) -> int:
        return self._current

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
        """Make a picture current and bring it into view."""
        if row == self._current:
            return
        self._current = row
        self._painter.current = row
        if row >= 0:
            x, y = self._camera.point(*map(float, self._scene.places[row]))
            if not QRectF(self.rect()).adjusted(24, 24, -24, -24).contains(QPointF(x, y)):
                self._move(self._camera.moved(self.width() / 2 - x, self.height() / 2 - y))
        self.current_changed.emit(row)
        self.update()

    # Moving

    @Slot()
    def fit(self) -> None:
        """Show the whole map."""
        self._move(self._camera.fitted(self._scene.places))
        self._is_fitted = True

    @Slot()
    def zoom_in(self) -> None:
        """About the current picture, else about what is nearest to the middle: between islands
        lies nothing to be seen."""
        self._zoom(KEY_STEP, self._place_of_interest())

    @Slot()
    def zoom_out(self) -> None:
        self._zoom(1 / KEY_STEP)

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

    def _zoom(self, factor: float, about: QPointF | None = None) -> None:
        about = about if about is not None else QRectF(self.rect()).center()
        self._move(self._camera.zoomed(factor, about.x(), about.y()))

    def _move(self, camera: MapCamera) -> None:
        self._camera = camera
        self._is_fitted = False
        if not self._ask.isActive():
            self._ask.start()
        self.moved.emit()
        self.update()

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
        if drag is not None and drag.is_under_way and drag.tool is MapTool.PAN:
            shape = Qt.CursorShape.ClosedHandCursor
        elif self._tool is MapTool.PAN:
            shape = Qt.CursorShape.ArrowCursor
        else:
            shape = Qt.CursorShape.CrossCursor
        self.setCursor(shape)

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
        self._camera = self._camera.resized(self.width(), self.height())
        if self._is_fitted:
            self.fit()
        self._ask.start()
        self.resized.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._zoom(WHEEL_STEP ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self._zoom(1 + event.value(), event.position())
                return True
        elif isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                self._zoom(pinch.scaleFactor(), self.mapFromGlobal(pinch.centerPoint()))
                return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton:
            self._drag = MapDrag(event.position(), MapTool.PAN, begins_at_once=True)
            self._show_cursor()
        elif event.button() == Qt.MouseButton.LeftButton:
            boxes = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self._drag = MapDrag(event.position(), MapTool.RECTANGLE if boxes else self._tool)
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position()
        if self._drag is None:
            self.hovered.emit(self._row_at(point), point.toPoint())
            return
        moved = self._drag.move(point)
        if not self._drag.is_under_way:
            return
        self.hovered.emit(-1, QPoint())
        self._show_cursor()
        self._painter.gesture = self._drag.polygon
        if moved.isNull():
            self.update()
        else:
            self._move(self._camera.moved(moved.x(), moved.y()))

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

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        row = self._row_at(event.position())
        if row >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit(row)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.hovered.emit(-1, QPoint())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if (step := _STEPS.get(key)) is not None:
            self._step(step, pans=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_in()
        elif key == Qt.Key.Key_Minus:
            self.zoom_out()
        elif key in (Qt.Key.Key_0, Qt.Key.Key_Home):
            self.fit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current >= 0:
            self.opened.emit(self._current)
        elif key == Qt.Key.Key_Space and self._current >= 0:
            self.select(np.setxor1d(self._selected, [self._current]))
        elif key == Qt.Key.Key_Escape and (len(self._selected) or self._current >= 0):
            self.select(_NOTHING)
            self.set_current(-1)
        else:
            super().keyPressEvent(event)

    def _step(self, step: tuple[int, int], *, pans: bool) -> None:
        if pans or not len(self._scene):
            self._move(self._camera.moved(-step[0] * PAN_STEP, -step[1] * PAN_STEP))
        elif self._current < 0:
            middle = QRectF(self.rect()).center()
            self.set_current(self._scene.nearest(self._camera, middle.x(), middle.y(), np.inf))
        else:
            self.set_current(self._scene.towards(self._current, *step))

    def _place_of_interest(self) -> QPointF | None:
        row = self._current
        if row < 0:
            middle = QRectF(self.rect()).center()
            row = self._scene.nearest(self._camera, middle.x(), middle.y(), np.inf)
        if row < 0:
            return None
        return QPointF(*self._camera.point(*map(float, self._scene.places[row])))
