"""Objects that lean in a photo are set upright, whatever hides a part of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.infra.vision.shape.frames import framed
from tests.shapes.drawn import BOTTLE, STICK, Outline, features, symmetric

FLAT = [(0, 50), (18, 50), (18, 55), (30, 55)]
leans = st.floats(-18, 18)
few = settings(max_examples=20, deadline=None)


def leaning(outline: Outline, degrees: float) -> Outline:
    cosine, sine = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return np.asarray(outline @ np.array([[cosine, sine], [-sine, cosine]]), np.float32)


def held(profile: list[tuple[float, float]], top: float, bottom: float, depth: float) -> Outline:
    """Fingers hide the right side between two heights, so far in."""
    fine = np.linspace(profile[0][0], profile[-1][0], 120)
    heights = [height for height, _ in profile]
    halves = np.interp(fine, heights, [half for _, half in profile])
    shown = np.where((fine >= top) & (fine <= bottom), halves - depth, halves)
    right, left = np.stack([shown, fine], axis=1), np.stack([-halves, fine], axis=1)[::-1]
    return np.concatenate([right, left]).astype(np.float32)


def lean_of(outline: Outline) -> float:
    return float(np.rad2deg(framed([features(outline)]).leans[0]))


@few
@given(degrees=leans, profile=st.sampled_from([BOTTLE, STICK, FLAT]))
def test_a_lean_is_told(degrees: float, profile: list[tuple[float, float]]) -> None:
    assert lean_of(leaning(symmetric(profile), degrees)) == pytest.approx(degrees, abs=1.2)


@few
@given(degrees=leans, top=st.floats(44, 60), depth=st.floats(6, 14))
def test_fingers_on_one_side_do_not_make_it_lean(degrees: float, top: float, depth: float) -> None:
    outline = held(BOTTLE, top, top + 22, depth)
    assert lean_of(leaning(outline, degrees)) == pytest.approx(degrees, abs=2)


def test_what_leans_more_is_made_so() -> None:
    assert lean_of(leaning(symmetric(BOTTLE), 28)) == 0
