"""The workspace for shapes: asking by outline, and the map of all outlines."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.errors import UserFacingError
from desktop_app.ui.busy_line import BusyLine
from desktop_app.ui.drag_and_drop import (
    Declined,
    DropPlace,
    UseDrawing,
    UsePictures,
    UseProducts,
    can_take,
    intent_of,
)
from desktop_app.ui.elided_label import ElidedLabel
from desktop_app.ui.empty_state import EmptyState
from desktop_app.ui.pane_actions import mode_button
from desktop_app.ui.problem_strip import ProblemStrip
from desktop_app.ui.shapes.compare.pane import ComparePane
from desktop_app.ui.shapes.method_button import MethodButton
from desktop_app.ui.shapes.page_menu import PageMenu
from desktop_app.ui.shapes.results import ShapeResultsPane
from desktop_app.ui.shapes.sketch.editor import SketchEditor
from desktop_app.ui.theme import ICON_SIZE, Space, Theme
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

EDITOR_WIDTH = 372
COMPARE_WIDTH = 330
NARROW_BELOW = 940


class ShapesState(Enum):
    """What the page can show: the drawing board, or why it is of no use yet."""

    DRAW = "draw"
    NO_CATALOGUE = "no catalogue"
    OPENING = "opening"
    LOADING = "loading"
    NOT_DESCRIBED = "not described"
    PROBLEM = "problem"


class ShapesMode(Enum):
    """The two ways of working; the value is the icon."""

    DRAW = "pencil"
    MAP = "map"


class ShapesPage(QWidget):
    """Shows parts; flows fill them.

    Signals: ``mode_changed`` (ShapesMode), ``describe_wanted`` when pictures should be looked
    at closer, ``turns_changed`` (whether turned containers count too); of what is dropped on
    it: ``file_dropped`` (Path), ``picture_dropped`` (QueryPicture), ``product_dropped`` (id).
    """

    mode_changed = Signal(object)
    describe_wanted = Signal()
    turns_changed = Signal(bool)
    file_dropped = Signal(object)
    picture_dropped = Signal(object)
    product_dropped = Signal(int)

    def __init__(
        self, theme: Theme, thumbnails: ThumbnailLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("surface", "content")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAcceptDrops(True)
        self.busy = BusyLine(theme)
        self.problem = ProblemStrip(theme)
        self.editor = SketchEditor(theme)
        self.results = ShapeResultsPane(theme, thumbnails)
        self.compare = ComparePane(theme)
        self._asked = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self._asked.setProperty("role", "muted")
        keeps_room = self._asked.sizePolicy()
        keeps_room.setRetainSizeWhenHidden(True)  # else the modes move to the middle
        self._asked.setSizePolicy(keeps_room)
        self.menu = PageMenu(theme)
        self.method = MethodButton(theme)
        self._turns = QToolButton()
        self._turns.setText(self.tr("Turned too"))
        self._turns.setIcon(theme.icons.icon("rotate-3d"))
        self._turns.setIconSize(ICON_SIZE)
        self._turns.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._turns.setCheckable(True)
        self._turns.setToolTip(self.tr("Find containers that lie or stand on their head too"))
        self._turns.setAccessibleName(self.tr("Find turned containers too"))
        self._turns.toggled.connect(self.turns_changed)
        self._modes = QButtonGroup(self)
        self._mode_buttons: dict[ShapesMode, QToolButton] = {}
        self._mode_row = QHBoxLayout()
        self._mode_row.setSpacing(Space.XS)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        for part in (self.editor, self.results, self.compare):
            self.splitter.addWidget(part)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([EDITOR_WIDTH, 2 * EDITOR_WIDTH, COMPARE_WIDTH])
        self._compares = QToolButton()
        self._compares.setText(self.tr("Compare"))
        self._compares.setIcon(theme.icons.icon("columns-2"))
        self._compares.setIconSize(ICON_SIZE)
        self._compares.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._compares.setCheckable(True)
        self._compares.setToolTip(self.tr("The chosen container beside your outline (C)"))
        self._compares.toggled.connect(self._fold)
        self._is_narrow = False
        self._nothing = EmptyState(theme, icon="shapes", title="", text="")
        self._describe = self._nothing.add_button(
            self.tr("Look closer now"), icon="scan-text", variant="primary"
        )
        self._describe.clicked.connect(self.describe_wanted)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.splitter)
        self._stack.addWidget(self._nothing)
        self._map: QWidget | None = None
        self._mode = ShapesMode.DRAW
        self._state = ShapesState.NO_CATALOGUE
        self._can_describe = False
        self._lay_out()
        self._add_mode(ShapesMode.DRAW, self.tr("Draw"), self.tr("Ask by an outline"))
        self.show_state(ShapesState.NO_CATALOGUE)

    @property
    def state(self) -> ShapesState:
        return self._state

    @property
    def mode(self) -> ShapesMode:
        return self._mode

    def add_map(self, pane: QWidget) -> None:
        """Offer the map of all outlines as the second mode."""
        self._map = pane
        self._stack.addWidget(pane)
        self._add_mode(ShapesMode.MAP, self.tr("Map"), self.tr("All outlines, like near like"))

    def choose_mode(self, mode: ShapesMode) -> None:
        """Bring a mode to the front."""
        self._mode_buttons[mode].setChecked(True)
        if mode is not self._mode:
            self._mode = mode
            self.problem.clear()  # what is told of one is no matter of the other
            self._show()
            self.mode_changed.emit(mode)

    def show_state(self, state: ShapesState) -> None:
        """Show the drawing board, or why it is of no use."""
        self._state = state
        self._nothing.set_words(*self._words(state))
        self._describe.setVisible(state is ShapesState.NOT_DESCRIBED and self._can_describe)
        self._show()

    def set_can_describe(self, can_describe: bool) -> None:
        """Whether pictures wait to be looked at closer and nobody does."""
        self._can_describe = can_describe
        self.show_state(self._state)

    def focus(self) -> None:
        """Put the keyboard where work goes on."""
        if self._state is ShapesState.DRAW and self._mode is ShapesMode.DRAW:
            self.editor.canvas.setFocus()

    def show_asked(self, words: str) -> None:
        """Say whose outline is asked with."""
        self._asked.set_text(words)

    def _show(self) -> None:
        is_map = self._mode is ShapesMode.MAP and self._map is not None
        if self._state is not ShapesState.DRAW:
            self._stack.setCurrentWidget(self._nothing)
        elif is_map and self._map is not None:
            self._stack.setCurrentWidget(self._map)
        else:
            self._stack.setCurrentWidget(self.splitter)
        is_drawing = self._state is ShapesState.DRAW and not is_map
        self._asked.setVisible(not is_map)
        for part in (self.method, self._turns, self.menu):
            part.setVisible(is_drawing)
        self._fold()

    def _add_mode(self, mode: ShapesMode, words: str, tip: str) -> None:
        button = mode_button(self._theme.icons.icon(mode.value), words, tip)
        button.setChecked(mode is self._mode)
        button.clicked.connect(self._mode_clicked)
        self._modes.addButton(button)
        self._mode_buttons[mode] = button
        self._mode_row.addWidget(button)
        for each in self._mode_buttons.values():
            each.setVisible(len(self._mode_buttons) > 1)

    @property
    def asked(self) -> str:
        """Whose outline is asked with, in words."""
        return self._asked.whole_text

    @property
    def finds_turned(self) -> bool:
        """Whether turned containers count too."""
        return self._turns.isChecked()

    def want_comparison(self) -> None:
        """Bring the comparison into view."""
        self._compares.setChecked(True)

    @Slot()
    def _fold(self) -> None:
        """In a narrow page the comparison takes the place of the drawing board."""
        compares = not self._is_narrow or self._compares.isChecked()
        self._compares.setVisible(self._is_narrow and self._mode is ShapesMode.DRAW)
        self.compare.setVisible(compares)
        self.editor.setVisible(not self._is_narrow or not compares)

    @Slot()
    def _mode_clicked(self) -> None:
        for mode, button in self._mode_buttons.items():
            if button.isChecked():
                self.choose_mode(mode)

    def _words(self, state: ShapesState) -> tuple[str, str]:
        return {
            ShapesState.DRAW: ("", ""),
            ShapesState.NO_CATALOGUE: (
                self.tr("No catalogue is open"),
                self.tr("Open one, and its containers are found here by their outline."),
            ),
            ShapesState.OPENING: (self.tr("Opening the catalogue"), ""),
            ShapesState.LOADING: (
                self.tr("Opening the outlines"),
                self.tr("The catalogue is open; its outlines are being made ready to search."),
            ),
            ShapesState.NOT_DESCRIBED: (
                self.tr("No outlines are known yet"),
                self.tr(
                    "Outlines are read when pictures are looked at closer. That goes on by "
                    "itself once pictures were imported; what is known can be searched meanwhile."
                ),
            ),
            ShapesState.PROBLEM: (
                self.tr("Shapes cannot be looked at now"),
                self.tr("What happened, and what to do, is told above."),
            ),
        }[state]

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(Space.S)
        bar.addLayout(self._mode_row)
        bar.addWidget(self._asked, 1)
        bar.addWidget(self._compares)
        bar.addWidget(self.method)
        bar.addWidget(self._turns)
        bar.addWidget(self.menu)
        head = QVBoxLayout()
        head.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        head.setSpacing(Space.S)
        head.addLayout(bar)
        head.addWidget(self.problem)
        self.bar = bar
        line = QFrame()
        line.setProperty("role", "hairline")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.busy)
        column.addLayout(head)
        column.addWidget(line)
        column.addWidget(self._stack, 1)

    # Qt

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        is_drawing = self._state is ShapesState.DRAW and self._mode is ShapesMode.DRAW
        if is_drawing and can_take(event.mimeData(), DropPlace.BOARD):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        intent = intent_of(event.mimeData(), DropPlace.BOARD)
        if intent is None:
            return
        event.acceptProposedAction()
        match intent:
            case UseDrawing(path):
                self.file_dropped.emit(path)
            case UsePictures((picture, *_)):
                self.picture_dropped.emit(picture)
            case UseProducts((product_id, *_)):
                self.product_dropped.emit(product_id)
            case Declined(what, remedy):
                self.problem.show_error(UserFacingError(what, remedy=remedy))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() < NARROW_BELOW
        if is_narrow != self._is_narrow:
            self._is_narrow = is_narrow
            self._fold()
