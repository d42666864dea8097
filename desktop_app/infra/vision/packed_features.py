"""Features as bytes that tell when they are damaged or of another kind."""

from __future__ import annotations

import struct
import zlib

_HEAD = struct.Struct("<BI")


def sealed(kind: int, payload: bytes) -> bytes:
    """``payload`` behind five bytes: its ``kind`` (0-255) and its checksum (CRC-32)."""
    return _HEAD.pack(kind, zlib.crc32(payload)) + payload


def opened(kind: int, data: bytes) -> bytes:
    """The payload. Raises ValueError where ``data`` is damaged or of another kind."""
    if len(data) < _HEAD.size:
        raise ValueError(f"{len(data)} bytes are no packed features")
    found, checksum = _HEAD.unpack_from(data)
    payload = data[_HEAD.size :]
    if found != kind:
        raise ValueError(f"packed features of kind {found}, not {kind}")
    if zlib.crc32(payload) != checksum:
        raise ValueError("packed features are damaged")
    return payload
