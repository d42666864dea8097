"""The largest circles between points that have none inside."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.shape_map import EmptyCircle, Places

SECTORS = 6
"""Neighbours are looked for in so many directions."""
CROWD = 6
"""There is room for another outline where a circle is larger than those around most places that
hold so many others."""
_MOST_OVERLAP = 0.8
"""Centres lie at least this share of the sum of both radii apart."""
_FARTHEST = 2.5
"""A neighbour lies within so many radii of the centre."""


def largest_empty_circles(places: Places, most: int) -> list[EmptyCircle]:
    """See ShapeLayout. Their centres are vertices of the Voronoi diagram, for a circle that
    cannot grow touches three points; they lie wholly within the convex hull (Toussaint 1983)."""
    # Loaded with SciPy, which only what learns needs.
    from scipy.spatial import ConvexHull, QhullError, Voronoi, cKDTree  # noqa: PLC0415

    points = np.unique(places.astype(np.float64), axis=0)
    if len(points) < 4:
        return []
    try:
        hull = ConvexHull(points)
        centres = Voronoi(points).vertices
    except QhullError:  # all on one line
        return []
    tree = cKDTree(places.astype(np.float64))
    radii, _ = tree.query(centres)
    inside = -(centres @ hull.equations[:, :2].T + hull.equations[:, 2]).max(axis=1)
    crowded, _ = tree.query(points, min(CROWD + 1, len(points)))
    fits = np.flatnonzero((inside >= radii) & (radii >= np.median(crowded[:, -1])))
    order = fits[np.lexsort((centres[fits, 1], centres[fits, 0], -radii[fits]))]
    kept: list[EmptyCircle] = []
    taken = np.empty((0, 3))
    for row in order.tolist():
        if len(kept) == most:
            break
        centre, radius = centres[row], float(radii[row])
        apart = np.linalg.norm(taken[:, :2] - centre, axis=1)
        if (apart < _MOST_OVERLAP * (taken[:, 2] + radius)).any():
            continue
        around = _on_all_sides(tree, places, centre, radius)
        if len(around) < 3:
            continue
        kept.append(EmptyCircle(float(centre[0]), float(centre[1]), radius, around))
        taken = np.vstack([taken, [*centre, radius]])
    return kept


def _on_all_sides(
    tree: object, places: Places, centre: NDArray[np.float64], radius: float
) -> tuple[int, ...]:
    """The nearest in each sector, by rising distance."""
    rows = np.asarray(tree.query_ball_point(centre, _FARTHEST * radius), np.int64)  # type: ignore[attr-defined]
    offsets = places[rows] - centre
    distances = np.hypot(offsets[:, 0], offsets[:, 1])
    sectors = ((np.arctan2(offsets[:, 1], offsets[:, 0]) / (2 * np.pi) + 0.5) * SECTORS).astype(int)
    found: dict[int, int] = {}
    for place in np.lexsort((rows, distances)).tolist():
        found.setdefault(int(sectors[place]) % SECTORS, int(rows[place]))
    return tuple(found.values())
