"""The colours of the query above those of the hit."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from desktop_app.domain.colours import lab_to_srgb
from desktop_app.domain.evidence import ColourFeatures
from desktop_app.ui.product_text import score_text
from desktop_app.ui.theme import RADIUS, FontSize, Space, Theme

CAPTION = 16
STRIP = 34
Segment = tuple[QRectF, QColor, float]


class PaletteView(QWidget):
    """Two strips as wide as the widget; each colour takes its share. Hovering tells it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._palettes: list[list[tuple[QColor, float]]] = [[], []]
        self.setMinimumSize(120, self.sizeHint().height())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Colours"))
        theme.changed.connect(self.update)

    def set_colours(self, query: ColourFeatures | None, hit: ColourFeatures | None) -> None:
        """The palettes to compare."""
        self._palettes = [_shares(query), _shares(hit)]
        said = [
            self.tr("{0}: {1}").format(
                words, ", ".join(f"{c.name()} {score_text(s)}" for c, s in palette)
            )
            for words, palette in zip(self._captions(), self._palettes, strict=True)
            if palette
        ]
        self.setAccessibleDescription("; ".join(said))
        self.update()

    @property
    def has_both(self) -> bool:
        return all(self._palettes)

    def segments(self, strip: int) -> list[Segment]:
        """Where each colour of the query's (0) or the hit's (1) strip is, and its share."""
        left, found = 0.0, []
        top = strip * (CAPTION + STRIP + Space.S) + CAPTION
        for colour, share in self._palettes[strip]:
            place = QRectF(left, top, share * self.width(), STRIP)
            found.append((place, colour, share))
            left = place.right()
        return found

    def _captions(self) -> tuple[str, str]:
        return self.tr("Yours"), self.tr("This product")

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(280, 2 * (CAPTION + STRIP) + Space.S)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.words_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def words_at(self, point: QPointF) -> str:
        """What the colour under a point is, '' where there is none."""
        for place, colour, share in (*self.segments(0), *self.segments(1)):
            if place.contains(point):
                return self.tr("{0} of the object, {1}").format(score_text(share), colour.name())
        return ""

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.font(FontSize.META))
        for strip, words in enumerate(self._captions()):
            top = strip * (CAPTION + STRIP + Space.S)
            painter.setPen(self._theme.colours.text_muted)
            caption = QRectF(0, top, self.width(), CAPTION)
            painter.drawText(caption, Qt.AlignmentFlag.AlignVCenter, words)
            frame = QRectF(0.5, top + CAPTION + 0.5, self.width() - 1, STRIP - 1)
            outline = QPainterPath()
            outline.addRoundedRect(frame, RADIUS, RADIUS)
            painter.save()
            painter.setClipPath(outline)
            for place, colour, _share in self.segments(strip):
                painter.fillRect(place, colour)
            painter.restore()
            painter.setPen(QPen(self._theme.colours.hairline, 1))
            painter.drawPath(outline)


def _shares(colours: ColourFeatures | None) -> list[tuple[QColor, float]]:
    if colours is None:
        return []
    seen = lab_to_srgb(colours.palette)
    return [
        (QColor(int(r), int(g), int(b)), float(share))
        for (r, g, b), share in zip(seen, colours.shares, strict=True)
        if share > 0
    ]
