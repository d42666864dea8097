"""The 64-bit perceptual hash of a picture."""

from __future__ import annotations

import imagehash
import numpy as np
from PIL import Image

from desktop_app.domain.images import RgbArray


def perceptual_hash(rgb: RgbArray) -> bytes:
    """pHash as ImageHash computes it: the signs, against their median, of the 8 by 8 lowest
    cosine frequencies of the picture at 32 by 32; 8 bytes, row by row."""
    bits = imagehash.phash(Image.fromarray(rgb)).hash
    return np.packbits(bits).tobytes()
