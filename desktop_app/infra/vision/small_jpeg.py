"""Small, plain JPEGs, such as thumbnails, decoded in half of Pillow's time and without holding
up the other threads of Python; to the same pixels, since both decode by libjpeg-turbo."""

from __future__ import annotations

import struct

import numpy as np

from desktop_app.domain.images import RgbArray
from desktop_app.infra.vision.opencv import cv

MOST_SIDE = 512

_START, _END = b"\xff\xd8", b"\xff\xd9"
_SEGMENT = struct.Struct(">HH")
_FRAME = struct.Struct(">BHHB")
_JFIF, _QUANTISATION, _HUFFMAN, _BASELINE, _SCAN = 0xFFE0, 0xFFDB, 0xFFC4, 0xFFC0, 0xFFDA


def decode_small_jpeg(data: bytes) -> RgbArray | None:
    """The pixels of a whole baseline JPEG in colour without profile, turn or any other note, of
    at most MOST_SIDE by MOST_SIDE; None of any other bytes."""
    if not _is_small_and_plain(data):
        return None
    bgr = cv.imdecode(np.frombuffer(data, np.uint8), cv.IMREAD_COLOR)
    if bgr is None:
        return None
    rgb: RgbArray = cv.cvtColor(bgr, cv.COLOR_BGR2RGB)
    return rgb


def _is_small_and_plain(data: bytes) -> bool:
    if not (data.startswith(_START) and data.endswith(_END)):
        return False
    place, has_frame = len(_START), False
    while place + _SEGMENT.size + _FRAME.size <= len(data):
        marker, length = _SEGMENT.unpack_from(data, place)
        if marker == _SCAN:
            return has_frame
        if marker == _BASELINE:
            _, height, width, channels = _FRAME.unpack_from(data, place + _SEGMENT.size)
            has_frame = channels == 3 and 0 < width <= MOST_SIDE and 0 < height <= MOST_SIDE
        elif marker not in {_JFIF, _QUANTISATION, _HUFFMAN}:
            return False
        place += 2 + length
    return False
