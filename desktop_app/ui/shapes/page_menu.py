"""What can be kept of the workspace for shapes."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from desktop_app.ui.theme import ICON_SIZE, Theme


class PageMenu(QToolButton):
    """Signals: ``outline_wanted`` (the one on the board), ``silhouette_wanted`` (of the chosen
    product), ``sheet_wanted`` (of everything found)."""

    outline_wanted = Signal()
    silhouette_wanted = Signal()
    sheet_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setIcon(theme.icons.icon("download"))
        self.setIconSize(QSize(ICON_SIZE))
        self.setToolTip(self.tr("Save outlines"))
        self.setAccessibleName(self.tr("Save outlines"))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        self._outline = menu.addAction(self.tr("Your outline as SVG…"))
        self._silhouette = menu.addAction(self.tr("Silhouette of the chosen container as SVG…"))
        menu.addSeparator()
        self._sheet = menu.addAction(self.tr("Sheet of all outlines found (PDF, SVG)…"))
        self._outline.triggered.connect(self.outline_wanted)
        self._silhouette.triggered.connect(self.silhouette_wanted)
        self._sheet.triggered.connect(self.sheet_wanted)
        self.setMenu(menu)
        self.offer(outline=False, silhouette=False, sheet=False)

    def offer(self, *, outline: bool, silhouette: bool, sheet: bool) -> None:
        """What there is to keep now."""
        self._outline.setEnabled(outline)
        self._silhouette.setEnabled(silhouette)
        self._sheet.setEnabled(sheet)
        self.setEnabled(outline or silhouette or sheet)
