"""Names and small pictures of the profiles to start from."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPen, QPixmap

from desktop_app.domain.container_classes import ContainerClass
from desktop_app.domain.sketch_templates import SketchTemplate
from desktop_app.domain.sketching import Sketch
from desktop_app.ui.shapes.sketch.frame import Frame
from desktop_app.ui.theme import Theme


def template_name(template: SketchTemplate) -> str:
    """What a profile is called in the menu."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("SketchTemplates", text)

    return {
        (ContainerClass.BOTTLE, "round_shoulder"): tr("Bottle, round shoulder"),
        (ContainerClass.BOTTLE, "straight_shoulder"): tr("Bottle, straight shoulder"),
        (ContainerClass.BOTTLE, "waisted"): tr("Bottle, waisted"),
        (ContainerClass.JAR, "straight"): tr("Jar, straight"),
        (ContainerClass.JAR, "round"): tr("Jar, round"),
        (ContainerClass.POWDER, "flat"): tr("Powder jar"),
        (ContainerClass.COMPACT, "round"): tr("Compact"),
        (ContainerClass.STICK, "straight"): tr("Stick"),
        (ContainerClass.ROLL_ON, "round_cap"): tr("Roll-on"),
        (ContainerClass.DROPPER, "bulb"): tr("Dropper bottle"),
        (ContainerClass.PUMP, "nozzle_left"): tr("Pump bottle"),
    }[template.kind, template.key]


def template_icon(sketch: Sketch, theme: Theme, size: QSize) -> QIcon:
    """The outline as a small picture in the colour of the text."""
    return QIcon(_OutlineIconEngine(sketch, theme, size))


class _OutlineIconEngine(QIconEngine):
    """Draws anew at every painting, so that it follows the theme."""

    def __init__(self, sketch: Sketch, theme: Theme, size: QSize) -> None:
        super().__init__()
        self._sketch = sketch
        self._theme = theme
        self._size = size

    def paint(self, painter: QPainter, rect: QRect, _mode: QIcon.Mode, _state: QIcon.State) -> None:
        points = self._sketch.points
        low, high = points.min(axis=0), points.max(axis=0)
        box = QRectF(low[0], low[1], high[0] - low[0], high[1] - low[1])
        frame = Frame.around(box, QRectF(rect).adjusted(2, 2, -2, -2))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colours.text, 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolygon(frame.polygon(points))
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return pixmap

    def actualSize(self, _size: QSize, _mode: QIcon.Mode, _state: QIcon.State) -> QSize:
        return self._size

    def clone(self) -> QIconEngine:
        return _OutlineIconEngine(self._sketch, self._theme, self._size)
