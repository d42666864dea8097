"""How it is searched: by outline, by kind of shape, or category first."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from desktop_app.domain.shapes import ShapeMethod
from desktop_app.ui.theme import ICON_SIZE, Theme


class MethodButton(QToolButton):
    """Signals: ``method_changed`` (ShapeMethod) by a person."""

    method_changed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setIcon(theme.icons.icon("sliders"))
        self.setIconSize(ICON_SIZE)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolTip(self.tr("How it is searched"))
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        group = QActionGroup(self)
        self._actions = {}
        for method, words, tip in (
            (
                ShapeMethod.OUTLINE,
                self.tr("Exact outline"),
                self.tr("The whole catalogue, ordered by how the outlines lie on each other"),
            ),
            (
                ShapeMethod.KIND,
                self.tr("Kind of shape"),
                self.tr(
                    "The whole catalogue, containers of one kind first: judged by look, form and "
                    "outline together. For products of the catalogue, not for pictures from "
                    "elsewhere and not for what is drawn."
                ),
            ),
            (
                ShapeMethod.CATEGORY_FIRST,
                self.tr("Category first"),
                self.tr(
                    "Of the kind of container that the picture seems to show: the most alike in "
                    "grey, ordered by the overlap of the outlines. For pictures and products, "
                    "not for what is drawn."
                ),
            ),
        ):
            action = menu.addAction(words)
            action.setToolTip(tip)
            action.setCheckable(True)
            action.setData(method.value)
            action.triggered.connect(self._chosen)
            group.addAction(action)
            self._actions[method] = action
        self.setMenu(menu)
        self._actions[ShapeMethod.OUTLINE].setChecked(True)
        self._word()

    @property
    def method(self) -> ShapeMethod:
        """What is chosen, whether it can be used now or not."""
        return next(m for m, action in self._actions.items() if action.isChecked())

    def choose(self, method: ShapeMethod) -> None:
        """Choose one, as a person would."""
        self._actions[method].trigger()

    def _word(self) -> None:
        self.setText(self._actions[self.method].text())
        self.setAccessibleName(self.tr("How it is searched: {0}").format(self.text()))

    @Slot()
    def _chosen(self) -> None:
        self._word()
        self.method_changed.emit(self.method)
