"""The parts of the query pane and where they are; it knows nothing of queries."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop_app.capture.camera_feed import CameraFeed
from desktop_app.ui.camera_view import AskForVideo, CameraView
from desktop_app.ui.pane_actions import icon_button
from desktop_app.ui.query_actions import QueryActions, QueryDetails
from desktop_app.ui.query_canvas import QueryCanvas
from desktop_app.ui.query_drop_zone import QueryDropZone
from desktop_app.ui.query_notice import QueryNotice
from desktop_app.ui.recent_queries import RecentQueries
from desktop_app.ui.theme import Space, Theme

MAX_STAGE_PX = 380
COMPACT_PX = 148
QWIDGETSIZE_MAX = 16777215


class Showing(Enum):
    """What the large area of the pane is for."""

    NOTHING = "nothing"
    PICTURE = "picture"
    CAMERA = "camera"


class QueryPaneLayout(QWidget):
    """Shows one of three pages with what belongs to it: beside the results one part below
    another, or as a strip above them.
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
        self._details = QueryDetails(self.commands)
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
        self._grid = QGridLayout(self)
        self._notice.shown_changed.connect(self._make_room)
        self._arrange()
        self.show_page(Showing.NOTHING)

    def set_compact(self, compact: bool) -> None:
        """Lie as a strip above the results instead of standing beside them."""
        if compact != self._compact:
            self._compact = compact
            self._drop_zone.set_compact(compact)
            self.camera.set_compact(compact)
            self.recents.set_compact(compact)
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
        self._fit_stage()

    def _make_header(self, ways_in: Sequence[QAction]) -> QWidget:
        self._title = QLabel(self.tr("Query"))
        self._title.setProperty("role", "title")
        self._sources = QWidget()
        sources = QHBoxLayout(self._sources)
        sources.setContentsMargins(0, 0, 0, 0)
        sources.setSpacing(2)
        for action in ways_in:
            sources.addWidget(icon_button(action))
        header = QWidget()
        row = QHBoxLayout(header)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._title)
        row.addStretch()
        row.addWidget(self._sources)
        header.setFixedHeight(28)
        return header

    def _arrange(self) -> None:
        """Place the parts one below another, or in the strip beside the picture."""
        parts = (self._header, self._stage, self._details, self._notice, self.recents)
        for part in parts:
            self._grid.removeWidget(part)
        self._grid.setSpacing(Space.S)
        if self._compact:
            self._grid.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
            self._grid.addWidget(self._stage, 0, 0, 5, 1)
            for row, part in enumerate((self._header, self._details, self._notice, self.recents)):
                self._grid.addWidget(part, row, 1)
        else:
            self._grid.setContentsMargins(Space.M, Space.S, Space.M, Space.M)
            for row, part in enumerate(parts):
                self._grid.addWidget(part, row, 0)
        for row in range(5):
            # What is left over goes to the recent queries, or below everything.
            last = 3 if self._compact else 4
            self._grid.setRowStretch(row, 1 if row == last else 0)

    @Slot()
    def _make_room(self) -> None:
        """In the strip they, and the tools, give way to a notice; they also to the camera."""
        crowded = self._compact and (self.showing is Showing.CAMERA or not self._notice.isHidden())
        self.recents.setVisible(not self.recents.is_empty and not crowded)
        self._details.setVisible(
            self.showing is Showing.PICTURE and not (self._compact and not self._notice.isHidden())
        )
        self.recents.set_heading_visible(not self._compact or self.showing is not Showing.PICTURE)

    def _fit_stage(self) -> None:
        """A picture gets a square of the pane's width; words get the room they need."""
        if self._compact:
            height = COMPACT_PX - 2 * Space.S
            is_picture = self.showing is Showing.PICTURE
            width = round(height * 1.4)
            self._stage.setMinimumWidth(width if is_picture else 0)
            self._stage.setMaximumWidth(width if is_picture else QWIDGETSIZE_MAX)
            self.setFixedHeight(COMPACT_PX)
        else:
            height = min(self.width() - 2 * Space.M, MAX_STAGE_PX, max(160, self.height() // 2))
            self._stage.setMinimumWidth(0)
            self._stage.setMaximumWidth(QWIDGETSIZE_MAX)
            self.setMinimumHeight(0)
            self.setMaximumHeight(QWIDGETSIZE_MAX)
        self._drop_zone.setFixedHeight(height)
        self._canvas.setFixedHeight(height)
        self.camera.set_picture_height(height)

    # Qt overrides

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_stage()
