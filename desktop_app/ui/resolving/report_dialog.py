"""Which report on duplicates is written, how far that is, and where it lies then."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.precision import ExpectedPrecision
from desktop_app.domain.progress import Progress
from desktop_app.domain.reports import IncludedGroups
from desktop_app.ui.duplicates.words import groups_text
from desktop_app.ui.notice_strip import NoticeStrip
from desktop_app.ui.problem_strip import ProblemStrip
from desktop_app.ui.product_text import score_text
from desktop_app.ui.progress_row import ProgressRow
from desktop_app.ui.theme import Space, Theme
from desktop_app.workers.exchanging import ReportOrder

AskForReport = Callable[[QWidget, str], Path | None]


def ask_for_report(parent: QWidget, suffix: str) -> Path | None:
    """Let a person choose where a report goes; ``suffix`` names its format."""
    name, _kind = QFileDialog.getSaveFileName(
        parent,
        parent.tr("Save the report"),
        f"duplicates{suffix}",
        f"{suffix[1:].upper()} (*{suffix})",
    )
    if not name:
        return None
    path = Path(name)
    return path if path.suffix.lower() == suffix else path.with_name(path.name + suffix)


class ReportDialog(QDialog):
    """Not modal: a review goes on meanwhile.

    Signals: ``report_wanted`` (ReportOrder), ``stop_wanted``, ``open_wanted`` and
    ``reveal_wanted`` (Path) of what was written.
    """

    report_wanted = Signal(object)
    stop_wanted = Signal()
    open_wanted = Signal(object)
    reveal_wanted = Signal(object)

    def __init__(
        self,
        theme: Theme,
        *,
        ask_for_report: AskForReport = ask_for_report,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._ask_for_report = ask_for_report
        self._threshold = 0.5
        self._written = Path()
        self.setWindowTitle(self.tr("Report on duplicates"))
        self.setMinimumWidth(560)
        title = QLabel(self.tr("Report on duplicates"))
        title.setProperty("role", "title")
        self._format = QComboBox()
        self._included = QComboBox()
        self._worth = QLabel()
        self._worth.setProperty("role", "muted")
        for combo in (self._format, self._included):
            combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.problem = ProblemStrip(theme)
        self.notice = NoticeStrip(theme)
        self.progress = ProgressRow()
        self.progress.stop_wanted.connect(self.stop_wanted)
        self._save = QPushButton(self.tr("&Save…"))
        self._save.setProperty("variant", "primary")
        self._save.setDefault(True)
        self._save.clicked.connect(self._ask)
        close = QPushButton(self.tr("&Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.close)
        self._fill()
        form = QFormLayout()
        form.setHorizontalSpacing(Space.L)
        form.setVerticalSpacing(Space.M)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.addRow(self.tr("&Format"), self._format)
        form.addRow(self.tr("&Groups"), self._included)
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.S)
        buttons.addStretch(1)
        buttons.addWidget(close)
        buttons.addWidget(self._save)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.L)
        column.setSpacing(Space.M)
        column.addWidget(title)
        column.addWidget(self._worth)
        column.addLayout(form)
        for part in (self.problem, self.notice, self.progress):
            column.addWidget(part)
        column.addStretch(1)
        column.addLayout(buttons)

    def set_worth(self, threshold: float, count: int, precision: ExpectedPrecision) -> None:
        """What is on view: how many groups at which threshold, and how many of their pairs are
        likely right."""
        self._threshold = threshold
        words = self.tr("{0} from {1} on, as the slider stands · about {2} of 100 are duplicates")
        self._worth.setText(
            words.format(groups_text(count), score_text(threshold), round(100 * precision.value))
        )

    def show_progress(self, progress: Progress) -> None:
        """The report is being written."""
        self._save.setEnabled(False)
        self.notice.clear()
        self.problem.clear()
        self.progress.show_progress(progress)

    def show_written(self, path: Path) -> None:
        """The report is there."""
        self._end()
        self._written = path
        self.notice.tell(
            self.tr("Saved {0}").format(path.name),
            (self.tr("Open"), self._open),
            (self.tr("Show in folder"), self._reveal),
        )

    @Slot()
    def show_stopped(self) -> None:
        """The report was given up."""
        self._end()
        self.notice.tell(self.tr("Stopped. No report was written."))

    def show_problem(self, error: UserFacingError) -> None:
        """Why there is no report."""
        self._end()
        self.problem.show_error(error)

    def _fill(self) -> None:
        for suffix, words in (
            (".xlsx", self.tr("Spreadsheet (XLSX), with pictures, filters and links")),
            (".csv", self.tr("Plain table (CSV)")),
            (".html", self.tr("Web page (HTML), one file with pictures")),
            (".pdf", self.tr("Contact sheets (PDF), to print")),
        ):
            self._format.addItem(words, suffix)
        for included, words in (
            (IncludedGroups.ALL, self.tr("All groups")),
            (IncludedGroups.DECIDED, self.tr("Only groups that are decided")),
            (IncludedGroups.OPEN, self.tr("Only groups still to decide")),
        ):
            self._included.addItem(words, included)

    def _end(self) -> None:
        self.progress.hide()
        self._save.setEnabled(True)

    @Slot()
    def _ask(self) -> None:
        path = self._ask_for_report(self, str(self._format.currentData()))
        if path is not None:
            included = IncludedGroups(self._included.currentData())
            self.report_wanted.emit(ReportOrder(path, self._threshold, included))

    @Slot()
    def _open(self) -> None:
        self.open_wanted.emit(self._written)

    @Slot()
    def _reveal(self) -> None:
        self.reveal_wanted.emit(self._written)

    # Qt

    def closeEvent(self, event: QCloseEvent) -> None:
        self.notice.clear()
        super().closeEvent(event)
