"""Fields of several products side by side, those that differ marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from desktop_app.domain.products import Column, ProductCard
from desktop_app.ui.product_text import NO_VALUE, column_label, field_lines
from desktop_app.ui.theme import Space
from desktop_app.ui.theme.stylesheet import set_property

LABEL_WIDTH = 104

Values = Mapping[str, str]


class FieldsGrid(QWidget):
    """Lines of a label and a value for each product, below one another in equal columns."""

    def __init__(self, *, label_width: int = LABEL_WIDTH, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[list[QLabel]] = []
        self._lines = 0
        self.setProperty("surface", "content")
        self._grid = QGridLayout(self)
        self._grid.setHorizontalSpacing(Space.S)
        self._grid.setVerticalSpacing(Space.XS)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnMinimumWidth(0, label_width)

    @property
    def line_count(self) -> int:
        return self._lines

    def clear(self) -> None:
        """Show no line. Labels are kept for the next ones: making them is what takes long."""
        for place in range(self._lines):
            for label in self._rows[place]:
                self._grid.removeWidget(label)
                label.hide()
        for place in range(self._grid.columnCount()):
            self._grid.setColumnStretch(place, 0)
        for line in range(self._grid.rowCount()):
            self._grid.setRowStretch(line, 0)
        self._lines = 0

    def add_products(
        self,
        cards: Sequence[ProductCard | None],
        columns: Sequence[Column],
        *,
        only_differences: bool = False,
    ) -> None:
        """A line for each field that any of the products has. A column without a card, such as
        that of a query, stays blank."""
        values = [dict(field_lines(card, columns)) if card is not None else None for card in cards]
        products = [found for found in values if found is not None]
        for label in (column_label(column) for column in columns):
            if not any(label in found for found in products):
                continue
            differs = len({found.get(label, "") for found in products}) > 1
            if not only_differences or differs:
                self.add_line(label, values, differs=differs)
        self._grid.setRowStretch(self._lines, 1)

    def add_line(self, label: str, values: Sequence[Values | None], *, differs: bool) -> None:
        """One line, the values taken by the label; None leaves a column blank."""
        line = self._lines
        self._lines += 1
        if line == len(self._rows):
            self._rows.append([QLabel()])
        row = self._rows[line]
        row += [_value_label() for _ in range(len(values) + 1 - len(row))]
        name = row[0]
        name.setText(f"≠  {label}" if differs else label)
        name.setToolTip(self.tr("The products differ here") if differs else "")
        _dress(name, "section" if differs else "meta")
        self._grid.addWidget(name, line, 0, Qt.AlignmentFlag.AlignTop)
        for place, (found, text) in enumerate(zip(values, row[1:], strict=False)):
            text.setText("" if found is None else found.get(label, NO_VALUE))
            _dress(text, "strong" if differs else "muted")
            self._grid.addWidget(text, line, place + 1, Qt.AlignmentFlag.AlignTop)
            self._grid.setColumnStretch(place + 1, 1)
        for each in row[: len(values) + 1]:
            each.show()


def _value_label() -> QLabel:
    text = QLabel()
    text.setTextFormat(Qt.TextFormat.PlainText)
    text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    text.setWordWrap(True)
    # Equal columns, whatever the words in them, so that they stand below the pictures.
    text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return text


def _dress(label: QLabel, role: str) -> None:
    if label.property("role") != role:
        set_property(label, "role", role)


def empty_grid(layout: QGridLayout) -> None:
    """Take everything out of a layout and away from the screen."""
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            while (part := inner.takeAt(0)) is not None:
                child = part.widget()
                if child is not None:
                    child.hide()
                    child.deleteLater()
            inner.deleteLater()
    for place in range(layout.columnCount()):
        layout.setColumnStretch(place, 0)
    for line in range(layout.rowCount()):
        layout.setRowStretch(line, 0)
