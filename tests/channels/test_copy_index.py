"""Finding copies among the hashes of a catalogue."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.services.copy_index import (
    CopyIndex,
    _counted_by_table,
    bit_counts,
    copy_scores,
)

hashes = st.integers(min_value=2**10 + 1, max_value=2**64 - 1)


def uint64(*values: int) -> np.ndarray:
    return np.array(values, np.uint64)


@given(st.lists(hashes, min_size=1, max_size=30), st.lists(hashes, min_size=8, max_size=8))
def test_distances_and_orientations_are_those_of_counting_bits_one_by_one(
    stored: list[int], query: list[int]
) -> None:
    for values in (stored, query):
        values[:] = [value | 3 for value in values]
    found = CopyIndex(np.arange(len(stored)), uint64(*stored)).matches(uint64(*query), 28)
    expected = []
    for content_id, own in enumerate(stored):
        distances = [(own ^ other).bit_count() for other in query]
        if min(distances) <= 28:
            expected.append((min(distances), content_id, distances.index(min(distances))))
    listed = zip(
        found.distances.tolist(),
        found.content_ids.tolist(),
        found.orientations.tolist(),
        strict=True,
    )
    assert list(listed) == sorted(expected)


@given(st.lists(st.integers(0, 2**64 - 1), max_size=20))
def test_bits_are_counted_alike_with_and_without_numpy_2(values: list[int]) -> None:
    counts = [value.bit_count() for value in values]
    assert _counted_by_table(uint64(*values)).tolist() == counts
    assert bit_counts(uint64(*values)).tolist() == counts


@pytest.mark.parametrize("even", [0, 1 << 63])
def test_an_even_picture_matches_nothing(even: int) -> None:
    index = CopyIndex(np.array([4, 5, 6]), uint64(0, 1 << 63, 0x0F0F))
    assert len(index) == 1
    assert index.matches(np.full(8, even, np.uint64), 64).content_ids.size == 0


def test_an_empty_catalogue_has_no_copies() -> None:
    index = CopyIndex(np.empty(0, np.int64), uint64())
    assert index.matches(np.full(8, 77, np.uint64)).distances.size == 0


def test_the_index_keeps_what_it_was_given() -> None:
    stored = uint64(0x1234, 0xFF00)
    index = CopyIndex(np.array([1, 2]), stored)
    stored[:] = 0x7777
    assert index.matches(np.full(8, 0x1234, np.uint64), 0).content_ids.tolist() == [1]


def test_ids_and_hashes_must_be_aligned() -> None:
    with pytest.raises(ValueError, match="ids for"):
        CopyIndex(np.array([1, 2]), uint64(3))


def test_scores_are_the_share_of_equal_bits() -> None:
    assert copy_scores(np.array([0, 16, 64])).tolist() == [1.0, 0.75, 0.0]
