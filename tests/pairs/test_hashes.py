"""Hashes of flipped and turned pictures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.infra.vision.copy_hashes import OrientedCopyHasher
from desktop_app.infra.vision.pairs.hashes import least_distance, oriented_hashes
from tests.channels.drawn import decoded
from tests.pairs.drawn import READER, pack

HASHES = st.integers(0, 2**64 - 1)


@given(one=HASHES, other=HASHES)
def test_it_does_not_matter_which_of_two_is_turned(one: int, other: int) -> None:
    assert least_distance(oriented_hashes(one), other) == least_distance(
        oriented_hashes(other), one
    )


@given(one=HASHES)
def test_the_upright_hash_comes_first_as_it_is(one: int) -> None:
    assert int(oriented_hashes(one)[0]) == one


@pytest.mark.parametrize("seed", range(8))
def test_they_are_about_those_of_the_turned_pictures(seed: int) -> None:
    image = decoded(pack(seed))
    true = OrientedCopyHasher().hashes(image)
    about = oriented_hashes(int(true[0]))
    apart = [int(a ^ b).bit_count() for a, b in zip(true, about, strict=True)]
    assert max(apart) <= 10
    assert float(np.mean(apart)) <= 5


def test_a_picture_without_structure_is_like_no_other() -> None:
    hashed = int.from_bytes(READER.perceptual_hash(decoded(pack(1))), "big")
    for blank in (0, 1 << 63):
        assert least_distance(oriented_hashes(hashed), blank) == 64
        assert least_distance(oriented_hashes(blank), blank) == 64
