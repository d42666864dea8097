"""The top of the workspace: what was compared so far, finding more, and what follows a review."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QToolButton, QWidget

from desktop_app.ui.elided_label import ElidedLabel
from desktop_app.ui.product_text import count_text
from desktop_app.ui.theme import ICON_SIZE_BESIDE_TEXT, Space, Theme


class Compared(Enum):
    """How far the pictures of a catalogue were compared."""

    NOTHING = "nothing"
    PART = "part"
    ALL = "all"


class FindBar(QWidget):
    """Signals: ``find_wanted``, ``stop_wanted``, ``resolve_wanted``, ``report_wanted``,
    ``export_wanted`` and ``import_wanted`` (of verdicts)."""

    find_wanted = Signal()
    stop_wanted = Signal()
    resolve_wanted = Signal()
    report_wanted = Signal()
    export_wanted = Signal()
    import_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_finding = self._is_read_only = False
        title = QLabel(self.tr("Duplicates"))
        title.setProperty("role", "title")
        self._state = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self._state.setProperty("role", "meta")
        self._find = QPushButton(self.tr("Find duplicates"))
        self._find.setIcon(theme.icons.icon("scan-search"))
        self._find.setIconSize(ICON_SIZE_BESIDE_TEXT)
        self._find.clicked.connect(self._clicked)
        self._resolve = QPushButton(self.tr("Resolve…"))
        self._resolve.setToolTip(self.tr("Merge the products said to be the same, after a look"))
        self._resolve.setProperty("variant", "primary")
        self._resolve.clicked.connect(self.resolve_wanted)
        self._more = QToolButton()
        self._more.setIcon(theme.icons.icon("ellipsis"))
        self._more.setToolTip(self.tr("Report and verdicts"))
        self._more.setAccessibleName(self.tr("Report and verdicts"))
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self._more)
        self.report_action = menu.addAction(
            theme.icons.icon("file-spreadsheet"), self.tr("Report…")
        )
        self.report_action.triggered.connect(self.report_wanted)
        menu.addSeparator()
        self.export_action = menu.addAction(theme.icons.icon("upload"), self.tr("Export verdicts…"))
        self.export_action.triggered.connect(self.export_wanted)
        self.import_action = menu.addAction(
            theme.icons.icon("download"), self.tr("Import verdicts…")
        )
        self.import_action.triggered.connect(self.import_wanted)
        self._more.setMenu(menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addWidget(title)
        row.addWidget(self._state, 1)
        row.addWidget(self._find)
        row.addWidget(self._resolve)
        row.addWidget(self._more)

    @property
    def is_finding(self) -> bool:
        return self._is_finding

    def show_nothing(self) -> None:
        """No catalogue is open."""
        self._state.set_text("")
        self._find.setEnabled(False)
        self.set_can_resolve(False)
        self.set_can_report(False)

    def set_read_only(self, is_read_only: bool) -> None:
        """Nothing can be looked for or merged in a catalogue that cannot be written."""
        self._is_read_only = is_read_only
        words = self.tr("The catalogue is open for reading only") if is_read_only else ""
        self._find.setToolTip(words)
        self.import_action.setEnabled(not is_read_only)

    def show_compared(self, compared: int, pictures: int) -> Compared:
        """How many of how many pictures were compared."""
        lacking = pictures - compared
        if not compared:
            state, words = Compared.NOTHING, self.tr("Never searched")
        elif lacking > 0:
            state = Compared.PART
            words = (
                self.tr("1 picture not compared yet")
                if lacking == 1
                else self.tr("{0} pictures not compared yet").format(count_text(lacking))
            )
        else:
            state = Compared.ALL
            words = self.tr("Up to date: {0} pictures compared").format(count_text(pictures))
        if not self._is_finding:
            self._state.set_text(words)
        can_find = state is not Compared.ALL and not self._is_read_only
        self._find.setEnabled(self._is_finding or can_find)
        return state

    def show_progress(self, words: str) -> None:
        """Finding is under way, so far; '' for not."""
        self._is_finding = bool(words)
        self._find.setText(self.tr("Stop") if words else self.tr("Find duplicates"))
        if words:
            self._state.set_text(words)
            self._find.setEnabled(True)

    def set_can_resolve(self, can_resolve: bool) -> None:
        """Whether there is something to merge and the catalogue can be written."""
        self._resolve.setEnabled(can_resolve and not self._is_read_only)

    def set_can_report(self, can_report: bool) -> None:
        """Whether there is something to report."""
        self.report_action.setEnabled(can_report)

    @Slot()
    def _clicked(self) -> None:
        (self.stop_wanted if self._is_finding else self.find_wanted).emit()
