"""Key points as bytes for the catalogue: 38 of them each, and a header that vouches for all."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.print_features import MOST_KEY_POINTS, PrintFeatures

FORMAT = 1

_HEADER = struct.Struct("<3sBBHHH6s")
"""Magic, format, bytes per code, key points, width, height, the codebook's version."""
_CHECK = struct.Struct("<I")
_MAGIC = b"TPF"
_PLACE_STEPS = 65535
_SCALE_STEPS, _LEAST_SCALE_LOG2 = 24.0, -2.0
_ANGLE_STEPS = 256
_FULL_TURN = 2 * np.pi


def pack(features: PrintFeatures, codebook_version: str) -> bytes:
    """At most 11.5 KB. Places are kept to 1/65535 of a side, scales to 3 %, angles to 1.4
    degrees. ``codebook_version`` is of twelve hexadecimal digits."""
    count, code_bytes = features.codes.shape
    header = _HEADER.pack(
        _MAGIC,
        FORMAT,
        code_bytes,
        count,
        features.width,
        features.height,
        bytes.fromhex(codebook_version),
    )
    places = np.rint(features.points.clip(0, 1) * _PLACE_STEPS).astype("<u2")
    scales = np.rint((np.log2(features.scales) - _LEAST_SCALE_LOG2) * _SCALE_STEPS)
    angles = np.rint(features.angles * (_ANGLE_STEPS / _FULL_TURN)).astype(np.int64)
    body = b"".join(
        [
            header,
            places.tobytes(),
            scales.clip(0, 255).astype(np.uint8).tobytes(),
            (angles % _ANGLE_STEPS).astype(np.uint8).tobytes(),
            np.ascontiguousarray(features.codes).tobytes(),
        ]
    )
    return body + _CHECK.pack(zlib.crc32(body))


def unpack(data: bytes, codebook_version: str) -> PrintFeatures:
    """The inverse of :func:`pack`. Raises ValueError where the bytes are damaged, of another
    format, or made with another codebook."""
    if len(data) < _HEADER.size + _CHECK.size:
        raise ValueError("key points: too short")
    body, check = data[: -_CHECK.size], data[-_CHECK.size :]
    magic, written, code_bytes, count, width, height, version = _HEADER.unpack_from(body)
    if magic != _MAGIC or written != FORMAT:
        raise ValueError("key points: of another format")
    if version.hex() != codebook_version:
        raise ValueError("key points: made with another codebook")
    per_point = 6 + code_bytes
    if len(body) != _HEADER.size + count * per_point or not 0 < count <= MOST_KEY_POINTS:
        raise ValueError("key points: of the wrong length")
    if _CHECK.unpack(check)[0] != zlib.crc32(body):
        raise ValueError("key points: damaged")
    places, offset = _taken(body, "<u2", 2 * count, _HEADER.size)
    scales, offset = _taken(body, "u1", count, offset)
    angles, offset = _taken(body, "u1", count, offset)
    codes, _ = _taken(body, "u1", count * code_bytes, offset)
    return PrintFeatures(
        (places.reshape(count, 2) / _PLACE_STEPS).astype(np.float32),
        np.exp2(scales / _SCALE_STEPS + _LEAST_SCALE_LOG2).astype(np.float32),
        (angles * (_FULL_TURN / _ANGLE_STEPS)).astype(np.float32),
        codes.astype(np.uint8).reshape(count, code_bytes),
        width,
        height,
    )


def _taken(body: bytes, kind: str, count: int, offset: int) -> tuple[NDArray[np.float64], int]:
    values = np.frombuffer(body, kind, count, offset)
    return values.astype(np.float64), offset + values.nbytes
