"""What there is to learn from, and how: the beginning."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.learned_models import Prospects
from desktop_app.domain.metric_learning import RECIPES, Recipe
from desktop_app.ui.flow_layout import FlowLayout
from desktop_app.ui.learning.recipe_list import RecipeList
from desktop_app.ui.learning.words import (
    expected_text,
    pictures_text,
    products_with_views_text,
    verdicts_text,
)
from desktop_app.ui.product_text import count_text
from desktop_app.ui.theme import Space, Theme
from desktop_app.workers.learning import with_columns

WIDEST = 760


class StartPane(QWidget):
    """Signals: ``learn_wanted`` (Recipe, whether anew where it was stopped before)."""

    learn_wanted = Signal(object, bool)

    def __init__(
        self,
        theme: Theme,
        *,
        expected_s: Callable[[Recipe, int], float],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._expected_s = expected_s
        self._prospects = Prospects(0, 0)
        self._labels: Mapping[str, str] = {}
        self._ticked: set[str] | None = None
        self._begun: frozenset[str] = frozenset()
        self.recipes = RecipeList(theme, RECIPES)
        self.recipes.chosen.connect(self._recipe_chosen)
        self._material = QLabel()
        self._material.setWordWrap(True)
        self._columns_title = _section(self.tr("Columns that say what is alike"))
        self._columns = QWidget()
        self._columns_row = FlowLayout(spacing=Space.L)
        self._columns.setLayout(self._columns_row)
        self._boxes: dict[str, QCheckBox] = {}
        self.begin = QPushButton(self.tr("&Learn"))
        self.begin.setProperty("variant", "primary")
        self.begin.clicked.connect(self._begin)
        self.anew = QPushButton(self.tr("Begin &anew"))
        self.anew.setToolTip(self.tr("Give up what was learned until it was stopped"))
        self.anew.clicked.connect(self._begin_anew)
        self._promise = QLabel(
            self.tr(
                "What is learned is tested on products held back from it, and offered only where "
                "it is better beyond chance. Nothing changes before you say so."
            )
        )
        self._promise.setWordWrap(True)
        self._promise.setProperty("role", "meta")
        self._lay_out()

    def show_prospects(
        self,
        prospects: Prospects,
        labels: Mapping[str, str],
        begun: frozenset[str] = frozenset(),
    ) -> None:
        """What there is; ``labels`` are what columns are called, ``begun`` names of recipes that
        were stopped and can go on."""
        self._prospects, self._labels, self._begun = prospects, labels, begun
        parts = [
            products_with_views_text(prospects.n_products),
            pictures_text(prospects.n_pictures),
            verdicts_text(prospects),
        ]
        self._material.setText(" · ".join(part for part in parts if part))
        self._fill_columns()
        self.recipes.show_times(
            [
                self.tr("goes on where it was stopped")
                if recipe.name in begun
                else expected_text(recipe, self._expected_s(recipe, prospects.n_pictures))
                for recipe in RECIPES
            ]
        )
        none = self.tr("No column of this catalogue has values that several products share.")
        for recipe in RECIPES:
            if recipe.attribute_weight > 0:
                why_not = "" if prospects.attributes else none
                self.recipes.set_available(recipe.name, why_not=why_not)
        self._recipe_chosen(self.recipes.current)

    @property
    def ticked(self) -> tuple[str, ...]:
        """The columns to be used."""
        return tuple(name for name, box in self._boxes.items() if box.isChecked())

    def tick(self, *names: str) -> None:
        """Use just these columns."""
        for name, box in self._boxes.items():
            box.setChecked(name in names)

    def focus(self) -> None:
        self.recipes.setFocus()
        self.begin.setFocus()

    def _fill_columns(self) -> None:
        names = list(self._prospects.attributes)
        if names == list(self._boxes):
            return
        for box in self._boxes.values():
            self._columns_row.removeWidget(box)
            box.deleteLater()
        self._boxes.clear()
        first = set(self._prospects.advised)
        wanted = first if self._ticked is None else self._ticked
        for name in names:
            count = self._prospects.attributes[name]
            words = self.tr("{0} ({1} values)")
            box = QCheckBox(words.format(self._labels.get(name, name), count_text(count)))
            box.setChecked(name in wanted)
            box.toggled.connect(self._ticks_changed)
            self._boxes[name] = box
            self._columns_row.addWidget(box)

    @Slot()
    def _ticks_changed(self) -> None:
        self._ticked = set(self.ticked)
        self._recipe_chosen(self.recipes.current)

    @Slot(object)
    def _recipe_chosen(self, recipe: Recipe) -> None:
        uses_columns = recipe.attribute_weight > 0
        self._columns_title.setVisible(uses_columns)
        self._columns.setVisible(uses_columns)
        self.begin.setEnabled(not uses_columns or bool(self.ticked))
        is_begun = recipe.name in self._begun
        self.begin.setText(self.tr("&Go on") if is_begun else self.tr("&Learn"))
        self.anew.setVisible(is_begun)
        self.anew.setEnabled(self.begin.isEnabled())
        self.begin.setToolTip("" if self.begin.isEnabled() else self.tr("Tick a column first"))

    @Slot()
    def _begin(self) -> None:
        self.learn_wanted.emit(with_columns(self.recipes.current, self.ticked), False)

    @Slot()
    def _begin_anew(self) -> None:
        self.learn_wanted.emit(with_columns(self.recipes.current, self.ticked), True)

    def _lay_out(self) -> None:
        title = QLabel(self.tr("Learn my catalogue"))
        title.setProperty("role", "display")
        about = QLabel(
            self.tr(
                "The search learns from your own products which pictures belong together: views "
                "of one product, and what you called the same or different."
            )
        )
        about.setWordWrap(True)
        about.setProperty("role", "muted")
        inner = QWidget()
        inner.setMaximumWidth(WIDEST)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(title)
        column.addWidget(about)
        column.addSpacing(Space.S)
        column.addWidget(_section(self.tr("What there is to learn from")))
        column.addWidget(self._material)
        column.addSpacing(Space.S)
        column.addWidget(_section(self.tr("How to learn")))
        column.addWidget(self.recipes)
        column.addWidget(self._columns_title)
        column.addWidget(self._columns)
        column.addStretch(1)
        page = QWidget()
        page.setProperty("surface", "content")
        page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(page)
        row.setContentsMargins(Space.XL, Space.L, Space.XL, Space.M)
        row.addWidget(inner, 1)
        row.addStretch(0)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(page)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        foot = QHBoxLayout()
        foot.setContentsMargins(Space.XL, Space.S, Space.XL, Space.M)
        foot.setSpacing(Space.M)
        foot.addWidget(self.begin)
        foot.addWidget(self.anew)
        foot.addWidget(self._promise, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(scroll, 1)
        whole.addLayout(foot)


def _section(words: str) -> QLabel:
    label = QLabel(words)
    label.setProperty("role", "section")
    return label
