"""A scorecard is measured, told in figures, and its failures can be looked at."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QWidget

from desktop_app import paths
from desktop_app.domain.categories import CategoryReport
from desktop_app.domain.containers import ContainerModelReport
from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.metrics import RankingScores
from desktop_app.domain.products import Picture, Product, ProductCard, ProductFields
from desktop_app.domain.progress import CancelToken, Progress
from desktop_app.domain.scorecards import FUSED, Scorecard, ScorecardStep, WorstQuery
from desktop_app.services.scorecard_export import write_scorecard_csv
from desktop_app.ui.confusion_dialog import ConfusionDialog
from desktop_app.ui.confusion_table import COUNT
from desktop_app.ui.item_models.score_table_model import IS_BEST, ScoreTableModel
from desktop_app.ui.item_models.worst_queries_model import rank_text
from desktop_app.ui.scorecard_window import ScorecardWindow
from desktop_app.ui.theme import Theme
from desktop_app.workers.lane import Lane
from desktop_app.workers.measuring import MeasuredCard, Measurer, WorstCase
from desktop_app.workers.thumbnail_loader import ThumbnailLoader


def scores(first: float) -> RankingScores:
    return RankingScores(first, 0.9, 1.0, 0.2, 0.1, 0.5, 0.5, 0.2)


RIGHT = ProductCard(1, "=SUM(A1)", "Jar", thumbnail="r")
OTHER = ProductCard(2, "BTL-2", "Bottle", thumbnail="o")
CARD = Scorecard(
    {FUSED: scores(0.83), "look": scores(0.61), "print": scores(0.5)},
    n_queries=214,
    n_products=147,
    ms_p50=41.2,
    ms_p95=96.4,
    worst=(WorstQuery(10, 1, 2, 14), WorstQuery(11, 1, 2, 0)),
    n_sampled_from=294,
)
CASES = tuple(WorstCase(query, "q", "r", RIGHT, OTHER) for query in CARD.worst)


@pytest.fixture(autouse=True)
def english_figures() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    yield
    QLocale.setDefault(before)


@pytest.fixture
def theme(qapp) -> Theme:
    return Theme(paths.resources_dir() / "icons")


@pytest.fixture
def loader(qapp) -> Iterator[ThumbnailLoader]:
    made = ThumbnailLoader(lambda content_hash: None)
    yield made
    made.close()


@pytest.fixture
def window(qtbot, theme, loader, tmp_path: Path) -> ScorecardWindow:
    made = ScorecardWindow(
        theme,
        loader,
        ask_where_to_save=lambda _parent: tmp_path / "card.csv",
        ask_for_list=lambda _parent: tmp_path / "list.csv",
    )
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def button(window: QWidget, words: str) -> QPushButton:
    return next(b for b in window.findChildren(QPushButton) if words in b.text().replace("&", ""))


def test_the_first_view_explains_and_offers_to_measure(qtbot, window) -> None:
    assert not button(window, "Export").isEnabled()
    with qtbot.waitSignal(window.measure_requested):
        button(window, "Measure this").click()
    with qtbot.waitSignal(window.list_requested) as wanted:
        button(window, "Measure a list").click()
    assert wanted.args[0].name == "list.csv"


def test_progress_tells_the_time_left_and_can_be_stopped(qtbot, window) -> None:
    window.show_progress(Progress("Measuring", 50, 200, elapsed_s=30))
    assert window._doing.text() == "Measuring · 50 / 200 · 1:30 left"
    assert not button(window, "Measure this").isEnabled()
    with qtbot.waitSignal(window.cancelled):
        button(window, "Stop").click()
    window.stop_progress()
    assert button(window, "Measure this").isEnabled()


def test_a_scorecard_is_told_in_one_sentence_and_a_table(window) -> None:
    window.show_card(MeasuredCard(CARD, CASES))
    assert window._headline.text() == "83.0 %"
    said = window._sentence.text()
    assert "of 214 pictures found their own product first among 147 products" in said
    assert "a sample of 294" in said
    assert "41 ms" in said
    assert window._scores.rowCount() == 3
    assert window._worst.cases.rowCount() == 2


def test_what_a_search_shows_comes_first_and_the_best_of_a_column_is_marked(qapp) -> None:
    model = ScoreTableModel()
    model.set_scores({"print": scores(0.9), FUSED: scores(0.83)})
    names = [model.index(row, 0).data() for row in range(2)]
    assert names == ["All together", "Print alone"]
    assert [model.index(row, 1).data() for row in range(2)] == ["83.0 %", "90.0 %"]
    assert [model.index(row, 1).data(IS_BEST) for row in range(2)] == [False, True]


def test_a_failure_can_be_searched_with_again_and_its_products_opened(qtbot, window) -> None:
    window.show_card(MeasuredCard(CARD, CASES))
    assert not button(window, "Search with it").isEnabled()
    window._worst.setCurrentIndex(window._worst.cases.index(1))
    with qtbot.waitSignal(window.query_requested) as asked:
        button(window, "Search with it").click()
    assert asked.args == [11]
    with qtbot.waitSignal(window.product_requested) as opened:
        qtbot.keyClick(window._worst, Qt.Key.Key_Return)
    assert opened.args == [1]
    with qtbot.waitSignal(window.product_requested) as opened:
        button(window, "Open what came first").click()
    assert opened.args == [2]


def test_failures_are_told_in_words() -> None:
    late, lost = CASES
    assert rank_text(late) == "BTL-2 came first; the right one was number 14."
    assert rank_text(lost) == "BTL-2 came first; the right one was not found."
    nothing = WorstCase(WorstQuery(1, 1, 0, 0), "q", "r", RIGHT, None)
    assert rank_text(nothing) == "Nothing was found."


def test_without_failures_the_list_gives_way(window) -> None:
    window.show_card(MeasuredCard(CARD))
    assert not window._worst.isVisible()
    assert "No query went wrong" in window._worst_title.text()


def test_a_problem_keeps_what_was_measured_before(window) -> None:
    window.show_card(MeasuredCard(CARD, CASES))
    window.show_progress(Progress("", 0))
    window.show_problem(UserFacingError("No product has two pictures.", remedy="Add some."))
    assert window._message.text() == "No product has two pictures. Add some."
    assert window.card is not None
    assert not window._running.isVisible()


def test_figures_and_failures_are_exported(tmp_path: Path) -> None:
    path = tmp_path / "card.csv"
    write_scorecard_csv(CARD, {1: RIGHT.sku, 2: OTHER.sku}, path)
    rows = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    assert rows[1][:2] == ["fused", "0.8300"]
    assert rows[1][-4:] == ["214", "147", "41.2", "96.4"]
    # Not to be run as a formula by a spreadsheet program.
    assert rows[-2] == ["'=SUM(A1)", "BTL-2", "14"]
    assert rows[-1][-1] == ""


# Measuring


class Shelf:
    """The store a measurer asks."""

    def __init__(self) -> None:
        self.products = self

    def cards(self, ids: list[int]) -> list[ProductCard]:
        return [card for card in (RIGHT, OTHER) if card.id in ids]

    def get(self, product_id: int) -> Product:
        pictures = (
            Picture(number, product_id, "a.jpg", content_id=number, content_hash=f"hash-{number}")
            for number in (9, 10, 11)
        )
        return Product(product_id, ProductFields("A"), tuple(pictures))


class Maker:
    def __init__(self, *, endless: bool = False) -> None:
        self._endless = endless

    def measure(self, token: CancelToken) -> Iterator[ScorecardStep]:
        yield ScorecardStep(Progress("Measuring", 0, 2))
        while self._endless:
            token.checkpoint()
            yield ScorecardStep(Progress("Measuring", 1, 2))
        yield ScorecardStep(Progress("Measuring", 2, 2), CARD)


@pytest.fixture
def lane(qapp) -> Iterator[Lane]:
    made = Lane("measure")
    yield made
    made.close()


def test_measuring_ends_with_the_card_and_what_to_show_of_its_failures(qtbot, lane) -> None:
    measurer = Measurer(lane, Shelf(), Maker())
    with qtbot.waitSignals([measurer.progressed, measurer.measured]):
        measurer.measure()
    with qtbot.waitSignal(measurer.measured) as measured:
        measurer.measure()
    card = measured.args[0]
    assert card.scorecard is CARD
    assert [case.thumbnail for case in card.worst] == ["hash-10", "hash-11"]
    assert [case.right_thumbnail for case in card.worst] == ["hash-9", "hash-9"]
    assert card.worst[0].right is RIGHT
    qtbot.waitUntil(lambda: not measurer.is_measuring)


def test_measuring_can_be_given_up(qtbot, lane) -> None:
    measurer = Measurer(lane, Shelf(), Maker(endless=True))
    with qtbot.waitSignal(measurer.progressed):
        measurer.measure()
    measurer.measure()
    with qtbot.waitSignal(measurer.stopped):
        measurer.cancel()
    assert not measurer.is_measuring


# Categories


@pytest.fixture
def report() -> CategoryReport:
    matrix = np.array([[28, 12], [0, 20]], np.int64)
    return CategoryReport.of(("jars", "pots"), matrix, folds=5)


def test_cells_tell_in_words_what_was_taken_for_what(qtbot, theme, report) -> None:
    dialog = ConfusionDialog(report, theme)
    qtbot.addWidget(dialog)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    model = dialog.table.model()
    said = model.index(0, 1).data(Qt.ItemDataRole.ToolTipRole)
    assert said == "12 of 40 “jars” were taken for “pots”"
    assert model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole).startswith("28 of 40 “jars”")
    assert [model.index(0, column).data() for column in (2, 3, 4)] == ["100 %", "70 %", "82 %"]
    dialog.show()
    assert not dialog.grab().isNull()


def test_a_cell_with_pictures_can_be_chosen_and_an_empty_one_not(qtbot, theme, report) -> None:
    dialog = ConfusionDialog(report, theme)
    qtbot.addWidget(dialog)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    model = dialog.table.model()
    assert model.index(0, 1).data(COUNT) == 12
    with qtbot.waitSignal(dialog.cell_chosen) as chosen:
        dialog.table.clicked.emit(model.index(0, 1))
    assert chosen.args == ["jars", "pots"]
    with qtbot.assertNotEmitted(dialog.cell_chosen):
        dialog.table.clicked.emit(model.index(1, 0))
        dialog.table.clicked.emit(model.index(0, 3))


@pytest.fixture
def shipped() -> ContainerModelReport:
    matrix = np.array([[9, 1], [0, 10]], np.int64)
    own = CategoryReport.of(("Puffs", "Pumps"), matrix, folds=5)
    unseen = CategoryReport.of(("Puffs", "Pumps"), np.array([[5, 5], [0, 10]]), folds=5)
    return ContainerModelReport(own, unseen, "Twenty pictures.")


def made_dialog(qtbot, *arguments, **options) -> ConfusionDialog:
    dialog = ConfusionDialog(*arguments, **options)
    qtbot.addWidget(dialog)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    dialog.show()
    return dialog


def labels_of(dialog: ConfusionDialog) -> list[str]:
    return [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()]


def test_the_kinds_the_application_knows_are_shown_beside_ones_own(
    qtbot, theme, report, shipped
) -> None:
    dialog = made_dialog(qtbot, report, theme, shipped=shipped)
    assert dialog.is_own_on_view
    dialog.findChild(QComboBox).setCurrentIndex(1)
    assert not dialog.is_own_on_view
    said = " ".join(labels_of(dialog))
    assert "95.0 %" in said and "Twenty pictures." in said and "75.0 %" in said
    model = dialog.table.model()
    assert model.headerData(0, Qt.Orientation.Horizontal) == "Puffs"
    assert not button(dialog, "Learn again").isVisible()
    with qtbot.assertNotEmitted(dialog.cell_chosen):
        dialog.table.clicked.emit(model.index(0, 1))


def test_without_categories_of_its_own_only_the_shipped_ones_are_there(
    qtbot, theme, shipped
) -> None:
    dialog = made_dialog(qtbot, None, theme, shipped=shipped)
    assert not dialog.is_own_on_view
    assert not dialog.findChild(QComboBox).isVisible()
    assert dialog.table.model().rowCount() == 2


def test_a_wrong_cell_can_be_put_right_and_a_right_one_needs_nothing(qtbot, theme, report) -> None:
    dialog = made_dialog(qtbot, report, theme)
    model = dialog.table.model()
    dialog.table.clicked.emit(model.index(0, 0))
    assert not visible_relabel(dialog)
    dialog.table.clicked.emit(model.index(0, 1))
    with qtbot.waitSignal(dialog.relabel_requested) as asked:
        button(dialog, "Set their category to “pots”").click()
    assert asked.args == ["jars", "pots"]
    assert any("Learn again" in words for words in labels_of(dialog))


def visible_relabel(dialog: ConfusionDialog) -> bool:
    return any(
        b.isVisible() and "Set their category" in b.text() for b in dialog.findChildren(QPushButton)
    )


def test_what_learning_again_brought_stands_beside_what_was_before(qtbot, theme, report) -> None:
    dialog = made_dialog(qtbot, report, theme)
    with qtbot.waitSignal(dialog.learn_requested):
        button(dialog, "Learn again").click()
    dialog.show_learning()
    assert not button(dialog, "Learn again").isEnabled()
    better = CategoryReport.of(("jars", "pots", "tubs"), np.diag([40, 18, 9]), folds=5)
    dialog.show_own(better)
    assert button(dialog, "Learn again").isEnabled()
    assert any("100.0 %" in words and "80.0 % before" in words for words in labels_of(dialog))
    model = dialog.table.model()
    assert [model.index(0, column).data() for column in (3, 4, 5)] == [
        "100 % =",
        "100 % +30",
        "100 % +18",
    ]
    assert model.index(2, 3).data() == "100 %"
    dialog.show_own(None)
    assert any("Too few" in words for words in labels_of(dialog))
    assert model.rowCount() == 3
