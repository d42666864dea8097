"""Draws what counts as the product over a picture: the rest dimmed, the object outlined."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter

_DIM = QColor(16, 16, 20, 150)
_LINE = QColor(255, 255, 255, 230)
_LINE_PX = 1.5


class MaskLayer:
    """One mask, an Alpha8 image, and its drawing at the size last asked for.

    Drawing it anew takes about 3 ms at 600 x 600 device pixels, else nothing.
    """

    def __init__(self) -> None:
        self._mask = QImage()
        self._drawn = QImage()
        self._made_of: tuple[int, int, int] = (0, 0, 0)

    @property
    def is_empty(self) -> bool:
        return self._mask.isNull()

    @property
    def mask(self) -> QImage:
        """The mask; a null image where there is none."""
        return self._mask

    def set_mask(self, mask: QImage | None) -> None:
        """Draw this one from now on; None for no mask."""
        self._mask = QImage() if mask is None else mask

    def paint(self, painter: QPainter, rect: QRectF, *, ratio: float) -> None:
        """Over ``rect``, in device pixels ``ratio`` times as many."""
        size = (rect.size() * ratio).toSize().expandedTo(QSize(1, 1))
        made_of = (self._mask.cacheKey(), size.width(), size.height())
        if made_of != self._made_of:
            self._drawn = _draw(self._mask, size, line=_LINE_PX * ratio)
            self._made_of = made_of
        painter.drawImage(rect, self._drawn)


def _draw(mask: QImage, size: QSize, *, line: float) -> QImage:
    shape = mask.scaled(
        size,
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    ).convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    out = QPainter.CompositionMode.CompositionMode_DestinationOut
    # The outline is what the shape, moved a little to each side, covers beyond itself.
    outline = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    outline.fill(Qt.GlobalColor.transparent)
    painter = QPainter(outline)
    far = max(1, round(line))
    for x, y in ((-far, 0), (far, 0), (0, -far), (0, far)):
        painter.drawImage(QPoint(x, y), shape)
    painter.setCompositionMode(out)
    painter.drawImage(0, 0, shape)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(outline.rect(), _LINE)
    painter.end()
    drawn = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    drawn.fill(_DIM)
    painter = QPainter(drawn)
    painter.setCompositionMode(out)
    painter.drawImage(0, 0, shape)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
    painter.drawImage(0, 0, outline)
    painter.end()
    return drawn
