"""Brings Pillow's many pixel modes down to the few that can be shrunk and colour-managed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin

_PLAIN = frozenset({"L", "LA", "RGB", "RGBA", "CMYK", "LAB"})
_WITHOUT_KEY = {
    "1": "L",
    "P": "RGB",
    "PA": "RGBA",
    "La": "LA",
    "RGBa": "RGBA",
}
_WITH_KEY = {"1": "LA", "L": "LA", "P": "RGBA", "RGB": "RGBA"}
_PHOTOMETRIC = 262
_WHITE_IS_ZERO = 0


def to_plain_mode(image: Image.Image) -> Image.Image:
    """``image`` (loaded) as L, LA, RGB, RGBA, CMYK or LAB, eight bits to the channel.

    A transparent colour or palette becomes an alpha channel. Sixteen bits lose their lower
    half; wider numbers are taken in the range they use.
    """
    mode = image.mode
    if mode.startswith("I;16") or mode in {"I", "F"}:
        return _from_numbers(image)
    if "transparency" in image.info and mode in _WITH_KEY:
        return image.convert(_WITH_KEY[mode])
    if mode in _PLAIN:
        return image
    return image.convert(_WITHOUT_KEY.get(mode, "RGB"))


def _from_numbers(image: Image.Image) -> Image.Image:
    values = np.asarray(image)
    grey = (values >> 8).astype(np.uint8) if values.dtype.itemsize == 2 else _scaled(values)
    if _white_is_zero(image):
        grey = 255 - grey
    plain = Image.fromarray(grey)
    key = image.info.get("transparency")
    if isinstance(key, int):
        plain.putalpha(Image.fromarray(np.where(values == key, 0, 255).astype(np.uint8)))
    return plain


def _scaled(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Eight bits from numbers of unknown range: [0, 1] where they are fractions, else 8, 16
    or 32 bits by the largest, or from the smallest to the largest where some are negative."""
    numbers = np.nan_to_num(values.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(numbers.min(initial=0.0)), float(numbers.max(initial=0.0))
    if low < 0:
        numbers, high, top = numbers - low, high - low, high - low
    elif high <= 1 and values.dtype.kind == "f":
        top = 1.0
    else:
        top = next((t for t in (255.0, 65535.0, 4294967295.0) if high <= t), high)
    scaled: NDArray[np.uint8] = (numbers * (255.0 / (top or 1.0))).astype(np.uint8)
    return scaled


def _white_is_zero(image: Image.Image) -> bool:
    # Pillow inverts such TIFFs up to eight bits, not those of sixteen.
    return (
        isinstance(image, TiffImagePlugin.TiffImageFile)
        and image.mode.startswith("I;16")
        and image.tag_v2.get(_PHOTOMETRIC) == _WHITE_IS_ZERO
    )
