"""Points to look around among: pan, zoom, go from one to the next, open one."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QNativeGestureEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QSizePolicy, QWidget

from desktop_app.domain.shape_map import Places
from desktop_app.ui.point_map.camera import MapCamera
from desktop_app.ui.point_map.gestures import MapDrag, MapTool
from desktop_app.ui.point_map.scene import MapScene

WHEEL_STEP, KEY_STEP, PAN_STEP = 1.25, 1.4, 80
REACH = 14.0
"""Logical pixels that a point may be away from where one clicks."""
EDGE = 24
"""Whatever is made current nearer to the edge is brought to the middle."""
_STEPS: dict[int, tuple[int, int]] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class PointMapView(QWidget):
    """Moves the camera over a scene and keeps which point is current; others paint.

    Dragging pans; a click makes a point current; the arrow keys go to the next one that way, with
    Shift they pan; wheel, pinch and + - 0 zoom; Return or a double click opens; Escape makes
    none current.

    Signals: ``current_changed`` (row, -1 for none), ``opened`` (row), ``hovered`` (row or -1,
    where on the view), ``moved`` whenever another part is in view, ``resized``.
    """

    current_changed = Signal(int)
    opened = Signal(int)
    hovered = Signal(int, QPoint)
    moved = Signal()
    resized = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = MapScene(np.empty((0, 2), np.float32), np.empty(0, np.int32))
        self._camera = MapCamera()
        self._is_fitted = True
        self._current = -1
        self._drag: MapDrag | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.grabGesture(Qt.GestureType.PinchGesture)

    @property
    def camera(self) -> MapCamera:
        return self._camera

    @property
    def scene(self) -> MapScene:
        return self._scene

    @property
    def current_row(self) -> int:
        return self._current

    def set_current(self, row: int) -> None:
        """Make a point current and bring it into view; -1 for none."""
        if row == self._current:
            return
        self._current = row
        if row >= 0:
            x, y = self._camera.point(*map(float, self._scene.places[row]))
            room = QRectF(self.rect()).adjusted(EDGE, EDGE, -EDGE, -EDGE)
            if not room.contains(QPointF(x, y)):
                self._move(self._camera.moved(self.width() / 2 - x, self.height() / 2 - y))
        self.current_changed.emit(row)
        self.update()

    # Moving

    @Slot()
    def fit(self) -> None:
        """Show the whole map."""
        if len(extent := self._extent()):
            self._move(self._camera.fitted(extent))
        self._is_fitted = True

    @Slot()
    def zoom_in(self) -> None:
        """About the current point, else about what is nearest to the middle: between islands
        lies nothing to be seen."""
        self._zoom(KEY_STEP, self._place_of_interest())

    @Slot()
    def zoom_out(self) -> None:
        self._zoom(1 / KEY_STEP)

    def _extent(self) -> Places:
        """Places (n, 2) that the whole map is to show."""
        return self._scene.places

    def _zoom(self, factor: float, about: QPointF | None = None) -> None:
        about = about if about is not None else QRectF(self.rect()).center()
        self._move(self._camera.zoomed(factor, about.x(), about.y()))

    def _move(self, camera: MapCamera) -> None:
        self._camera = camera
        self._is_fitted = False
        self.moved.emit()
        self.update()

    def _nearest_to_middle(self) -> int:
        middle = QRectF(self.rect()).center()
        return self._scene.nearest(self._camera, middle.x(), middle.y(), np.inf)

    def _place_of_interest(self) -> QPointF | None:
        row = self._current if self._current >= 0 else self._nearest_to_middle()
        if row < 0:
            return None
        return QPointF(*self._camera.point(*map(float, self._scene.places[row])))

    def _step(self, step: tuple[int, int], *, pans: bool) -> None:
        if pans or not len(self._scene):
            self._move(self._camera.moved(-step[0] * PAN_STEP, -step[1] * PAN_STEP))
        elif self._current < 0:
            self.set_current(self._nearest_to_middle())
        else:
            self.set_current(self._scene.towards(self._current, *step))

    # What is where; for those who paint it

    def _row_at(self, point: QPointF) -> int:
        """The point to be picked there, -1 where there is none."""
        return self._scene.nearest(self._camera, point.x(), point.y(), REACH)

    def _show_cursor(self) -> None:
        """As it is while nothing, or while something is dragged."""
        drag = self._drag
        pans = drag is not None and drag.is_under_way and drag.tool is MapTool.PAN
        self.setCursor(Qt.CursorShape.ClosedHandCursor if pans else Qt.CursorShape.ArrowCursor)

    # Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._camera = self._camera.resized(self.width(), self.height())
        if self._is_fitted:
            self.fit()
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
            self._drag = MapDrag(event.position(), MapTool.PAN)
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is None:
            self.hovered.emit(self._row_at(event.position()), event.position().toPoint())
            return
        moved = self._drag.move(event.position())
        if self._drag.is_under_way:
            self.hovered.emit(-1, QPoint())
            self._show_cursor()
            if not moved.isNull():
                self._move(self._camera.moved(moved.x(), moved.y()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drag, self._drag = self._drag, None
        self._show_cursor()
        if drag is not None and not drag.is_under_way:
            self.set_current(self._row_at(event.position()))

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
        elif key == Qt.Key.Key_Escape and self._current >= 0:
            self.set_current(-1)
        else:
            super().keyPressEvent(event)
