"""Which categories are taken for which: the catalogue's own, and the kinds of containers that the
application knows."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.categories import CategoryReport
from desktop_app.domain.containers import ContainerModelReport
from desktop_app.ui.confusion_table import (
    CELL,
    FIGURE,
    FIGURES,
    MAX_LABEL,
    ROW,
    ConfusionTable,
)
from desktop_app.ui.item_models.score_table_model import share_text
from desktop_app.ui.product_text import count_text
from desktop_app.ui.theme import Space, Theme


class ConfusionDialog(QDialog):
    """Rows are what pictures are of, columns what they were taken for; precision, recall and
    F1 of each category stand at the end of its row. ``own`` is what was learned from the
    catalogue, ``shipped`` how well the fifteen kinds of containers are told; one of them at
    least is there.

    Signals: ``cell_chosen`` (category the pictures are of, category they were taken for),
    ``relabel_requested`` (the same two: their products are to get the latter),
    ``learn_requested`` when the catalogue's categories are to be learned again.
    """

    cell_chosen = Signal(str, str)
    relabel_requested = Signal(str, str)
    learn_requested = Signal()

    def __init__(
        self,
        own: CategoryReport | None,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        shipped: ContainerModelReport | None = None,
    ) -> None:
        super().__init__(parent)
        self._own = own
        self._shipped = shipped
        self._before: CategoryReport | None = None
        self._cell = "", ""
        report = self._on_view(is_own=own is not None)
        self.setWindowTitle(self.tr("Categories"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        columns = len(report.labels)
        self.resize(
            min(1100, MAX_LABEL + columns * CELL + FIGURES * FIGURE + 80),
            min(820, 340 + columns * ROW),
        )
        self._choice = self._make_choice()
        self._headline = QLabel()
        self._headline.setProperty("role", "title")
        self._about = QLabel()
        self._about.setProperty("role", "meta")
        self._about.setWordWrap(True)
        self._table = ConfusionTable(report, theme)
        self._table.cell_chosen.connect(self._choose_cell)
        hint = QLabel(self.tr("Rows: what the pictures are of. Columns: what they were taken for."))
        hint.setProperty("role", "meta")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        column.setSpacing(Space.S)
        column.addWidget(self._choice)
        column.addWidget(self._headline)
        column.addWidget(self._about)
        column.addWidget(self._table, 1)
        column.addWidget(hint)
        column.addLayout(self._make_actions())
        column.addWidget(buttons)
        self._show_chosen()

    @property
    def table(self) -> ConfusionTable:
        """The matrix."""
        return self._table

    @property
    def is_own_on_view(self) -> bool:
        """Whether the catalogue's own categories are shown."""
        return bool(self._choice.currentData())

    def show_learning(self) -> None:
        """The categories are being learned; what is shown stays."""
        self._learn.setEnabled(False)
        self._told.setText(self.tr("Learning the categories…"))

    def show_own(self, report: CategoryReport | None) -> None:
        """What was learned anew, beside what was known before; None where there was too little
        to learn from."""
        self._learn.setEnabled(True)
        if report is None:
            self._told.setText(self.tr("Too few products of each category to learn from."))
            return
        self._told.clear()
        self._before, self._own = self._own, report
        if not self.is_own_on_view:
            self._choice.setCurrentIndex(self._choice.findData(True))
        self._show_chosen()

    def show_failed(self) -> None:
        """They could not be learned; why is told elsewhere."""
        self._learn.setEnabled(True)
        self._told.clear()

    def _on_view(self, *, is_own: bool) -> CategoryReport:
        if is_own and self._own is not None:
            return self._own
        assert self._shipped is not None
        return self._shipped.by_product

    def _make_choice(self) -> QComboBox:
        choice = QComboBox()
        choice.setAccessibleName(self.tr("Which categories"))
        if self._own is not None:
            choice.addItem(self.tr("Categories of this catalogue"), True)
        if self._shipped is not None:
            choice.addItem(self.tr("Kinds of containers the application knows"), False)
        choice.setVisible(choice.count() > 1)
        choice.currentIndexChanged.connect(self._show_chosen)
        return choice

    def _make_actions(self) -> QHBoxLayout:
        self._relabel = QPushButton()
        self._relabel.setProperty("variant", "quiet")
        self._relabel.clicked.connect(self._ask_to_relabel)
        self._learn = QPushButton(self.tr("&Learn again"))
        self._learn.setToolTip(self.tr("Learn from the categories as they are now"))
        self._learn.clicked.connect(self.learn_requested)
        self._told = QLabel()
        self._told.setProperty("role", "meta")
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(self._relabel)
        row.addStretch(1)
        row.addWidget(self._told)
        row.addWidget(self._learn)
        return row

    @Slot()
    def _show_chosen(self) -> None:
        is_own = self.is_own_on_view
        report = self._on_view(is_own=is_own)
        before = self._before if is_own else None
        self._table.show_report(report, before)
        self._headline.setText(self._headline_of(report, before))
        self._about.setText(self._about_own(report) if is_own else self._about_shipped())
        self._learn.setVisible(is_own)
        self._relabel.hide()

    def _headline_of(self, report: CategoryReport, before: CategoryReport | None) -> str:
        told = self.tr("{0} of pictures were told right").format(share_text(report.accuracy))
        if before is None:
            return told
        return self.tr("{0}, {1} before").format(told, share_text(before.accuracy))

    def _about_own(self, report: CategoryReport) -> str:
        words = self.tr(
            "Measured on {0} pictures in {1} rounds, each judged without having seen any "
            "picture of its product. Mean F1 over categories: {2}."
        ).format(
            count_text(report.n_pictures), count_text(report.folds), share_text(report.macro_f1)
        )
        if report.n_sampled_from > report.n_pictures:
            sample = self.tr("They are a sample of {0}.")
            words += " " + sample.format(count_text(report.n_sampled_from))
        return words

    def _about_shipped(self) -> str:
        assert self._shipped is not None
        words = self.tr(
            "Containers made by computer, each judged without having seen its product. Mean F1 "
            "over kinds: {0}. {1}"
        ).format(share_text(self._shipped.by_product.macro_f1), self._shipped.origin)
        if self._shipped.by_design is not None:
            unseen = self.tr("Of designs never seen {0} were told right.")
            words += " " + unseen.format(share_text(self._shipped.by_design.accuracy))
        return words

    @Slot(str, str)
    def _choose_cell(self, actual: str, taken_for: str) -> None:
        if not self.is_own_on_view:
            return
        self._relabel.setVisible(actual != taken_for)
        self._cell = actual, taken_for
        self._relabel.setText(self.tr("Set their category to “{0}”").format(taken_for))
        self.cell_chosen.emit(actual, taken_for)

    @Slot()
    def _ask_to_relabel(self) -> None:
        self._relabel.hide()
        self._told.setText(self.tr("Learn again to see what the change is worth."))
        self.relabel_requested.emit(*self._cell)
