"""The hashes of a picture under its flips and quarter turns."""

from __future__ import annotations

import numpy as np
import pytest

from desktop_app.domain.evidence_ports import ORIENTATIONS
from desktop_app.infra.vision.copy_hashes import OrientedCopyHasher
from desktop_app.infra.vision.decode import PillowImageReader
from desktop_app.services.copy_index import CopyIndex, bit_counts
from tests.channels.drawn import JUG, ODD_PICTURES, changed, decoded, object_picture

HASHER = OrientedCopyHasher()


def picture(seed: int = 0) -> np.ndarray:
    """A jug with a pattern on it that is symmetric in no way."""
    rng = np.random.default_rng(seed)
    rgb = object_picture(JUG).image.rgb.copy()
    for _ in range(12):
        y, x = rng.integers(20, 200, 2)
        rgb[y : y + 40, x : x + 30] = rng.integers(0, 256, 3)
    return rgb


def stored_hash(rgb: np.ndarray) -> int:
    """As reading a catalogue's picture makes it."""
    reader = PillowImageReader()
    small = reader.shrink(reader.shrink(decoded(rgb), side=256), side=128)
    return int.from_bytes(reader.perceptual_hash(small), "big")


@pytest.mark.parametrize("side", [100, 256, 512, 700])
def test_the_first_hash_is_the_one_a_catalogue_stores(side: int) -> None:
    rgb = np.kron(picture(), np.ones((4, 4, 1), np.uint8))[300:, 300:][:side, :side]
    assert int(HASHER.hashes(decoded(rgb))[0]) == stored_hash(rgb)


@pytest.mark.parametrize("place", range(8))
def test_each_hash_is_that_of_the_picture_changed_so(place: int) -> None:
    rgb, orientation = picture(), ORIENTATIONS[place]
    mirrored = rgb[:, ::-1] if orientation.mirrored else rgb
    direct = stored_hash(np.rot90(mirrored, -orientation.quarter_turns))
    derived = HASHER.hashes(decoded(rgb))
    # Shrinking rounds a little otherwise along the other axis.
    assert int(bit_counts(derived ^ np.uint64(direct))[place]) <= 2
    assert int(bit_counts(derived ^ np.uint64(direct)).argmin()) == place


@pytest.mark.parametrize("place", range(8))
def test_a_copy_is_found_with_the_change_that_lays_it_as_the_original(place: int) -> None:
    rgb, orientation = picture(3), ORIENTATIONS[place]
    others = [stored_hash(picture(seed)) for seed in range(10, 30)]
    index = CopyIndex(np.arange(21), np.array([*others, stored_hash(rgb)], np.uint64))
    # Undo the change: turn back, then mirror back.
    turned_back = np.rot90(rgb, orientation.quarter_turns)
    query = turned_back[:, ::-1] if orientation.mirrored else turned_back
    found = index.matches(HASHER.hashes(decoded(query)), 8)
    assert (found.content_ids[0], found.orientations[0]) == (20, place)


@pytest.mark.parametrize("grey", [0, 7, 128, 255])
def test_an_even_picture_has_no_hash(grey: int) -> None:
    noise = np.random.default_rng(grey).integers(-2, 3, (300, 200, 3))
    rgb = np.clip(grey + noise, 0, 255).astype(np.uint8)
    assert not HASHER.hashes(decoded(np.full((50, 60, 3), grey, np.uint8))).any()
    if 2 <= grey <= 253:
        assert not HASHER.hashes(decoded(rgb)).any()


def test_white_goods_on_white_have_hashes() -> None:
    rgb = np.full((256, 256, 3), 255, np.uint8)
    rgb[60:200, 100:180] = 251
    assert HASHER.hashes(decoded(rgb)).any()


@pytest.mark.parametrize("name", ODD_PICTURES)
def test_no_picture_is_too_odd(name: str) -> None:
    assert HASHER.hashes(ODD_PICTURES[name].image).shape == (8,)


def test_mirroring_twice_is_no_change() -> None:
    once = changed(object_picture(JUG), mirrored=True, turns=0)
    hashes = HASHER.hashes(once.image)
    assert int(hashes[4]) == int(HASHER.hashes(object_picture(JUG).image)[0])
