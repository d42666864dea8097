"""How sure a match is, as a small pill: a dial, a percentage and, where there is room, a word."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.ui.product_text import (
    Confidence,
    confidence_text,
    confidence_word,
    score_text,
)
from desktop_app.ui.theme import FontSize, Theme
from desktop_app.ui.theme.tokens import LIGHT, Colours

HEIGHT = 16
PADDING = 6
DIAL = 8
GAP = 4
VEIL = QColor(255, 255, 255, 220)
"""Behind marks on the mat, which is light in both themes."""

_FULL_TURN = 360 * 16
_FILLED = {
    Confidence.CERTAIN: 1.0,
    Confidence.LIKELY: 0.75,
    Confidence.PERHAPS: 0.5,
    Confidence.UNLIKELY: 0.0,
}


class ConfidencePill:
    """Measures and paints pills in the theme's colours. The dial tells the level by its shape,
    so that the colour is never alone."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._font = theme.font(FontSize.META, semibold=True)
        self._metrics = QFontMetrics(self._font)
        words = [self.word(level) for level in Confidence]
        self._widest_word = max(self._metrics.horizontalAdvance(word) for word in words)
        self._figure = self._metrics.horizontalAdvance(score_text(1.0))

    def level(self, score: float) -> Confidence:
        """How far the dial is filled, and the colours."""
        return Confidence.of(score)

    def word(self, level: Confidence) -> str:
        """What a level is called."""
        return confidence_word(level)

    def width(self, score: float, *, with_word: bool) -> int:
        """In logical pixels."""
        text = self._words(score, with_word)
        return self._metrics.horizontalAdvance(text) + 2 * PADDING + DIAL + GAP

    @property
    def widest(self) -> int:
        """The width no pill with a word exceeds."""
        separator = self._metrics.horizontalAdvance(" · ")
        return self._figure + separator + self._widest_word + 2 * PADDING + DIAL + GAP + 1

    def paint(
        self, painter: QPainter, place: QRect, score: float, *, with_word: bool, on_mat: bool
    ) -> None:
        """Draw the pill into ``place``, in the light theme's colours where it lies on a mat."""
        level = self.level(score)
        ground, ink = _colours(level, LIGHT if on_mat else self._theme.colours)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(VEIL if on_mat else ground)
        painter.drawRoundedRect(place, HEIGHT / 2, HEIGHT / 2)
        left = place.left() + PADDING
        dial = QRectF(left, place.top() + (place.height() - DIAL) / 2, DIAL, DIAL)
        paint_dial(painter, dial, level, ink)
        painter.setFont(self._font)
        painter.setPen(ink)
        room = QRect(place)
        room.setLeft(left + DIAL + GAP)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, self._words(score, with_word))

    def font(self) -> QFont:
        """The font of its words."""
        return self._font

    def _words(self, score: float, with_word: bool) -> str:
        figure = score_text(score)
        return f"{figure} · {self.word(self.level(score))}" if with_word else figure


def paint_dial(painter: QPainter, place: QRectF, level: Confidence, ink: QColor) -> None:
    """A ring filled clockwise from the top, the further the surer."""
    ring = place.adjusted(0.6, 0.6, -0.6, -0.6)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(ink, 1.2))
    painter.drawEllipse(ring)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    if _FILLED[level] >= 1:
        painter.drawEllipse(QPointF(ring.center()), ring.width() / 2, ring.height() / 2)
    elif _FILLED[level] > 0:
        painter.drawPie(ring, _FULL_TURN // 4, -round(_FULL_TURN * _FILLED[level]))


class ConfidenceLabel(QWidget):
    """A pill as a widget; nothing while there is no score."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pill = ConfidencePill(theme)
        self._score: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_score(self, score: float | None, explanation: str = "") -> None:
        """Show a confidence; ``explanation`` is told on hover."""
        self._score = score
        self.setToolTip(explanation)
        self.setAccessibleName("" if score is None else confidence_text(score))
        self.setVisible(score is not None)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        width = 0 if self._score is None else self._pill.width(self._score, with_word=True)
        return QSize(width, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._score is not None:
            painter = QPainter(self)
            self._pill.paint(painter, self.rect(), self._score, with_word=True, on_mat=False)


def _colours(level: Confidence, colours: Colours) -> tuple[QColor, QColor]:
    """Ground and ink."""
    if level is Confidence.PERHAPS:
        return colours.warn_soft, colours.warn
    if level is Confidence.UNLIKELY:
        return colours.hover, colours.text_muted
    return colours.good_soft, colours.good
