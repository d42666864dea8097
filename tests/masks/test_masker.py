"""Which of transparency, even background and network is used; and pictures of no use."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from desktop_app.domain.errors import ModelUnavailable
from desktop_app.domain.images import RgbArray
from desktop_app.domain.masks import MaskSource
from desktop_app.infra.vision.masks.guided_filter import guided_filter
from desktop_app.infra.vision.masks.masker import PictureMasker, expected_overlap
from desktop_app.infra.vision.masks.saliency import Saliency
from desktop_app.infra.vision.opencv import cv
from tests.masks.conftest import bottle, cluttered, decoded, even, overlap


class KnowingNetwork:
    """Answers with a blurred truth, as a network does."""

    def __init__(self, truth: np.ndarray, side: int = 64) -> None:
        small = cv.resize(truth.astype(np.float32), (side, side), interpolation=cv.INTER_AREA)
        self._answer = cv.GaussianBlur(small, (0, 0), 0.8)

    def __call__(self, rgb: RgbArray) -> np.ndarray:  # noqa: ARG002 - the port's signature
        return self._answer


def masker_with(network: Saliency | Exception) -> PictureMasker:
    def make() -> Saliency:
        if isinstance(network, Exception):
            raise network
        return network

    return PictureMasker(make, weights_key="test@0")


def test_transparency_comes_before_everything(no_network: Callable[[], Saliency]) -> None:
    alpha = np.zeros((160, 160), np.uint8)
    alpha[20:60, 30:90] = 255
    rgb, _ = bottle(even((255, 255, 255)))
    mask = PictureMasker(no_network, weights_key="k").mask(decoded(rgb, alpha))
    assert mask.source is MaskSource.ALPHA
    assert mask.confidence == 1.0
    assert (mask.alpha == alpha).all()


@pytest.mark.parametrize("level", [255, 254, 0])
def test_transparency_that_tells_nothing_is_passed_over(
    no_network: Callable[[], Saliency], level: int
) -> None:
    rgb, truth = bottle(even((255, 255, 255), side=400))
    alpha = np.full((400, 400), level, np.uint8)
    mask = PictureMasker(no_network, weights_key="k").mask(decoded(rgb, alpha))
    assert mask.source is MaskSource.PLAIN_BACKGROUND
    assert overlap(mask.alpha, truth) > 0.97


def test_a_cluttered_picture_goes_to_the_network() -> None:
    rgb, truth = bottle(cluttered())
    masker = masker_with(KnowingNetwork(truth))
    assert masker.quick_mask(decoded(rgb)) is None
    mask = masker.mask(decoded(rgb))
    assert mask.source is MaskSource.NETWORK
    assert overlap(mask.alpha, truth) > 0.93
    assert mask.confidence > 0.7
    assert mask.clutter > 0.2


def test_of_a_small_picture_the_network_is_the_more_exact() -> None:
    """Before an even background too, unless both say the same or it is one colour."""
    sweep = even((250, 250, 250), side=160) - np.arange(0, 32, 0.2).astype(np.uint8)[:, None, None]
    rgb, truth = bottle(sweep)
    narrower = cv.erode(truth.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    plain = masker_with(KnowingNetwork(truth, side=160)).mask(decoded(rgb))
    assert plain.source is MaskSource.PLAIN_BACKGROUND
    other = masker_with(KnowingNetwork(narrower, side=160)).mask(decoded(rgb))
    assert other.source is MaskSource.NETWORK
    larger = cv.resize(sweep, (400, 400)).astype(np.uint8)
    for background in (larger, even((250, 250, 250), side=160)):
        rgb, _ = bottle(background)
        kept = masker_with(KnowingNetwork(narrower, side=160)).mask(decoded(rgb))
        assert kept.source is MaskSource.PLAIN_BACKGROUND


def test_large_pictures_get_masks_of_their_own_size() -> None:
    rgb, truth = bottle(even((250, 250, 250), side=900))
    mask = masker_with(KnowingNetwork(truth)).mask(decoded(rgb))
    assert mask.alpha.shape == (900, 900)
    assert overlap(mask.alpha, truth) > 0.97


@pytest.mark.parametrize(
    "rgb",
    [
        np.zeros((1, 1, 3), np.uint8),
        np.full((1, 300, 3), 9, np.uint8),
        np.full((7, 5, 3), 200, np.uint8),
        np.full((120, 90, 3), 255, np.uint8),
        np.full((64, 64, 3), 0, np.uint8),
    ],
)
def test_a_picture_without_an_object_is_taken_whole(rgb: RgbArray) -> None:
    masker = masker_with(KnowingNetwork(np.zeros((64, 64))))
    mask = masker.mask(decoded(rgb))
    assert mask.source is MaskSource.WHOLE
    assert mask.confidence == 0.0
    assert mask.alpha.shape == rgb.shape[:2]
    assert not mask.is_usable


def test_any_picture_gets_a_mask_of_its_size() -> None:
    rng = np.random.default_rng(5)
    masker = masker_with(KnowingNetwork(np.ones((64, 64))))
    for _ in range(40):
        height, width = (int(v) for v in rng.integers(1, 70, 2))
        rgb = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
        alpha = rng.integers(0, 256, (height, width), dtype=np.uint8)
        for given in (alpha, None):
            mask = masker.mask(decoded(rgb, given))
            assert mask.alpha.shape == (height, width)
            assert 0 <= mask.confidence <= 1


def test_without_a_network_pictures_are_taken_whole_and_it_is_asked_for_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    masker = masker_with(ModelUnavailable("gone"))
    for _ in range(3):
        mask = masker.mask(decoded(cluttered()))
        assert mask.source is MaskSource.WHOLE
        assert mask.clutter > 0.2
    assert len(caplog.records) == 1


def test_the_version_names_method_and_weights() -> None:
    assert masker_with(ModelUnavailable("")).version.startswith("test@0.m")


def test_a_hesitant_network_is_believed_less() -> None:
    sure, unsure = np.zeros((8, 8), np.float32), np.full((8, 8), 0.3, np.float32)
    sure[2:6, 2:6], unsure[2:6, 2:6] = 1.0, 0.6
    assert expected_overlap(sure) == 1.0
    assert expected_overlap(unsure) < 0.4


def test_the_guided_filter_keeps_a_plane_that_follows_its_guide() -> None:
    """A source that is a linear function of the guide passes unchanged (He 2010, eq. 1)."""
    guide = np.random.default_rng(2).random((40, 50)).astype(np.float32)
    source = 0.3 * guide + 0.2
    filtered = guided_filter(guide, source.astype(np.float32), radius=4, epsilon=1e-7)
    assert np.abs(filtered - source).max() < 1e-3


def test_the_guided_filter_moves_a_blurred_edge_to_that_of_the_guide() -> None:
    guide = np.zeros((32, 64), np.float32)
    guide[:, 30:] = 1.0
    source = cv.GaussianBlur(np.roll(guide, 2, axis=1), (0, 0), 3)
    filtered = guided_filter(guide, source, radius=6, epsilon=1e-4)
    assert (filtered[:, 26:29] < 0.5).all()
    assert (filtered[:, 31:34] > 0.5).all()
