"""What laying outlines on each other must tolerate, and what it must not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.domain.evidence import Orientation
from desktop_app.domain.masks import MaskSource, ObjectMask
from desktop_app.infra.vision.shape.cleaning import cleaned
from tests.shapes.drawn import (
    BOTTLE,
    COMPARER,
    DROPPER,
    JAR,
    STICK,
    Outline,
    features,
    jug,
    score,
    symmetric,
)

PROFILES = [BOTTLE, JAR, DROPPER]
few = settings(max_examples=12, deadline=None)


def with_neck(share: float) -> Outline:
    """The bottle, its cap and neck so many times as wide."""
    return symmetric([(h, w * share if h <= 25 else w) for h, w in BOTTLE])


def tilted(outline: Outline, keystone: float, lean: float = 0.0) -> Outline:
    """As a camera sees it that looks up or down by a few degrees, and leans."""
    middle = outline.mean(axis=0)
    size = float(np.ptp(outline[:, 1]))
    x, y = (outline - middle).T
    seen = np.stack([x, y], axis=1) / (1 + keystone * y / size)[:, np.newaxis]
    turn = np.array([[np.cos(lean), np.sin(lean)], [-np.sin(lean), np.cos(lean)]])
    return (seen @ turn).astype(np.float32)


@few
@given(
    profile=st.sampled_from(PROFILES),
    x=st.floats(-500, 500),
    y=st.floats(-500, 500),
    scale=st.floats(0.05, 30),
)
def test_place_and_size_do_not_matter(
    profile: list[tuple[float, float]], x: float, y: float, scale: float
) -> None:
    outline = symmetric(profile)
    moved = outline * np.float32(scale) + np.array([x, y], np.float32)
    assert score(outline, moved) > 0.95


@few
@given(keystone=st.floats(-0.08, 0.08), lean=st.floats(-0.1, 0.1))
def test_a_hand_held_view_is_nearer_than_a_near_variant(keystone: float, lean: float) -> None:
    bottle = symmetric(BOTTLE)
    seen = tilted(bottle, keystone, lean)
    assert score(seen, bottle) > score(seen, with_neck(1.15))
    assert score(seen, bottle) > 0.9


@pytest.mark.parametrize("profile", PROFILES)
def test_near_variants_are_told_apart(profile: list[tuple[float, float]]) -> None:
    outline = symmetric(profile)
    own = score(outline, outline)
    taller_cap = symmetric([(h * 1.08 if h <= 25 else h, w) for h, w in profile])
    assert own > score(outline, taller_cap) + 0.005
    wider = symmetric([(h, w * 1.05 if h <= 25 else w) for h, w in profile])
    assert own > score(outline, wider) + 0.005


def test_the_more_it_differs_the_lower_the_score() -> None:
    bottle = symmetric(BOTTLE)
    scores = [score(bottle, with_neck(share)) for share in (1.0, 1.1, 1.25, 1.5, 2.0)]
    assert scores == sorted(scores, reverse=True)
    proportions = [
        score(bottle, bottle * np.array([1, stretch], np.float32))
        for stretch in (1.0, 1.1, 1.25, 1.5, 2.0)
    ]
    assert proportions == sorted(proportions, reverse=True)
    assert proportions[0] - proportions[-1] > 0.4


def test_unlike_shapes_score_low() -> None:
    bottle = symmetric(BOTTLE)
    assert score(bottle, symmetric(STICK)) < 0.6
    assert score(bottle, symmetric(JAR)) < 0.6


def test_mirrored_always_counts_and_turned_where_asked() -> None:
    outline = jug()
    query = features(outline)
    mirrored = features(outline * np.array([-1, 1], np.float32))
    lying = features(outline @ np.array([[0, 1], [-1, 0]], np.float32))
    found = COMPARER.compare(query, [mirrored, lying], turns=False)
    assert found.scores[0] > 0.95
    assert found.orientations[0] == Orientation(mirrored=True)
    assert found.scores[1] < 0.8
    turned = COMPARER.compare(query, [mirrored, lying], turns=True)
    assert turned.scores[1] > 0.95
    assert turned.orientations[1].quarter_turns == 1


def test_many_are_compared_as_few_are() -> None:
    rng = np.random.default_rng(0)
    others = [
        features(symmetric([(h, w * rng.uniform(0.8, 1.2)) for h, w in BOTTLE])) for _ in range(90)
    ]
    query = features(symmetric(BOTTLE))
    others.append(query)
    together = COMPARER.compare(query, others, turns=False)
    best = np.argsort(-together.scores)[:10]
    assert int(best[0]) == len(others) - 1
    alone = COMPARER.compare(query, [others[place] for place in best], turns=False)
    assert together.scores[best] == pytest.approx(alone.scores, abs=1e-4)


def test_without_an_outline_there_is_no_telling() -> None:
    query = features(symmetric(BOTTLE))
    empty = replace(query, contour=np.empty((0, 2), np.float32))
    found = COMPARER.compare(query, [empty, query], turns=False)
    assert np.isnan(found.scores[0])
    assert found.scores[1] > 0.95
    assert np.isnan(COMPARER.compare(empty, [query], turns=True).scores).all()
    assert COMPARER.lay(empty, query, turns=False) is None
    assert COMPARER.compare(query, [], turns=False).scores.shape == (0,)


def test_fingers_in_front_cost_little() -> None:
    whole = np.zeros((400, 300), np.uint8)
    whole[100:380, 90:210] = 255
    whole[40:100, 125:175] = 255
    held = whole.copy()
    for top in (180, 230, 280):
        held[top : top + 34, 90:122] = 0

    def drawn(alpha: np.ndarray) -> ObjectMask:
        return ObjectMask(alpha, MaskSource.DRAWN, 1.0, 0.0)

    query, own = COMPARER.of_mask(drawn(held)), COMPARER.of_mask(drawn(whole))
    assert query is not None
    assert own is not None
    other = np.zeros_like(whole)
    other[100:380, 78:222] = 255
    other[40:100, 125:175] = 255
    wider = COMPARER.of_mask(drawn(other))
    assert wider is not None
    found = COMPARER.compare(query, [own, wider], turns=False).scores
    assert found[0] > found[1]
    assert found[0] > 0.7


def floor_scene() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A blue jar on a grey floor with its shadow: the picture, what a mask takes for the
    object, and the truth."""
    rgb = np.full((240, 240, 3), 200, np.uint8)
    truth = np.zeros((240, 240), np.uint8)
    truth[80:200, 80:160] = 255
    taken = truth.copy()
    for depth in range(10):
        shade = 120 + 7 * depth
        row = 200 + depth
        rgb[row, 74 - depth : 176 + depth] = shade
        if shade < 180:
            taken[row, 74 - depth : 176 + depth] = 255
    rgb[truth > 0] = (40, 70, 160)
    return rgb, taken, truth


