"""Masks that a background misled, and what the network has to say about them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from desktop_app.domain.masks import MaskSource, ObjectMask
from desktop_app.infra.vision.masks.doubt import is_doubtful
from desktop_app.infra.vision.masks.masker import PictureMasker
from desktop_app.infra.vision.masks.saliency import Saliency
from tests.masks.conftest import bottle, decoded, even, overlap
from tests.masks.test_masker import KnowingNetwork, masker_with


def solid() -> np.ndarray:
    """A body with a cap, the same on either side."""
    alpha = np.zeros((200, 160), np.uint8)
    alpha[60:180, 50:110] = 255
    alpha[30:60, 65:95] = 255
    return alpha


def doubtful(alpha: np.ndarray) -> bool:
    return is_doubtful(ObjectMask(alpha, MaskSource.PLAIN_BACKGROUND, 0.9, 0.0))


def test_a_whole_object_is_not_doubted() -> None:
    assert not doubtful(solid())
    label = solid()
    label[100:140, 60:100] = 0  # white as the background; holes are filled anyway
    assert not doubtful(label)


def test_shadows_lost_sides_ragged_edges_and_horizons_are_doubted() -> None:
    shadow = solid()
    shadow[168:180, 110:155] = 255
    lost = solid()
    lost[90:160, 50:62] = 0
    ragged = solid()
    ragged[60:180:6, 44:116] = 255
    ragged[63:180:6, 50:56] = ragged[63:180:6, 104:110] = 0
    horizon = solid()
    horizon[150:160] = 255
    for wrong in (shadow, lost, ragged, horizon, np.zeros((20, 20), np.uint8)):
        assert doubtful(wrong)


@pytest.fixture
def with_shadow() -> tuple[np.ndarray, np.ndarray]:
    """A bottle whose shadow is as dark as the background lets an object be, and the truth."""
    rgb, truth = bottle(even((255, 255, 255)))
    inside = np.flatnonzero(truth.any(axis=1))
    right = np.flatnonzero(truth.any(axis=0))[-1]
    fallen = rgb.copy()
    fallen[inside[-1] - 22 : inside[-1], right : right + 36] = (90, 90, 92)
    return fallen, truth


def test_the_network_is_asked_about_a_doubtful_mask(
    with_shadow: tuple[np.ndarray, np.ndarray],
) -> None:
    rgb, truth = with_shadow
    quick = masker_with(KnowingNetwork(truth)).quick_mask(decoded(rgb))
    assert quick is not None
    assert quick.confidence > 0.6
    mask = masker_with(KnowingNetwork(truth)).mask(decoded(rgb))
    assert mask.source is MaskSource.NETWORK
    assert overlap(mask.alpha, truth) > overlap(quick.alpha, truth)


def test_a_network_that_is_not_sure_changes_nothing(
    with_shadow: tuple[np.ndarray, np.ndarray],
) -> None:
    rgb, truth = with_shadow
    large = np.repeat(np.repeat(rgb, 3, axis=0), 3, axis=1)
    mask = masker_with(KnowingNetwork(truth * 0.7)).mask(decoded(large))
    assert mask.source is MaskSource.PLAIN_BACKGROUND


def test_a_plain_mask_in_order_is_taken_without_the_network(
    no_network: Callable[[], Saliency],
) -> None:
    rgb, _ = bottle(even((255, 255, 255), side=400))
    mask = PictureMasker(no_network, weights_key="k").mask(decoded(rgb))
    assert mask.source is MaskSource.PLAIN_BACKGROUND
