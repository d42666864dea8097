"""Pictures whose right reading is known by construction."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image

pillow_heif.register_heif_opener()  # for saving; the reader opens HEIF without it

RED, GREEN, BLUE, WHITE = (200, 30, 40), (20, 160, 60), (30, 60, 200), (255, 255, 255)
LOSSY_TOLERANCE = 14


def corners(size: tuple[int, int] = (64, 48)) -> Image.Image:
    """Red top left, green top right, blue bottom left, white bottom right."""
    width, height = size
    image = Image.new("RGB", size, WHITE)
    image.paste(RED, (0, 0, width // 2, height // 2))
    image.paste(GREEN, (width // 2, 0, width, height // 2))
    image.paste(BLUE, (0, height // 2, width // 2, height))
    return image


def encoded(image: Image.Image, file_format: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, file_format, **options)
    return out.getvalue()


def corner_colours(rgb: NDArray[np.uint8]) -> list[tuple[int, ...]]:
    """The colours in the middle of the four quarters: top left, top right, bottom left,
    bottom right."""
    height, width = rgb.shape[:2]
    rows, columns = (height // 4, height * 3 // 4), (width // 4, width * 3 // 4)
    return [tuple(int(c) for c in rgb[y, x]) for y in rows for x in columns]


def is_close(found: object, expected: object, tolerance: int = LOSSY_TOLERANCE) -> bool:
    difference = np.asarray(found, np.int32) - np.asarray(expected, np.int32)
    return bool(np.abs(difference).max() <= tolerance)


def png(
    width: int, height: int, *, depth: int, colour_type: int, rows: bytes, extra: bytes = b""
) -> bytes:
    """A PNG written by hand, for what Pillow does not write. ``rows`` holds the scan lines
    without filter bytes, ``extra`` whole chunks that come before the pixels."""
    stride = len(rows) // height if height else 0
    raw = b"".join(b"\0" + rows[y * stride : (y + 1) * stride] for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + extra
        + chunk(b"IDAT", zlib.compress(raw))
        + chunk(b"IEND", b"")
    )


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def tiff(values: NDArray[np.generic], *, photometric: int = 1, sample_format: int = 1) -> bytes:
    """An uncompressed little-endian grey TIFF written by hand."""
    height, width = values.shape
    pixels = values.astype(values.dtype.newbyteorder("<")).tobytes()
    tags = [
        (256, 3, width),
        (257, 3, height),
        (258, 3, values.dtype.itemsize * 8),
        (259, 3, 1),
        (262, 3, photometric),
        (273, 4, 8),
        (277, 3, 1),
        (278, 3, height),
        (279, 4, len(pixels)),
        (339, 3, sample_format),
    ]
    directory = struct.pack("<H", len(tags)) + b"".join(
        struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags
    )
    return b"II*\0" + struct.pack("<I", 8 + len(pixels)) + pixels + directory + b"\0\0\0\0"


ORIENTED: dict[int, Callable[[Image.Image], Image.Image]] = {
    1: lambda image: image,
    2: lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    3: lambda image: image.transpose(Image.Transpose.ROTATE_180),
    4: lambda image: image.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
    5: lambda image: image.transpose(Image.Transpose.TRANSPOSE),
    6: lambda image: image.transpose(Image.Transpose.ROTATE_90),
    7: lambda image: image.transpose(Image.Transpose.TRANSVERSE),
    8: lambda image: image.transpose(Image.Transpose.ROTATE_270),
}
"""How an upright picture is stored for an EXIF orientation to show it upright."""
