"""Narrowing by size: a range for each kind of size, and the sizes around one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QCoreApplication, QLocale, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QGridLayout,
    QLabel,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.filters import Condition, Operator, ProductFilter
from desktop_app.domain.products import Column, FieldValue
from desktop_app.domain.sizes import SizeColumn, SizeKind, can_hold
from desktop_app.ui.product_text import column_label
from desktop_app.ui.theme import Space, Theme

PLUS_MINUS = {SizeKind.HEIGHT: 5.0, SizeKind.WIDTH: 3.0, SizeKind.VOLUME: 10.0, SizeKind.NECK: 1.0}
MOST = 5000.0


class _Row:
    """The fields of one kind of size."""

    def __init__(self, owner: SizePanel, kind: SizeKind) -> None:
        self.kind = kind
        name, unit = kind_name(kind), kind_unit(kind)
        self.column = QToolButton()
        self.column.setText(name)
        self.column.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.column.setToolTip(owner.tr("Choose the column that holds it"))
        self.menu = QMenu(owner)
        self.column.setMenu(self.menu)
        self.least = _field(owner.tr("{0}, at least").format(name), owner.tr("from"))
        self.most = _field(owner.tr("{0}, at most").format(name), owner.tr("to"))
        self.unit = QLabel(unit)
        self.around = QPushButton()
        self.around.setProperty("variant", "quiet")
        self.plus_minus = _field(owner.tr("{0}, plus or minus").format(name), "")
        self.plus_minus.setValue(PLUS_MINUS[kind])
        self.plus_minus.setPrefix("± ")

    @property
    def parts(self) -> tuple[QWidget, ...]:
        return (self.column, self.least, self.most, self.unit, self.plus_minus, self.around)

    def conditions(self, column: SizeColumn) -> tuple[Condition, ...]:
        """What the two fields say; an empty one says nothing."""
        both = column.between(self.least.value(), self.most.value())
        return tuple(
            condition
            for condition, field in zip(both, (self.least, self.most), strict=True)
            if field.value() > 0
        )


class SizePanel(QWidget):
    """Shows which sizes a ProductFilter lets through.

    Signals: ``conditions_changed`` (column name, tuple of Conditions on its bounds or values),
    ``column_chosen`` (SizeKind, column name or '') when a person says where a size is.
    """

    conditions_changed = Signal(str, object)
    column_chosen = Signal(object, str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._columns: dict[SizeKind, SizeColumn] = {}
        self._own: dict[SizeKind, float] = {}
        self._own_neck = ""
        self._rows = {kind: _Row(self, kind) for kind in SizeKind}
        self._nothing = QLabel(
            self.tr("No column of this catalogue is known to hold a size. Choose one by its name.")
        )
        self._nothing.setProperty("role", "muted")
        self._nothing.setWordWrap(True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.S)
        grid.setVerticalSpacing(Space.S)
        for place, row in enumerate(self._rows.values()):
            for across, part in enumerate(row.parts):
                grid.addWidget(part, place, across, Qt.AlignmentFlag.AlignVCenter)
            row.least.valueChanged.connect(self._ranges_changed)
            row.most.valueChanged.connect(self._ranges_changed)
            row.plus_minus.valueChanged.connect(self._show_own)
            row.around.clicked.connect(self._around_clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.M, Space.M, Space.M)
        column.addWidget(self._nothing)
        column.addLayout(grid)
        self.show_columns({}, ())

    @property
    def columns(self) -> Mapping[SizeKind, SizeColumn]:
        """Where each kind of size is."""
        return self._columns

    def row(self, kind: SizeKind) -> _Row:
        """The fields of a kind."""
        return self._rows[kind]

    def show_columns(
        self, columns: Mapping[SizeKind, SizeColumn], offered: Sequence[Column]
    ) -> None:
        """Which columns hold sizes, and which could."""
        self._columns = dict(columns)
        for kind, row in self._rows.items():
            row.menu.clear()
            known = self._columns.get(kind)
            for column in offered:
                if can_hold(kind, column):
                    self._offer(row, column_label(column), column.name, known)
            row.menu.addSeparator()
            self._offer(row, self.tr("No column"), "", known)
            is_range = known is not None and known.is_number
            for part in (row.least, row.most, row.unit, row.plus_minus):
                part.setVisible(is_range)
        self._nothing.setVisible(not self._columns)
        self._show_own()

    def show_filter(self, product_filter: ProductFilter) -> None:
        """The ranges that a filter set elsewhere means; nothing is emitted."""
        for kind, column in self._columns.items():
            bounds: dict[Operator, FieldValue] = {
                condition.operator: condition.values[0]
                for condition in product_filter.conditions
                if condition.column == column.column
                and condition.operator in (Operator.AT_LEAST, Operator.AT_MOST)
            }
            row = self._rows[kind]
            for field, operator in (
                (row.least, Operator.AT_LEAST),
                (row.most, Operator.AT_MOST),
            ):
                size = column.of(bounds.get(operator))
                with QSignalBlocker(field):
                    field.setValue(size or 0.0)

    def show_own(self, sizes: Mapping[SizeKind, float], neck: FieldValue = None) -> None:
        """The sizes of what is asked with, and its neck as it is written."""
        self._own = dict(sizes)
        self._own_neck = neck if isinstance(neck, str) else ""
        self._show_own()

    @Slot()
    def _show_own(self) -> None:
        for kind, row in self._rows.items():
            column, own = self._columns.get(kind), self._own.get(kind)
            if column is not None and column.is_number and own is not None:
                words = self.tr("Around {0}").format(_size_text(own, kind))
            elif column is not None and not column.is_number and self._own_neck:
                words = self.tr("Same: {0}").format(self._own_neck)
            else:
                words = ""
            row.around.setText(words)
            row.around.setVisible(bool(words))

    def _offer(self, row: _Row, words: str, name: str, known: SizeColumn | None) -> None:
        action = row.menu.addAction(words)
        action.setCheckable(True)
        action.setChecked(name == ("" if known is None else known.column))
        action.setData((row.kind.value, name))
        action.triggered.connect(self._column_chosen)

    @Slot()
    def _column_chosen(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            kind, name = action.data()
            self.column_chosen.emit(SizeKind(kind), name)

    @Slot()
    def _ranges_changed(self) -> None:
        field = self.sender()
        for kind, row in self._rows.items():
            if field in (row.least, row.most) and (column := self._columns.get(kind)) is not None:
                self.conditions_changed.emit(column.column, row.conditions(column))

    @Slot()
    def _around_clicked(self) -> None:
        button = self.sender()
        for kind, row in self._rows.items():
            column = self._columns.get(kind)
            if button is not row.around or column is None:
                continue
            if not column.is_number:
                same = Condition(column.column, Operator.ANY_OF, (self._own_neck,))
                self.conditions_changed.emit(column.column, (same,))
            elif (own := self._own.get(kind)) is not None:
                conditions = column.around(own, row.plus_minus.value())
                self.conditions_changed.emit(column.column, conditions)


def kind_name(kind: SizeKind) -> str:
    """What a kind of size is called."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("Sizes", text)

    return {
        SizeKind.HEIGHT: tr("Height"),
        SizeKind.WIDTH: tr("Diameter"),
        SizeKind.VOLUME: tr("Volume"),
        SizeKind.NECK: tr("Neck"),
    }[kind]


def kind_unit(kind: SizeKind) -> str:
    """The unit a kind is shown in."""
    return "ml" if kind is SizeKind.VOLUME else "mm"


def _size_text(size: float, kind: SizeKind) -> str:
    decimals = 1 if size < 20 and round(size, 1) != round(size) else 0
    return f"{QLocale().toString(float(size), 'f', decimals)} {kind_unit(kind)}"


def _field(name: str, hint: str) -> QDoubleSpinBox:
    field = QDoubleSpinBox()
    field.setRange(0, MOST)
    field.setDecimals(1)
    field.setSpecialValueText(hint or " ")
    field.setKeyboardTracking(False)
    field.setAccessibleName(name)
    field.setFixedWidth(84)
    return field
