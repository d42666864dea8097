"""A strip above the content that tells what went wrong, without stopping anybody."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.errors import UserFacingError
from desktop_app.ui.theme import RADIUS, Space, Theme

DETAILS_HEIGHT = 96


class ProblemStrip(QFrame):
    """What happened, what to do, the details on demand, and a button to copy it all.

    Signals: ``dismissed`` when a person closes it.
    """

    dismissed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._error: UserFacingError | None = None
        self.setObjectName("problem")
        self._icon = QLabel()
        self._what = QLabel()
        self._remedy = QLabel()
        self._remedy.setProperty("role", "muted")
        for label in (self._what, self._remedy):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._details = QPlainTextEdit()
        self._details.setReadOnly(True)
        self._details.setFixedHeight(DETAILS_HEIGHT)
        self._details.setAccessibleName(self.tr("Details of the problem"))
        self._show_details = QPushButton(self.tr("Details"))
        self._show_details.setCheckable(True)
        self._show_details.toggled.connect(self._details.setVisible)
        self._copy = QPushButton(self.tr("Copy"))
        self._copy.setToolTip(self.tr("Copy the message and its details"))
        self._copy.clicked.connect(self.copy)
        for button in (self._show_details, self._copy):
            button.setProperty("variant", "quiet")
        close = QToolButton()
        close.setIcon(theme.icons.icon("x"))
        close.setToolTip(self.tr("Close this message"))
        close.setAccessibleName(self.tr("Close this message"))
        close.clicked.connect(self._dismiss)

        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._what)
        words.addWidget(self._remedy)
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        for widget in (self._show_details, self._copy, close):
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.S, Space.S, Space.S)
        column.addLayout(row)
        column.addWidget(self._details)
        theme.changed.connect(self._dress)
        self._dress()
        self.hide()

    @property
    def error(self) -> UserFacingError | None:
        """What is being told, None while the strip is hidden."""
        return self._error

    def show_error(self, error: UserFacingError) -> None:
        """Tell this, in place of whatever was told before."""
        self._error = error
        self._what.setText(error.what)
        self._remedy.setText(error.remedy)
        self._remedy.setVisible(bool(error.remedy))
        self._details.setPlainText(error.details)
        self._show_details.setVisible(bool(error.details))
        self._show_details.setChecked(False)
        self._details.hide()
        self.setAccessibleName(str(error))
        self.show()

    @Slot()
    def clear(self) -> None:
        """The trouble is over."""
        self._error = None
        self.hide()

    @Slot()
    def copy(self) -> None:
        """Put message, remedy and details on the clipboard."""
        if self._error is not None:
            parts = (self._error.what, self._error.remedy, self._error.details)
            QGuiApplication.clipboard().setText("\n".join(part for part in parts if part))

    @Slot()
    def _dismiss(self) -> None:
        self.clear()
        self.dismissed.emit()

    @Slot()
    def _dress(self) -> None:
        colours = self._theme.colours
        ratio = self.devicePixelRatioF()
        self._icon.setPixmap(
            self._theme.icons.pixmap("triangle-alert", 16, colour="bad", device_ratio=ratio)
        )
        self.setStyleSheet(
            f"#problem {{ background: {colours.bad_soft.name()}; border-radius: {RADIUS}px; }}"
        )
