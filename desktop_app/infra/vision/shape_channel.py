"""The channel shape: how alike the silhouettes of two objects are."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence import Channel, SegmentedPicture, ShapeFeatures
from desktop_app.domain.images import RgbArray
from desktop_app.domain.masks import ObjectMask
from desktop_app.infra.vision.packed_features import opened, sealed
from desktop_app.infra.vision.shape.cleaning import cleaned
from desktop_app.infra.vision.shape_descriptor import (
    FIELD_SIDE,
    FIELDS,
    FOURIER,
    LENGTH,
    descriptor_of,
)
from desktop_app.infra.vision.silhouette import (
    MOST_OUTLINE_POINTS,
    SIDE,
    normalised,
    silhouette_of,
    simplified,
)

MIN_TRUST = 0.5
"""Below it a silhouette says nothing about a pair: masks believed less are cut apart, or hold
the hand that holds the object."""
_LEAST_SIDE = 4

_ASPECT_WEIGHT, _FOURIER_WEIGHT, _TURN_PENALTY = 0.1, 0.3, 0.1
_FALL = 4.0

_KIND = 0x51
_HEAD = struct.Struct("<BBf")
_STEPS, _FIELD_STEPS, _POINT_STEPS = 255, 15, 65535
_FIELDS_AT = _HEAD.size + SIDE**2 // 8
_FIELD_BYTES = FIELD_SIDE**2 // 2
_POINTS_AT = _FIELDS_AT + _FIELD_BYTES + LENGTH - FIELDS.stop


class SilhouetteShapeChannel:
    """Implements EvidenceChannel[ShapeFeatures]; safe from any thread.

    The score is exp(-4 d) with d = m + 0.1 |ln(a / b)| + 0.3 f: m the share of the box on
    which the silhouettes differ when both boxes are stretched to one, a and b the height over
    width of the boxes, f the mean difference of the Fourier descriptors. Of the eight flips
    and quarter turns the best counts; turns add 0.1 to d. 1 means the same outline; where a
    tenth of the box differs 0.67 is left, and of unrelated shapes about 0.25.

    The descriptor is that of the mask as it is; the silhouette and the contour, by which
    outlines are laid on each other, are freed of holes and shadow.
    """

    channel = Channel.SHAPE
    version = "shape-1"

    def describe(self, picture: SegmentedPicture) -> ShapeFeatures | None:
        """See EvidenceChannel. None without a usable mask."""
        return self.of_mask(picture.mask, picture.image.rgb)

    def of_mask(self, mask: ObjectMask, rgb: RgbArray | None) -> ShapeFeatures | None:
        """Those of a mask of the picture ``rgb`` (h, w, 3); without the picture no shadow is
        taken off. None where the mask is not usable."""
        if not mask.is_usable:
            return None
        found = silhouette_of(mask)
        if found is None or min(found.pixels.shape) < _LEAST_SIDE:
            return None
        shown = silhouette_of(cleaned(mask, rgb))
        if shown is None or min(shown.pixels.shape) < _LEAST_SIDE:
            shown = found
        height, width = shown.pixels.shape
        corner = np.array([shown.left + 0.5, shown.top + 0.5], np.float32)
        size = np.array(mask.alpha.shape[::-1], np.float32)
        return ShapeFeatures(
            silhouette=normalised(shown),
            contour=(simplified(shown.outlines[0]) + corner) / size,
            descriptor=descriptor_of(found, normalised(found)),
            aspect=height / width,
            trust=mask.confidence * (1 - found.cut_off),
        )

    def pack(self, features: ShapeFeatures) -> bytes:
        """At most 1,120 bytes: the silhouette as bits, the outline in 65,535ths, the
        descriptor's fields in 15 steps and its rest in 255."""
        fields = np.rint(features.descriptor[FIELDS] * _FIELD_STEPS).astype(np.uint8)
        rest = np.rint(features.descriptor[FIELDS.stop :] * _STEPS).astype(np.uint8)
        points = np.rint(np.clip(features.contour, 0, 1) * _POINT_STEPS).astype("<u2")
        trust = round(features.trust * _STEPS)
        return sealed(
            _KIND,
            _HEAD.pack(len(points), trust, features.aspect)
            + np.packbits(features.silhouette).tobytes()
            + (fields[::2] << 4 | fields[1::2]).tobytes()
            + rest.tobytes()
            + points.tobytes(),
        )

    def unpack(self, data: bytes) -> ShapeFeatures:
        """See EvidenceChannel."""
        payload = opened(_KIND, data)
        if len(payload) < _POINTS_AT:
            raise ValueError(f"a packed shape of {len(payload)} bytes")
        count, trust, aspect = _HEAD.unpack_from(payload)
        if len(payload) != _POINTS_AT + 4 * count or count > MOST_OUTLINE_POINTS or not aspect > 0:
            raise ValueError(f"a packed shape of {count} points and {len(payload)} bytes")
        bits = np.frombuffer(payload, np.uint8, SIDE**2 // 8, _HEAD.size)
        pairs = np.frombuffer(payload, np.uint8, _FIELD_BYTES, _FIELDS_AT)
        rest = np.frombuffer(payload, np.uint8, LENGTH - FIELDS.stop, _FIELDS_AT + _FIELD_BYTES)
        points = np.frombuffer(payload, "<u2", 2 * count, _POINTS_AT)
        fields = np.stack([pairs >> 4, pairs & 15], axis=1).ravel()
        descriptor = np.concatenate([fields / _FIELD_STEPS, rest / _STEPS])
        return ShapeFeatures(
            silhouette=np.unpackbits(bits).reshape(SIDE, SIDE).astype(np.bool_),
            contour=(points / _POINT_STEPS).astype(np.float32).reshape(count, 2),
            descriptor=descriptor.astype(np.float32),
            aspect=aspect,
            trust=trust / _STEPS,
        )

    def compare(self, query: ShapeFeatures, others: Sequence[ShapeFeatures]) -> NDArray[np.float32]:
        """See EvidenceChannel."""
        scores = np.full(len(others), np.nan, np.float32)
        told = [place for place, other in enumerate(others) if other.trust >= MIN_TRUST]
        if query.trust < MIN_TRUST or not told:
            return scores
        descriptors = np.stack([others[place].descriptor for place in told])
        elongations = np.log(np.array([others[place].aspect for place in told], np.float32))
        distances = _box_distances(query, descriptors[:, FIELDS], elongations)
        fourier = np.abs(descriptors[:, FOURIER] - query.descriptor[FOURIER]).mean(axis=1)
        distances += _FOURIER_WEIGHT * fourier
        scores[told] = np.exp(-_FALL * distances)
        return scores


def _box_distances(
    query: ShapeFeatures, fields: NDArray[np.float32], elongations: NDArray[np.float32]
) -> NDArray[np.float32]:
    """m + 0.1 |ln(a / b)|, of the best flip or quarter turn, (n,)."""
    own = query.descriptor[FIELDS].reshape(FIELD_SIDE, FIELD_SIDE)
    own_elongation = np.log(np.float32(query.aspect))
    best = np.full(len(fields), np.inf, np.float32)
    for mirrored in (own, own[:, ::-1]):
        for turns in range(4):
            changed = np.rot90(mirrored, turns).ravel()
            elongation = -own_elongation if turns % 2 else own_elongation
            distances = np.abs(fields - changed).mean(axis=1)
            distances += _ASPECT_WEIGHT * np.abs(elongations - elongation)
            np.minimum(best, distances + (_TURN_PENALTY if turns else 0), out=best)
    return best
