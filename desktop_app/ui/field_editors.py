"""One editor per kind of column, with the same small contract for all of them."""

from __future__ import annotations

import re
from datetime import date

from PySide6.QtCore import QLocale, QObject, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from desktop_app.domain.products import Column, FieldKind, FieldValue

LONG_TEXT = frozenset({"notes"})
NOTES_LINES = 4


class FieldEditor(QWidget):
    """Shows and edits one field of one or several products.

    Signals: ``committed`` (FieldValue) when a person entered a new, valid value. An invalid
    entry is marked and explained in the tooltip, and nothing is emitted.
    """

    committed = Signal(object)

    def __init__(self, column: Column, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.column = column
        self._value: FieldValue = None
        self._mixed = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self._widget = self._make_widget()
        self._widget.setAccessibleName(column.label)
        layout.addWidget(self._widget)
        self.setFocusProxy(self._widget)

    def show_value(self, value: FieldValue, *, mixed: bool = False) -> None:
        """Show a value; ``mixed`` where the products differ (the field then starts empty)."""
        self._value = None if mixed else value
        self._mixed = mixed
        text = "" if mixed else format_value(value, self.column, with_unit=False)
        hint = self.tr("Several values") if mixed else ""
        self._mark("")
        if isinstance(self._widget, QComboBox):
            index = 0 if mixed or value is None else (1 if value else 2)
            self._widget.setCurrentIndex(index)
        elif isinstance(self._widget, QPlainTextEdit):
            self._widget.setPlainText(text)
            self._widget.setPlaceholderText(hint)
        elif isinstance(self._widget, QLineEdit):
            self._widget.setText(text)
            self._widget.setCursorPosition(0)
            self._widget.setPlaceholderText(hint)

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting edit."""
        if isinstance(self._widget, QComboBox):
            self._widget.setEnabled(not read_only)
        elif isinstance(self._widget, QLineEdit | QPlainTextEdit):
            self._widget.setReadOnly(read_only)

    def commit(self) -> None:
        """Emit what was entered, where it is new and valid."""
        try:
            value = self._entered()
        except ValueError as error:
            self._mark(str(error))
            return
        self._mark("")
        untouched_mixed = self._mixed and value in (None, "")
        if value == (self._value if self._value is not None else self._blank()) or untouched_mixed:
            return
        self._value, self._mixed = value, False
        self.committed.emit(value)

    def _blank(self) -> FieldValue:
        return "" if self.column.kind is FieldKind.TEXT else None

    def _make_widget(self) -> QWidget:
        if self.column.kind is FieldKind.FLAG:
            combo = QComboBox()
            combo.addItems(["–", self.tr("Yes"), self.tr("No")])
            combo.activated.connect(self._committed_by_choice)
            return combo
        if self.column.name in LONG_TEXT:
            edit = _NotesEdit()
            edit.left.connect(self.commit)
            height = edit.fontMetrics().lineSpacing() * NOTES_LINES + 16
            edit.setFixedHeight(height)
            edit.setTabChangesFocus(True)
            return edit
        line = QLineEdit()
        line.editingFinished.connect(self.commit)
        if self.column.kind is FieldKind.NUMBER:
            line.setAlignment(Qt.AlignmentFlag.AlignRight)
        return line

    @Slot()
    def _committed_by_choice(self) -> None:
        self.commit()

    def _entered(self) -> FieldValue:
        if isinstance(self._widget, QComboBox):
            return {0: None, 1: True, 2: False}[self._widget.currentIndex()]
        if isinstance(self._widget, QPlainTextEdit):
            return self._widget.toPlainText().strip()
        assert isinstance(self._widget, QLineEdit)
        return parse_value(self._widget.text(), self.column, self)

    def _mark(self, problem: str) -> None:
        self._widget.setProperty("invalid", bool(problem))
        self._widget.setToolTip(problem)
        self._widget.style().unpolish(self._widget)
        self._widget.style().polish(self._widget)


class _NotesEdit(QPlainTextEdit):
    """A text field that says when it is left. Signals: ``left``."""

    left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()


def parse_value(text: str, column: Column, translator: QObject) -> FieldValue:
    """What a person typed, in the column's kind; raises ValueError in the user's words."""
    text = text.strip()
    if column.kind is FieldKind.TEXT:
        if column.name == "sku" and not text:
            raise ValueError(translator.tr("A product needs a SKU."))
        return text
    if not text:
        return None
    if column.kind is FieldKind.NUMBER:
        number = re.sub(rf"\s*{re.escape(column.unit)}$", "", text) if column.unit else text
        for locale in (QLocale(), QLocale.c()):
            value, valid = locale.toDouble(number)
            if valid:
                return value
        raise ValueError(translator.tr("A number is expected here."))
    if column.kind is FieldKind.DATE:
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            raise ValueError(
                translator.tr("A date is expected here, such as 2025-03-31.")
            ) from None
    raise ValueError(column.kind)


def format_value(value: FieldValue, column: Column, *, with_unit: bool = True) -> str:
    """A field's value as a person reads it; '' where there is none."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, int | float):
        locale = QLocale()
        locale.setNumberOptions(QLocale.NumberOption.OmitGroupSeparator)
        decimals = 2 if column.name == "price" else -1
        text = (
            locale.toString(float(value), "f", decimals)
            if decimals >= 0
            else locale.toString(float(value), "g", 12)
        )
        return f"{text} {column.unit}" if with_unit and column.unit else text
    return str(value)
