"""What a file of verdicts would bring, before it is taken over."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktop_app.ui.product_text import count_text
from desktop_app.ui.resolving.conflicts_model import PRODUCTS, ConflictsModel
from desktop_app.ui.theme import Space
from desktop_app.workers.exchanging import VerdictPreview

PRODUCTS_WIDTH = 180


class VerdictsDialog(QDialog):
    """Signals: ``confirmed`` (VerdictMerge, tuple of VerdictConflict in which the others' word
    counts)."""

    confirmed = Signal(object, object)

    def __init__(self, preview: VerdictPreview, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preview = preview
        merge = preview.merge
        self.setWindowTitle(self.tr("Import verdicts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        heading = QLabel(preview.path.name)
        heading.setProperty("role", "title")
        heading.setTextFormat(Qt.TextFormat.PlainText)
        parts = [self.tr("{0} new").format(count_text(len(merge.added)))]
        if merge.unchanged:
            parts.append(self.tr("{0} known already").format(count_text(len(merge.unchanged))))
        if merge.conflicts:
            otherwise = self.tr("{0} decided otherwise here")
            parts.append(otherwise.format(count_text(len(merge.conflicts))))
        parts.append(self.tr("nothing is taken over yet"))
        summary = QLabel(" · ".join(parts))
        summary.setProperty("role", "meta")
        summary.setWordWrap(True)
        self.conflicts = ConflictsModel(merge.conflicts, preview.skus, self)
        self.conflicts.chosen_changed.connect(self._word)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._take: QPushButton = buttons.addButton("", QDialogButtonBox.ButtonRole.AcceptRole)
        self._take.setProperty("variant", "primary")
        self._take.setDefault(True)
        buttons.accepted.connect(self._confirm)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.L)
        column.setSpacing(Space.M)
        column.addWidget(heading)
        column.addWidget(summary)
        if merge.conflicts:
            column.addLayout(self._make_choice())
            column.addWidget(self._make_table(), 1)
            self.resize(1020, 480)
        else:
            column.addStretch(1)
            self.setMinimumWidth(460)
        column.addWidget(buttons)
        self._word()

    def _make_choice(self) -> QHBoxLayout:
        words = QLabel(self.tr("Where you decided otherwise, yours counts unless you tick theirs."))
        words.setWordWrap(True)
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(words, 1)
        for text, slot in (
            (self.tr("Take all &theirs"), self._take_theirs),
            (self.tr("Keep all &yours"), self._keep_own),
        ):
            button = QPushButton(text)
            button.setProperty("variant", "quiet")
            button.setAutoDefault(False)
            button.clicked.connect(slot)
            row.addWidget(button)
        return row

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.conflicts)
        table.setAccessibleName(self.tr("Pairs decided otherwise"))
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setFrameShape(QTableView.Shape.NoFrame)
        table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        table.resizeColumnsToContents()
        table.setColumnWidth(PRODUCTS, max(PRODUCTS_WIDTH, table.columnWidth(PRODUCTS)))
        return table

    @Slot()
    def _take_theirs(self) -> None:
        self.conflicts.take_all(theirs=True)

    @Slot()
    def _keep_own(self) -> None:
        self.conflicts.take_all(theirs=False)

    @Slot()
    def _word(self) -> None:
        count = len(self._preview.merge.added) + len(self.conflicts.theirs)
        self._take.setText(
            self.tr("Take over 1 verdict")
            if count == 1
            else self.tr("Take over {0} verdicts").format(count_text(count))
        )
        self._take.setEnabled(count > 0)

    @Slot()
    def _confirm(self) -> None:
        self.confirmed.emit(self._preview.merge, self.conflicts.theirs)
        self.accept()
