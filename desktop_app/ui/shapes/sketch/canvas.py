"""The board on which an outline is drawn and changed, with the mouse or the keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.domain.sketch_curves import NodeKind, SketchNode
from desktop_app.domain.sketch_history import SketchHistory
from desktop_app.domain.sketch_snapping import Snapped, grid_step, snapped
from desktop_app.domain.sketching import Sketch
from desktop_app.ui.painted_message import paint_message
from desktop_app.ui.shapes.sketch.frame import FIRST_BOX, Frame
from desktop_app.ui.shapes.sketch.keys import press_key
from desktop_app.ui.shapes.sketch.painting import SketchPainter, SketchView
from desktop_app.ui.theme import Theme

REACH_PX = 9
SNAP_PX = 5
MARGIN_PX = 44
ZOOM_STEP = 1.2


class SketchCanvas(QWidget):
    """Shows a sketch and lets it be changed; every change can be undone.

    Drag a node to move it (with Alt freely, else it snaps); click the outline to add one, or
    the empty board while points are being added; double-click a node to turn it from corner to
    curve; drag the empty board to move the view, turn the wheel to zoom. Keys: Page Up and Page
    Down choose a node, arrows move it (with Shift further), Ins adds one after it, Del removes
    it, C and V make it a corner or a curve, + and - change its radius, 0 shows all.

    Signals: ``sketch_changed``, also while dragging; ``selection_changed``; ``adding_changed``
    (whether points are being added); ``menu_wanted`` (global position).
    """

    sketch_changed = Signal()
    selection_changed = Signal()
    adding_changed = Signal(bool)
    menu_wanted = Signal(QPoint)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._painter = SketchPainter(theme)
        self.history = SketchHistory()
        self._frame = Frame()
        self._is_fitted = True
        self._selected = -1
        self._hovered = -1
        self._insertion: QPointF | None = None
        self._guides: Snapped | None = None
        self._pressed: QPointF | None = None
        self._dragged = -1
        self._is_panning = False
        self._drags = 0
        self._is_adding = False
        self.snaps = True
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(180, 180)
        self.setAccessibleName(self.tr("Drawing board"))
        theme.changed.connect(self.update)

    @property
    def sketch(self) -> Sketch:
        return self.history.present

    @property
    def selected(self) -> int:
        """The index of the chosen node, -1 where none is."""
        return self._selected

    @property
    def selected_node(self) -> SketchNode | None:
        nodes = self.sketch.nodes
        return nodes[self._selected] if 0 <= self._selected < len(nodes) else None

    @property
    def is_adding(self) -> bool:
        """Whether a click on the empty board adds a point."""
        return self._is_adding

    @property
    def frame(self) -> Frame:
        """Where things are on the board."""
        return self._frame

    def open_sketch(self, sketch: Sketch) -> None:
        """Put another sketch on the board; the one before comes back by undoing."""
        self.history.close_step()
        self._is_fitted = True
        self._select(-1)
        self.change(sketch)
        self.fit()

    def change(self, sketch: Sketch, *, step: object = None) -> None:
        """Go on with a changed sketch; see SketchHistory.do."""
        if self.history.do(sketch, step=step):
            self._after_change()

    def undo(self) -> None:
        if self.history.undo():
            self._after_change()

    def redo(self) -> None:
        if self.history.redo():
            self._after_change()

    def set_adding(self, is_adding: bool) -> None:
        """Let clicks on the empty board add points, or no more."""
        if is_adding != self._is_adding:
            self._is_adding = is_adding
            self.setCursor(Qt.CursorShape.CrossCursor if is_adding else Qt.CursorShape.ArrowCursor)
            self.adding_changed.emit(is_adding)
            self.update()

    def select(self, index: int) -> None:
        """Choose a node."""
        self._select(index if 0 <= index < len(self.sketch.nodes) else -1)

    def change_node(self, *, kind: NodeKind | None = None, radius: float | None = None) -> None:
        """Another kind or radius for the chosen node."""
        if self.selected_node is not None:
            step = ("radius", self._selected) if kind is None else None
            self.change(self.sketch.changed(self._selected, kind=kind, radius=radius), step=step)

    def remove_node(self) -> None:
        """Take the chosen node away."""
        if self.selected_node is not None:
            index = self._selected
            self.change(self.sketch.removed(index))
            self._select(min(index, len(self.sketch.nodes) - 1))

    def add_node(self) -> None:
        """Add a node in the middle of the piece after the chosen one, or of the last piece."""
        pieces = self.sketch.pieces
        if pieces:
            at = self._selected if self.selected_node is not None else 0
            piece = pieces[min(at, len(pieces) - 1)]
            x, y = piece[len(piece) // 2] if len(piece) > 2 else piece.mean(axis=0)
            self._insert(min(at, len(pieces) - 1), float(x), float(y))

    def turn_kind(self) -> None:
        """Make the chosen corner a curve, or the chosen curve a corner."""
        if (node := self.selected_node) is not None:
            is_corner = node.kind is NodeKind.CORNER
            self.change_node(kind=NodeKind.SMOOTH if is_corner else NodeKind.CORNER)

    def step_selection(self, by: int) -> None:
        """Choose the next node, or the one before."""
        count = len(self.sketch.nodes)
        if count:
            start = self._selected if self._selected >= 0 else (-1 if by > 0 else count)
            self._select((start + by) % count)

    def nudge(self, across: int, along: int, *, is_far: bool) -> None:
        """Move the chosen node by steps of the grid, five at once where ``is_far``."""
        if (node := self.selected_node) is not None:
            step = self._step * (5 if is_far else 1)
            moved = self.sketch.moved(self._selected, node.x + across * step, node.y + along * step)
            self.change(moved, step=("nudge", self._selected))

    def grow_radius(self, by: int) -> None:
        """Change the radius of the chosen corner by steps of the grid."""
        if (node := self.selected_node) is not None:
            self.change_node(radius=max(0.0, node.radius + by * self._step / 2))

    def fit(self) -> None:
        """Show the whole outline."""
        points = self.sketch.points
        box = FIRST_BOX
        if len(points) > 1:
            low, high = points.min(axis=0), points.max(axis=0)
            box = QRectF(QPointF(*low), QPointF(*high))
            if self.sketch.is_symmetric:
                box = box.united(QRectF(QPointF(-high[0], low[1]), QPointF(high[0], high[1])))
            box = box.adjusted(-0.5, -0.5, 0.5, 0.5)
        room = QRectF(self.rect()).adjusted(MARGIN_PX, MARGIN_PX, -MARGIN_PX, -MARGIN_PX)
        self._frame = Frame.around(box, room)
        self._is_fitted = True
        self.update()

    def zoom(self, factor: float, about: QPointF | None = None) -> None:
        """Show it larger or smaller about a point of the board, else its middle."""
        self._frame = self._frame.zoomed(factor, about or QPointF(self.rect().center()))
        self._is_fitted = False
        self.update()

    @property
    def _step(self) -> float:
        return grid_step(1 / self._frame.scale, self.sketch.mm_per_unit)

    def _after_change(self) -> None:
        if self._selected >= len(self.sketch.nodes):
            self._select(-1)
        self._insertion = None
        self.update()
        self.sketch_changed.emit()
        self.selection_changed.emit()

    def _select(self, index: int) -> None:
        if index != self._selected:
            self._selected = index
            self.update()
            self.selection_changed.emit()

    def _insert(self, piece: int, x: float, y: float, *, step: object = None) -> None:
        sketch, index = self.sketch.inserted(piece, x, y)
        self.change(sketch, step=step)
        self._select(index)

    def _append(self, point: QPointF) -> None:
        x, y = self._place(len(self.sketch.nodes), point, is_free=False)
        self.change(self.sketch.appended(SketchNode(x, y, NodeKind.CORNER)), step=self._drags)
        self._select(len(self.sketch.nodes) - 1)

    def _place(self, index: int, point: QPointF, *, is_free: bool) -> tuple[float, float]:
        """Where in the sketch a node goes that is held at ``point``."""
        x, y = self._frame.to_sketch(point)
        self._guides = None
        if self.snaps and not is_free:
            self._guides = snapped(
                self.sketch, index, x, y, reach=SNAP_PX / self._frame.scale, step=self._step
            )
            x, y = self._guides.x, self._guides.y
        return (max(0.0, x), y) if self.sketch.is_symmetric else (x, y)

    def _node_at(self, point: QPointF) -> int:
        """The node under the mouse, also by its mirror image; -1 for none."""
        best, nearest = -1, float(REACH_PX)
        for index, node in enumerate(self.sketch.nodes):
            for x in {node.x, -node.x} if self.sketch.is_symmetric else {node.x}:
                offset = self._frame.to_screen(x, node.y) - point
                distance = (offset.x() ** 2 + offset.y() ** 2) ** 0.5
                if distance < nearest:
                    best, nearest = index, distance
        return best

    def _point_at(self, point: QPointF) -> tuple[int, float, float] | None:
        """The piece of the outline under the mouse and the place on it."""
        if len(self.sketch.nodes) < 2:
            return None
        piece, x, y, distance = self.sketch.nearest(*self._frame.to_sketch(point))
        return (piece, x, y) if distance * self._frame.scale <= REACH_PX else None

    def _hover(self, point: QPointF) -> None:
        hovered = self._node_at(point)
        found = self._point_at(point) if hovered < 0 else None
        insertion = self._frame.to_screen(found[1], found[2]) if found is not None else None
        if (hovered, insertion) != (self._hovered, self._insertion):
            self._hovered, self._insertion = hovered, insertion
            self.update()

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(360, 460)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = self._theme.colours
        painter.fillRect(self.rect(), colours.content)
        view = SketchView(
            self.sketch,
            self._frame,
            selected=self._selected,
            hovered=self._hovered,
            insertion=self._insertion,
            guides=self._guides if self._dragged >= 0 else None,
            grid=self._step,
            has_focus=self.hasFocus(),
        )
        self._painter.paint(painter, QSizeF(self.size()), view)
        if not self.sketch.nodes:
            paint_message(
                painter,
                self._theme,
                self.rect().adjusted(0, self.height() // 2, 0, 0),
                self.tr("Click to place points, from the top down"),
                self.tr("The other side mirrors them. Or start from a profile above.")
                if self.sketch.is_symmetric
                else self.tr("All round the outline. Or start from a profile above."),
                colour=colours.text,
                muted=colours.text_muted,
            )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._is_fitted:
            self.fit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = event.position()
        if event.button() == Qt.MouseButton.MiddleButton:
            self._pressed, self._is_panning = point, True
            return
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._drags += 1
        self.history.close_step()
        self._pressed = point
        index = self._node_at(point)
        if (
            index < 0
            and (found := self._point_at(point)) is not None
            and len(self.sketch.nodes) > 2
        ):
            self._insert(*found, step=self._drags)
            index = self._selected
        elif index < 0 and (self._is_adding or not self.sketch.nodes):
            self.set_adding(True)
            self._append(point)
            index = self._selected
        self._dragged = index
        self._select(index)
        self._is_panning = index < 0

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position()
        if self._pressed is None:
            self._hover(point)
        elif self._is_panning:
            self._frame = self._frame.panned(point - self._pressed)
            self._is_fitted = False
            self._pressed = point
            self.update()
        elif self._dragged >= 0:
            # A node held by its mirror image moves against the mouse.
            node = self.sketch.nodes[self._dragged]
            x, _y = self._frame.to_sketch(self._pressed)
            if self.sketch.is_symmetric and x < 0 and node.x > 0:
                middle = self._frame.to_screen(0, 0).x()
                point = QPointF(2 * middle - point.x(), point.y())
            is_free = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
            x, y = self._place(self._dragged, point, is_free=is_free)
            self.change(self.sketch.moved(self._dragged, x, y), step=self._drags)
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed, self._dragged, self._is_panning = None, -1, False
        self._guides = None
        self.history.close_step()
        self._hover(event.position())
        self.update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if (index := self._node_at(QPointF(event.pos()))) >= 0:
            self._select(index)
        self.menu_wanted.emit(event.globalPos())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._is_adding:
            self.set_adding(False)
            return
        self.select(self._node_at(event.position()))
        self.turn_kind()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered, self._insertion = -1, None
        self.update()
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = event.angleDelta().y() / 120
        if steps:
            self.zoom(ZOOM_STEP**steps, event.position())
            event.accept()

    def event(self, event: QEvent) -> bool:
        # Undoing here is about the outline, not about the catalogue.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            keys = QKeySequence.StandardKey
            if event.matches(keys.Undo) or event.matches(keys.Redo):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not press_key(self, event):
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()
        super().focusOutEvent(event)
