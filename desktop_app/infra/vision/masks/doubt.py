"""Whether a mask looks as if its edge had been taken from the light rather than the object."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.masks import INSIDE, ObjectMask
from desktop_app.infra.vision.opencv import cv, cv2

Solid = NDArray[np.uint8]

_SIDE = 160
_MOST_ASKEW = 0.06
"""Share by which a mask may differ from its mirror image: most products are symmetric, and a
shadow or a piece lost on one side is not."""
_MOST_RAGGED = 0.04
"""Share that rounding the edge may change."""
_MOST_AT_EDGES = 0.02
"""Length along the left, right and upper edges of the picture, over twice the root of the area:
shadows and horizons reach there."""
_ROUNDED = 0.03
_NEAR = 3


def is_doubtful(mask: ObjectMask) -> bool:
    """Whether the mask is askew, ragged, or reaches the picture's edges; a millisecond."""
    solid = _filled(mask.alpha)
    area = int(np.count_nonzero(solid))
    if not area:
        return True
    at_edges = sum(int(np.count_nonzero(edge)) for edge in (solid[:, 0], solid[:, -1], solid[0]))
    if at_edges > _MOST_AT_EDGES * 2 * np.sqrt(area):
        return True
    return _askew(solid, area) > _MOST_ASKEW or _ragged(solid, area) > _MOST_RAGGED


def _filled(alpha: NDArray[np.uint8]) -> Solid:
    """The object, small, without holes; 1 inside."""
    height, width = alpha.shape
    scale = min(1.0, _SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv.resize(alpha, size, interpolation=cv.INTER_AREA)
    solid = (small >= INSIDE).astype(np.uint8)
    outer, _ = cv2.findContours(solid, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled: Solid = cv.drawContours(np.zeros_like(solid), outer, -1, 1, cv.FILLED)
    return filled


def _askew(solid: Solid, area: int) -> float:
    """1 - intersection over union with the mirror image, about the best axis near the middle
    of the object's box or its centroid."""
    ys, xs = np.nonzero(solid)
    near = np.arange(-_NEAR, _NEAR + 1)
    sums = np.unique(np.concatenate([xs.min() + xs.max() + near, round(2 * xs.mean()) + near]))
    best = 0.0
    for twice_axis in sums.tolist():
        mirrored = twice_axis - xs
        within = (mirrored >= 0) & (mirrored < solid.shape[1])
        both = int(np.count_nonzero(solid[ys[within], mirrored[within]]))
        best = max(best, both / (2 * area - both))
    return 1 - best


def _ragged(solid: Solid, area: int) -> float:
    reach = max(1, round(_ROUNDED * float(np.sqrt(area))))
    disc = cv.getStructuringElement(cv.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    bordered = cv.copyMakeBorder(solid, reach, reach, reach, reach, cv.BORDER_CONSTANT)
    rounded = cv.morphologyEx(cv.morphologyEx(bordered, cv.MORPH_OPEN, disc), cv.MORPH_CLOSE, disc)
    return float(np.count_nonzero(rounded != bordered)) / area
