"""Why a product was found, large: everything at once."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.domain.evidence import Explanation
from desktop_app.ui.confidence_pill import ConfidenceLabel
from desktop_app.ui.elided_label import ElidedLabel
from desktop_app.ui.evidence_bars import EvidenceBars
from desktop_app.ui.evidence_panel import ExplainedHit
from desktop_app.ui.evidence_pictures import show_in_views
from desktop_app.ui.evidence_text import channel_lines
from desktop_app.ui.match_points_view import MatchPointsView
from desktop_app.ui.outline_view import OutlineView
from desktop_app.ui.palette_view import PaletteView
from desktop_app.ui.product_text import rich_text, score_explanation
from desktop_app.ui.theme import Space, Theme

SIDE_WIDTH = 320


class EvidenceWindow(QWidget):
    """Joined points on large pictures; bars, outlines and colours beside them. Follows the
    chosen result while it is open."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setProperty("surface", "content")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(self.tr("Why this matched"))
        self.resize(1100, 720)
        self._title = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self._title.setProperty("role", "title")
        self._pill = ConfidenceLabel(theme)
        self.bars = EvidenceBars(theme)
        self.points = MatchPointsView(theme)
        self.outlines = OutlineView(theme)
        self.palettes = PaletteView(theme)
        heading = QHBoxLayout()
        heading.addWidget(self._title, 1)
        heading.addWidget(self._pill)
        side = QWidget()
        side.setFixedWidth(SIDE_WIDTH)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.L)
        column.addLayout(heading)
        column.addWidget(self.bars)
        column.addWidget(self.outlines, 1)
        column.addWidget(self.palettes)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        row.setSpacing(Space.L)
        row.addWidget(self.points, 1)
        row.addWidget(side)

    def show_match(self, hit: ExplainedHit, explanation: Explanation) -> None:
        """Show a hit and what a closer look at it gave."""
        self._title.set_text(hit.title)
        words = score_explanation(hit.score, hit.evidence, is_steered=hit.is_steered)
        self._pill.set_score(hit.score, rich_text(words))
        self.bars.show_lines(
            channel_lines(explanation.evidence, explanation, weights=hit.weights, trust=hit.trust)
        )
        show_in_views(explanation, self.points, self.outlines, self.palettes)

    def set_pictures(self, query: QImage | None, hit: QImage | None) -> None:
        """The pictures that points are joined on."""
        self.points.set_pictures(query, hit)

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_W):
            self.close()
            return
        super().keyPressEvent(event)
