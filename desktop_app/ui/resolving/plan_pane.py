"""The groups of a plan under a line to tick all or none of them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop_app.ui.resolving.plan_list import PlanList
from desktop_app.ui.theme import Space, Theme
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

LEAST_WIDTH = 280


class PlanPane(QWidget):
    """Signals: ``all_wanted`` and ``none_wanted`` to be merged."""

    all_wanted = Signal()
    none_wanted = Signal()

    def __init__(
        self, theme: Theme, thumbnails: ThumbnailLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.list = PlanList(theme, thumbnails)
        self.list.setMinimumWidth(LEAST_WIDTH)
        title = QLabel(self.tr("Groups to merge"))
        title.setProperty("role", "section")
        top = QHBoxLayout()
        top.setContentsMargins(Space.M, 0, 0, 0)
        top.setSpacing(0)
        top.addWidget(title, 1)
        for words, name, signal in (
            (self.tr("All"), self.tr("Tick all groups"), self.all_wanted),
            (self.tr("None"), self.tr("Untick all groups"), self.none_wanted),
        ):
            button = QPushButton(words)
            button.setProperty("variant", "quiet")
            button.setAccessibleName(name)
            button.setToolTip(name)
            button.clicked.connect(signal)
            top.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addLayout(top)
        column.addWidget(self.list, 1)
