"""A supplier's list beside the catalogue: choose it, look at the rows, import what is ticked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.progress import Progress
from desktop_app.ui.drag_and_drop import DropPlace, ImportFiles, can_take, intent_of
from desktop_app.ui.empty_state import EmptyState
from desktop_app.ui.list_comparison.rows_view import MAT, PICTURES_LEFT, ComparisonView
from desktop_app.ui.list_comparison.status_chips import StatusChips
from desktop_app.ui.list_comparison.words import import_words
from desktop_app.ui.notice_strip import NoticeStrip
from desktop_app.ui.problem_strip import ProblemStrip
from desktop_app.ui.product_text import count_text
from desktop_app.ui.progress_row import ProgressRow
from desktop_app.ui.theme import Space, Theme
from desktop_app.workers.list_comparing import ComparedList
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

LIST_BYTES = 64 * 1024 * 1024

AskForPath = Callable[[QWidget], Path | None]


def ask_for_list(parent: QWidget) -> Path | None:
    """Let a person choose a list."""
    name, _kind = QFileDialog.getOpenFileName(
        parent,
        parent.tr("Compare with a list"),
        "",
        parent.tr("Product lists (*.csv *.tsv *.txt *.xlsx *.xlsm *.zip)"),
    )
    return Path(name) if name else None


def ask_for_folder(parent: QWidget) -> Path | None:
    """Let a person choose a folder of pictures."""
    name = QFileDialog.getExistingDirectory(parent, parent.tr("Compare with a folder"))
    return Path(name) if name else None


def ask_where_to_save(parent: QWidget) -> Path | None:
    """Let a person choose where a comparison is written."""
    name, kind = QFileDialog.getSaveFileName(
        parent,
        parent.tr("Export the comparison"),
        "comparison.xlsx",
        "XLSX (*.xlsx);;CSV (*.csv);;HTML (*.html);;PDF (*.pdf)",
    )
    if not name:
        return None
    path = Path(name)
    return path if path.suffix else path.with_suffix(f".{kind.split()[0].lower() or 'xlsx'}")


class ComparisonWindow(QWidget):
    """Compares and imports nothing itself.

    Signals: ``compare_wanted`` (tuple of Path), ``stop_wanted``, ``import_wanted`` (frozenset
    of places in the comparison), ``export_wanted`` (Path), ``product_wanted`` (product id, SKU).
    """

    compare_wanted = Signal(object)
    stop_wanted = Signal()
    import_wanted = Signal(object)
    export_wanted = Signal(object)
    product_wanted = Signal(object, str)

    def __init__(
        self,
        theme: Theme,
        thumbnails: ThumbnailLoader,
        *,
        ask_for_list: AskForPath = ask_for_list,
        ask_for_folder: AskForPath = ask_for_folder,
        ask_where_to_save: AskForPath = ask_where_to_save,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._theme = theme
        self._ask_for_list = ask_for_list
        self._ask_for_folder = ask_for_folder
        self._ask_where_to_save = ask_where_to_save
        self._compared: ComparedList | None = None
        self.setProperty("surface", "content")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(self.tr("Compare with a list"))
        self.resize(980, 740)
        self.setMinimumSize(720, 480)
        self.setAcceptDrops(True)
        self._list_pictures = ThumbnailLoader(
            self._fetch_list_picture, max_bytes=LIST_BYTES, parent=self
        )
        self.problem = ProblemStrip(theme)
        self.notice = NoticeStrip(theme)
        self.progress = ProgressRow()
        self.progress.stop_wanted.connect(self.stop_wanted)
        self.chips = StatusChips(theme)
        self.view = ComparisonView(theme, thumbnails, self._list_pictures)
        self.view.rows.ticks_changed.connect(self._word)
        self.view.product_wanted.connect(self.product_wanted)
        self.chips.changed.connect(self._narrow)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._make_start())
        self._stack.addWidget(self._make_result())
        self._lay_out()
        self.show_nothing()

    @property
    def compared(self) -> ComparedList | None:
        """What is shown."""
        return self._compared

    def show_nothing(self) -> None:
        """Nothing was compared yet, or no catalogue is open."""
        self._compared = None
        self.view.rows.set_comparison(None)
        self.notice.clear()
        self.problem.clear()
        self._subject.setText("")
        self._stack.setCurrentIndex(0)
        self._end()

    def show_progress(self, progress: Progress) -> None:
        """A list is being compared; what was compared before stays on view."""
        self.problem.clear()
        self.progress.show_progress(progress)
        for button in self._choices:
            button.setEnabled(False)

    def show_comparison(self, compared: ComparedList) -> None:
        """Show it, what the catalogue lacks ticked. Nothing is imported."""
        self._compared = compared
        self.notice.clear()
        diff = compared.diff
        self.chips.set_counts(diff.counts())
        self.view.rows.set_statuses(self.chips.shown)
        self.view.rows.set_comparison(compared)
        source, n = diff.plan.request.paths[0], len(diff.plan.records)
        words = self.tr("{0} · 1 product") if n == 1 else self.tr("{0} · {1} products")
        parts = [words.format(source.name, count_text(n))]
        if issues := len(diff.plan.issues):
            issue_words = self.tr("1 remark") if issues == 1 else self.tr("{0} remarks")
            parts.append(issue_words.format(count_text(issues)))
        parts.append(self.tr("nothing is imported yet"))
        self._subject.setText(" · ".join(parts))
        self._subject.setToolTip(
            "\n".join(f"{issue.origin}: {issue.reason}" for issue in diff.plan.issues[:20])
        )
        self._stack.setCurrentIndex(1)
        self._end()
        self.view.setFocus()

    @Slot()
    def show_stopped(self) -> None:
        """The comparison was given up."""
        self._end()

    def show_problem(self, error: UserFacingError) -> None:
        """Why there is no comparison, or no file of it."""
        self._end()
        self.problem.show_error(error)

    def close_down(self) -> None:
        """Stop decoding pictures; for the end of the application."""
        self._list_pictures.close()

    def _fetch_list_picture(self, key: str) -> bytes | None:
        """In a thread of the pool."""
        return self.view.rows.list_thumbnail(key)

    def _make_start(self) -> QWidget:
        page = EmptyState(
            self._theme,
            icon="list-checks",
            title=self.tr("Compare with a supplier's list"),
            text=self.tr(
                "Drop a list (CSV, XLSX), a folder of pictures or a ZIP file here. Each product "
                "is looked up by its number and its pictures; nothing is imported before you "
                "say so."
            ),
        )
        choose = page.add_button(
            self.tr("Choose a list…"), icon="file-spreadsheet", variant="primary"
        )
        folder = page.add_button(self.tr("Choose a folder…"), icon="folder")
        choose.clicked.connect(self._choose_list)
        folder.clicked.connect(self._choose_folder)
        self._choices = [choose, folder]
        return page

    def _make_result(self) -> QWidget:
        tick = QPushButton(self.tr("&Tick all shown"))
        tick.clicked.connect(self._tick_shown)
        untick = QPushButton(self.tr("&Untick all shown"))
        untick.clicked.connect(self._untick_shown)
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(self.chips, 1)
        for button in (tick, untick):
            button.setProperty("variant", "quiet")
            row.addWidget(button)
        line = QFrame()
        line.setProperty("role", "hairline")
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(row)
        column.addWidget(line)
        column.addLayout(self._make_captions())
        column.addWidget(self.view, 1)
        return page

    def _make_captions(self) -> QHBoxLayout:
        """Above the pictures of the rows."""
        row = QHBoxLayout()
        row.setContentsMargins(PICTURES_LEFT, 0, 0, 0)
        row.setSpacing(Space.S)
        for words in (self.tr("List"), self.tr("Catalogue")):
            label = QLabel(words)
            label.setProperty("role", "section")
            label.setFixedWidth(MAT)
            row.addWidget(label)
        row.addStretch(1)
        return row

    def _lay_out(self) -> None:
        title = QLabel(self.tr("Compare with a list"))
        title.setProperty("role", "display")
        self._subject = QLabel()
        self._subject.setProperty("role", "muted")
        self._subject.setTextFormat(Qt.TextFormat.PlainText)
        top = QHBoxLayout()
        top.setSpacing(Space.M)
        top.addWidget(title)
        top.addWidget(self._subject, 1, Qt.AlignmentFlag.AlignBottom)
        self._another = QPushButton(self.tr("&Another list…"))
        self._another.clicked.connect(self._choose_list)
        self._choices.append(self._another)
        self._export = QPushButton(self.tr("&Export…"))
        self._export.clicked.connect(self._choose_export)
        self._import = QPushButton()
        self._import.setProperty("variant", "primary")
        self._import.clicked.connect(self._confirm)
        close = QPushButton(self.tr("&Close"))
        close.clicked.connect(self.close)
        bottom = QHBoxLayout()
        bottom.setSpacing(Space.S)
        bottom.addWidget(self._another)
        bottom.addWidget(self._export)
        bottom.addStretch(1)
        bottom.addWidget(close)
        bottom.addWidget(self._import)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        column.setSpacing(Space.M)
        column.addLayout(top)
        for part in (self.problem, self.notice, self.progress):
            column.addWidget(part)
        column.addWidget(self._stack, 1)
        column.addLayout(bottom)

    def _end(self) -> None:
        self.progress.hide()
        for button in self._choices:
            button.setEnabled(True)
        has_rows = self._compared is not None
        for button in (self._another, self._export, self._import):
            button.setVisible(has_rows)
        self._word()

    @Slot()
    def _word(self) -> None:
        statuses = self.view.rows.ticked_statuses
        self._import.setText(import_words(statuses))
        self._import.setEnabled(bool(statuses))

    @Slot(object)
    def _narrow(self, _shown: object) -> None:
        self.view.rows.set_statuses(self.chips.shown)

    @Slot()
    def _tick_shown(self) -> None:
        self.view.rows.tick_shown(True)

    @Slot()
    def _untick_shown(self) -> None:
        self.view.rows.tick_shown(False)

    @Slot()
    def _confirm(self) -> None:
        self.import_wanted.emit(self.view.rows.ticked)

    @Slot()
    def _choose_list(self) -> None:
        self._compare(self._ask_for_list(self))

    @Slot()
    def _choose_folder(self) -> None:
        self._compare(self._ask_for_folder(self))

    @Slot()
    def _choose_export(self) -> None:
        if (path := self._ask_where_to_save(self)) is not None:
            self.export_wanted.emit(path)

    def _compare(self, *paths: Path | None) -> None:
        chosen: Sequence[Path] = [path for path in paths if path is not None]
        if chosen:
            self.compare_wanted.emit(tuple(chosen))

    # Qt

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if can_take(event.mimeData(), DropPlace.CATALOGUE):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        intent = intent_of(event.mimeData(), DropPlace.CATALOGUE)
        if isinstance(intent, ImportFiles):
            event.acceptProposedAction()
            self._compare(*intent.paths)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
            return
        super().keyPressEvent(event)
