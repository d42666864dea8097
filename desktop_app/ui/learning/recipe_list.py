"""The recipes to choose from, each with what it does and how long it takes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.metric_learning import Recipe
from desktop_app.ui.learning.words import recipe_summary, recipe_title
from desktop_app.ui.theme import RADIUS, Space, Theme


class RecipeList(QWidget):
    """Signals: ``chosen`` (Recipe)."""

    chosen = Signal(object)

    def __init__(
        self, theme: Theme, recipes: Sequence[Recipe], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("How to learn"))
        self._group = QButtonGroup(self)
        self._rows = [_RecipeRow(theme, recipe) for recipe in recipes]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        for row in self._rows:
            self._group.addButton(row.button)
            row.button.toggled.connect(self._toggled)
            column.addWidget(row)
        self._rows[0].button.setChecked(True)

    @property
    def current(self) -> Recipe:
        """The chosen one."""
        return next(row.recipe for row in self._rows if row.button.isChecked())

    def choose(self, name: str) -> None:
        """Choose the recipe of this name."""
        next(row for row in self._rows if row.recipe.name == name).button.setChecked(True)

    def show_times(self, times: Sequence[str]) -> None:
        """How long each takes, aligned with the recipes."""
        for row, words in zip(self._rows, times, strict=True):
            row.show_time(words)

    def set_available(self, name: str, *, why_not: str = "") -> None:
        """Whether a recipe can be used; why it cannot, otherwise."""
        row = next(row for row in self._rows if row.recipe.name == name)
        row.set_available(why_not)
        if why_not and row.button.isChecked():
            self._rows[0].button.setChecked(True)

    @Slot(bool)
    def _toggled(self, is_chosen: bool) -> None:
        for row in self._rows:
            row.update()
        if is_chosen:
            self.chosen.emit(self.current)


class _RecipeRow(QWidget):
    """A card that is chosen by clicking anywhere on it."""

    def __init__(self, theme: Theme, recipe: Recipe) -> None:
        super().__init__()
        self._theme = theme
        self.recipe = recipe
        self.button = QRadioButton(recipe_title(recipe))
        self.button.setFont(theme.font(semibold=True))
        self._summary = QLabel(recipe_summary(recipe))
        self._summary.setWordWrap(True)
        self._summary.setProperty("role", "muted")
        self.button.setAccessibleDescription(recipe_summary(recipe))
        self._time = QLabel()
        self._time.setProperty("role", "meta")
        self._why_not = ""
        head = QHBoxLayout()
        head.setSpacing(Space.M)
        head.addWidget(self.button, 1)
        head.addWidget(self._time)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        column.setSpacing(2)
        column.addLayout(head)
        self._summary.setContentsMargins(22, 0, 0, 0)
        column.addWidget(self._summary)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.changed.connect(self.update)

    def show_time(self, words: str) -> None:
        self._time.setText(words)

    def set_available(self, why_not: str) -> None:
        self._why_not = why_not
        self.button.setEnabled(not why_not)
        self._time.setEnabled(not why_not)
        self._summary.setText(why_not or recipe_summary(self.recipe))

    # Qt

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and not self._why_not:
            self.button.setChecked(True)
            self.button.setFocus()
            return
        super().mousePressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_chosen = self.button.isChecked()
        painter.setPen(QPen(colours.accent if is_chosen else colours.hairline, 1))
        if is_chosen:
            painter.setBrush(colours.selected)
        elif self.underMouse() and not self._why_not:
            painter.setBrush(colours.hover)
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), RADIUS, RADIUS)
