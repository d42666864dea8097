"""Lays many outlines on one, as a camera held in the hand would have seen them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.infra.vision.shape.distance_field import DistanceField, Floats

STEPS = 6
_ROBUST = 0.06
"""Distances beyond count less and less (Geman and McClure 1985). Unit: root of the area."""
_FREE = 30.0
_SPREADS = np.array([_FREE, _FREE, _FREE, 0.2, 0.03, 0.03, 0.06, 0.06])
"""How far each of the PARAMETERS is expected to go: place and size anywhere, the others as a
camera that is not held quite level and not quite in front of the object makes them."""
_LONGEST_STEP = np.float32(0.3)
_NOISE = 0.012
"""Spread of the outline that masks leave, in the same unit."""
PARAMETERS = 8
"""Shift across, shift down, growth, turn, stretch, shear, and the two of perspective."""


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """``points`` (b, n, 2) as laid; ``distances`` (b, n) signed from the outline they were
    laid on; ``changes`` (b, PARAMETERS) what was done to them, summed over the steps, of which
    ``strain`` (b,) is how much of it a camera would hardly have done: half the sum of squares
    over the spreads expected."""

    points: Floats
    distances: Floats
    changes: Floats
    matrices: Floats
    strain: Floats


def laid_on(field: DistanceField, outlines: Floats, steps: int = STEPS) -> Alignment:
    """Each of ``outlines`` (b, n, 2) laid by a homography, by Gauss-Newton steps on the
    squared distances (Fitzgibbon, "Robust registration of 2D and 3D point sets", 2003) with
    Gaussian priors on its parameters."""
    count, length = outlines.shape[:2]
    start = np.concatenate([outlines, np.ones((count, length, 1), np.float32)], axis=2)
    matrices = np.tile(np.eye(3, dtype=np.float32), (count, 1, 1))
    changes = np.zeros((count, PARAMETERS), np.float32)
    precision = (_NOISE / _SPREADS) ** 2 * length
    precision = precision.astype(np.float32)
    points = outlines
    distances, gradients = field.sample(points)
    for _ in range(steps):
        weights = 1 / (1 + (distances / _ROBUST) ** 2) ** 2
        jacobians = _jacobians(points, gradients)
        weighted = jacobians * weights[..., np.newaxis]
        normal = np.swapaxes(weighted, 1, 2) @ jacobians
        slope = (np.swapaxes(weighted, 1, 2) @ distances[..., np.newaxis])[..., 0]
        normal[:, range(PARAMETERS), range(PARAMETERS)] += precision + 1e-4
        slope += precision * changes
        step = -np.linalg.solve(normal, slope[..., np.newaxis])[..., 0].astype(np.float32)
        step = np.minimum(np.maximum(step, -_LONGEST_STEP), _LONGEST_STEP)
        changes = changes + step
        matrices = _matrices(step) @ matrices
        laid = start @ np.swapaxes(matrices, 1, 2)
        points = laid[..., :2] / np.maximum(laid[..., 2:], np.float32(0.05))
        distances, gradients = field.sample(points)
    strain = ((changes / _SPREADS.astype(np.float32)) ** 2).sum(axis=1) / 2
    return Alignment(points, distances, changes, matrices, strain)


def _jacobians(points: Floats, gradients: Floats) -> Floats:
    """(b, n, PARAMETERS): how each distance changes with each parameter."""
    x, y = points[..., 0], points[..., 1]
    across, down = gradients[..., 0], gradients[..., 1]
    radial = across * x + down * y
    columns = [
        across,
        down,
        radial,
        down * x - across * y,
        across * x - down * y,
        across * y + down * x,
        radial * x,
        radial * y,
    ]
    return np.stack(columns, axis=-1)


def _matrices(step: Floats) -> Floats:
    """(b, 3, 3): the homography of a small step."""
    across, down, growth, turn, stretch, shear, tilt, lift = step.T
    one = np.ones(len(step), np.float32)
    rows = [
        [one + growth + stretch, shear - turn, across],
        [shear + turn, one + growth - stretch, down],
        [-tilt, -lift, one],
    ]
    return np.moveaxis(np.array(rows, np.float32), 2, 0)


def inverse_points(matrix: NDArray[np.float32], points: Floats) -> Floats:
    """Points (n, 2) of the frame laid on, back where they were before ``matrix``."""
    homogeneous = np.concatenate([points, np.ones((len(points), 1))], axis=1)
    back = homogeneous @ np.linalg.inv(matrix.astype(np.float64)).T
    return np.asarray(back[:, :2] / back[:, 2:], np.float32)
