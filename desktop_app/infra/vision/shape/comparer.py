"""The ShapeComparer port: silhouettes made, laid on each other and told apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence import UPRIGHT, Orientation, ShapeFeatures
from desktop_app.domain.images import RgbArray
from desktop_app.domain.masks import ObjectMask
from desktop_app.domain.shape_ports import ShapeAgreement
from desktop_app.domain.shapes import DrawnOutline, LaidShapes
from desktop_app.infra.vision.shape.aligning import STEPS, laid_on
from desktop_app.infra.vision.shape.distance_field import DistanceField, Floats
from desktop_app.infra.vision.shape.frames import framed
from desktop_app.infra.vision.shape.laying import laid_shapes
from desktop_app.infra.vision.shape.making import features_of_mask, features_of_outline
from desktop_app.infra.vision.shape.orientations import orientations
from desktop_app.infra.vision.shape_descriptor import FIELD_SIDE, FIELDS

_PREFERRED = 0.01
"""By so much another orientation must be nearer than the first."""
_ELONGATION_WEIGHT = 0.1
_FALL, _STRAIN = 18.0, 0.001
_HIDDEN, _HIDDEN_SHARE = np.float32(0.025), np.float32(0.05)
_FINE = 64
"""Of many, so many of the best are laid with every point and looked at from both sides."""
_ROUGH_STEPS = 4


class OutlineComparer:
    """Implements ShapeComparer; safe from any thread.

    The score is exp(-18 (e + 0.001 s)): e the mean distance between the outlines where they
    were laid, in roots of the area, measured from both sides, with what the query lacks beyond
    0.025 counted by a twentieth, because a hand may hide it; s what laying took that a camera
    would hardly have done, see :class:`~desktop_app.infra.vision.shape.aligning.Alignment`.
    Of more than 64, those that are not among the best when laid roughly keep what that gave.
    """

    def of_mask(self, mask: ObjectMask, rgb: RgbArray | None = None) -> ShapeFeatures | None:
        return features_of_mask(mask, rgb)

    def of_outline(self, outline: DrawnOutline) -> ShapeFeatures:
        return features_of_outline(outline)

    def compare(
        self, query: ShapeFeatures, others: Sequence[ShapeFeatures], *, turns: bool
    ) -> ShapeAgreement:
        scores, overlaps, distances = (np.full(len(others), np.nan, np.float32) for _ in range(3))
        laid_as = [UPRIGHT] * len(others)
        ways = orientations(turns=turns)
        frames = framed(others)
        chosen = nearest_way(query, [others[row] for row in frames.rows], ways)
        bases = {number: framed([query], ways[number]) for number in np.unique(chosen).tolist()}
        if all(len(base) for base in bases.values()):
            fields = {number: DistanceField(base.points[0]) for number, base in bases.items()}
            found = _apart(fields, chosen, frames.points.astype(np.float32))
            scores[frames.rows] = np.exp(-_FALL * (found.apart + _STRAIN * found.strain))
            overlaps[frames.rows] = found.overlap
            distances[frames.rows] = 100 * found.apart * frames.sizes
            for row, number in zip(frames.rows.tolist(), chosen.tolist(), strict=True):
                laid_as[row] = ways[number]
        return ShapeAgreement(scores, overlaps, distances, tuple(laid_as))

    def lay(self, query: ShapeFeatures, hit: ShapeFeatures, *, turns: bool) -> LaidShapes | None:
        ways = orientations(turns=turns)
        return laid_shapes(query, ways[int(nearest_way(query, [hit], ways)[0])], hit)


def nearest_way(
    query: ShapeFeatures, others: Sequence[ShapeFeatures], ways: Sequence[Orientation]
) -> NDArray[np.intp]:
    """(n,): in which of ``ways`` the query is most like each of the others, by how much of each
    field of their boxes is covered and by their proportions; the first in doubt."""
    if not others:
        return np.empty(0, np.intp)
    fields = np.stack([other.descriptor[FIELDS] for other in others])
    elongations = np.log([other.aspect for other in others])
    own = query.descriptor[FIELDS].reshape(FIELD_SIDE, FIELD_SIDE)
    apart = np.empty((len(ways), len(others)))
    for number, way in enumerate(ways):
        changed = np.rot90(own[:, ::-1] if way.mirrored else own, -way.quarter_turns)
        elongation = np.log(query.aspect) * (-1 if way.quarter_turns % 2 else 1)
        apart[number] = np.abs(fields - changed.ravel()).mean(axis=1)
        apart[number] += _ELONGATION_WEIGHT * np.abs(elongations - elongation)
    apart[1:] += _PREFERRED
    return np.asarray(apart.argmin(axis=0), np.intp)


def as_seen(distances: Floats) -> Floats:
    """How much distances from the query's outline count, positive outside it: what a hand or a
    lost piece of the mask hides of the query lies outside, and beyond _HIDDEN counts by
    _HIDDEN_SHARE."""
    beyond = np.maximum(distances - _HIDDEN, 0)
    return np.asarray(np.abs(distances) - (1 - _HIDDEN_SHARE) * beyond, np.float32)


class _Found(NamedTuple):
    """Of b outlines: the mean distance from the one they were laid on, the strain of that, and
    the overlap."""

    apart: Floats
    strain: Floats
    overlap: Floats


def _apart(
    fields: Mapping[int, DistanceField], chosen: NDArray[np.intp], outlines: Floats
) -> _Found:
    """Of each of ``outlines`` (b, n, 2) from the field it was ``chosen`` for: roughly of all,
    then well of those that may be the nearest; the others are not nearer than those."""
    found = _Found(*(np.zeros(len(outlines), np.float32) for _ in range(3)))
    rows = np.arange(len(outlines))
    if len(rows) > _FINE:
        _measure(found, fields, chosen, outlines[:, ::2], rows, is_rough=True)
        rows = np.argsort(found.apart + _STRAIN * found.strain, kind="stable")[:_FINE]
    _measure(found, fields, chosen, outlines, rows, is_rough=False)
    left = np.ones(len(outlines), np.bool_)
    left[rows] = False
    farthest = (found.apart + _STRAIN * found.strain)[rows].max(initial=0)
    found.apart[left] = np.maximum(found.apart[left], farthest - _STRAIN * found.strain[left])
    return found


def _measure(
    found: _Found,
    fields: Mapping[int, DistanceField],
    chosen: NDArray[np.intp],
    outlines: Floats,
    rows: NDArray[np.intp],
    *,
    is_rough: bool,
) -> None:
    """Fill in ``found`` for ``rows``; from one side only where roughly is enough."""
    for number, field in fields.items():
        own = rows[chosen[rows] == number]
        if not own.size:
            continue
        laid = laid_on(field, outlines[own], _ROUGH_STEPS if is_rough else STEPS)
        apart = as_seen(laid.distances).mean(axis=1)
        found.strain[own] = laid.strain
        for place, row in enumerate(own.tolist()):
            filled = field.filled(laid.points[place])
            found.overlap[row] = field.overlap(filled)
            if not is_rough:
                back = float(as_seen(field.own_distances(filled)).mean())
                apart[place] += max(apart[place], back)
                apart[place] /= 2
        found.apart[own] = apart
