"""One picture over the whole window, to look closely without leaving the list."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from desktop_app.domain.products import ProductCard
from desktop_app.ui.picture_view import PictureView
from desktop_app.ui.product_text import confidence_text, price_text
from desktop_app.ui.theme import Space, Theme
from desktop_app.ui.theme.tokens import DARK

SCRIM = QColor(12, 12, 15, 242)


class QuickLook(QWidget):
    """Covers its parent window. The same in both themes: dark, so that only the picture counts.

    Signals: ``moved`` (rows to step, negative for back), ``picture_wanted`` (path),
    ``closed``.
    """

    moved = Signal(int)
    picture_wanted = Signal(str)
    closed = Signal()

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._path = ""
        self._view = PictureView(theme, ground=QColor(0, 0, 0, 0))
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._title = QLabel()
        self._meta = QLabel()
        self._place = QLabel()
        self._title.setProperty("role", "title")
        for label, colour in (
            (self._title, DARK.text),
            (self._meta, DARK.text_muted),
            (self._place, DARK.text_muted),
        ):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setStyleSheet(f"color: {colour.name()};")
        row = QHBoxLayout()
        row.setContentsMargins(Space.XL, Space.M, Space.XL, Space.L)
        row.setSpacing(Space.M)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._meta)
        row.addLayout(words, 1)
        row.addWidget(self._place)
        for name, tip, slot in (
            ("chevron-left", self.tr("Previous product (←)"), self._back),
            ("chevron-right", self.tr("Next product (→)"), self._forward),
            ("x", self.tr("Close (Esc)"), self.close),
        ):
            row.addWidget(self._button(theme, name, tip, slot))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, Space.XL, 0, 0)
        column.addWidget(self._view, 1)
        column.addLayout(row)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Quick look"))
        self.hide()

    def show_product(
        self,
        card: ProductCard,
        *,
        place: str,
        score: float | None = None,
        thumbnail: QPixmap | None = None,
    ) -> None:
        """Show a product, at first by its thumbnail. ``place`` is such as ``3 of 60``."""
        self._title.setText(" · ".join(part for part in (card.sku, card.title) if part))
        match = "" if score is None else confidence_text(score)
        parts = (match, card.brand, card.category, price_text(card))
        self._meta.setText(" · ".join(part for part in parts if part))
        self._place.setText(place)
        self._path = card.main_picture_path
        self._view.set_picture(thumbnail)
        if not self._path:
            self._view.set_message(self.tr("This product has no picture."))
        self._cover()
        self.show()
        self.raise_()
        self.setFocus()
        if self._path:
            self.picture_wanted.emit(self._path)

    def set_picture(self, path: str, image: QImage) -> None:
        """The full picture; ignored unless it is the one on show."""
        if path == self._path and self.isVisible():
            self._view.set_picture(image, keep_position=True)

    def set_picture_problem(self, path: str, words: str) -> None:
        """Why the picture on show cannot be had; a thumbnail stays in its place."""
        if path == self._path and not self._view.has_picture:
            self._view.set_message(words)

    def _cover(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            parent.removeEventFilter(self)
            parent.installEventFilter(self)
            self.setGeometry(parent.rect())

    def _button(self, theme: Theme, name: str, tip: str, slot: object) -> QToolButton:
        button = QToolButton()
        ratio = self.devicePixelRatioF()
        button.setIcon(theme.icons.pixmap(name, 20, colour=DARK.text, device_ratio=ratio))
        button.setIconSize(QSize(20, 20))
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setStyleSheet(f"QToolButton:hover {{ background: {DARK.pressed.name()}; }}")
        button.clicked.connect(slot)
        return button

    @Slot()
    def _back(self) -> None:
        self.moved.emit(-1)

    @Slot()
    def _forward(self) -> None:
        self.moved.emit(1)

    # Qt

    def closeEvent(self, _event: QEvent) -> None:
        parent = self.parentWidget()
        if parent is not None:
            parent.removeEventFilter(self)
        self._path = ""
        self._view.set_picture(None)
        self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        parent = self.parentWidget()
        if parent is not None and watched is parent and event.type() == QEvent.Type.Resize:
            self.setGeometry(parent.rect())
        return False

    def event(self, event: QEvent) -> bool:
        # The window's own single-letter shortcuts must not act beneath the overlay.
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Space, Qt.Key.Key_Escape):
            self.close()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Up):
            self.moved.emit(-1)
        elif key in (Qt.Key.Key_Right, Qt.Key.Key_Down):
            self.moved.emit(1)
        else:
            self._view.keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), SCRIM)
