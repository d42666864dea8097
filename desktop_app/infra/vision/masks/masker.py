"""The masker port: transparency, then an even background, then the network, which is also
asked where the mask that the background gave looks wrong, and of small pictures."""

from __future__ import annotations

import logging
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.errors import ModelUnavailable
from desktop_app.domain.images import DecodedImage, RgbArray
from desktop_app.domain.masks import INSIDE, MAX_COVERAGE, MaskSource, ObjectMask
from desktop_app.infra.vision.masks.clutter import clutter_outside, gradient_of
from desktop_app.infra.vision.masks.doubt import is_doubtful
from desktop_app.infra.vision.masks.guided_filter import guided_filter
from desktop_app.infra.vision.masks.plain import LEAST_SIDE, plain_background_mask
from desktop_app.infra.vision.masks.saliency import Probability, Saliency
from desktop_app.infra.vision.opencv import cv

log = logging.getLogger(__name__)

METHOD_VERSION = 3
"""Raised whenever the same picture would be given another mask with the same weights."""
WORKING_SIDE = 512
"""Larger pictures are masked at this size and their masks enlarged."""
SURE_ENOUGH = 0.6
"""A plain background believed this far is not put before the network,"""
FULLY_SEEN = 320
"""but where the picture's longer side is at most this: the network then sees nearly all there
is, and is the more exact of the two, unless the background is one colour."""
_OF_ONE_COLOUR = 0.6
"""Share of a frame's pixels that are exactly of its median colour."""
_SECOND_OPINION = 0.85
"""How far the network must believe its mask for it to stand in for a doubtful one that the
background itself is sure of,"""
_SETTLING_OPINION, _BELIEVED = 0.55, 0.85
"""and for one that the background believes less than the latter, or of a small picture."""
_SAME, _SAME_SMALL = 0.95, 0.97
"""Masks that overlap so much (IoU) are one; that of the background has the sharper edge. The
latter of small pictures."""
_LEAST_ALIKE = 0.6
"""Before one colour the background misses pieces or takes shadows in, but never most of it: a mask
of the network that overlaps less is of something else, a print perhaps."""
_LEAST_OBJECT = 0.002
"""Share of the picture under which the network has found nothing."""
_RADIUS_SHARE, _EPSILON = 1 / 112, 4e-4


class PictureMasker:
    """Implements Masker. ``network`` makes the saliency network, called once, in the thread
    that masks, when a picture first needs it; where it raises ModelUnavailable, masks are made
    without. ``weights_key`` names its weights."""

    def __init__(self, network: Callable[[], Saliency], *, weights_key: str) -> None:
        self._make_network = network
        self._network: Saliency | None = None
        self._has_failed = False
        self._version = f"{weights_key}.m{METHOD_VERSION}"

    @property
    def version(self) -> str:
        """See Masker."""
        return self._version

    def mask(self, image: DecodedImage) -> ObjectMask:
        """See Masker. Raises Cancelled where the network was being prepared."""
        quick = self.quick_mask(image)
        is_sure = quick is not None and quick.confidence >= SURE_ENOUGH
        is_one_colour = _is_one_colour(image.rgb)
        is_small = max(image.rgb.shape[:2]) <= FULLY_SEEN and not is_one_colour
        if quick is not None and is_sure and not _wants_second_opinion(quick, is_small=is_small):
            return quick
        small = _shrunk(image.rgb)
        if min(small.shape[:2]) < LEAST_SIDE:
            return quick or ObjectMask.whole(*image.rgb.shape[:2])
        network = self._ready()
        seen = network_mask(small, network) if network else None
        if quick is not None and is_sure:
            grown = None if seen is None else _grown(seen, image.rgb)
            least = _LEAST_ALIKE if is_one_colour else 0.0
            return _decided(quick, grown, is_small=is_small, least_alike=least)
        if seen is None or (quick is not None and quick.confidence >= seen.confidence):
            return quick or _whole(small, image.rgb)
        return _grown(seen, image.rgb)

    def quick_mask(self, image: DecodedImage) -> ObjectMask | None:
        """See Masker."""
        if image.alpha is not None and (found := _from_alpha(image.alpha)) is not None:
            return found
        found = plain_background_mask(_shrunk(image.rgb))
        return _grown(found, image.rgb) if found is not None else None

    def _ready(self) -> Saliency | None:
        if self._network is None and not self._has_failed:
            try:
                self._network = self._make_network()
            except ModelUnavailable as error:
                log.warning("masks are made without the network: %s %s", error, error.details)
                self._has_failed = True
        return self._network


