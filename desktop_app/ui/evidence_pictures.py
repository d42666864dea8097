"""What can be seen of a match: joined points, outlines, colours, one at a time."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.evidence import Channel, Explanation
from desktop_app.ui.evidence_text import strength_of
from desktop_app.ui.match_points_view import MatchPointsView
from desktop_app.ui.outline_view import OutlineView
from desktop_app.ui.palette_view import PaletteView
from desktop_app.ui.product_text import channel_name
from desktop_app.ui.theme import ICON_SIZE, Space, Theme

NARROW_BELOW = 260
PICTURED = {Channel.PRINT: "scan-text", Channel.SHAPE: "shapes", Channel.COLOUR: "palette"}


class EvidencePictures(QWidget):
    """Tabs for print, shape and colour. Signals: ``chosen`` (Channel) by a person."""

    chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preferred: Channel | None = None
        self.points = MatchPointsView(theme)
        self.outlines = OutlineView(theme)
        self.palettes = PaletteView(theme)
        self._stack = QStackedWidget()
        self._group = QButtonGroup(self)
        self._buttons: dict[Channel, QToolButton] = {}
        tabs = QHBoxLayout()
        tabs.setSpacing(Space.XS)
        for channel, page in (
            (Channel.PRINT, self.points),
            (Channel.SHAPE, self.outlines),
            (Channel.COLOUR, _at_top(self.palettes)),
        ):
            button = QToolButton()
            button.setText(channel_name(channel))
            button.setIcon(theme.icons.icon(PICTURED[channel]))
            button.setIconSize(ICON_SIZE)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setCheckable(True)
            button.setToolTip(self.tr("Show {0}").format(button.text().lower()))
            button.setAccessibleName(button.toolTip())
            button.clicked.connect(self._clicked)
            self._group.addButton(button)
            self._buttons[channel] = button
            tabs.addWidget(button)
            self._stack.addWidget(page)
        tabs.addStretch(1)
        self._buttons[Channel.PRINT].setChecked(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addLayout(tabs)
        column.addWidget(self._stack, 1)

    @property
    def current(self) -> Channel:
        """The channel on show."""
        return next(c for c, button in self._buttons.items() if button.isChecked())

    def show_explanation(self, explanation: Explanation) -> None:
        """Show a match; the tab a person chose stays, else the strongest comes to the front."""
        show_in_views(explanation, self.points, self.outlines, self.palettes)
        self._buttons[Channel.SHAPE].setEnabled(self.outlines.has_both)
        self._buttons[Channel.COLOUR].setEnabled(self.palettes.has_both)
        self._bring_forward(explanation)

    def set_pictures(self, query: QImage | None, hit: QImage | None) -> None:
        """The pictures that points are joined on."""
        self.points.set_pictures(query, hit)

    def _bring_forward(self, explanation: Explanation) -> None:
        able = [channel for channel, button in self._buttons.items() if button.isEnabled()]
        if self._preferred in able:
            self._show(self._preferred)
            return

        def strength(channel: Channel) -> float:
            reading = explanation.evidence.readings.get(channel)
            if channel is Channel.PRINT and explanation.print_match is None:
                return -1.0
            return -1.0 if reading is None else strength_of(channel, reading.score)

        # Joined points tell most, wherever there are any.
        best = Channel.PRINT if explanation.print_match is not None else max(able, key=strength)
        self._show(best)

    def _show(self, channel: Channel) -> None:
        self._buttons[channel].setChecked(True)
        self._stack.setCurrentIndex(list(self._buttons).index(channel))

    @Slot()
    def _clicked(self) -> None:
        self._preferred = self.current
        self._show(self.current)
        self.chosen.emit(self.current)

    # Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = event.size().width() < NARROW_BELOW
        for button in self._buttons.values():
            button.setToolButtonStyle(
                Qt.ToolButtonStyle.ToolButtonIconOnly
                if is_narrow
                else Qt.ToolButtonStyle.ToolButtonTextBesideIcon
            )


def show_in_views(
    explanation: Explanation, points: MatchPointsView, outlines: OutlineView, palettes: PaletteView
) -> None:
    """Give each view its part of a match."""
    no_points = points.tr("No points of the print agree")
    points.set_match(explanation.print_match, no_points)
    query, hit = explanation.query, explanation.hit
    outlines.set_shapes(query.shape, hit.shape, explanation.evidence.orientation)
    palettes.set_colours(query.colour, hit.colour)


def _at_top(widget: QWidget) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(widget)
    column.addStretch(1)
    return page
