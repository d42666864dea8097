"""What came of learning once: figures, hard pairs, map, and what to do with it."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.learned_models import Held
from desktop_app.ui.empty_state import EmptyState
from desktop_app.ui.layout_wall import LayoutWall
from desktop_app.ui.learning.categories_pane import CategoriesPane
from desktop_app.ui.learning.curve_chart import CurveChart
from desktop_app.ui.learning.embedding_pane import EmbeddingPane
from desktop_app.ui.learning.figures_table import FiguresTable, least_of
from desktop_app.ui.learning.outcome_band import OutcomeBand
from desktop_app.ui.learning.riddles_pane import RiddlesPane
from desktop_app.ui.learning.words import held_text, held_title
from desktop_app.ui.pane_actions import mode_button
from desktop_app.ui.theme import Space, Theme
from desktop_app.workers.learning import ShownTrial
from desktop_app.workers.thumbnail_loader import ThumbnailLoader


class ResultPart(Enum):
    """What of a result is looked at; the value is the icon."""

    FIGURES = "gauge"
    RIDDLES = "columns-2"
    CATEGORIES = "grid-3x3"
    MAP = "map"


class ResultPane(QWidget):
    """Signals: ``part_chosen`` (ResultPart), ``categories_wanted`` for the matrix of the
    catalogue's own."""

    part_chosen = Signal(object)
    categories_wanted = Signal()

    def __init__(
        self, theme: Theme, thumbnails: ThumbnailLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._shown: ShownTrial | None = None
        self.outcome = OutcomeBand(theme)
        self.riddles = RiddlesPane(theme, thumbnails)
        self.categories = CategoriesPane(theme)
        self.categories.own_wanted.connect(self.categories_wanted)
        self.embedding = EmbeddingPane(theme, thumbnails)
        self.chart = CurveChart(theme)
        self._tables = {held: FiguresTable(theme) for held in Held}
        self._titles = {held: QLabel(held_title(held)) for held in Held}
        self._subtitles = {held: QLabel() for held in Held}
        self._chart_title = QLabel(self.tr("How it learned"))
        self._none = EmptyState(theme, icon="graduation-cap", title="", text="")
        self._none.set_words(
            self.tr("Nothing was learned yet"),
            self.tr("What comes of learning is shown here, measured on products held back."),
        )
        self._parts = QButtonGroup(self)
        self._buttons: dict[ResultPart, QToolButton] = {}
        for part, words, tip in (
            (ResultPart.FIGURES, self.tr("Figures"), self.tr("How well products are found")),
            (
                ResultPart.RIDDLES,
                self.tr("Hard pairs"),
                self.tr("Pictures that are still a riddle: often a label is wrong"),
            ),
            (
                ResultPart.CATEGORIES,
                self.tr("Categories"),
                self.tr("Which categories are taken for which"),
            ),
            (ResultPart.MAP, self.tr("Map"), self.tr("Where pictures lay before and lie after")),
        ):
            button = mode_button(theme.icons.icon(part.value), words, tip)
            button.clicked.connect(self._part_clicked)
            self._parts.addButton(button)
            self._buttons[part] = button
        self._buttons[ResultPart.FIGURES].setChecked(True)
        self._pages = QStackedWidget()
        self._stack = QStackedWidget()
        self._lay_out()
        self.show_trial(None, is_active=False, is_read_only=False)

    @property
    def shown(self) -> ShownTrial | None:
        """What is on view."""
        return self._shown

    @property
    def part(self) -> ResultPart:
        """What of it is looked at."""
        return next(part for part, button in self._buttons.items() if button.isChecked())

    def choose_part(self, part: ResultPart) -> None:
        """Look at this."""
        self._buttons[part].setChecked(True)
        self._pages.setCurrentIndex(list(ResultPart).index(part))
        self.outcome.set_compact(part is not ResultPart.FIGURES)
        self.part_chosen.emit(part)

    def show_trial(self, shown: ShownTrial | None, *, is_active: bool, is_read_only: bool) -> None:
        """Show this one; None where nothing was learned yet."""
        is_same_version = (
            self._shown is not None
            and shown is not None
            and self._shown.model.version == shown.model.version
        )
        self._shown = shown
        self._stack.setCurrentIndex(0 if shown is None else 1)
        if shown is None:
            self.embedding.show_embedding(None)
            self.categories.show_categories(None)
            return
        self.outcome.show_outcome(
            shown.model, shown.trial, is_active=is_active, is_read_only=is_read_only
        )
        self.riddles.set_read_only(is_read_only)
        self.riddles.show_riddles(shown.riddles)
        trial = shown.trial
        self.categories.show_categories(trial.categories if trial is not None else None)
        comparisons = shown.trial.comparisons if shown.trial is not None else {}
        least = min((least_of(each) for each in comparisons.values()), default=0.0)
        for held, table in self._tables.items():
            comparison = comparisons.get(held)
            table.show_comparison(comparison, least=least)
            self._subtitles[held].setText(
                held_text(held, comparison) if comparison is not None else ""
            )
            for part in (table, self._titles[held], self._subtitles[held]):
                part.setVisible(comparison is not None)
        curve = shown.trial.curve if shown.trial is not None else ()
        self.chart.set_points(curve)
        self._chart_title.setVisible(bool(curve))
        self.chart.setVisible(bool(curve))
        if not is_same_version:
            self.choose_part(ResultPart.FIGURES)

    @Slot()
    def _part_clicked(self) -> None:
        self.choose_part(self.part)

    def _figures_page(self) -> QWidget:
        inner = QWidget()
        inner.setProperty("surface", "content")
        inner.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, Space.S, Space.S, 0)
        column.setSpacing(Space.XS)
        for held in (Held.UNSEEN, Held.SEEN):
            self._titles[held].setProperty("role", "title")
            self._subtitles[held].setProperty("role", "meta")
            column.addWidget(self._titles[held])
            column.addWidget(self._subtitles[held])
            column.addWidget(self._tables[held])
            column.addSpacing(Space.M)
        self._chart_title.setProperty("role", "title")
        column.addWidget(self._chart_title)
        self.chart.setMinimumHeight(240)
        column.addWidget(self.chart)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        return scroll

    def _lay_out(self) -> None:
        for page in (self._figures_page(), self.riddles, self.categories, self.embedding):
            self._pages.addWidget(LayoutWall(page))
        modes = QHBoxLayout()
        modes.setSpacing(Space.XS)
        for button in self._buttons.values():
            modes.addWidget(button)
        modes.addStretch(1)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        column.setSpacing(Space.S)
        column.addWidget(self.outcome)
        column.addLayout(modes)
        column.addWidget(self._pages, 1)
        self._stack.addWidget(self._none)
        self._stack.addWidget(whole)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
