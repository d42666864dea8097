"""Which pairs are never asked about: a menu of columns and folders."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction, QMouseEvent
from PySide6.QtWidgets import QMenu, QWidget

from desktop_app.domain.duplicates import Exclusions
from desktop_app.domain.products import CORE_COLUMNS, Column, FieldKind
from desktop_app.ui.product_text import column_label

OFFERED_CORE = ("brand", "category", "title", "barcode")


class ExclusionsMenu(QMenu):
    """Stays open while things are ticked. Signals: ``changed`` (Exclusions) by a person, once
    it closes."""

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._exclusions = self._told = Exclusions()
        self._by_column: dict[str, QAction] = {}
        self.setToolTipsVisible(True)
        self.aboutToHide.connect(self._tell)
        self.set_columns(())

    @property
    def exclusions(self) -> Exclusions:
        return self._exclusions

    def set_columns(self, extra: Sequence[Column]) -> None:
        """The catalogue's own columns are offered too, such as one of models."""
        self.clear()
        core = {column.name: column for column in CORE_COLUMNS}
        self._by_column = {}
        columns = [core[name] for name in OFFERED_CORE]
        columns += [each for each in extra if each.kind is FieldKind.TEXT]
        for column in columns:
            words = self.tr("Pairs with the same {0}").format(column_label(column).lower())
            action = self.addAction(words)
            action.setCheckable(True)
            self._by_column[column.name] = action
        self.addSeparator()
        self._folder = self.addAction(self.tr("Pairs with pictures in one folder"))
        self._folder.setCheckable(True)
        self._show()

    def set_exclusions(self, exclusions: Exclusions) -> None:
        """Tick these; nothing is emitted."""
        self._exclusions = self._told = exclusions
        self._show()

    def _show(self) -> None:
        for name, action in self._by_column.items():
            action.setChecked(name in self._exclusions.columns)
        self._folder.setChecked(self._exclusions.same_folder)

    @Slot()
    def _tell(self) -> None:
        ticked = tuple(name for name, action in self._by_column.items() if action.isChecked())
        self._exclusions = Exclusions(ticked, self._folder.isChecked())
        if self._exclusions != self._told:
            self._told = self._exclusions
            self.changed.emit(self._exclusions)

    # Qt

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        action = self.activeAction()
        if action is not None and action.isCheckable() and action.isEnabled():
            action.trigger()
            return
        super().mouseReleaseEvent(event)
