"""What a pair is looked at with: overlays, the matrix, the slider, what is left out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from desktop_app.domain.duplicates import SAME_THRESHOLD, Exclusions, Verdict
from desktop_app.domain.evidence import (
    Channel,
    ChannelReading,
    Explanation,
    HitEvidence,
    PictureEvidence,
)
from desktop_app.domain.precision import ExpectedPrecision
from desktop_app.domain.products import Column
from desktop_app.services.pair_details import PlacedBy
from desktop_app.ui.duplicates.exclusions_menu import ExclusionsMenu
from desktop_app.ui.duplicates.find_bar import Compared, FindBar
from desktop_app.ui.duplicates.kept_review import KeptReview
from desktop_app.ui.duplicates.overlay_view import Overlay, OverlayView
from desktop_app.ui.duplicates.pair_matrix import Edge, PairMatrix
from desktop_app.ui.duplicates.review_pane import PairOnView, ReviewPane
from desktop_app.ui.duplicates.side_by_side import ShownProduct, SideBySide
from desktop_app.ui.duplicates.threshold_bar import ThresholdBar
from desktop_app.ui.duplicates.verdict_bar import VerdictBar
from desktop_app.ui.evidence_text import channel_lines
from desktop_app.ui.picture_view import ViewPosition
from desktop_app.ui.theme import Theme
from desktop_app.workers.aligning import Laid
from desktop_app.workers.review_lists import Shown


def plain(colour: str) -> QImage:
    image = QImage(60, 60, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    return image


def colour_at(view: OverlayView, x: int, y: int) -> str:
    return view.grab().toImage().pixelColor(x, y).name()


RED, BLUE, GREEN = "#ff0000", "#0000ff", "#00ff00"


@pytest.fixture
def overlay(qtbot: QtBot, theme: Theme) -> OverlayView:
    view = OverlayView(theme)
    qtbot.addWidget(view)
    view.resize(200, 200)
    view.show()
    view.set_second(plain(BLUE))
    view.set_laid(plain(RED), plain(GREEN))
    return view


def test_flickering_turns_by_itself_and_holding_shows_the_first(
    qtbot: QtBot, overlay: OverlayView
) -> None:
    overlay.set_interval(120)
    overlay.set_mode(Overlay.FLICKER)
    with qtbot.waitSignals([overlay.side_shown, overlay.side_shown], timeout=60_000):
        pass
    overlay.set_running(False)
    assert not overlay.is_running
    assert colour_at(overlay, 100, 100) == BLUE
    overlay.hold(True)
    assert colour_at(overlay, 100, 100) == RED
    overlay.hold(False)
    assert colour_at(overlay, 100, 100) == BLUE


def test_flickering_stops_while_it_is_not_seen(overlay: OverlayView) -> None:
    overlay.set_mode(Overlay.FLICKER)
    assert overlay.is_running
    overlay.hide()
    assert not overlay.is_running


def test_the_line_of_the_split_can_be_dragged(qtbot: QtBot, overlay: OverlayView) -> None:
    overlay.set_mode(Overlay.SPLIT)
    assert (colour_at(overlay, 60, 60), colour_at(overlay, 140, 60)) == (RED, BLUE)
    qtbot.mousePress(overlay, Qt.MouseButton.LeftButton, pos=QPoint(100, 60))
    qtbot.mouseMove(overlay, QPoint(150, 60))
    qtbot.mouseRelease(overlay, Qt.MouseButton.LeftButton, pos=QPoint(150, 60))
    assert overlay.split == pytest.approx(0.75)
    assert colour_at(overlay, 140, 60) == RED


def test_the_difference_is_shown_once_it_is_here(overlay: OverlayView) -> None:
    overlay.set_mode(Overlay.DIFFERENCE)
    assert colour_at(overlay, 100, 100) == GREEN
    overlay.set_second(plain(BLUE))
    assert colour_at(overlay, 100, 100) == BLUE


def test_what_was_laid_on_a_picture_stays_when_the_pair_is_shown_again(
    qtbot: QtBot, theme: Theme
) -> None:
    pane = ReviewPane(theme)
    qtbot.addWidget(pane)
    pane.resize(700, 700)
    pane.show()
    products = tuple(ShownProduct(n, 10 + n, n, f"SKU-{n}", True) for n in (1, 2))
    edges = (Edge(0, 1, 0, 0.9, None),)
    pair = PairOnView(
        0, 0.9, None, products, (None, None), 0, 1, ("SKU-1", "SKU-2"), edges, "1 of 1"
    )
    pane.set_mode(Overlay.SPLIT)
    pane.show_pair(pair)
    pane.set_picture(11, plain(RED))
    pane.set_picture(12, plain(BLUE))
    pane.show_laid(Laid(plain(RED), plain(GREEN), 0.4, PlacedBy.PRINT))
    x, y = pane.overlay.width() // 2 - 40, pane.overlay.height() // 2 + 40
    assert colour_at(pane.overlay, x, y) == RED
    assert "40 % of the product differs" in pane._caption.text()
    pane.show_pair(replace(pair, verdict=Verdict.SAME))
    pane.set_picture(12, plain(BLUE))
    assert colour_at(pane.overlay, x, y) == RED
    pane.set_mode(None)
    pane.set_mode(Overlay.SPLIT)
    assert colour_at(pane.overlay, x, y) == RED


def test_a_cell_of_the_matrix_chooses_its_pair(qtbot: QtBot, theme: Theme) -> None:
    matrix = PairMatrix(theme)
    qtbot.addWidget(matrix)
    edges = [Edge(0, 1, 7, 0.97, None), Edge(1, 2, 9, 0.8, Verdict.SAME)]
    matrix.show_group(["A", "B", "C"], edges, 7)
    matrix.resize(matrix.sizeHint())
    matrix.show()
    chosen: list[int] = []
    matrix.pair_chosen.connect(chosen.append)
    qtbot.mouseClick(matrix, Qt.MouseButton.LeftButton, pos=matrix.cell_of(9).center())
    not_alike = QPoint(matrix.cell_of(7).center().x(), matrix.cell_of(9).center().y())
    qtbot.mouseClick(matrix, Qt.MouseButton.LeftButton, pos=not_alike)
    assert chosen == [9]
    matrix.grab()


def test_the_slider_runs_from_bound_to_bound_and_says_what_it_is_worth(
    qtbot: QtBot, theme: Theme
) -> None:
    bar = ThresholdBar(theme)
    qtbot.addWidget(bar)
    bar.resize(900, 40)
    moved: list[float] = []
    bar.moved.connect(moved.append)
    bar.set_bounds((0.2, 0.99), 0.9)
    assert bar.threshold == pytest.approx(0.9, abs=0.005)
    assert not moved
    with qtbot.waitSignal(bar.settled, timeout=60_000) as settled:
        bar._slider.setValue(bar._slider.maximum())
    assert settled.args == [0.99]
    assert moved == [0.99]
    bar._slider.setValue(0)
    assert bar.threshold == 0.2
    qtbot.mouseDClick(bar._slider, Qt.MouseButton.LeftButton)
    assert bar.threshold == pytest.approx(SAME_THRESHOLD, abs=0.005)
    bar.show_worth(340, ExpectedPrecision(0.953, True, 42))
    assert bar._count.text() == "340 groups"
    assert bar._worth.whole_text == "about 95 of 100 are duplicates"
    assert "42 verdicts" in bar._worth.toolTip()
    bar.show_worth(1, ExpectedPrecision(0.9, False, 2))
    assert "chances of the pairs alone" in bar._worth.toolTip()


def test_what_is_wanted_outlives_bounds_that_do_not_allow_it(qtbot: QtBot, theme: Theme) -> None:
    bar = ThresholdBar(theme)
    qtbot.addWidget(bar)
    # The first pair that is found, before there are others.
    bar.set_bounds((0.99, 0.99), 0.4)
    assert bar.threshold == 0.99
    bar.set_bounds((0.2, 0.99))
    assert bar.threshold == pytest.approx(0.4, abs=0.005)
    bar._slider.setValue(bar._slider.maximum())
    bar.set_bounds((0.2, 0.999))
    assert bar.threshold == pytest.approx(0.99, abs=0.005)


def test_what_is_left_out_is_told_once_the_menu_closes(qtbot: QtBot) -> None:
    menu = ExclusionsMenu()
    qtbot.addWidget(menu)
    menu.set_columns((Column("model", "Model"),))
    told: list[Exclusions] = []
    menu.changed.connect(told.append)
    by_name = {action.text(): action for action in menu.actions()}
    by_name["Pairs with the same brand"].trigger()
    by_name["Pairs with the same model"].trigger()
    by_name["Pairs with pictures in one folder"].trigger()
    assert not told
    menu.aboutToHide.emit()
    assert told == [Exclusions(("brand", "model"), same_folder=True)]
    menu.set_columns(())
    assert {a.text() for a in menu.actions() if a.isChecked()} == {
        "Pairs with the same brand",
        "Pairs with pictures in one folder",
    }


def test_all_pictures_of_a_group_follow_one(qtbot: QtBot, theme: Theme) -> None:
    pictures = SideBySide(theme)
    qtbot.addWidget(pictures)
    pictures.resize(900, 400)
    pictures.show()
    shown = [ShownProduct(n, 10 + n, n, f"SKU-{n}", n < 3) for n in (1, 2, 3)]
    pictures.show_products(shown)
    for each in shown:
        pictures.set_picture(each.content_id, plain(RED))
    first, second, third = pictures.views
    first.zoom_to(3.0)
    assert first.position == second.position == third.position
    pictures.show_products([shown[0], shown[2]])
    assert [view.has_picture for view in pictures.views] == [True, False]


def test_pictures_whose_product_lies_elsewhere_are_zoomed_to_the_same_place_of_it(
    qtbot: QtBot, theme: Theme
) -> None:
    pictures = SideBySide(theme)
    qtbot.addWidget(pictures)
    pictures.resize(800, 400)
    pictures.show()
    shown = [ShownProduct(n, 10 + n, n, f"SKU-{n}", True) for n in (1, 2)]
    pictures.show_products(shown)
    for each in shown:
        pictures.set_picture(each.content_id, plain(RED))
    # The product is half as large in the second picture, in its upper left quarter.
    pictures.set_placement(11, 12, np.diag([0.5, 0.5, 1.0]))
    first, second = pictures.views
    first.set_position(ViewPosition(4.0, 0.5, 0.5))
    first.zoom_to(4.0)
    assert second.position.zoom == pytest.approx(8.0)
    assert (second.position.x, second.position.y) == pytest.approx((0.25, 0.25))
    second.zoom_to(12.0)
    assert first.position.zoom == pytest.approx(6.0)
    first.fit()
    assert second.position == first.position
    # Cards that come in between change nothing; other pictures do.
    pictures.show_products(shown)
    first.zoom_to(4.0)
    assert second.position.zoom == pytest.approx(8.0)
    pictures.show_products([shown[0], ShownProduct(3, 13, 3, "SKU-3", True)])
    pictures.set_picture(13, plain(RED))
    first.zoom_to(3.0)
    assert second.position.zoom == pytest.approx(3.0)


def test_the_verdict_of_the_pair_is_pressed_and_pressing_it_again_takes_it_back(
    qtbot: QtBot, theme: Theme
) -> None:
    bar = VerdictBar(theme)
    qtbot.addWidget(bar)
    given: list[Verdict] = []
    bar.verdict_given.connect(given.append)
    bar.show_verdict(None)
    bar.button(Verdict.VARIANT).click()
    assert given == [Verdict.VARIANT]
    bar.show_verdict(Verdict.VARIANT)
    with qtbot.waitSignal(bar.taken_back, timeout=60_000):
        bar.button(Verdict.VARIANT).click()


@pytest.mark.parametrize(
    ("compared", "pictures", "state"),
    [(0, 12, Compared.NOTHING), (7, 12, Compared.PART), (12, 12, Compared.ALL)],
)
def test_the_top_says_how_far_pictures_were_compared(
    qtbot: QtBot, theme: Theme, compared: int, pictures: int, state: Compared
) -> None:
    bar = FindBar(theme)
    qtbot.addWidget(bar)
    assert bar.show_compared(compared, pictures) is state
    assert bar._find.isEnabled() is (state is not Compared.ALL)
    bar.show_progress("Comparing pictures: 3 of 12")
    with qtbot.waitSignal(bar.stop_wanted, timeout=60_000):
        bar._find.click()


def test_nothing_is_looked_for_or_merged_in_a_catalogue_that_cannot_be_written(
    qtbot: QtBot, theme: Theme
) -> None:
    bar = FindBar(theme)
    qtbot.addWidget(bar)
    bar.set_read_only(True)
    bar.show_compared(3, 12)
    bar.set_can_resolve(True)
    assert not bar._find.isEnabled()
    assert not bar._resolve.isEnabled()
    assert "reading only" in bar._find.toolTip()


def test_a_review_is_kept_as_it_was_and_nonsense_begins_afresh() -> None:
    kept = KeptReview(0.83, Shown.ALL, Exclusions(("brand",), True), Overlay.SPLIT, (3, 9))
    assert KeptReview.from_json(kept.to_json()) == kept
    for nonsense in ("", "{}", "[1]", '{"threshold": "much"}', kept.to_json()[:-4]):
        assert KeptReview.from_json(nonsense) == KeptReview()


def test_two_products_are_not_told_of_as_a_persons_picture() -> None:
    readings = {Channel.COPY: ChannelReading(0.1, 0.01)}
    explanation = Explanation(0, 2, HitEvidence(readings), PictureEvidence(), PictureEvidence())
    words = [line.words for line in channel_lines(explanation.evidence, explanation, is_pair=True)]
    assert "Not copies of one picture" in words
    assert not any("your" in each.lower() for each in words)
