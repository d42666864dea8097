"""How well products are found: figures, and the queries that went worst."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.progress import Progress
from desktop_app.domain.scorecards import FUSED
from desktop_app.ui.item_models.score_table_model import (
    ScoreTableModel,
    share_text,
)
from desktop_app.ui.product_text import count_text
from desktop_app.ui.score_table import SCORE_ROW, score_table
from desktop_app.ui.theme import Space, Theme
from desktop_app.ui.worst_queries_view import WorstQueriesView
from desktop_app.workers.measuring import MeasuredCard
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

AskForFile = Callable[[QWidget], Path | None]


def ask_where_to_save(parent: QWidget) -> Path | None:
    """Let a person choose a file for the figures."""
    name, _ = QFileDialog.getSaveFileName(
        parent, parent.tr("Export the scorecard"), "scorecard.csv", parent.tr("Tables (*.csv)")
    )
    return Path(name) if name else None


def ask_for_list(parent: QWidget) -> Path | None:
    """Let a person choose a list of labelled pictures."""
    name, _ = QFileDialog.getOpenFileName(
        parent, parent.tr("Measure a list of pictures"), "", parent.tr("Tables (*.csv)")
    )
    return Path(name) if name else None


class ScorecardWindow(QWidget):
    """Shows a scorecard and asks for one to be measured; measures nothing itself.

    Signals: ``measure_requested``, ``list_requested`` (Path of a manifest), ``cancelled``,
    ``export_requested`` (Path), ``confusion_requested``, ``learning_requested``,
    ``query_requested`` (content id), ``product_requested`` (product id).
    """

    measure_requested = Signal()
    list_requested = Signal(object)
    cancelled = Signal()
    export_requested = Signal(object)
    confusion_requested = Signal()
    learning_requested = Signal()
    query_requested = Signal(object)
    product_requested = Signal(object)

    def __init__(
        self,
        theme: Theme,
        thumbnails: ThumbnailLoader,
        *,
        ask_where_to_save: AskForFile = ask_where_to_save,
        ask_for_list: AskForFile = ask_for_list,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._ask_where_to_save = ask_where_to_save
        self._ask_for_list = ask_for_list
        self._card: MeasuredCard | None = None
        self.setProperty("surface", "content")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(self.tr("Scorecard"))
        self.resize(900, 720)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._make_start())
        self._stack.addWidget(self._make_result(theme, thumbnails))
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        column.setSpacing(Space.M)
        column.addLayout(self._make_heading())
        column.addWidget(self._make_progress())
        column.addWidget(self._stack, 1)
        self.show_nothing()

    @property
    def card(self) -> MeasuredCard | None:
        """What is shown."""
        return self._card

    def show_nothing(self, words: str = "") -> None:
        """Nothing was measured yet; ``words`` say what stands in the way, if anything does."""
        self._card = None
        self._message.setText(words)
        self._message.setVisible(bool(words))
        self._stack.setCurrentIndex(0)
        self._end_progress()

    def show_progress(self, progress: Progress) -> None:
        """Measuring is under way; what was measured before stays on view."""
        self._running.show()
        self._measure.setEnabled(False)
        self._list.setEnabled(False)
        known = progress.fraction is not None
        self._bar.setRange(0, 1000 if known else 0)
        self._bar.setValue(round(1000 * (progress.fraction or 0)))
        parts = [progress.stage]
        if progress.total:
            parts.append(f"{count_text(progress.done)} / {count_text(progress.total)}")
        if (seconds := progress.seconds_left) is not None:
            minutes, rest = divmod(round(seconds), 60)
            parts.append(self.tr("{0} left").format(f"{minutes}:{rest:02}"))
        self._doing.setText(" · ".join(part for part in parts if part))

    def show_card(self, card: MeasuredCard) -> None:
        """Show what was measured."""
        self._card = card
        self._end_progress()
        self._message.hide()
        scorecard = card.scorecard
        self._scores.set_scores(scorecard.scores)
        self._table.setFixedHeight(
            self._table.horizontalHeader().sizeHint().height()
            + SCORE_ROW * self._scores.rowCount()
            + 2
        )
        self._sentence.setText(self._words(card))
        fused = scorecard.scores.get(FUSED)
        self._headline.setText(share_text(fused.recall_at_1) if fused is not None else "")
        self._worst.cases.set_things(card.worst)
        is_any = bool(card.worst)
        self._worst_title.setText(
            self.tr("Queries that went wrong, the worst first")
            if is_any
            else self.tr("No query went wrong")
        )
        for part in (self._worst, *self._case_buttons):
            part.setVisible(is_any)
        self._stack.setCurrentIndex(1)
        self._export.setEnabled(True)

    def show_problem(self, error: UserFacingError) -> None:
        """Why nothing could be measured; what was measured before stays on view."""
        self._end_progress()
        self._message.setText(" ".join(part for part in (error.what, error.remedy) if part))
        self._message.show()

    def set_confusion_offered(self, is_offered: bool) -> None:
        """Whether there is a matrix of categories to look at."""
        self._confusion.setEnabled(is_offered)

    def stop_progress(self) -> None:
        """Measuring was given up."""
        self._end_progress()

    def _words(self, card: MeasuredCard) -> str:
        scorecard = card.scorecard
        words = self.tr(
            "of {0} pictures found their own product first among {1} products, with the picture "
            "itself left out."
        ).format(count_text(scorecard.n_queries), count_text(scorecard.n_products))
        if scorecard.n_sampled_from > scorecard.n_queries:
            sample = self.tr("They are a sample of {0}.")
            words += " " + sample.format(count_text(scorecard.n_sampled_from))
        time = self.tr("A search took {0} ms, one in twenty {1} ms or more.")
        return f"{words} " + time.format(
            count_text(round(scorecard.ms_p50)), count_text(round(scorecard.ms_p95))
        )

    def _make_heading(self) -> QHBoxLayout:
        title = QLabel(self.tr("Scorecard"))
        title.setProperty("role", "display")
        self._measure = QPushButton(self.tr("&Measure this catalogue"))
        self._measure.setProperty("variant", "primary")
        self._measure.clicked.connect(self.measure_requested)
        self._list = QPushButton(self.tr("Measure a &list…"))
        self._list.setToolTip(
            self.tr("A CSV file with the columns path, sku and role (gallery or query)")
        )
        self._list.clicked.connect(self._choose_list)
        self._confusion = QPushButton(self.tr("&Categories…"))
        self._confusion.setToolTip(self.tr("Which categories are taken for which"))
        self._confusion.setEnabled(False)
        self._confusion.clicked.connect(self.confusion_requested)
        self._export = QPushButton(self.tr("&Export…"))
        self._export.setEnabled(False)
        self._export.clicked.connect(self._choose_export)
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(title)
        row.addStretch(1)
        for button in (self._confusion, self._export, self._list, self._measure):
            row.addWidget(button)
        return row

    def _make_progress(self) -> QWidget:
        self._running = QWidget()
        self._doing = QLabel()
        self._doing.setProperty("role", "meta")
        self._bar = QProgressBar()
        stop = QPushButton(self.tr("&Stop"))
        stop.clicked.connect(self.cancelled)
        row = QHBoxLayout(self._running)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.M)
        row.addWidget(self._bar, 1)
        row.addWidget(self._doing)
        row.addWidget(stop)
        self._message = QLabel()
        self._message.setWordWrap(True)
        self._message.setProperty("role", "warn")
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._running)
        column.addWidget(self._message)
        return whole

    def _make_start(self) -> QWidget:
        about = QLabel(
            self.tr(
                "A scorecard tells how well your own products are found. Each product with two "
                "or more pictures is a test: one picture is searched with, as if it were not in "
                "the catalogue, and its product is the right answer.\n\n"
                "It runs in the background; searching goes on meanwhile."
            )
        )
        about.setWordWrap(True)
        about.setProperty("role", "muted")
        about.setMaximumWidth(560)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, Space.M, 0, 0)
        column.addWidget(about)
        column.addStretch(1)
        return page

    def _make_result(self, theme: Theme, thumbnails: ThumbnailLoader) -> QWidget:
        self._headline = QLabel()
        self._headline.setProperty("role", "display")
        self._sentence = QLabel()
        self._sentence.setWordWrap(True)
        self.learn = QPushButton(self.tr("Lea&rn my catalogue…"))
        self.learn.setProperty("variant", "quiet")
        self.learn.setToolTip(self.tr("Have the search learn from these products"))
        self.learn.clicked.connect(self.learning_requested)
        summary = QHBoxLayout()
        summary.setSpacing(Space.M)
        summary.addWidget(self._headline, 0, Qt.AlignmentFlag.AlignTop)
        summary.addWidget(self._sentence, 1)
        summary.addWidget(self.learn, 0, Qt.AlignmentFlag.AlignTop)
        self._scores = ScoreTableModel(self)
        self._table = score_table(self._scores, theme)
        self._worst_title = QLabel()
        self._worst_title.setProperty("role", "title")
        self._worst = WorstQueriesView(theme, thumbnails)
        self._worst.query_requested.connect(self.query_requested)
        self._worst.product_requested.connect(self.product_requested)
        actions = QHBoxLayout()
        actions.setSpacing(Space.S)
        actions.addWidget(self._worst_title, 1)
        self._case_buttons = []
        for words, slot in (
            (self.tr("Search with it"), self._worst.search_with_current),
            (self.tr("Open the right one"), self._worst.open_right),
            (self.tr("Open what came first"), self._worst.open_first),
        ):
            button = QPushButton(words)
            button.setProperty("variant", "quiet")
            button.setEnabled(False)
            button.clicked.connect(slot)
            actions.addWidget(button)
            self._case_buttons.append(button)
        self._worst.selectionModel().currentChanged.connect(self._case_chosen)
        self._worst.cases.modelReset.connect(self._case_chosen)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        column.addLayout(summary)
        column.addWidget(self._table)
        column.addLayout(actions)
        column.addWidget(self._worst, 1)
        # Without queries to list, nothing is stretched.
        column.addStretch(0)
        return page

    @Slot()
    def _case_chosen(self) -> None:
        for button in self._case_buttons:
            button.setEnabled(self._worst.current_case is not None)

    def _end_progress(self) -> None:
        self._running.hide()
        self._measure.setEnabled(True)
        self._list.setEnabled(True)

    @Slot()
    def _choose_list(self) -> None:
        if (path := self._ask_for_list(self)) is not None:
            self.list_requested.emit(path)

    @Slot()
    def _choose_export(self) -> None:
        if (path := self._ask_where_to_save(self)) is not None:
            self.export_requested.emit(path)

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
            return
        super().keyPressEvent(event)
