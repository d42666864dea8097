"""Why a product was found is told in words, drawn, and greyed where nothing was said."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from desktop_app.domain.evidence import Channel, ChannelWeights, HitEvidence, PictureEvidence
from desktop_app.domain.images import CropBox
from desktop_app.domain.search import QueryPicture
from desktop_app.ui.evidence_bars import EvidenceBars
from desktop_app.ui.evidence_panel import EvidencePanel, ExplainedHit
from desktop_app.ui.evidence_text import SHOWN_ORDER, ChannelLine, channel_lines
from desktop_app.ui.evidence_window import EvidenceWindow
from desktop_app.ui.flows.evidence_flow import searched_view
from desktop_app.ui.match_points_view import MAX_LINES, MatchPointsView
from desktop_app.ui.palette_view import PaletteView
from desktop_app.ui.side_column import SideColumn
from desktop_app.ui.theme import Theme
from tests.ui_results.evidence import (
    BARE,
    MIRRORED,
    STRONG,
    colours,
    explanation,
    print_features,
    print_match,
    shape,
)


def picture(width: int = 80, height: int = 60, colour: str = "white") -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    return image


def hit_of(evidence: HitEvidence = STRONG, **changes: object) -> ExplainedHit:
    values: dict[str, object] = {
        "product_id": 1,
        "title": "SKU-1 · Jar",
        "score": 0.97,
        "evidence": evidence,
        "weights": ChannelWeights(),
        "trust": {},
    }
    return ExplainedHit(**{**values, **changes})  # type: ignore[arg-type]


def by_channel(lines: tuple[ChannelLine, ...]) -> dict[Channel, ChannelLine]:
    return {line.channel: line for line in lines}


# Words


def test_every_channel_is_told_in_words() -> None:
    lines = channel_lines(STRONG, explanation(match=print_match(43)))
    assert [line.channel for line in lines] == list(SHOWN_ORDER)
    said = {line.name: line.words for line in lines}
    assert said == {
        "Print": "43 points agree — very strong",
        "Surface": "Alike",
        "Shape": "Nearly the same outline",
        "Colour": "Other colours",
        "Picture": "Not a copy of yours",
    }
    assert all(line.is_counted for line in lines)


def test_a_mirrored_copy_is_called_one() -> None:
    line = by_channel(channel_lines(MIRRORED, explanation(MIRRORED)))[Channel.COPY]
    assert line.words == "Exact copy, mirrored"
    assert line.strength == 1


@pytest.mark.parametrize(
    ("query", "hit", "words"),
    [
        (BARE, PictureEvidence(print=print_features()), "No print on your picture"),
        (
            PictureEvidence(print=print_features(0)),
            PictureEvidence(print=print_features()),
            "No print on your picture",
        ),
        (PictureEvidence(print=print_features()), BARE, "Not looked at closely yet"),
        (
            PictureEvidence(print=print_features()),
            PictureEvidence(shape=shape()),
            "No print on this product",
        ),
    ],
)
def test_a_silent_channel_says_why(
    query: PictureEvidence, hit: PictureEvidence, words: str
) -> None:
    line = by_channel(channel_lines(MIRRORED, explanation(MIRRORED, query=query, hit=hit)))[
        Channel.PRINT
    ]
    assert line.words == words
    assert line.strength is None
    assert not line.is_counted


def test_an_ignored_channel_is_greyed_but_still_told() -> None:
    lines = by_channel(channel_lines(STRONG, explanation(), weights=ChannelWeights(shape=0.0)))
    assert lines[Channel.SHAPE].words == "Nearly the same outline — ignored by your slider"
    assert not lines[Channel.SHAPE].is_counted
    assert lines[Channel.LOOK].is_counted


def test_the_hover_tells_the_chance_by_this_alone_and_little_trust() -> None:
    lines = by_channel(channel_lines(STRONG, explanation(), trust={Channel.COLOUR: 0.02}))
    assert "98 % of cases" in lines[Channel.PRINT].explanation
    assert "hardly counts" in lines[Channel.COLOUR].explanation
    assert "hardly counts" not in lines[Channel.PRINT].explanation


def test_in_a_narrow_column_the_words_stand_below_their_bar(qtbot, theme: Theme) -> None:
    bars = EvidenceBars(theme)
    qtbot.addWidget(bars)
    bars.show_lines(channel_lines(STRONG, explanation(match=print_match(43))))
    bars.resize(296, 120)
    bars.show()
    qtbot.waitExposed(bars)
    _name, words, bar = bars._rows[0]
    assert words.text() == words.whole_text
    assert abs(words.geometry().center().y() - bar.geometry().center().y()) < 4
    bars.resize(176, 240)
    qtbot.waitUntil(lambda: words.y() > bar.geometry().bottom())
    assert words.width() > 160


# Drawing


@pytest.fixture
def points(qtbot, theme: Theme) -> MatchPointsView:
    view = MatchPointsView(theme)
    qtbot.addWidget(view)
    view.resize(400, 200)
    view.set_pictures(picture(), picture(60, 120))
    view.show()
    qtbot.waitExposed(view)
    return view


def test_points_are_joined_where_they_are_on_both_pictures(points: MatchPointsView) -> None:
    match = print_match(5)
    points.set_match(match)
    assert points.shown_pairs == 5
    widths = []
    for pair in range(5):
        left, right = points.place_of(pair)
        assert left.x() < 200 < right.x()
        widths.append(left.x())
    # Fractions of the picture become its pixels, whatever its size on the screen.
    span = (widths[-1] - widths[0]) / (match.query_points[-1, 0] - match.query_points[0, 0])
    assert span == pytest.approx(200 - 12, abs=2)
    points.resize(800, 400)
    QApplication.processEvents()
    assert points.place_of(4)[0].x() > widths[4]


def test_no_more_lines_are_drawn_than_can_be_told_apart(points: MatchPointsView) -> None:
    points.set_match(print_match(290))
    assert MAX_LINES // 2 < points.shown_pairs <= MAX_LINES


def test_without_both_pictures_nothing_is_joined(points: MatchPointsView) -> None:
    points.set_match(print_match())
    points.set_pictures(picture(), None)
    assert points.shown_pairs == 0


def test_the_pair_under_the_mouse_stands_out(points: MatchPointsView) -> None:
    points.set_match(print_match(4))

    def move(place: QPointF) -> None:
        none = Qt.MouseButton.NoButton
        event = QMouseEvent(
            QEvent.Type.MouseMove, place, place, none, none, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(points, event)

    rest = points.grab().toImage()
    move(points.place_of(2)[1] + QPointF(3, -3))
    assert points.hot_pair == 2
    assert points.grab().toImage() != rest
    move(QPointF(200, 1))
    assert points.hot_pair == -1


def test_colours_take_their_share_and_tell_it(qtbot, theme: Theme) -> None:
    view = PaletteView(theme)
    qtbot.addWidget(view)
    view.resize(400, view.sizeHint().height())
    view.set_colours(colours(), None)
    assert not view.has_both
    place, colour, share = view.segments(0)[0]
    assert (colour.name(), share, place.width()) == ("#ff0000", 0.75, 300)
    assert view.words_at(place.center()) == "75 % of the object, #ff0000"
    assert view.words_at(QPointF(5, 2)) == ""
    assert "#ff0000 75 %" in view.accessibleDescription()


# The panel


@pytest.fixture
def panel(qtbot, theme: Theme) -> EvidencePanel:
    made = EvidencePanel(theme)
    qtbot.addWidget(made)
    made.resize(320, 460)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_a_hit_is_told_at_once_and_drawn_when_looked_at(panel: EvidencePanel) -> None:
    panel.show_hit(hit_of())
    assert panel.bars.isVisible()
    assert not panel.pictures.isEnabled()
    panel.show_explanation(explanation(match=print_match()))
    assert panel.pictures.isEnabled()
    assert panel.pictures.current is Channel.PRINT


def test_a_late_answer_about_another_hit_is_ignored(panel: EvidencePanel) -> None:
    panel.show_hit(hit_of(product_id=2))
    panel.show_explanation(explanation(product_id=1))
    assert not panel.pictures.isEnabled()


def test_the_strongest_picture_comes_first_and_a_chosen_one_stays(
    qtbot, panel: EvidencePanel
) -> None:
    panel.show_hit(hit_of())
    panel.show_explanation(explanation())
    assert panel.pictures.current is Channel.SHAPE
    qtbot.mouseClick(panel.pictures._buttons[Channel.COLOUR], Qt.MouseButton.LeftButton)
    panel.show_explanation(explanation(match=print_match()))
    assert panel.pictures.current is Channel.COLOUR
    panel.show_explanation(explanation(hit=BARE))
    assert panel.pictures.current is Channel.PRINT


def test_the_panel_folds_to_its_heading(qtbot, panel: EvidencePanel) -> None:
    panel.show_hit(hit_of())
    with qtbot.waitSignal(panel.expanded_changed) as folded:
        qtbot.mouseClick(panel._fold, Qt.MouseButton.LeftButton)
    assert folded.args == [False]
    assert panel.maximumHeight() < 60
    assert not panel.bars.isVisible()
    panel.set_expanded(True)
    assert panel.bars.isVisible()


def test_nothing_chosen_says_what_to_do(panel: EvidencePanel) -> None:
    panel.show_hit(hit_of())
    panel.clear()
    assert panel.hit is None
    assert not panel.bars.isVisible()
    assert "Choose a result" in panel._empty.text()


def test_everything_is_seen_at_once_in_the_large_window(qtbot, theme: Theme) -> None:
    window = EvidenceWindow(theme)
    qtbot.addWidget(window)
    window.show_match(hit_of(), explanation(match=print_match()))
    window.set_pictures(picture(), picture())
    window.show()
    qtbot.waitExposed(window)
    assert window.points.shown_pairs == 12
    assert window.outlines.has_both
    assert window.palettes.has_both
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()


def test_the_query_is_shown_as_it_was_searched_with() -> None:
    image = QImage(40, 20, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    image.setPixelColor(0, 0, QColor("red"))
    turned = QueryPicture("q", rgb=np.zeros((1, 1, 3), np.uint8), quarter_turns=1)
    view = searched_view(image, turned)
    assert (view.width(), view.height()) == (20, 40)
    assert view.pixelColor(19, 0) == QColor("red")
    cropped = QueryPicture("q", rgb=np.zeros((1, 1, 3), np.uint8), crop=CropBox(0.5, 0.0, 1.0, 0.5))
    assert searched_view(image, cropped).size().toTuple() == (20, 10)


# The column


def test_a_narrow_window_shows_the_evidence_only_when_asked(qtbot, theme: Theme) -> None:
    panel = EvidencePanel(theme)
    column = SideColumn((QWidget(),), panel)
    qtbot.addWidget(column)
    column.show()
    assert column.fit(is_search=True, is_narrow=False, has_evidence=True)
    assert panel.isVisible()
    assert not column.fit(is_search=True, is_narrow=True, has_evidence=True)
    with qtbot.waitSignal(column.why_changed) as wanted:
        column.want_why(True)
    assert wanted.args == [True]
    assert column.fit(is_search=True, is_narrow=True, has_evidence=True)
    assert panel.isVisible()
    assert not column.pages.isVisible()
    assert column.fit(is_search=False, is_narrow=True, has_evidence=True)
    assert not panel.isVisible()
    assert column.is_wanted_when_wide
