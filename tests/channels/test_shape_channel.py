"""Comparing objects by their silhouettes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.domain.evidence import SegmentedPicture, ShapeFeatures
from desktop_app.infra.vision.shape_channel import SilhouetteShapeChannel
from desktop_app.infra.vision.shape_descriptor import (
    EXTENT,
    FOURIER,
    LENGTH,
    RECTANGULARITY,
    ROUNDNESS,
    SLENDERNESS,
    SOLIDITY,
)
from tests.channels.drawn import (
    BOTTLE,
    CARTON,
    JUG,
    ODD_PICTURES,
    changed,
    masked,
    object_picture,
    whole,
)

SHAPE = SilhouetteShapeChannel()


def described(picture: SegmentedPicture) -> ShapeFeatures:
    features = SHAPE.describe(picture)
    assert features is not None
    return features


def score(a: SegmentedPicture, b: SegmentedPicture) -> float:
    return float(SHAPE.compare(described(a), [described(b)])[0])


@settings(deadline=None, max_examples=25)
@given(
    x=st.floats(0, 80),
    y=st.floats(0, 80),
    scale=st.floats(90, 170),
    shape=st.sampled_from([BOTTLE, JUG]),
)
def test_place_and_size_do_not_matter(
    x: float, y: float, scale: float, shape: list[tuple[float, float]]
) -> None:
    moved = object_picture(shape, at=(x, y), scale=scale)
    assert score(object_picture(shape), moved) > 0.9


def test_the_same_outline_scores_highest_among_others() -> None:
    query = described(object_picture(JUG))
    others = [described(object_picture(shape, scale=130)) for shape in (BOTTLE, JUG, CARTON)]
    scores = SHAPE.compare(query, others)
    assert int(scores.argmax()) == 1
    assert scores[1] > 0.9
    assert max(scores[0], scores[2]) < 0.7


def test_an_object_matches_itself_wholly() -> None:
    assert score(object_picture(JUG), object_picture(JUG)) == 1.0


@pytest.mark.parametrize(("mirrored", "turns"), [(True, 0), (False, 1), (True, 3), (False, 2)])
def test_mirrored_objects_are_the_same_and_lying_ones_nearly(mirrored: bool, turns: int) -> None:
    found = score(object_picture(JUG), changed(object_picture(JUG), mirrored=mirrored, turns=turns))
    assert found > (0.6 if turns else 0.97)
    assert found > score(object_picture(JUG), object_picture(BOTTLE))


def test_both_ways_round_it_is_the_same_score() -> None:
    a, b = object_picture(JUG), object_picture(BOTTLE)
    assert score(a, b) == pytest.approx(score(b, a), abs=1e-6)


@pytest.mark.parametrize("picture", [whole(np.zeros((50, 50, 3), np.uint8))])
def test_without_a_mask_there_is_no_shape(picture: SegmentedPicture) -> None:
    assert SHAPE.describe(picture) is None


def test_a_shape_cut_off_by_the_picture_says_nothing_when_little_is_left_of_it() -> None:
    cut = described(object_picture(CARTON, at=(-60, -40), scale=300, size=(220, 200)))
    assert cut.trust < 0.3
    assert np.isnan(SHAPE.compare(described(object_picture(CARTON)), [cut])).all()
    assert np.isnan(SHAPE.compare(cut, [described(object_picture(CARTON))])).all()


def test_a_silhouette_nobody_believes_says_nothing() -> None:
    unsure = described(object_picture(CARTON, confidence=0.4))
    assert np.isnan(SHAPE.compare(described(object_picture(CARTON)), [unsure])).all()


def test_nothing_to_compare_with_gives_no_scores() -> None:
    assert SHAPE.compare(described(object_picture()), []).shape == (0,)


def test_the_contour_lies_on_the_object_in_fractions_of_the_picture() -> None:
    features = described(object_picture(CARTON, at=(40, 20), scale=100, size=(200, 150)))
    assert features.contour[:, 0].min() == pytest.approx(55 / 200, abs=0.01)
    assert features.contour[:, 0].max() == pytest.approx(125 / 200, abs=0.01)
    assert features.contour[:, 1].min() == pytest.approx(20 / 150, abs=0.01)
    assert features.contour[:, 1].max() == pytest.approx(120 / 150, abs=0.01)
    assert features.aspect == pytest.approx(100 / 70, rel=0.03)


def test_the_silhouette_is_centred_and_reaches_the_edge() -> None:
    silhouette = described(object_picture(BOTTLE)).silhouette
    ys, xs = np.nonzero(silhouette)
    assert silhouette.shape == (64, 64)
    assert (ys.mean(), xs.mean()) == pytest.approx((31.5, 31.5), abs=0.5)
    assert np.hypot(ys - 31.5, xs - 31.5).max() == pytest.approx(31.5, abs=1.5)


def test_dust_is_left_out_and_the_parts_of_a_set_stay_together() -> None:
    dusty = object_picture(BOTTLE)
    dusty.mask.alpha[250:253, 3:6] = 255
    assert score(dusty, object_picture(BOTTLE)) == 1.0
    pair = object_picture(CARTON, at=(10, 40), scale=150)
    pair.mask.alpha[100:190, 180:230] = 255
    assert described(pair).aspect == pytest.approx(150 / 198, rel=0.03)


def disc(radius: int = 60) -> SegmentedPicture:
    y, x = np.mgrid[:200, :200]
    alpha = ((np.hypot(y - 99.5, x - 99.5) <= radius) * 255).astype(np.uint8)
    return masked(np.zeros((200, 200, 3), np.uint8), alpha)


def test_the_descriptor_knows_a_disc_and_a_square() -> None:
    found = described(disc()).descriptor
    assert found[ROUNDNESS] == pytest.approx(1, abs=0.03)
    assert found[SOLIDITY] == pytest.approx(1, abs=0.03)
    assert found[EXTENT] == pytest.approx(np.pi / 4, abs=0.02)
    # A circle is its first harmonic alone.
    harmonics = np.sort(found[FOURIER])
    assert harmonics[-1] == pytest.approx(1, abs=0.01)
    assert harmonics[-2] < 0.1
    square = masked(
        np.zeros((100, 100, 3), np.uint8),
        np.pad(np.full((40, 40), 255, np.uint8), 30),
    )
    found = described(square).descriptor
    assert found[RECTANGULARITY] == pytest.approx(1, abs=0.01)
    assert found[SLENDERNESS] == pytest.approx(1, abs=0.01)
    assert found[ROUNDNESS] == pytest.approx(np.pi / 4, abs=0.02)


def test_fourier_descriptors_do_not_change_with_turning() -> None:
    upright = described(object_picture(JUG)).descriptor[FOURIER]
    lying = described(changed(object_picture(JUG), mirrored=False, turns=1)).descriptor[FOURIER]
    assert np.abs(upright - lying).max() < 0.02


@pytest.mark.parametrize("name", ODD_PICTURES)
def test_no_picture_is_too_odd(name: str) -> None:
    features = SHAPE.describe(ODD_PICTURES[name])
    if features is not None:
        assert np.isfinite(features.descriptor).all()
        assert SHAPE.compare(features, [SHAPE.unpack(SHAPE.pack(features))])[0] > 0.9


@pytest.mark.parametrize("name", ["a jug", "noise"])
def test_packing_keeps_a_shape_within_its_size(name: str) -> None:
    features = described(object_picture(JUG) if name == "a jug" else ODD_PICTURES[name])
    data = SHAPE.pack(features)
    back = SHAPE.unpack(data)
    assert len(data) <= 1200
    assert len(features.contour) <= 96
    assert np.array_equal(back.silhouette, features.silhouette)
    assert np.abs(back.contour - features.contour).max() < 1e-4
    assert np.abs(back.descriptor - features.descriptor).max() < 0.04
    assert back.descriptor.shape == (LENGTH,)
    assert back.aspect == pytest.approx(features.aspect)
    assert back.trust == pytest.approx(features.trust, abs=0.01)
    assert SHAPE.compare(features, [back])[0] > 0.9
    assert SHAPE.pack(back) == data


@settings(deadline=None)
@given(place=st.integers(0, 10_000), bit=st.integers(0, 7), cut=st.integers(0, 10_000))
def test_damaged_bytes_are_refused(place: int, bit: int, cut: int) -> None:
    data = SHAPE.pack(described(object_picture(JUG)))
    damaged = bytearray(data)
    damaged[place % len(data)] ^= 1 << bit
    with pytest.raises(ValueError, match="packed"):
        SHAPE.unpack(bytes(damaged))
    with pytest.raises(ValueError, match="packed"):
        SHAPE.unpack(data[: cut % len(data)])
