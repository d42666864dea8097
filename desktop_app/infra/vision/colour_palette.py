"""The few colours that stand for an object."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_app.infra.vision.object_colours import Lab
from desktop_app.infra.vision.opencv import cv2

MOST_COLOURS = 6
_SAMPLES = 1500
_SAME_COLOUR = 9.0
"""Lab distance up to which two clusters are shades of one colour."""
_LEAST_SHARE = 0.015
_ROUNDS, _SEED = 12, 1


def palette_of(lab: Lab) -> tuple[Lab, NDArray[np.float32]]:
    """Up to six colours by falling share, and their shares, which sum to 1.

    k-means (Lloyd 1982, seeded by k-means++ of Arthur and Vassilvitskii 2007) with six
    clusters; those that look alike are then merged, and what hardly shows is left out. Equal
    pixels give equal palettes.
    """
    points = lab[:: max(1, -(-len(lab) // _SAMPLES))]
    if len(points) == 1:  # kmeans would take the row for three numbers
        return points.astype(np.float32), np.ones(1, np.float32)
    clusters = min(MOST_COLOURS, len(points))
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, _ROUNDS, 0.5)
    cv2.setRNGSeed(_SEED)  # of the calling thread alone
    samples = np.ascontiguousarray(points, np.float32)
    labels = np.zeros((len(samples), 1), np.int32)
    _, _, centres = cv2.kmeans(samples, clusters, labels, criteria, 1, cv2.KMEANS_PP_CENTERS)
    sizes = np.bincount(labels.ravel(), minlength=clusters).astype(np.float64)
    return _merged(np.asarray(centres, np.float64), sizes / sizes.sum())


def _merged(
    colours: NDArray[np.float64], shares: NDArray[np.float64]
) -> tuple[Lab, NDArray[np.float32]]:
    colours, shares = colours[shares > 0], shares[shares > 0]
    while len(colours) > 1:
        apart = np.linalg.norm(colours[:, np.newaxis] - colours, axis=2)
        np.fill_diagonal(apart, np.inf)
        a, b = divmod(int(apart.argmin()), len(colours))
        if apart[a, b] > _SAME_COLOUR:
            break
        both = shares[a] + shares[b]
        colours[a] = (colours[a] * shares[a] + colours[b] * shares[b]) / both
        shares[a] = both
        colours, shares = np.delete(colours, b, axis=0), np.delete(shares, b)
    showing = shares >= _LEAST_SHARE
    colours, shares = colours[showing], shares[showing]
    order = np.argsort(-shares, kind="stable")
    return colours[order].astype(np.float32), (shares[order] / shares.sum()).astype(np.float32)
