"""Parts of containers, read off their widths."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from desktop_app.domain.container_parts import parts_of
from desktop_app.domain.shapes import ContainerParts, Part
from tests.shapes.drawn import BOTTLE, DROPPER, JAR, STICK, features, symmetric


def parts(profile: list[tuple[float, float]]) -> ContainerParts:
    found = parts_of(features(symmetric(profile)))
    assert found is not None
    return found


def test_a_bottle_has_a_cap_a_neck_a_shoulder_and_a_body() -> None:
    found = parts(BOTTLE)
    assert found.spans[Part.CLOSURE] == pytest.approx((0, 0.2), abs=0.02)
    assert found.spans[Part.NECK] == pytest.approx((0.2, 0.25), abs=0.02)
    assert found.spans[Part.SHOULDER] == pytest.approx((0.25, 0.33), abs=0.02)
    assert found.spans[Part.BODY] == pytest.approx((0.33, 1), abs=0.02)
    assert found.height_to_width == pytest.approx(100 / 40, rel=0.02)
    assert found.closure_height == pytest.approx(0.2, abs=0.02)
    assert found.closure_to_body == pytest.approx(9 / 20, rel=0.03)


def test_a_jar_has_a_lid_wider_than_its_body_and_no_neck() -> None:
    found = parts(JAR)
    assert list(found.spans) == [Part.CLOSURE, Part.BODY]
    assert found.closure_height == pytest.approx(25 / 70, abs=0.02)
    assert found.closure_to_body == pytest.approx(32 / 30, rel=0.03)


def test_a_dropper_with_its_bulb_is_one_closure() -> None:
    found = parts(DROPPER)
    assert found.closure_height == pytest.approx(0.36, abs=0.02)
    assert Part.NECK in found.spans
    assert found.spans[Part.BODY][0] == pytest.approx(0.46, abs=0.03)


def test_a_stick_whose_cap_is_flush_is_all_body() -> None:
    found = parts(STICK)
    assert found.spans == {Part.BODY: (0.0, 1.0)}
    assert found.closure_height == 0
    assert found.closure_to_body == 0
    assert found.height_to_width == pytest.approx(5, rel=0.02)


CARTON = [(-20, 0), (20, 0), (20, 100), (-20, 100)]
NICK_RIGHT = [(20, 30), (14, 30), (14, 36), (20, 36)]
NICK_LEFT = [(-20, 72), (-15, 72), (-15, 66), (-20, 66)]


def parts_within(points: list[tuple[float, float]]) -> ContainerParts:
    found = parts_of(features(np.array(points, np.float32)))
    assert found is not None
    return found


@pytest.mark.parametrize(
    "points",
    [
        [*CARTON[:2], *NICK_RIGHT, *CARTON[2:]],
        [*CARTON, *NICK_LEFT],
        [*CARTON[:2], *NICK_RIGHT, *CARTON[2:], *NICK_LEFT],
    ],
    ids=["right", "left", "both, at other heights"],
)
def test_nicks_in_a_flat_carton_are_no_closure(points: list[tuple[float, float]]) -> None:
    assert Part.CLOSURE not in parts_within(points).spans


def test_a_step_in_one_side_is_no_closure() -> None:
    points = [(-20, 0), (12, 0), (12, 30), *CARTON[1:]]
    points.remove((20, 0))
    points.insert(3, (20, 30))
    assert Part.CLOSURE not in parts_within(points).spans


def test_a_groove_all_around_ends_a_cap() -> None:
    grooved = parts([(0, 20), (30, 20), (30, 17), (34, 17), (34, 20), (100, 20)])
    assert grooved.closure_height == pytest.approx(0.3, abs=0.02)


def test_a_cap_is_found_in_a_picture_that_is_tilted() -> None:
    tilt = np.radians(6)
    turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]], np.float32)
    found = parts_of(features(symmetric(BOTTLE) @ turn.T))
    assert found is not None
    assert found.closure_height == pytest.approx(0.2, abs=0.05)


def test_the_round_top_of_a_pot_seen_from_above_is_no_closure() -> None:
    angles = np.linspace(np.pi, 2 * np.pi, 40)
    rim = [(20 * np.cos(angle), 8 + 8 * np.sin(angle)) for angle in angles]
    assert Part.CLOSURE not in parts_within([*rim, (20, 36), (-20, 36)]).spans


def test_the_waist_of_a_body_is_not_taken_for_the_end_of_its_cap() -> None:
    heights = np.linspace(25, 100, 40)
    body = [(h, 20 - 4 * np.sin(np.pi * (h - 25) / 75)) for h in heights]
    found = parts([(0, 12), (20, 12), (20, 10), (24, 10), *body])
    assert found.closure_height == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize("profile", [BOTTLE, JAR, STICK, DROPPER])
def test_parts_lie_below_one_another_down_to_the_base(profile: list[tuple[float, float]]) -> None:
    spans = list(parts(profile).spans.values())
    assert spans[0][0] == 0
    assert spans[-1][1] == 1
    assert all(upper[1] == lower[0] for upper, lower in itertools.pairwise(spans))
