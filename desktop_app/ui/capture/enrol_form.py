"""The form for a product that is not in the catalogue yet: what is known is filled in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import (
    QCompleter,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.products import CORE_COLUMNS, ProductFields
from desktop_app.ui.capture.fitted_picture import FittedPicture
from desktop_app.ui.capture.lettering import Letter, Lettering
from desktop_app.ui.field_editors import format_value, parse_value
from desktop_app.ui.product_text import column_label
from desktop_app.ui.theme import Space, Theme
from desktop_app.ui.theme.stylesheet import set_property
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

ASKED = ("sku", "title", "category", "brand", "size", "price", "barcode")
SHOTS = 3
SHOT_SIDE = 96


class EnrolForm(QWidget):
    """Enter enrols, Esc leaves.

    Signals: ``enrol_wanted`` (ProductFields), ``left``.
    """

    enrol_wanted = Signal(object)
    left = Signal()

    def __init__(
        self,
        theme: Theme,
        thumbnails: ThumbnailLoader,
        lettering: Lettering,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._fields = ProductFields("")
        self._columns = {column.name: column for column in CORE_COLUMNS if column.name in ASKED}
        self._shots = [FittedPicture(theme, thumbnails) for _ in range(SHOTS)]
        shots = QHBoxLayout()
        shots.setSpacing(Space.S)
        for shot in self._shots:
            shot.setFixedHeight(SHOT_SIDE)
            shots.addWidget(shot)
        form = QFormLayout()
        form.setHorizontalSpacing(Space.M)
        form.setVerticalSpacing(Space.S)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.edits: dict[str, QLineEdit] = {}
        for name in ASKED:
            edit = QLineEdit()
            edit.textEdited.connect(self._forgive)
            lettering.follow(edit, Letter.TEXT)
            caption = QLabel(column_label(self._columns[name]))
            caption.setProperty("role", "muted")
            caption.setBuddy(edit)
            lettering.follow(caption, Letter.TEXT)
            edit.setAccessibleName(caption.text())
            form.addRow(caption, edit)
            self.edits[name] = edit
        self.problem = lettering.label(Letter.TEXT, role="bad")
        self.problem.hide()
        self.enrol = QPushButton(self.tr("Enrol (Enter)"))
        self.enrol.setProperty("variant", "primary")
        self.enrol.clicked.connect(self.submit)
        leave = QPushButton(self.tr("Leave (Esc)"))
        leave.clicked.connect(self.left)
        for button in (self.enrol, leave):
            lettering.follow(button, Letter.TEXT)
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.S)
        buttons.addWidget(self.enrol)
        buttons.addWidget(leave)
        buttons.addStretch(1)
        page = QWidget()
        inner = QVBoxLayout(page)
        inner.setContentsMargins(0, 0, Space.S, 0)
        inner.setSpacing(Space.M)
        inner.addLayout(shots)
        inner.addLayout(form)
        inner.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(area, 1)
        column.addWidget(self.problem)
        column.addLayout(buttons)

    def show_proposal(
        self, fields: ProductFields, categories: Sequence[str], shots: Sequence[QImage]
    ) -> None:
        """Begin with these values; ``categories`` are offered while typing."""
        self._fields = fields
        for place, shot in enumerate(self._shots):
            shot.setVisible(place < len(shots))
            if place < len(shots):
                shot.show_image(shots[place])
        for name, edit in self.edits.items():
            value = format_value(fields.value(name), self._columns[name], with_unit=False)
            edit.setText(value)
            set_property(edit, "invalid", "false")
        completer = QCompleter(list(categories), self.edits["category"])
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        if (before := self.edits["category"].completer()) is not None:
            before.deleteLater()
        self.edits["category"].setCompleter(completer)
        self.problem.hide()
        self.set_busy(False)

    def focus(self) -> None:
        """Where a person types first: what the product is called."""
        first = self.edits["title"] if self.edits["sku"].text() else self.edits["sku"]
        first.setFocus(Qt.FocusReason.OtherFocusReason)
        first.selectAll()

    def set_busy(self, is_busy: bool) -> None:
        """Whether the product is being enrolled."""
        self.enrol.setEnabled(not is_busy)

    @Slot()
    def submit(self) -> None:
        """Emit ``enrol_wanted``, or mark what is not valid."""
        if not self.enrol.isEnabled():
            return
        values = {}
        for name, edit in self.edits.items():
            try:
                values[name] = parse_value(edit.text(), self._columns[name], self)
            except ValueError as error:
                set_property(edit, "invalid", "true")
                self.problem.setText(str(error))
                self.problem.show()
                edit.setFocus()
                return
        self.enrol_wanted.emit(replace(self._fields, **values))  # type: ignore[arg-type]

    @Slot()
    def _forgive(self) -> None:
        self.problem.hide()
        for edit in self.edits.values():
            if edit.property("invalid") == "true":
                set_property(edit, "invalid", "false")

    # Qt overrides

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            # Whatever else the fields do not take must not take a picture.
            event.accept()
