"""What the shipped judge makes of copies, versions, and strangers."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.domain.duplicate_ports import ComparedPicture
from desktop_app.domain.duplicates import SAME_THRESHOLD, PairJudgement
from desktop_app.domain.evidence import CHANNELS, UPRIGHT, Channel, Orientation
from desktop_app.domain.images import DecodedImage, RgbArray
from tests.pairs.drawn import compared, pack, resaved, shipped_judge, turned


def judged(one: RgbArray, other: RgbArray) -> PairJudgement:
    [judgement] = shipped_judge().judge(compared(one), [compared(other)])
    return judgement


def padded(rgb: RgbArray) -> RgbArray:
    return np.pad(rgb, ((60, 60), (140, 140), (0, 0)), constant_values=255)


def cropped(rgb: RgbArray) -> RgbArray:
    return rgb[30:-8, 60:-60]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "copy",
    [
        lambda rgb: resaved(rgb, 300),
        lambda rgb: resaved(rgb, 120, quality=60),
        padded,
        cropped,
        lambda rgb: np.asarray(turned(rgb, 0)[:, ::-1]),
    ],
    ids=["resized", "small", "padded", "cropped", "mirrored"],
)
def test_a_copy_is_the_same(seed: int, copy: object) -> None:
    assert callable(copy)
    judgement = judged(pack(seed), resaved(copy(pack(seed)), 500))
    assert judgement.same >= SAME_THRESHOLD
    assert judgement.difference < 0.25


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("turns", range(4))
def test_how_a_copy_was_turned_is_told(mirrored: bool, turns: int) -> None:
    upright = pack(3)
    lies = np.rot90(upright[:, ::-1] if mirrored else upright, -turns)
    judgement = judged(upright, np.ascontiguousarray(lies))
    assert judgement.same >= SAME_THRESHOLD
    assert judgement.orientation == Orientation(mirrored, turns)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "version",
    [{"word": "MELON"}, {"cap": (200, 30, 30)}],
    ids=["another word", "another cap"],
)
def test_a_small_change_makes_a_version_and_no_copy(seed: int, version: dict[str, object]) -> None:
    judgement = judged(pack(seed), resaved(pack(seed, **version), 380))  # type: ignore[arg-type]
    assert judgement.same < SAME_THRESHOLD
    assert judgement.variant > judgement.same


def test_strangers_are_neither_and_are_not_decoded() -> None:
    def refuse() -> DecodedImage | None:
        raise AssertionError("asked for pixels")

    one = compared(pack(1), pixels=refuse)
    stranger = compared(np.full((90, 300, 3), 40, np.uint8), pixels=refuse)
    stranger = replace(stranger, look=-one.look if one.look is not None else None)
    [judgement] = shipped_judge().judge(one, [stranger])
    assert judgement.same < 0.05
    assert judgement.variant < 0.3
    assert math.isnan(judgement.difference)
    assert judgement.orientation == UPRIGHT


def test_pixels_are_asked_for_once() -> None:
    asked: list[int] = []

    def counting(rgb: RgbArray) -> ComparedPicture:
        known = compared(rgb)

        def pixels() -> DecodedImage | None:
            asked.append(known.content_id)
            return known.pixels()

        return replace(known, pixels=pixels)

    shipped_judge().judge(counting(pack(1)), [counting(resaved(pack(1), 200)) for _ in range(3)])
    assert len(asked) == len(set(asked)) == 4


def test_what_is_missing_is_done_without() -> None:
    whole = compared(pack(2))
    bare = ComparedPicture(7, None, None, None, None, None, lambda: None)
    thumbnail_only = replace(bare, content_id=8, pixels=whole.pixels)
    judge = shipped_judge()
    for one in (whole, bare, thumbnail_only):
        for judgement in judge.judge(one, [whole, bare, thumbnail_only]):
            assert 0 <= judgement.same <= 1
    [same] = judge.judge(thumbnail_only, [replace(thumbnail_only, content_id=9)])
    assert same.same >= SAME_THRESHOLD


def test_nothing_to_compare_with_gives_nothing() -> None:
    assert shipped_judge().judge(compared(pack(1)), []) == []


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (3, 5)])
def test_the_smallest_pictures_are_judged_too(size: tuple[int, int]) -> None:
    tiny = compared(np.full((*size, 3), 120, np.uint8))
    for judgement in shipped_judge().judge(compared(pack(1)), [tiny]):
        assert judgement.same < SAME_THRESHOLD
    [judgement] = shipped_judge().judge(tiny, [tiny])
    assert 0 <= judgement.same + judgement.variant <= 1


def test_the_scores_of_channels_are_told() -> None:
    judgement = judged(pack(1), resaved(pack(1), 300))
    assert len(judgement.scores) == len(CHANNELS)
    assert judgement.scores[CHANNELS.index(Channel.LOOK)] > 0.95
    assert judgement.scores[CHANNELS.index(Channel.COPY)] > 0.9
    assert judgement.scores[CHANNELS.index(Channel.PRINT)] > 0.5
    assert math.isnan(judgement.scores[CHANNELS.index(Channel.SHAPE)])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seeds=st.tuples(st.integers(0, 3), st.integers(0, 3)),
    side=st.integers(60, 400),
    turns=st.integers(0, 3),
    mirrored=st.booleans(),
)
def test_which_one_comes_first_changes_nothing_but_the_orientation(
    seeds: tuple[int, int], side: int, turns: int, mirrored: bool
) -> None:
    one = compared(pack(seeds[0]))
    lies = np.rot90(pack(seeds[1]), turns)
    other = compared(resaved(np.ascontiguousarray(lies[:, ::-1] if mirrored else lies), side))
    [forth] = shipped_judge().judge(one, [other])
    [back] = shipped_judge().judge(other, [one])
    assert forth.same == pytest.approx(back.same, abs=1e-6)
    assert forth.variant == pytest.approx(back.variant, abs=1e-6)
    assert forth.difference == pytest.approx(back.difference, nan_ok=True)
    assert forth.same >= 0 and forth.variant >= 0 and forth.same + forth.variant <= 1
    assert forth.orientation.mirrored == back.orientation.mirrored
