"""The parts of the query pane and where they are; it knows nothing of queries."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.capture.camera_feed import CameraFeed
from desktop_app.domain.search import CategoryGuess
from desktop_app.ui.camera_chooser import AskForVideo
from desktop_app.ui.camera_view import CameraView
from desktop_app.ui.category_strip import CategoryStrip
from desktop_app.ui.likeness_panel import LikenessPanel
from desktop_app.ui.mask_bar import MaskBar
from desktop_app.ui.pane_actions import icon_button
from desktop_app.ui.query_actions import QueryActions, QueryDetails
from desktop_app.ui.query_canvas import QueryCanvas
from desktop_app.ui.query_drop_zone import QueryDropZone
from desktop_app.ui.query_notice import QueryNotice
from desktop_app.ui.recent_queries import RecentQueries
from desktop_app.ui.refinement_chips import PointedAt, RefinementChips
from desktop_app.ui.side_popup import SidePopup
from desktop_app.ui.theme import ICON_SIZE_BESIDE_TEXT, Space, Theme
from desktop_app.ui.together_strip import TogetherStrip

MAX_STAGE_PX = 380
LEAST_STAGE_PX = 152
COMPACT_PX = 148
PAINTING_STRIP_PX = 250
QWIDGETSIZE_MAX = 16777215


class Showing(Enum):
    """What the large area of the pane is for."""

    NOTHING = "nothing"
    PICTURE = "picture"
    CAMERA = "camera"


class QueryPaneLayout(QWidget):
    """Shows one of three pages with what belongs to it: beside the results one part below
    another, or as a strip above them, where the less needed parts are in a popup.
    """

    def __init__(
        self,
        theme: Theme,
        feed: CameraFeed,
        *,
        ask_for_video: AskForVideo,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.showing = Showing.NOTHING
        self._compact = False
        self.setProperty("surface", "pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.commands = QueryActions(self, theme)
        self._canvas = QueryCanvas(theme)
        ways_in = (self.commands.open, self.commands.paste, self.commands.camera)
        self._drop_zone = QueryDropZone(theme, ways_in)
        self.camera = CameraView(theme, feed, ask_for_video=ask_for_video)
        self._notice = QueryNotice(theme)
        self.recents = RecentQueries(theme)
        self.likeness = LikenessPanel(theme)
        self.category = CategoryStrip(theme)
        self.refinement = RefinementChips(theme)
        self.together = TogetherStrip(theme)
        self._details = QueryDetails(self.commands)
        self._mask_bar = MaskBar(self.commands)
        self._header = self._make_header(ways_in)
        self._stage = QWidget()
        stage = QVBoxLayout(self._stage)
        stage.setContentsMargins(0, 0, 0, 0)
        self._pages: dict[Showing, QWidget] = {
            Showing.NOTHING: self._drop_zone,
            Showing.PICTURE: self._canvas,
            Showing.CAMERA: self.camera,
        }
        for page in self._pages.values():
            stage.addWidget(page)
        self._more = self._make_more()
        self._popup = SidePopup(self)
        self._tools = self._make_tools()
        self._grid = QGridLayout(self)
        self._notice.shown_changed.connect(self._make_room)
        self.category.dismissed.connect(self._show_proposals)
        self.commands.adjust.triggered.connect(self.adjust)
        self.likeness.folded.connect(self.fit_stage)
        self._arrange()
        self.show_page(Showing.NOTHING)

    @property
    def is_compact(self) -> bool:
        return self._compact

    def set_compact(self, compact: bool) -> None:
        """Lie as a strip above the results instead of standing beside them."""
        if compact != self._compact:
            self._compact = compact
            self._popup.close()
            self._drop_zone.set_compact(compact)
            self.camera.set_compact(compact)
            self._arrange()
            self.show_page(self.showing)

    def show_page(self, showing: Showing) -> None:
        """Bring a page to the front."""
        self.showing = showing
        for each, page in self._pages.items():
            page.setVisible(each is showing)
        is_picture = showing is Showing.PICTURE
        self._title.setVisible(not self._compact)
        self._header.setVisible(is_picture or not self._compact)
        self._sources.setVisible(showing is not Showing.NOTHING)
        self.commands.camera.setChecked(showing is Showing.CAMERA)
        self._make_room()
        self.fit_stage()

    @Slot()
    def adjust(self) -> None:
        """Bring what counts as alike to the keyboard."""
        if self.showing is not Showing.PICTURE:
            return
        if self._compact:
            button = self._adjust_button
            self._popup.open_below(button.mapToGlobal(QPoint(button.width(), button.height())))
        self.likeness.set_open(True)
        self._more.ensureWidgetVisible(self.likeness)
        self.likeness.presets.combo.setFocus()

    def all_actions(self) -> list[QAction]:
        """Every command of the pane, for the list of shortcuts."""
        return [*vars(self.commands).values(), self.likeness.presets.save]

    def propose(self, guess: CategoryGuess | None) -> None:
        """Offer to search in a category only; None for no proposal."""
        self.category.propose(guess)
        self._show_proposals()

    def set_refinement(self, pointed_at: Sequence[PointedAt]) -> None:
        """What was pointed at among the results of the query."""
        self.refinement.set_refinement(pointed_at)
        self._show_proposals()

    def _make_header(self, ways_in: Sequence[QAction]) -> QWidget:
        self._title = QLabel(self.tr("Query"))
        self._title.setProperty("role", "title")
        self._sources = QWidget()
        sources = QHBoxLayout(self._sources)
        sources.setContentsMargins(0, 0, 0, 0)
        sources.setSpacing(2)
        for action in (*ways_in, self.commands.add):
            sources.addWidget(icon_button(action))
        header = QWidget()
        row = QHBoxLayout(header)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._title)
        row.addStretch()
        row.addWidget(self._sources)
        header.setFixedHeight(28)
        return header

    def _make_more(self) -> QScrollArea:
        """What scrolls: pictures together, proposals, sliders, the queries asked lately."""
        page = QWidget()
        page.setProperty("surface", "pane")
        self._below = QVBoxLayout(page)
        self._below.setContentsMargins(0, 0, 0, 0)
        self._below.setSpacing(Space.S)
        for part in (
            self.together,
            self.category,
            self.refinement,
            self.likeness,
            self.recents,
        ):
            self._below.addWidget(part)
        self._below.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(page)
        return area

    def _make_tools(self) -> QWidget:
        """One row: the mask, and in the strip the way to the popup."""
        self._adjust_button = QToolButton()
        self._adjust_button.setDefaultAction(self.commands.adjust)
        self._adjust_button.setIconSize(ICON_SIZE_BESIDE_TEXT)
        self._adjust_button.setAccessibleName(self.tr("What counts as alike"))
        tools = QWidget()
        row = QHBoxLayout(tools)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self._mask_bar, 1)
        row.addWidget(self._adjust_button)
        return tools

    def _arrange(self) -> None:
        """Place the parts one below another, or in the strip beside the picture."""
        while self._grid.count():
            self._grid.takeAt(0)
        side = (
            self._header,
            self._details,
            self._tools,
            self._notice,
            self.category,
            self.refinement,
        )
        self._grid.setVerticalSpacing(Space.XS if self._compact else Space.S)
        self._grid.setHorizontalSpacing(Space.S)
        for row in range(10):
            self._grid.setRowStretch(row, 0)
        if self._compact:
            self._grid.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
            self._grid.addWidget(self._stage, 0, 0, 8, 1)
            for row, part in enumerate(side):
                self._grid.addWidget(part, row, 1)
            self._grid.setRowStretch(7, 1)
            self._popup.hold(self._more)
        else:
            self._grid.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
            parts = (self._header, self._stage, self._details, self._tools, self._notice)
            for row, part in enumerate(parts):
                self._grid.addWidget(part, row, 0)
            self._grid.addWidget(self._more, 5, 0)
            self._grid.setRowStretch(5, 1)
            for place, part in enumerate((self.together, self.category, self.refinement)):
                self._below.insertWidget(place, part)
        self._adjust_button.setVisible(self._compact)
        self._place_recents()

    def _place_recents(self) -> None:
        """In the strip without a picture there is room for them; else they are at the end of
        what scrolls."""
        in_strip = self._compact and self.showing is not Showing.PICTURE
        self.recents.set_compact(in_strip)
        page = self._more.widget()
        is_in_strip = self.recents.parentWidget() is self
        if in_strip and not is_in_strip:
            self._grid.addWidget(self.recents, 6, 1)
        elif not in_strip and (is_in_strip or self.recents.parentWidget() is not page):
            self._below.insertWidget(self._below.count() - 1, self.recents)

    @Slot()
    def _make_room(self) -> None:
        """In the strip the tools and proposals give way to a notice, the recent queries to the
        camera."""
        is_picture = self.showing is Showing.PICTURE
        crowded = self._compact and not self._notice.isHidden()
        self._place_recents()
        self._details.setVisible(is_picture and not crowded)
        self._tools.setVisible(is_picture and not crowded)
        in_camera_strip = self._compact and self.showing is Showing.CAMERA
        self.recents.setVisible(not self.recents.is_empty and not crowded and not in_camera_strip)
        self.likeness.setVisible(is_picture)
        self._more.setVisible(not self._compact or is_picture)
        self.together.setVisible(is_picture and self.together.count > 0)
        self._show_proposals()

    @Slot()
    def _show_proposals(self) -> None:
        is_picture = self.showing is Showing.PICTURE
        free = is_picture and not (self._compact and not self._notice.isHidden())
        refined = bool(self.refinement.chips)
        self.refinement.setVisible(free and refined)
        # The strip has one line for either.
        proposed = self.category.guess is not None and not (self._compact and refined)
        self.category.setVisible(free and proposed)

    @Slot()
    def fit_stage(self) -> None:
        """A picture gets a square of the pane's width, as far as the tools and sliders below
        it leave room; words get the room they need. A mask is painted in a higher strip."""
        if self._compact:
            strip = PAINTING_STRIP_PX if self._canvas.is_painting else COMPACT_PX
            height = strip - 2 * Space.S
            is_picture = self.showing is Showing.PICTURE
            width = round((COMPACT_PX - 2 * Space.S) * 1.4)
            if self._canvas.is_painting:
                width = max(width, self.width() // 2)
            self._stage.setMinimumWidth(width if is_picture else 0)
            self._stage.setMaximumWidth(width if is_picture else QWIDGETSIZE_MAX)
            self.setFixedHeight(strip)
            self._canvas.setFixedHeight(height)
        else:
            free = self.height() - self._height_below() if self.showing is Showing.PICTURE else 0
            least = max(LEAST_STAGE_PX, free, 0 if free else self.height() // 2)
            height = min(self.width() - 2 * Space.M, MAX_STAGE_PX, least)
            self._stage.setMinimumWidth(0)
            self._stage.setMaximumWidth(QWIDGETSIZE_MAX)
            self.setMinimumHeight(0)
            self.setMaximumHeight(QWIDGETSIZE_MAX)
            self._canvas.setMinimumHeight(min(height, LEAST_STAGE_PX))
            self._canvas.setMaximumHeight(height)
            self._canvas.set_wanted_height(height)
        self._drop_zone.setFixedHeight(height)
        self.camera.set_picture_height(height)

    def _height_below(self) -> int:
        """What the tools and the sliders take beside the picture."""
        parts = (self._header, self._details, self._tools, self.likeness)
        return sum(part.sizeHint().height() + Space.S for part in parts) + 2 * Space.S

    # Qt overrides

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_stage()
