"""What stands in the middle when there is nothing to list: why, and what to do about it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop_app.ui.drag_and_drop import DropPlace, ImportFiles, can_take, intent_of
from desktop_app.ui.flow_layout import FlowLayout
from desktop_app.ui.theme import ICON_SIZE_BESIDE_TEXT, Space, Theme

ICON = 44
TEXT_WIDTH = 420


class EmptyState(QWidget):
    """An icon, a sentence, an explanation and buttons, in the middle of the area."""

    def __init__(
        self, theme: Theme, *, icon: str, title: str, text: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.theme = theme
        self._icon_name = icon
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title = QLabel(title)
        self._title.setProperty("role", "display")
        self._text = QLabel(text)
        self._text.setProperty("role", "muted")
        for label in (self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
            label.setMaximumWidth(TEXT_WIDTH)
        self.buttons = FlowLayout(spacing=Space.S, is_centred=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.XL)
        column.setSpacing(Space.S)
        column.addStretch(2)
        column.addWidget(self._icon)
        column.addSpacing(Space.XS)
        for label in (self._title, self._text):
            row = QHBoxLayout()
            row.addStretch()
            row.addWidget(label, 10)
            row.addStretch()
            column.addLayout(row)
        column.addSpacing(Space.S)
        column.addLayout(self.buttons)
        column.addStretch(3)
        theme.changed.connect(self._dress)
        self._dress()

    def set_words(self, title: str, text: str) -> None:
        """Say something else."""
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))

    def add_button(self, text: str, *, icon: str = "", variant: str = "") -> QPushButton:
        """Another way on, to the right of the others."""
        button = QPushButton(text)
        button.setProperty("variant", variant)
        if icon:
            colour = "on_accent" if variant == "primary" else "text"
            button.setIcon(self.theme.icons.icon(icon, colour))
            button.setIconSize(ICON_SIZE_BESIDE_TEXT)
        self.buttons.addWidget(button)
        return button

    @Slot()
    def _dress(self) -> None:
        self._icon.setPixmap(
            self.theme.icons.pixmap(
                self._icon_name, ICON, colour="text_muted", device_ratio=self.devicePixelRatioF()
            )
        )


class EmptyCatalogue(EmptyState):
    """The whole area takes folders, tables, archives and pictures, or offers three ways in.

    Signals: ``folder_import_requested``, ``table_import_requested``, ``demo_requested``,
    ``files_dropped`` (tuple of Path).
    """

    folder_import_requested = Signal()
    table_import_requested = Signal()
    demo_requested = Signal()
    files_dropped = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, icon="package", title="", text="", parent=parent)
        self.set_words(
            self.tr("Add your products"),
            self.tr(
                "Drop a folder of pictures, a product list (CSV, XLSX) or a ZIP file here. "
                "Your files stay where they are."
            ),
        )
        folder = self.add_button(self.tr("Import a folder"), icon="folder-plus", variant="primary")
        folder.clicked.connect(self.folder_import_requested)
        table = self.add_button(self.tr("Import a table"), icon="file-spreadsheet")
        table.clicked.connect(self.table_import_requested)
        demo = self.add_button(self.tr("Open the demo"), icon="library")
        demo.clicked.connect(self.demo_requested)
        self._lit = False
        self.setAcceptDrops(True)
        self.setAccessibleName(self.tr("Drop products here"))

    def _light(self, lit: bool) -> None:
        self._lit = lit
        self.update()

    # Qt

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if can_take(event.mimeData(), DropPlace.CATALOGUE):
            event.acceptProposedAction()
            self._light(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._light(False)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self._light(False)
        intent = intent_of(event.mimeData(), DropPlace.CATALOGUE)
        if isinstance(intent, ImportFiles):
            event.acceptProposedAction()
            self.files_dropped.emit(intent.paths)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        colours = self.theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(Space.L, Space.S, -Space.L, -Space.L)
        pen = QPen(colours.accent if self._lit else colours.control, 2 if self._lit else 1)
        pen.setDashPattern([4, 4])
        painter.setPen(pen)
        painter.setBrush(colours.selected if self._lit else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(frame, 12, 12)