def _wants_second_opinion(mask: ObjectMask, *, is_small: bool) -> bool:
    """Before a background that is even but for a shadow, its shade or a horizon, or as white
    as the object, a mask may be believed and still be wrong; its shape tells."""
    return mask.source is MaskSource.PLAIN_BACKGROUND and (is_small or is_doubtful(mask))


def _is_one_colour(rgb: RgbArray) -> bool:
    """Whether the picture's frame is, as where an object was cut out and set on it."""
    sides = (rgb[0], rgb[-1], rgb[:, 0], rgb[:, -1])
    frame = np.concatenate(sides)
    same = (frame == np.median(frame, axis=0)).all(axis=1)
    return float(same.mean()) >= _OF_ONE_COLOUR


def _decided(
    quick: ObjectMask, seen: ObjectMask | None, *, is_small: bool, least_alike: float
) -> ObjectMask:
    """The network's mask in place of one that may be wrong, where it is sure and differs, but
    overlaps it as much as ``least_alike`` (IoU)."""
    is_believed = quick.confidence >= _BELIEVED and not is_small
    wanted = _SECOND_OPINION if is_believed else _SETTLING_OPINION
    same = _SAME_SMALL if is_small else _SAME
    if seen is None or seen.confidence < wanted:
        return quick
    one, other = quick.alpha >= INSIDE, seen.alpha >= INSIDE
    both, either = (one & other).sum(), (one | other).sum()
    return seen if least_alike * either <= both < same * either else quick


def network_mask(rgb: RgbArray, network: Saliency) -> ObjectMask | None:
    """The object as ``network`` sees it, its edge drawn to that of the picture; None where it
    sees none. ``confidence`` is the overlap (IoU) that the network itself expects."""
    probability = network(rgb)
    confidence = expected_overlap(probability)
    if float((probability > 0.5).mean()) < _LEAST_OBJECT:
        return None
    lightness = cv.cvtColor(rgb, cv.COLOR_RGB2GRAY)
    alpha = _refined(probability, lightness)
    clutter = clutter_outside(gradient_of(lightness), alpha)
    return ObjectMask(alpha, MaskSource.NETWORK, confidence, clutter)


def expected_overlap(probability: Probability) -> float:
    """Intersection over union to be expected of ``probability > 0.5``, were the pixels right
    as often as they claim: sum of p m over sum of p + m - p m."""
    found = probability > 0.5
    both = float(probability[found].sum())
    either = float(np.count_nonzero(found)) + float(probability[~found].sum())
    return both / either if either > 0 else 0.0


def _refined(probability: Probability, lightness: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = lightness.shape
    large = cv.resize(probability, (width, height), interpolation=cv.INTER_LINEAR)
    guide = lightness.astype(np.float32) * np.float32(1 / 255)
    radius = max(2, round(max(height, width) * _RADIUS_SHARE))
    smooth = guided_filter(guide, large, radius=radius, epsilon=_EPSILON)
    # Steeper around one half: a soft edge of some pixels, not a veil.
    alpha: NDArray[np.uint8] = np.clip((smooth - 0.5) * (2 * 255) + 127.5, 0, 255).astype(np.uint8)
    return alpha


def _from_alpha(alpha: NDArray[np.uint8]) -> ObjectMask | None:
    """The file's transparency, unless it shows all, nearly all (rounded corners) or nothing."""
    coverage = float(np.count_nonzero(alpha >= INSIDE)) / max(1, alpha.size)
    if not _LEAST_OBJECT < coverage < MAX_COVERAGE:
        return None
    return ObjectMask(alpha, MaskSource.ALPHA, confidence=1.0, clutter=0.0)


def _shrunk(rgb: RgbArray) -> RgbArray:
    height, width = rgb.shape[:2]
    scale = WORKING_SIDE / max(height, width)
    if scale >= 1:
        return rgb
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small: RgbArray = cv.resize(rgb, size, interpolation=cv.INTER_AREA)
    return small


def _grown(mask: ObjectMask, rgb: RgbArray) -> ObjectMask:
    height, width = rgb.shape[:2]
    if mask.alpha.shape == (height, width):
        return mask
    alpha = cv.resize(mask.alpha, (width, height), interpolation=cv.INTER_LINEAR)
    return ObjectMask(
        alpha.astype(np.uint8, copy=False), mask.source, mask.confidence, mask.clutter
    )


def _whole(small: RgbArray, rgb: RgbArray) -> ObjectMask:
    slope = gradient_of(cv.cvtColor(small, cv.COLOR_RGB2GRAY))
    clutter = clutter_outside(slope, np.zeros(slope.shape, np.uint8))
    return ObjectMask.whole(*rgb.shape[:2], clutter=clutter)
