"""Names a person gives to weights, and what was pointed at among the results."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from desktop_app.domain.evidence import PRESETS, SAME_ITEM, ChannelWeights, WeightPreset
from desktop_app.domain.images import CropBox
from desktop_app.domain.search import QueryPicture
from desktop_app.ui.refinement import Refinement, shows_the_same
from desktop_app.ui.weight_presets import (
    MOST_OWN_PRESETS,
    UnusableName,
    preset_with,
    renamed,
    with_preset,
)

FLAT = ChannelWeights(shape=0.0)
ROUND = ChannelWeights(shape=1.7)


def test_weights_saved_under_a_known_name_replace_those_before() -> None:
    own = with_preset((), "  Flat   packs ", FLAT)
    assert own == (WeightPreset("Flat packs", FLAT),)
    assert with_preset(own, "flat packs", ROUND) == (WeightPreset("Flat packs", ROUND),)


@pytest.mark.parametrize("name", ["", "   ", "Same item", "same SHAPE", "x" * 41])
def test_a_name_that_is_empty_or_shipped_is_refused(name: str) -> None:
    with pytest.raises(UnusableName):
        with_preset((), name, FLAT)


def test_there_is_an_end_to_presets() -> None:
    own = tuple(WeightPreset(f"Preset {n}", FLAT) for n in range(MOST_OWN_PRESETS))
    with pytest.raises(UnusableName):
        with_preset(own, "One more", FLAT)


def test_a_preset_keeps_its_place_when_renamed_and_no_two_share_a_name() -> None:
    own = (WeightPreset("A", FLAT), WeightPreset("B", ROUND))
    assert [each.name for each in renamed(own, own[0], "C")] == ["C", "B"]
    assert renamed(own, own[0], "a")[0].name == "a"
    with pytest.raises(UnusableName):
        renamed(own, own[0], "b")


def test_weights_are_known_by_their_preset() -> None:
    own = (WeightPreset("As shipped", ChannelWeights()), WeightPreset("Flat", FLAT))
    assert preset_with(FLAT, (*PRESETS, *own)) == own[1]
    assert preset_with(ROUND, (*PRESETS, *own)) is None
    assert preset_with(ChannelWeights(), (*PRESETS, *own)) is SAME_ITEM
    assert preset_with(ChannelWeights(), (*PRESETS, *own), liked=own[0]) == own[0]


def test_a_product_is_wanted_or_not_but_never_both() -> None:
    refinement = Refinement().with_more((3,)).with_less((4,)).with_more((4, 5))
    assert refinement == Refinement(more=(3, 4, 5))
    assert refinement.with_less((3,)) == Refinement(more=(4, 5), less=(3,))
    assert refinement.without((3, 4, 5)).is_empty


def test_a_part_of_a_picture_is_still_the_same_picture() -> None:
    path = QueryPicture("jar", path=Path("/jar.jpg"))
    part = QueryPicture("jar", path=Path("/jar.jpg"), crop=CropBox(0.1, 0.1, 0.5, 0.5))
    frame = np.zeros((2, 2, 3), np.uint8)
    assert shows_the_same(path, part)
    assert shows_the_same(QueryPicture("a", rgb=frame), QueryPicture("b", rgb=frame))
    assert not shows_the_same(QueryPicture("a", rgb=frame), QueryPicture("a", rgb=frame.copy()))
    assert not shows_the_same(path, QueryPicture("jar", content_id=1))
