"""The end of a plan: what becomes of files, and the button that names what happens."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QWidget

from desktop_app.ui.resolving.plan_edits import PlanTotals
from desktop_app.ui.resolving.words import files_text, merge_words
from desktop_app.ui.theme import Space


class MergeBar(QWidget):
    """Files go to the trash only where a person ticks that. Signals: ``merge_wanted`` (whether
    files go there), ``close_wanted``."""

    merge_wanted = Signal(bool)
    close_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._totals = PlanTotals()
        self._is_waiting = False
        self._trash = QCheckBox()
        self._trash.setToolTip(
            self.tr(
                "Undo brings the products back; files have to be put back from the trash. No "
                "file goes that another product shows."
            )
        )
        self._trash.toggled.connect(self._word)
        close = QPushButton(self.tr("&Close"))
        close.clicked.connect(self.close_wanted)
        self._merge = QPushButton()
        self._merge.setProperty("variant", "primary")
        self._merge.clicked.connect(self._confirm)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addWidget(self._trash)
        row.addStretch(1)
        row.addWidget(close)
        row.addWidget(self._merge)
        self._word()

    def set_totals(self, totals: PlanTotals) -> None:
        """What would be done."""
        self._totals = totals
        self._word()

    def set_waiting(self, is_waiting: bool) -> None:
        """Whether a plan is being made or carried out, so that this one cannot be."""
        self._is_waiting = is_waiting
        self._word()

    def keep_files(self) -> None:
        """Nothing goes to the trash unless that is ticked again."""
        self._trash.setChecked(False)

    @property
    def sends_files(self) -> bool:
        """Whether files go to the trash too."""
        return self._trash.isChecked() and self._totals.files > 0

    @Slot()
    def _word(self) -> None:
        totals = self._totals
        words = self.tr("Also move the pictures nobody needs any more to the &trash ({0})")
        self._trash.setText(words.format(files_text(self._totals.files)))
        self._trash.setVisible(totals.files > 0)
        sent = self._totals.files if self.sends_files else 0
        self._merge.setText(merge_words(totals.groups, totals.products, files_to_trash=sent))
        self._merge.setEnabled(totals.groups > 0 and not self._is_waiting)

    @Slot()
    def _confirm(self) -> None:
        self.merge_wanted.emit(self.sends_files)
