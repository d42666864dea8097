"""A confidence has one word, one meaning and one look, wherever it is shown."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from desktop_app.domain.evidence import Channel, ChannelReading, HitEvidence, Orientation
from desktop_app.domain.products import PictureState
from desktop_app.ui.card_badges import badges_of
from desktop_app.ui.card_layout import CardLayout
from desktop_app.ui.card_painter import CardPainter, CardView
from desktop_app.ui.confidence_pill import HEIGHT, ConfidenceLabel, ConfidencePill
from desktop_app.ui.item_models.product_list_model import MATCH
from desktop_app.ui.picture_tiles import PictureTiles
from desktop_app.ui.product_table import WIDTHS
from desktop_app.ui.product_text import (
    Confidence,
    confidence_text,
    orientation_text,
    score_explanation,
)
from desktop_app.ui.theme import Space, Theme
from tests.ui_results.conftest import make_card


@pytest.mark.parametrize(
    ("score", "words"),
    [
        (1.0, "100 % · certain"),
        (0.998, "99 % · certain"),
        (0.946, "95 % · certain"),
        (0.944, "94 % · likely"),
        (0.75, "75 % · likely"),
        (0.74, "74 % · perhaps"),
        (0.4, "40 % · perhaps"),
        (0.39, "39 % · unlikely"),
        (-0.2, "0 % · unlikely"),
    ],
)
def test_the_word_belongs_to_the_figure_that_is_shown(score: float, words: str) -> None:
    assert confidence_text(score) == words


def reading(probability: float) -> ChannelReading:
    return ChannelReading(0.5, probability)


def test_the_explanation_names_what_speaks_for_the_match_most() -> None:
    evidence = HitEvidence(
        {
            Channel.COLOUR: reading(0.6),
            Channel.PRINT: reading(0.97),
            Channel.LOOK: reading(0.8),
        }
    )
    said = score_explanation(0.92, evidence)
    assert "Of 100 matches shown with this figure about 92 were the same item" in said
    assert said.endswith("its print and surface.")
    assert score_explanation(0.92, HitEvidence({Channel.SHAPE: reading(0.55)})).endswith(
        "its shape."
    )
    faint = HitEvidence({Channel.SHAPE: reading(0.2)})
    assert "No single sign" in score_explanation(0.3, faint)
    assert len(score_explanation(0.3).splitlines()) == 2


def test_a_figure_moved_by_sliders_claims_no_measured_share() -> None:
    said = score_explanation(0.92, is_steered=True)
    assert "92 were" not in said
    assert "sliders" in said


@pytest.mark.parametrize(
    ("orientation", "words"),
    [
        (Orientation(), ""),
        (Orientation(True), "mirrored"),
        (Orientation(False, 2), "turned 180°"),
        (Orientation(True, 3), "mirrored, turned 90°"),
    ],
)
def test_the_orientation_is_told_in_words(orientation: Orientation, words: str) -> None:
    assert orientation_text(orientation) == words


def test_badges_tell_trouble_orientation_and_the_view_that_matched() -> None:
    card = make_card(1, state=PictureState.OFFLINE, is_other_view=True, view="back")
    badges = badges_of(card, Orientation(True, 1))
    assert [badge.words for badge in badges] == ["offline", "mirrored", "90°", "back"]
    assert "“back”" in badges[-1].explanation
    assert badges_of(make_card(1), None) == ()
    assert badges_of(make_card(1, is_other_view=True), None)[0].words == "other view"


@pytest.mark.parametrize("width", range(88, 361, 16))
def test_badges_and_pill_stay_on_the_card_and_apart(theme: Theme, width: int) -> None:
    painter = CardPainter(theme, PictureTiles())
    card = make_card(1, picture_count=3, is_other_view=True, state=PictureState.OFFLINE)
    layout = CardLayout.of(QRect(0, 0, width, width + 60))
    places = [place for place, _, _ in painter.badge_places(layout, card, Orientation(True, 1))]
    assert places
    pill = painter.pill_rect(layout, card, 0.93)
    for place in places:
        assert layout.mat.contains(place)
        assert not place.intersects(pill)
    assert layout.card.contains(pill)


def test_the_word_is_left_out_where_the_sku_needs_the_room(theme: Theme) -> None:
    painter = CardPainter(theme, PictureTiles())
    layout = CardLayout.of(QRect(0, 0, 220, 280))
    short = painter.pill_rect(layout, make_card(1, sku="A1"), 0.93)
    long = painter.pill_rect(layout, make_card(1, sku="A-very-long-number-1"), 0.93)
    assert short.width() > long.width()


@pytest.mark.parametrize("level", list(Confidence))
def test_levels_differ_in_shape_not_only_in_colour(theme: Theme, level: Confidence) -> None:
    """The share of the dial's pixels that is inked tells the level in black and white."""
    shares = {}
    for each in Confidence:
        image = QImage(60, HEIGHT, QImage.Format.Format_RGB32)
        image.fill(QColor("white"))
        painter = QPainter(image)
        pill = ConfidencePill(theme)
        pill.paint(painter, QRect(0, 0, 60, HEIGHT), each.value, with_word=False, on_mat=False)
        painter.end()
        dark = [image.pixelColor(x, y).lightness() < 160 for x in range(6, 14) for y in range(16)]
        shares[each] = sum(dark)
    others = [share for each, share in shares.items() if each is not level]
    assert all(abs(shares[level] - other) >= 3 for other in others)


def test_the_match_column_has_room_for_every_word(theme: Theme) -> None:
    assert ConfidencePill(theme).widest + 2 * Space.S <= WIDTHS[MATCH]


def test_a_label_without_a_score_takes_no_room(qtbot, theme: Theme) -> None:
    label = ConfidenceLabel(theme)
    qtbot.addWidget(label)
    label.set_score(0.8, "why")
    assert label.sizeHint().width() > 60
    assert label.accessibleName() == "80 % · likely"
    label.set_score(None)
    assert label.isHidden()
    assert label.sizeHint().width() == 0


def test_a_card_with_every_badge_is_painted(theme: Theme) -> None:
    face = QPixmap(220, 280)
    face.fill(QColor("white"))
    painter = QPainter(face)
    view = CardView(
        make_card(1, picture_count=2, is_other_view=True),
        score=0.93,
        rank=1,
        orientation=Orientation(True, 1),
        hot=QPoint(5, 5),
    )
    assert CardPainter(theme, PictureTiles()).paint(painter, QRect(0, 0, 220, 280), view)
    painter.end()