def test_a_shadow_on_the_floor_is_taken_off() -> None:
    rgb, taken, truth = floor_scene()
    mask = ObjectMask(taken, MaskSource.PLAIN_BACKGROUND, 0.9, 0.0)
    found = cleaned(mask, rgb).alpha
    wrong_before = np.count_nonzero((taken > 0) != (truth > 0))
    assert np.count_nonzero((found > 0) != (truth > 0)) < wrong_before / 3
    assert (cleaned(ObjectMask(taken, MaskSource.DRAWN, 1.0, 0.0), rgb).alpha == taken).all()


def test_a_side_lost_is_filled_in_from_the_other() -> None:
    truth = np.zeros((240, 200), np.uint8)
    truth[60:220, 50:150] = 255
    torn = truth.copy()
    torn[100:160, 50:75] = 0
    found = cleaned(ObjectMask(torn, MaskSource.NETWORK, 0.9, 0.0)).alpha
    assert np.count_nonzero(found != truth) < 0.15 * np.count_nonzero(torn != truth)


def test_without_the_picture_nothing_is_taken_for_a_shadow() -> None:
    _, taken, _ = floor_scene()
    found, drawn = (
        COMPARER.of_mask(ObjectMask(taken, source, 1.0, 0.0))
        for source in (MaskSource.NETWORK, MaskSource.DRAWN)
    )
    assert found is not None and drawn is not None
    assert found.aspect == drawn.aspect
