"""Parts of containers, read off their widths."""

from __future__ import annotations

import itertools

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


@pytest.mark.parametrize("profile", [BOTTLE, JAR, STICK, DROPPER])
def test_parts_lie_below_one_another_down_to_the_base(profile: list[tuple[float, float]]) -> None:
    spans = list(parts(profile).spans.values())
    assert spans[0][0] == 0
    assert spans[-1][1] == 1
    assert all(upper[1] == lower[0] for upper, lower in itertools.pairwise(spans))
