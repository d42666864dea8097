"""Comparing objects by their colours."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.domain.evidence import ColourFeatures, SegmentedPicture
from desktop_app.domain.masks import MaskSource, ObjectMask
from desktop_app.infra.vision.colour_channel import LabColourChannel
from desktop_app.infra.vision.colour_histogram import BINS, agreement, soft_histogram
from desktop_app.infra.vision.object_colours import lab_of, object_colours
from desktop_app.infra.vision.shape_channel import SilhouetteShapeChannel
from tests.channels.drawn import (
    CARTON,
    JUG,
    ODD_PICTURES,
    decoded,
    object_picture,
    whole,
)

COLOUR = LabColourChannel()
RED, BLUE, GOLD = (180, 30, 40), (30, 60, 180), (212, 175, 55)


def described(picture: SegmentedPicture) -> ColourFeatures:
    features = COLOUR.describe(picture)
    assert features is not None
    return features


def score(a: SegmentedPicture, b: SegmentedPicture) -> float:
    return float(COLOUR.compare(described(a), [described(b)])[0])


def test_lab_values_are_those_of_the_standard() -> None:
    # White, red, green and blue of sRGB (Lindbloom's tables, D65).
    rgb = np.array([[[255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255]]], np.uint8)
    expected = [[100, 0, 0], [53.24, 80.09, 67.20], [87.73, -86.18, 83.18], [32.30, 79.19, -107.86]]
    assert np.abs(lab_of(rgb)[0] - np.array(expected)).max() < 0.6


def test_the_same_outline_in_another_colour_is_alike_in_shape_and_not_in_colour() -> None:
    red, blue = object_picture(JUG, colour=RED), object_picture(JUG, colour=BLUE)
    shape = SilhouetteShapeChannel()
    shapes = [shape.describe(red), shape.describe(blue)]
    assert shapes[0] is not None and shapes[1] is not None
    assert shape.compare(shapes[0], [shapes[1]])[0] > 0.97
    assert score(red, blue) < 0.1


def test_another_outline_in_the_same_colours_is_alike_in_colour() -> None:
    jug = object_picture(JUG, colour=RED, cap=GOLD)
    assert score(jug, object_picture(CARTON, colour=RED, cap=GOLD, scale=120)) > 0.9


def test_the_background_does_not_matter() -> None:
    on_white = object_picture(JUG, colour=RED, cap=GOLD)
    on_green = object_picture(JUG, colour=RED, cap=GOLD, background=(40, 160, 70))
    assert score(on_white, on_green) > 0.99


def test_a_small_change_of_light_changes_little() -> None:
    darker = object_picture(JUG, colour=(172, 28, 38))
    assert score(object_picture(JUG, colour=RED), darker) > 0.8


def test_the_nearer_colour_scores_higher() -> None:
    query = described(object_picture(colour=RED))
    near, far = (described(object_picture(colour=c)) for c in ((190, 60, 45), BLUE))
    scores = COLOUR.compare(query, [near, far])
    assert scores[0] > scores[1]


def test_the_palette_names_the_colours_by_falling_share() -> None:
    features = described(object_picture(CARTON, colour=BLUE, cap=GOLD))
    assert features.shares.tolist() == pytest.approx([0.8, 0.2], abs=0.04)
    expected = lab_of(np.array([[BLUE, GOLD]], np.uint8))[0]
    assert np.abs(features.palette - expected).max() < 2


def test_a_colourful_object_has_at_most_six_colours() -> None:
    features = described(ODD_PICTURES["noise"])
    assert 1 <= len(features.palette) <= 6
    assert features.shares.sum() == pytest.approx(1, abs=1e-5)
    assert np.all(np.diff(features.shares) <= 0)


def test_equal_pictures_are_described_equally() -> None:
    first, again = (described(ODD_PICTURES["noise"]) for _ in range(2))
    assert COLOUR.pack(first) == COLOUR.pack(again)


def test_colours_of_the_outline_are_left_out() -> None:
    picture = object_picture(CARTON, colour=RED, background=(0, 255, 0))
    colours = object_colours(picture)
    red = lab_of(np.array([[RED]], np.uint8))[0, 0]
    assert np.abs(colours - red).max() < 1


def test_a_whole_picture_is_trusted_little_and_a_cluttered_one_not_at_all() -> None:
    rgb = object_picture(JUG).image.rgb
    quiet = described(whole(rgb))
    assert 0.1 < quiet.trust < 0.35
    alpha = np.full(rgb.shape[:2], 255, np.uint8)
    cluttered = SegmentedPicture(decoded(rgb), ObjectMask(alpha, MaskSource.WHOLE, 0.0, 0.8))
    scores = COLOUR.compare(described(cluttered), [quiet])
    assert np.isnan(scores).all()
    assert np.isnan(COLOUR.compare(quiet, [described(cluttered)])).all()
    assert not np.isnan(COLOUR.compare(quiet, [quiet])).any()


def test_before_a_calm_background_an_unsure_mask_is_not_cut_out() -> None:
    sure = object_picture(CARTON, colour=RED)
    unsure = object_picture(CARTON, colour=RED, confidence=0.5)
    busy = replace(unsure, mask=replace(unsure.mask, clutter=0.9))
    whiteness = [float((object_colours(each)[:, 0] > 99).mean()) for each in (sure, unsure, busy)]
    assert whiteness[0] == whiteness[2] == 0
    assert whiteness[1] > 0.5


def test_nothing_to_compare_with_gives_no_scores() -> None:
    assert COLOUR.compare(described(object_picture()), []).shape == (0,)


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 100), *[st.floats(-128, 127)] * 2), min_size=1, max_size=9))
def test_histograms_sum_to_one_and_agree_wholly_with_themselves(
    colours: list[tuple[float, float, float]],
) -> None:
    histogram = soft_histogram(np.array(colours, np.float32))
    assert histogram.shape == (BINS,)
    assert float(histogram.sum()) == pytest.approx(1, abs=1e-4)
    assert float(histogram.min()) >= 0
    assert float(agreement(histogram, [histogram])[0]) == pytest.approx(1, abs=1e-4)


def test_scores_of_many_are_those_of_each() -> None:
    colours = np.random.default_rng(0).integers(0, 256, (70, 3))
    others = [described(object_picture(colour=tuple(c), cap=GOLD)) for c in colours.tolist()]
    together = COLOUR.compare(others[0], others)
    alone = [float(COLOUR.compare(others[0], [other])[0]) for other in others]
    assert together.tolist() == pytest.approx(alone, abs=1e-5)


@pytest.mark.parametrize("name", ODD_PICTURES)
def test_no_picture_is_too_odd(name: str) -> None:
    features = described(ODD_PICTURES[name])
    assert np.isfinite(features.palette).all()
    assert COLOUR.unpack(COLOUR.pack(features)).histogram.sum() == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("name", ["one colour", "noise"])
def test_packing_keeps_colours_within_their_size(name: str) -> None:
    features = described(object_picture() if name == "one colour" else ODD_PICTURES[name])
    data = COLOUR.pack(features)
    back = COLOUR.unpack(data)
    assert len(data) <= 1500
    assert np.abs(back.palette - features.palette).max() < 0.1
    assert np.abs(back.shares - features.shares).max() < 0.01
    assert back.trust == pytest.approx(features.trust, abs=0.01)
    if back.trust >= 0.1:
        assert COLOUR.compare(features, [back])[0] > 0.98


@settings(deadline=None)
@given(place=st.integers(0, 10_000), bit=st.integers(0, 7), cut=st.integers(0, 10_000))
def test_damaged_bytes_are_refused(place: int, bit: int, cut: int) -> None:
    data = COLOUR.pack(described(object_picture(JUG, cap=GOLD)))
    damaged = bytearray(data)
    damaged[place % len(data)] ^= 1 << bit
    with pytest.raises(ValueError, match="packed"):
        COLOUR.unpack(bytes(damaged))
    with pytest.raises(ValueError, match="packed"):
        COLOUR.unpack(data[: cut % len(data)])


def test_bytes_of_another_channel_are_refused() -> None:
    shape = SilhouetteShapeChannel()
    features = shape.describe(object_picture())
    assert features is not None
    with pytest.raises(ValueError, match="kind"):
        COLOUR.unpack(shape.pack(features))
