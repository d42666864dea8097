"""A short message painted in the middle of a picture area."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from desktop_app.ui.theme import FontSize, Space, Theme

ICON_PX = 24


def paint_message(
    painter: QPainter,
    theme: Theme,
    rect: QRect,
    what: str,
    remedy: str,
    *,
    colour: QColor,
    muted: QColor,
    icon: str = "",
) -> None:
    """An icon, a line that says what, and a smaller one with what to do; all may be empty."""
    flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap)
    inner = QRectF(rect).adjusted(Space.L, Space.S, -Space.L, -Space.S)
    lines = [
        (text, font, tint, _height(inner, flags, text, font))
        for text, font, tint in (
            (what, theme.font(semibold=True), colour),
            (remedy, theme.font(FontSize.META), muted),
        )
        if text
    ]
    total = sum(line[3] for line in lines) + Space.XS * (len(lines) - 1)
    if icon:
        total += ICON_PX + Space.S
    top = inner.center().y() - total / 2
    if icon:
        device = painter.device()
        ratio = device.devicePixelRatioF() if device is not None else 1.0
        pixmap = theme.icons.pixmap(icon, ICON_PX, colour=muted, device_ratio=ratio)
        painter.drawPixmap(QPointF(inner.center().x() - ICON_PX / 2, top), pixmap)
        top += ICON_PX + Space.S
    for text, font, tint, height in lines:
        painter.setFont(font)
        painter.setPen(tint)
        painter.drawText(QRectF(inner.x(), top, inner.width(), height), flags, text)
        top += height + Space.XS


def _height(inner: QRectF, flags: int, text: str, font: QFont) -> float:
    return QFontMetricsF(font).boundingRect(inner, flags, text).height()
