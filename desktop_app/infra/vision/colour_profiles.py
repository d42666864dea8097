"""Converts pictures to sRGB by the colour profile they carry."""

from __future__ import annotations

import io
from functools import lru_cache

import numpy as np
from PIL import Image, ImageCms

REMEMBERED_PROFILES = 16
SAME_COLOUR = 2
"""Profiles that move no 8-bit channel further than this are taken for sRGB."""


class ColourConverter:
    """Converts to sRGB, relative colorimetric with black point compensation.

    Transforms are kept for the profiles met last: the pictures of one shop tend to share
    one, and building a transform costs more than using it. Safe from any thread.
    """

    def __init__(self) -> None:
        self._srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
        self._transform = lru_cache(maxsize=REMEMBERED_PROFILES)(self._build)

    def to_srgb(self, image: Image.Image, profile: bytes | None) -> Image.Image:
        """``image`` (L, RGB, CMYK or LAB) as RGB. A profile that is broken or is for other
        pixels than these is left aside."""
        transform = self._transform(profile or b"", image.mode)
        if transform is None:
            return image if image.mode == "RGB" else image.convert("RGB")
        converted = ImageCms.applyTransform(image, transform)
        assert converted is not None
        return converted

    def _build(self, profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
        """None where Pillow's plain conversion does as well or nothing better is known."""
        try:
            if mode == "LAB":
                source = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
            elif profile:
                source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            else:
                return None
            transform = ImageCms.buildTransform(
                source,
                self._srgb,
                mode,
                "RGB",
                ImageCms.Intent.RELATIVE_COLORIMETRIC,
                ImageCms.Flags.BLACKPOINTCOMPENSATION,
            )
            return None if mode == "RGB" and _changes_nothing(transform) else transform
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            return None


def _changes_nothing(transform: ImageCms.ImageCmsTransform) -> bool:
    steps = np.linspace(0, 255, 9).astype(np.uint8)
    cube = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(27, 27, 3)
    moved = ImageCms.applyTransform(Image.fromarray(cube), transform)
    shift = np.asarray(moved).astype(np.int16) - cube
    return int(np.abs(shift).max()) <= SAME_COLOUR
