"""What is listed, how many, in which order, how large, as cards or as a table."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QSpinBox,
    QToolButton,
    QWidget,
)

from desktop_app.domain.filters import SKU_ORDER, SortOrder
from desktop_app.domain.products import CORE_COLUMNS, Column
from desktop_app.domain.search import DEFAULT_LIMIT
from desktop_app.ui.card_layout import CARD_WIDTHS, DEFAULT_CARD_WIDTH
from desktop_app.ui.product_text import Confidence, column_label, confidence_text
from desktop_app.ui.theme import ICON_SIZE, FontSize, Space, Theme

SORTABLE_CORE = ("sku", "title", "brand", "category", "price", "size", "availability")
MAX_LIMIT = 5000


class ResultsHeader(QWidget):
    """Signals: ``sort_requested`` (SortOrder, or None for the best match first),
    ``card_width_changed`` (pixels), ``table_mode_changed`` (whether the table is wanted).
    """

    sort_requested = Signal(object)
    card_width_changed = Signal(int)
    table_mode_changed = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._extra: tuple[Column, ...] = ()
        self._is_search = False
        self._order: SortOrder | None = SKU_ORDER
        self._title = _Title(theme)
        self._count = QLabel()
        self._count.setProperty("role", "meta")
        self._sort = QComboBox()
        self._sort.setProperty("variant", "quiet")
        self._sort.setToolTip(self.tr("Order of the list"))
        self._sort.setAccessibleName(self.tr("Sort by"))
        self._sort.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._sort.activated.connect(self._sort_chosen)
        self._direction = QToolButton()
        self._direction.setIconSize(ICON_SIZE)
        self._direction.clicked.connect(self._turn_round)
        self._size = QSlider(Qt.Orientation.Horizontal)
        self._size.setRange(CARD_WIDTHS.start, CARD_WIDTHS.stop - 1)
        self._size.setPageStep(24)
        self._size.setValue(DEFAULT_CARD_WIDTH)
        self._size.setFixedWidth(88)
        self._size.setToolTip(self.tr("Size of the pictures (Ctrl+wheel)"))
        self._size.setAccessibleName(self.tr("Size of the pictures"))
        self._size.valueChanged.connect(self.card_width_changed)
        self._grid = self._mode_button("layout-grid", self.tr("Cards (Ctrl+Shift+G)"))
        self._table = self._mode_button("rows-3", self.tr("Table (Ctrl+Shift+T)"))
        self._grid.setShortcut("Ctrl+Shift+G")
        self._table.setShortcut("Ctrl+Shift+T")
        modes = QButtonGroup(self)
        modes.addButton(self._grid)
        modes.addButton(self._table)
        self._grid.setChecked(True)
        self._table.toggled.connect(self._mode_toggled)

        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.XS)
        row.addWidget(self._title)
        row.addSpacing(Space.XS)
        row.addWidget(self._count)
        row.addStretch(1)
        row.addWidget(self._sort)
        row.addWidget(self._direction)
        row.addSpacing(Space.S)
        row.addWidget(self._size)
        row.addSpacing(Space.S)
        row.addWidget(self._grid)
        row.addWidget(self._table)
        self._fill_sort()

    @property
    def order(self) -> SortOrder | None:
        """The order shown; None is the best match first."""
        return self._order

    @property
    def is_table(self) -> bool:
        return self._table.isChecked()

    def set_words(self, title: str, count: str) -> None:
        """The name of what is listed, and how many."""
        self._title.set_text(title)
        self._count.setText(count)

    def set_extra_columns(self, columns: Sequence[Column]) -> None:
        """The catalogue's own columns, offered for sorting after the core ones."""
        self._extra = tuple(columns)
        self._fill_sort()

    def set_order(self, order: SortOrder | None, *, is_search: bool) -> None:
        """Show the order of the list; only a search has a best match."""
        if (order, is_search) != (self._order, self._is_search):
            self._order, self._is_search = order, is_search
            self._fill_sort()

    def set_card_width(self, width: int) -> None:
        """Show a size changed elsewhere."""
        self._size.blockSignals(True)
        self._size.setValue(width)
        self._size.blockSignals(False)

    def set_table_mode(self, is_table: bool) -> None:
        """Switch as if the button were pressed."""
        (self._table if is_table else self._grid).setChecked(True)

    def _mode_button(self, icon: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setIcon(self._theme.icons.icon(icon))
        button.setIconSize(ICON_SIZE)
        button.setCheckable(True)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        return button

    def _fill_sort(self) -> None:
        self._sort.clear()
        if self._is_search:
            self._sort.addItem(self.tr("Best match"), None)
        core = {column.name: column for column in CORE_COLUMNS}
        for column in (*(core[name] for name in SORTABLE_CORE), *self._extra):
            self._sort.addItem(column_label(column), column.name)
        self._sort.addItem(self.tr("Date added"), "created_at")
        self._sort.addItem(self.tr("Date changed"), "updated_at")
        wanted = self._order.column if self._order is not None else None
        place = next((i for i in range(self._sort.count()) if self._sort.itemData(i) == wanted), -1)
        self._sort.setCurrentIndex(place)
        descending = self._order is not None and self._order.descending
        tip = (
            self.tr("Descending; click for ascending")
            if descending
            else self.tr("Ascending; click for descending")
        )
        self._direction.setIcon(
            self._theme.icons.icon("arrow-down" if descending else "arrow-up", "text_muted")
        )
        self._direction.setToolTip(tip)
        self._direction.setAccessibleName(tip)
        self._direction.setVisible(self._order is not None)

    @Slot(int)
    def _sort_chosen(self, place: int) -> None:
        name = self._sort.itemData(place)
        order = None if name is None else SortOrder(name, name in ("created_at", "updated_at"))
        if order != self._order:
            self.set_order(order, is_search=self._is_search)
            self.sort_requested.emit(order)

    @Slot()
    def _turn_round(self) -> None:
        if self._order is not None:
            order = SortOrder(self._order.column, not self._order.descending)
            self.set_order(order, is_search=self._is_search)
            self.sort_requested.emit(order)

    @Slot(bool)
    def _mode_toggled(self, is_table: bool) -> None:
        self._size.setVisible(not is_table)
        self.table_mode_changed.emit(is_table)


class MatchControls(QWidget):
    """How sure and how many, for a search.

    Signals: ``minimum_changed`` (confidence, 0 to 1) while the slider moves,
    ``limit_changed`` (products).
    """

    minimum_changed = Signal(float)
    limit_changed = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = QLabel()
        self._words.setProperty("role", "meta")
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(0, 100)
        self._slider.setPageStep(5)
        self._slider.setFixedWidth(88)
        tip = self.tr("Hide matches less sure than this")
        self._slider.setToolTip(tip)
        self._slider.setAccessibleName(tip)
        self._words.setBuddy(self._slider)
        metrics = QFontMetrics(theme.font(FontSize.META))
        widest = max(metrics.horizontalAdvance(_minimum_text(level.value)) for level in Confidence)
        self._words.setFixedWidth(widest + metrics.horizontalAdvance("0") + Space.XS)
        self._words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._slider.valueChanged.connect(self._moved)
        self._limit = QSpinBox()
        self._limit.setRange(1, MAX_LIMIT)
        self._limit.setValue(DEFAULT_LIMIT)
        self._limit.setFixedWidth(100)
        self._limit.setStepType(QSpinBox.StepType.AdaptiveDecimalStepType)
        self._limit.setKeyboardTracking(False)
        self._limit.setProperty("variant", "quiet")
        self._limit.setPrefix(self.tr("Best "))
        self._limit.setToolTip(self.tr("How many products a search finds"))
        self._limit.setAccessibleName(self.tr("How many products a search finds"))
        self._limit.valueChanged.connect(self.limit_changed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addStretch(1)
        row.addWidget(self._words)
        row.addWidget(self._slider)
        row.addSpacing(Space.XS)
        row.addWidget(self._limit)
        self._tell()

    @property
    def minimum(self) -> float:
        """The least confidence shown, 0 where nothing is hidden."""
        return self._slider.value() / 100

    @property
    def limit(self) -> int:
        return self._limit.value()

    def set_minimum(self, minimum: float) -> None:
        """Move the slider; ``minimum_changed`` follows."""
        self._slider.setValue(round(minimum * 100))

    def set_limit(self, limit: int) -> None:
        """Show a limit set elsewhere; nothing is emitted."""
        self._limit.blockSignals(True)
        self._limit.setValue(limit)
        self._limit.blockSignals(False)

    def _tell(self) -> None:
        self._words.setText(_minimum_text(self.minimum))

    @Slot()
    def _moved(self) -> None:
        self._tell()
        self.minimum_changed.emit(self.minimum)


def _minimum_text(minimum: float) -> str:
    """What the slider says: ``From 75 % · likely``, or that nothing is hidden."""
    if minimum <= 0:
        return QCoreApplication.translate("MatchControls", "However unlikely")
    return QCoreApplication.translate("MatchControls", "From {0}").format(confidence_text(minimum))


class _Title(QWidget):
    """A title that shortens itself when there is no room."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._text = ""
        self.setFont(theme.font(FontSize.TITLE, semibold=True))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def set_text(self, text: str) -> None:
        self._text = text
        self.setAccessibleName(text)
        self.setToolTip(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self._text) + 2, metrics.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        shown = QFontMetrics(self.font()).elidedText(
            self._text, Qt.TextElideMode.ElideRight, self.width()
        )
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, shown)
