"""Key points at rest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from desktop_app.domain.print_features import MOST_KEY_POINTS
from desktop_app.infra.vision.print import codec
from tests.print_channel.prints import described, drawn_print, reader


def test_they_come_back_but_for_rounding() -> None:
    features = described(drawn_print(1))
    back = reader().unpack(reader().pack(features))
    assert np.array_equal(back.codes, features.codes)
    assert np.abs(back.points - features.points).max() < 1e-5
    assert np.abs(np.log(back.scales / features.scales)).max() < 0.03
    turns = np.angle(np.exp(1j * (back.angles - features.angles)))
    assert np.degrees(np.abs(turns)).max() < 0.8
    assert (back.width, back.height) == (200, 260)
    assert back.descriptors is None


def test_a_picture_takes_less_than_fourteen_kilobytes() -> None:
    features = described(drawn_print(1))
    rows = np.arange(MOST_KEY_POINTS) % len(features)
    full = replace(
        features,
        points=features.points[rows],
        scales=features.scales[rows],
        angles=features.angles[rows],
        codes=features.codes[rows],
    )
    assert len(reader().pack(full)) < 14_000


def test_damage_is_noticed_wherever_it_is() -> None:
    data = reader().pack(described(drawn_print(1)))
    for place in range(0, len(data), 97):
        damaged = bytearray(data)
        damaged[place] ^= 0x10
        with pytest.raises(ValueError, match="key points"):
            reader().unpack(bytes(damaged))
    for length in (0, 3, 21, len(data) - 1):
        with pytest.raises(ValueError, match="key points"):
            reader().unpack(data[:length])


def test_another_codebooks_bytes_are_refused() -> None:
    data = codec.pack(described(drawn_print(1)), "0123456789ab")
    with pytest.raises(ValueError, match="another codebook"):
        reader().unpack(data)


def test_compressed_descriptors_stay_near_the_true_ones() -> None:
    features = described(drawn_print(6))
    assert features.descriptors is not None
    decoded = reader().codebook.decode(features.codes)
    assert np.linalg.norm(decoded - features.descriptors, axis=1).mean() < 0.5
    nearest = (features.descriptors @ decoded.T).argmax(axis=1)
    assert (nearest == np.arange(len(features))).mean() > 0.9
