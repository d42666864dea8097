"""What narrows the list, as chips that can be changed and taken away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

from desktop_app.domain.filters import Condition, Facet, ProductFilter
from desktop_app.domain.products import Column
from desktop_app.ui.filter_popup import FilterPopup
from desktop_app.ui.flow_layout import FlowLayout
from desktop_app.ui.product_text import (
    chip_groups,
    columns_by_name,
    condition_text,
    picture_state_text,
)
from desktop_app.ui.theme import ICON_SIZE_BESIDE_TEXT, RADIUS, FontSize, Theme

MAX_CHIP_WIDTH = 280


class FilterChip(QFrame):
    """One restriction: ``conditions`` of the filter, or () where it is another part of it.

    ``without`` is the filter that is left when it is taken away.

    Signals: ``edit_requested`` and ``removed``.
    """

    edit_requested = Signal()
    removed = Signal()

    def __init__(
        self,
        theme: Theme,
        text: str,
        *,
        without: ProductFilter,
        conditions: tuple[Condition, ...],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        editable = bool(conditions)
        self.text = text
        self.without = without
        self.conditions = conditions
        self._theme = theme
        self.setObjectName("chip")
        words = QToolButton()
        words.setText(
            words.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, MAX_CHIP_WIDTH)
        )
        words.setEnabled(editable)
        words.setToolTip(self.tr("Change this filter") if editable else text)
        words.setAccessibleName(text)
        words.clicked.connect(self.edit_requested)
        close = QToolButton()
        close.setIcon(theme.icons.icon("x", "text_muted"))
        close.setIconSize(QSize(12, 12))
        close.setToolTip(self.tr("Remove this filter (Del)"))
        close.setAccessibleName(self.tr("Remove the filter {0}").format(text))
        close.clicked.connect(self.removed)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 2, 0)
        row.setSpacing(0)
        row.addWidget(words)
        row.addWidget(close)
        theme.changed.connect(self._dress)
        self._dress()

    @Slot()
    def _dress(self) -> None:
        colours = self._theme.colours
        self.setStyleSheet(
            f"#chip {{ background: {colours.selected.name()}; border-radius: {RADIUS}px; }}"
            f"#chip QToolButton {{ font-size: {FontSize.BASE - 1}px; padding: 3px; }}"
            f"#chip QToolButton:disabled {{ color: {colours.text.name()}; }}"
            f"#chip QToolButton:hover {{ background: {colours.pressed.name()}; }}"
        )

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
            return
        super().keyPressEvent(event)


class FiltersBar(QWidget):
    """Shows a ProductFilter and changes it.

    Signals: ``filter_changed`` (ProductFilter) when a person changed it; ``facets_requested``
    (column name), answered by :meth:`set_facets`.
    """

    filter_changed = Signal(object)
    facets_requested = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._filter = ProductFilter()
        self._extra: tuple[Column, ...] = ()
        self._chips: list[FilterChip] = []
        self._popup = FilterPopup(theme, self)
        self._popup.applied.connect(self._replace_conditions)
        self._popup.facets_requested.connect(self.facets_requested)
        self._add = QToolButton()
        self._add.setIcon(theme.icons.icon("list-filter"))
        self._add.setIconSize(ICON_SIZE_BESIDE_TEXT)
        self._add.setText(self.tr("Filter"))
        self._add.setToolTip(self.tr("Add a filter (Ctrl+Shift+F)"))
        self._add.setShortcut("Ctrl+Shift+F")
        self._add.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._add.setAccessibleName(self.tr("Add a filter"))
        self._add.clicked.connect(self.add_filter)
        self._clear = QToolButton()
        self._clear.setText(self.tr("Clear all"))
        self._clear.setToolTip(self.tr("Remove every filter"))
        self._clear.clicked.connect(self._clear_all)
        self._flow = FlowLayout(self)
        self._rebuild()

    @property
    def product_filter(self) -> ProductFilter:
        return self._filter

    @property
    def chips(self) -> Sequence[FilterChip]:
        """The restrictions in the order shown."""
        return tuple(self._chips)

    @property
    def popup(self) -> FilterPopup:
        return self._popup

    def set_filter(self, product_filter: ProductFilter) -> None:
        """Show a filter set elsewhere; nothing is emitted."""
        if product_filter != self._filter:
            self._filter = product_filter
            self._rebuild()

    def set_extra_columns(self, columns: Sequence[Column]) -> None:
        """The catalogue's own columns."""
        self._extra = tuple(columns)
        self._popup.set_extra_columns(columns)
        self._rebuild()

    def set_facets(self, column: str, facets: Sequence[Facet]) -> None:
        """The values of a column, asked for by ``facets_requested``."""
        self._popup.set_facets(column, facets)

    @Slot()
    def add_filter(self) -> None:
        """Open the popup for a new restriction."""
        self._popup.open_at(self._add.mapToGlobal(QPoint(0, self._add.height() + 4)))

    def _rebuild(self) -> None:
        while self._flow.takeAt(0) is not None:
            pass
        for chip in self._chips:
            chip.hide()
            chip.deleteLater()
        self._chips = []
        now = self._filter
        if now.text:
            self._add_chip(f"“{now.text}”", replace(now, text=""))
        if now.bookmarked_only:
            self._add_chip(self.tr("Bookmarked"), replace(now, bookmarked_only=False))
        if now.picture_state is not None:
            words = picture_state_text(now.picture_state)
            self._add_chip(words, replace(now, picture_state=None))
        columns = columns_by_name(self._extra)
        for group in chip_groups(now):
            kept = tuple(c for c in now.conditions if c not in group)
            self._add_chip(condition_text(group, columns), replace(now, conditions=kept), group)
        for widget in (*self._chips, self._add, self._clear):
            self._flow.addWidget(widget)
            widget.show()
        self._clear.setVisible(len(self._chips) > 1)
        self.updateGeometry()

    def _add_chip(
        self, text: str, without: ProductFilter, group: tuple[Condition, ...] = ()
    ) -> None:
        chip = FilterChip(self._theme, text, without=without, conditions=group, parent=self)
        chip.removed.connect(self._chip_removed)
        chip.edit_requested.connect(self._edit_chip)
        self._chips.append(chip)

    def _change(self, product_filter: ProductFilter) -> None:
        if product_filter != self._filter:
            self.set_filter(product_filter)
            self.filter_changed.emit(product_filter)

    @Slot()
    def _chip_removed(self) -> None:
        chip = self.sender()
        if isinstance(chip, FilterChip):
            self._change(chip.without)

    @Slot()
    def _edit_chip(self) -> None:
        chip = self.sender()
        if isinstance(chip, FilterChip):
            place = chip.mapToGlobal(QPoint(0, chip.height() + 4))
            self._popup.open_at(place, chip.conditions)

    @Slot()
    def _clear_all(self) -> None:
        self._change(ProductFilter())

    @Slot(object, object)
    def _replace_conditions(
        self, replaced: tuple[Condition, ...], conditions: tuple[Condition, ...]
    ) -> None:
        changed = self._filter
        for condition in replaced:
            changed = changed.without_condition(condition)
        for condition in conditions:
            changed = changed.with_condition(condition)
        self._change(changed)
