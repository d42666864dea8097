"""Small JPEGs for lists and grids."""

from __future__ import annotations

import io

from PIL import Image

from desktop_app.domain.images import RgbArray

JPEG_QUALITY = 85


def fitted(size: tuple[int, int], side: int) -> tuple[int, int]:
    """``size`` scaled to fit in ``side`` by ``side``, never enlarged, at least 1 by 1."""
    width, height = size
    longest = max(width, height)
    if longest <= side:
        return size
    return max(1, round(width * side / longest)), max(1, round(height * side / longest))


def encode_thumbnail(rgb: RgbArray, side: int) -> bytes:
    """A JPEG of ``rgb`` that fits in ``side`` by ``side`` pixels."""
    image = Image.fromarray(rgb)
    small = fitted(image.size, side)
    if small != image.size:
        # Half the cost of Lanczos, and at this size not to be told from it.
        image = image.resize(small, Image.Resampling.HAMMING)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=JPEG_QUALITY)
    return out.getvalue()
