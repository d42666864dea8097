"""Lays many outlines on one, as a camera held in the hand would have seen them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.infra.vision.shape.distance_field import DistanceField, Floats

STEPS = 8
PARAMETERS = 9
"""Shift across, shift down, growth, turn, stretch, shear, the two of perspective, and how much
more from above a round object is seen."""

_FREE = 30.0
_SPREADS = np.array([_FREE, _FREE, _FREE, 0.2, 0.015, 0.02, 0.03, 0.04, 0.3], np.float32)
"""How far each of the parameters is expected to go: place and size anywhere, the others as a
camera that is not held quite level and not quite in front of the object makes them."""
_ROBUST = 0.06
"""Distances beyond count less and less (Geman and McClure 1985). Unit: root of the area."""
_NOISE = 0.012
"""Spread of the outline that masks leave, in the same unit."""
_LONGEST_STEP = np.float32(0.3)
_LEAST_NEARNESS = np.float32(0.05)
_LEDGE = 0.017
"""Steps of height in which is told how wide the object is."""


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """``points`` (b, n, 2) as laid; ``distances`` (b, n) signed from the outline they were
    laid on; ``changes`` (b, PARAMETERS) what was done to them, summed over the steps, of which
    ``strain`` (b,) is how much a camera would hardly have done: half the sum of squares over the
    spreads expected. ``matrices`` (b, 3, 3) took them there once they had been lifted."""

    points: Floats
    distances: Floats
    changes: Floats
    matrices: Floats
    strain: Floats


def laid_on(field: DistanceField, outlines: Floats, steps: int = STEPS) -> Alignment:
    """Each of ``outlines`` (b, n, 2) laid by a homography and a lift, by Gauss-Newton steps on
    the squared distances (Fitzgibbon, "Robust registration of 2D and 3D point sets", 2003) with
    Gaussian priors on its parameters.

    The lift is what looking down on a round object does: a ledge of radius R that was a line
    becomes an arc, by sqrt(R^2 - x^2) times the sine of the angle, away from the object.
    """
    count, length = outlines.shape[:2]
    bulges = ledges(outlines)
    one = np.ones((count, length, 1), np.float32)
    matrices = np.tile(np.eye(3, dtype=np.float32), (count, 1, 1))
    changes = np.zeros((count, PARAMETERS), np.float32)
    precision: Floats = ((_NOISE / _SPREADS) ** 2 * length).astype(np.float32)
    points = outlines
    distances, gradients = field.sample(points)
    for _ in range(steps):
        weights = 1 / (1 + (distances / _ROBUST) ** 2) ** 2
        jacobians = _jacobians(points, gradients, bulges)
        weighted = np.swapaxes(jacobians * weights[..., np.newaxis], 1, 2)
        normal = weighted @ jacobians
        slope = (weighted @ distances[..., np.newaxis])[..., 0] + precision * changes
        normal[:, range(PARAMETERS), range(PARAMETERS)] += precision + 1e-4
        step = -np.linalg.solve(normal, slope[..., np.newaxis])[..., 0].astype(np.float32)
        step = np.minimum(np.maximum(step, -_LONGEST_STEP), _LONGEST_STEP)
        changes = changes + step
        matrices = _matrices(step) @ matrices
        lifted = outlines.copy()
        lifted[..., 1] += changes[:, -1:] * bulges
        laid = np.concatenate([lifted, one], axis=2) @ np.swapaxes(matrices, 1, 2)
        nearness: Floats = np.maximum(laid[..., 2:], _LEAST_NEARNESS)
        points = laid[..., :2] / nearness
        distances, gradients = field.sample(points)
    strain = ((changes / _SPREADS) ** 2).sum(axis=1) / 2
    return Alignment(points, distances, changes, matrices, strain)


def ledges(outlines: Floats) -> Floats:
    """(b, n): how far down each point goes for a lift of 1."""
    x, y = outlines[..., 0], outlines[..., 1]
    along = np.roll(outlines, -1, axis=1) - np.roll(outlines, 1, axis=1)
    lengths = np.maximum(np.hypot(along[..., 0], along[..., 1]), 1e-6)
    following = np.roll(outlines, -1, axis=1)
    winding = np.sign((x * following[..., 1] - following[..., 0] * y).sum(axis=1, keepdims=True))
    facing = -winding * along[..., 0] / lengths
    reach = np.abs(x)
    # The widest within a band of three steps around each point's height.
    steps = ((y - y.min(axis=1, keepdims=True)) / _LEDGE).astype(np.int64) + 1
    widest = np.zeros((len(y), int(steps.max(initial=0)) + 2), np.float32)
    each = np.arange(len(y))[:, np.newaxis]
    np.maximum.at(widest, (each, steps), reach)
    around = np.maximum(np.maximum(widest[:, :-2], widest[:, 1:-1]), widest[:, 2:])
    radius = around[each, steps - 1]
    found: Floats = facing * np.sqrt(np.maximum(radius**2 - x**2, 0))
    return found.astype(np.float32)


def _jacobians(points: Floats, gradients: Floats, bulges: Floats) -> Floats:
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
        down * bulges,
    ]
    return np.stack(columns, axis=-1)


def _matrices(step: Floats) -> Floats:
    """(b, 3, 3): the homography of a small step."""
    across, down, growth, turn, stretch, shear, tilt, lean, _ = step.T
    one = np.ones(len(step), np.float32)
    rows = [
        [one + growth + stretch, shear - turn, across],
        [shear + turn, one + growth - stretch, down],
        [-tilt, -lean, one],
    ]
    return np.moveaxis(np.array(rows, np.float32), 2, 0)


def inverse_points(matrix: NDArray[np.float32], points: Floats) -> Floats:
    """Points (n, 2) of the frame laid on, back where they were before ``matrix``."""
    homogeneous = np.concatenate([points, np.ones((len(points), 1))], axis=1)
    back = homogeneous @ np.linalg.inv(matrix.astype(np.float64)).T
    return np.asarray(back[:, :2] / back[:, 2:], np.float32)
