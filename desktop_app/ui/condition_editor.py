"""Edits the conditions on one column: some of its values, a range, a word, or none at all."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.filters import Condition, Facet, Operator
from desktop_app.domain.products import Column, FieldKind, FieldValue
from desktop_app.ui.field_editors import format_value, parse_value
from desktop_app.ui.product_text import count_text, operator_text
from desktop_app.ui.theme import Space, Theme
from desktop_app.ui.theme.stylesheet import set_property

VALUE = Qt.ItemDataRole.UserRole


class ConditionEditor(QWidget):
    """Signals: ``facets_requested`` (column name), ``submitted`` when Enter is pressed in a
    field.
    """

    facets_requested = Signal(str)
    submitted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = Column("", "")
        self._kept: tuple[FieldValue, ...] = ()
        self._operator = QComboBox()
        self._operator.setAccessibleName(self.tr("How to compare"))
        self._operator.currentIndexChanged.connect(self._operator_chosen)
        self._pages = QStackedWidget()
        self._values_page = self._make_values_page(theme)
        self._range_page = self._make_range_page()
        self._word = QLineEdit()
        self._word.setAccessibleName(self.tr("Text to look for"))
        self._word.setPlaceholderText(self.tr("Text"))
        self._word.returnPressed.connect(self.submitted)
        self._word_page = _top_aligned(self._word)
        self._nothing_page = QWidget()
        for page in (self._values_page, self._range_page, self._word_page, self._nothing_page):
            self._pages.addWidget(page)
        self._problem = QLabel()
        self._problem.setProperty("role", "bad")
        self._problem.setWordWrap(True)
        self._problem.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(self._operator)
        column.addWidget(self._pages, 1)
        column.addWidget(self._problem)

    def edit(self, column: Column, conditions: Sequence[Condition] = ()) -> None:
        """Start with these conditions, which are all on ``column``."""
        self._column = column
        by_operator = {condition.operator: condition for condition in conditions}
        any_of = by_operator.get(Operator.ANY_OF)
        self._kept = any_of.values if any_of is not None else ()
        self._set_problem("")
        self._search.clear()
        self._word.setText(_first_text(by_operator.get(Operator.CONTAINS), column))
        self._least.setText(_first_text(by_operator.get(Operator.AT_LEAST), column))
        self._most.setText(_first_text(by_operator.get(Operator.AT_MOST), column))
        self._fill_operators(next(iter(by_operator), None))
        if column.kind is FieldKind.FLAG:
            self.set_facets(column.name, [Facet("1", -1), Facet("0", -1)])
        else:
            self._values.clear()
            self._loading.show()
            self.facets_requested.emit(column.name)

    def set_facets(self, column: str, facets: Sequence[Facet]) -> None:
        """Offer these values; those of another column are too late and left out."""
        if column != self._column.name:
            return
        self._loading.hide()
        self._values.clear()
        chosen = {_key(value) for value in self._kept}
        offered = [(_facet_value(facet, self._column), facet.count) for facet in facets]
        missing = chosen - {_key(value) for value, _ in offered}
        offered += [(value, 0) for value in self._kept if _key(value) in missing]
        for value, count in offered:
            text = format_value(value, self._column) or self.tr("empty")
            if isinstance(value, bool):
                text = self.tr("yes") if value else self.tr("no")
            shown = f"{text}  ({count_text(count)})" if count >= 0 else text
            item = QListWidgetItem(shown, self._values)
            item.setData(VALUE, value)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            is_chosen = _key(value) in chosen
            item.setCheckState(Qt.CheckState.Checked if is_chosen else Qt.CheckState.Unchecked)

    def conditions(self) -> tuple[Condition, ...] | None:
        """What was set, () where that is no restriction, None (and a message) where a value
        cannot be read."""
        operator = self._chosen_operator
        name = self._column.name
        if operator in (Operator.IS_EMPTY, Operator.NOT_EMPTY):
            return (Condition(name, operator),)
        if operator is Operator.CONTAINS:
            word = self._word.text().strip()
            return (Condition(name, operator, (word,)),) if word else ()
        if operator is Operator.ANY_OF:
            values = tuple(
                item.data(VALUE)
                for item in self._items()
                if item.checkState() == Qt.CheckState.Checked
            )
            return (Condition(name, operator, values),) if values else ()
        found = []
        for bound, field in ((Operator.AT_LEAST, self._least), (Operator.AT_MOST, self._most)):
            set_property(field, "invalid", "false")
            try:
                value = parse_value(field.text(), self._column, self)
            except ValueError as error:
                set_property(field, "invalid", "true")
                self._set_problem(str(error))
                return None
            if value not in (None, ""):
                found.append(Condition(name, bound, (value,)))
        return tuple(found)

    def focus_first(self) -> None:
        """Put the cursor where typing helps most."""
        fields: dict[Operator, QWidget] = {
            Operator.ANY_OF: self._search,
            Operator.AT_LEAST: self._least,
            Operator.CONTAINS: self._word,
        }
        fields.get(self._chosen_operator, self._operator).setFocus()

    def _make_values_page(self, theme: Theme) -> QWidget:
        self._search = QLineEdit()
        self._search.setPlaceholderText(self.tr("Find a value"))
        self._search.setAccessibleName(self.tr("Find a value"))
        self._search.setClearButtonEnabled(True)
        self._search.addAction(
            theme.icons.icon("search", "text_muted"), QLineEdit.ActionPosition.LeadingPosition
        )
        self._search.textChanged.connect(self._narrow)
        self._search.returnPressed.connect(self._submit_search)
        self._loading = QLabel(self.tr("Reading the values…"))
        self._loading.setProperty("role", "meta")
        self._values = QListWidget()
        self._values.setAccessibleName(self.tr("Values"))
        self._values.itemActivated.connect(_toggle)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        for widget in (self._search, self._loading):
            column.addWidget(widget)
        column.addWidget(self._values, 1)
        return page

    def _make_range_page(self) -> QWidget:
        self._least, self._most = QLineEdit(), QLineEdit()
        page = QWidget()
        grid = QGridLayout(page)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(Space.S)
        rows = ((self.tr("At least"), self._least), (self.tr("At most"), self._most))
        for row, (label, field) in enumerate(rows):
            words = QLabel(label)
            words.setBuddy(field)
            field.setAccessibleName(label)
            field.returnPressed.connect(self.submitted)
            grid.addWidget(words, row, 0)
            grid.addWidget(field, row, 1)
        grid.setRowStretch(2, 1)
        return page

    def _fill_operators(self, wanted: Operator | None) -> None:
        kind = self._column.kind
        self._operator.blockSignals(True)
        self._operator.clear()
        if kind in (FieldKind.NUMBER, FieldKind.DATE):
            self._operator.addItem(self.tr("is between"), Operator.AT_LEAST)
            wanted = Operator.AT_LEAST if wanted is Operator.AT_MOST else wanted
        self._operator.addItem(self.tr("is one of"), Operator.ANY_OF)
        if kind is FieldKind.TEXT:
            self._operator.addItem(operator_text(Operator.CONTAINS, kind), Operator.CONTAINS)
        for operator in (Operator.IS_EMPTY, Operator.NOT_EMPTY):
            self._operator.addItem(operator_text(operator, kind), operator)
        offered = [self._operator.itemData(i) for i in range(self._operator.count())]
        self._operator.setCurrentIndex(offered.index(wanted) if wanted in offered else 0)
        self._operator.blockSignals(False)
        self._operator_chosen()

    @property
    def _chosen_operator(self) -> Operator:
        # The combo box hands the enumeration back as a plain text.
        return Operator(self._operator.currentData())

    def _items(self) -> list[QListWidgetItem]:
        return [self._values.item(row) for row in range(self._values.count())]

    def _set_problem(self, words: str) -> None:
        self._problem.setText(words)
        self._problem.setVisible(bool(words))
        if not words:
            for field in (self._least, self._most):
                set_property(field, "invalid", "false")

    @Slot()
    def _operator_chosen(self) -> None:
        pages = {
            Operator.ANY_OF: self._values_page,
            Operator.AT_LEAST: self._range_page,
            Operator.CONTAINS: self._word_page,
        }
        page = pages.get(self._chosen_operator, self._nothing_page)
        self._pages.setCurrentWidget(page)
        self._set_problem("")

    @Slot(str)
    def _narrow(self, words: str) -> None:
        for item in self._items():
            item.setHidden(words.casefold() not in item.text().casefold())

    @Slot()
    def _submit_search(self) -> None:
        """Enter takes the only value left, or submits what is ticked."""
        visible = [item for item in self._items() if not item.isHidden()]
        if self._search.text() and len(visible) == 1:
            visible[0].setCheckState(Qt.CheckState.Checked)
        self.submitted.emit()


def _toggle(item: QListWidgetItem) -> None:
    is_checked = item.checkState() == Qt.CheckState.Checked
    item.setCheckState(Qt.CheckState.Unchecked if is_checked else Qt.CheckState.Checked)


def _top_aligned(widget: QWidget) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(widget)
    column.addStretch()
    return page


def _first_text(condition: Condition | None, column: Column) -> str:
    if condition is None or not condition.values:
        return ""
    return format_value(condition.values[0], column, with_unit=False)


def _facet_value(facet: Facet, column: Column) -> FieldValue:
    """A facet's text as a value of the column's kind; '' stays '' for products without one."""
    if facet.value == "":
        return ""
    if column.kind is FieldKind.FLAG:
        return facet.value.casefold() in ("1", "1.0", "true", "yes")
    if column.kind is FieldKind.NUMBER:
        try:
            return float(facet.value)
        except ValueError:
            return facet.value
    return facet.value


def _key(value: FieldValue) -> FieldValue:
    """Texts compare without case, as the filter does."""
    return value.casefold() if isinstance(value, str) else value
