"""The perceptual hashes of a picture under its eight flips and quarter turns."""

from __future__ import annotations

import numpy as np
import scipy.fftpack
from numpy.typing import NDArray
from PIL import Image

from desktop_app.domain.evidence_ports import ORIENTATIONS
from desktop_app.domain.images import DecodedImage, RgbArray
from desktop_app.infra.vision.thumbnails import shrunk

SHRINKING_SIDES = (256, 128)
"""Pictures are hashed at 128 pixels, shrunk in the steps in which the catalogue's are, so that
the first hash of a picture is bit for bit the one stored of it."""

_SIDE, _KEPT = 32, 8
_FLAT = 256.0
"""A wave of an eighth of a grey level. White goods on white reach four times that, an even
picture with sensor noise a tenth of it."""


class OrientedCopyHasher:
    """Implements CopyHasher with the pHash of :func:`perceptual_hash`; safe from any thread.

    Mirroring a picture turns the sign of its odd horizontal cosine frequencies, and a
    transposed picture has the transposed frequencies, so that one transform of the upright
    picture gives all eight hashes.
    """

    def hashes(self, image: DecodedImage) -> NDArray[np.uint64]:
        """See CopyHasher. A picture without any structure hashes to 0 in every orientation,
        which :class:`~desktop_app.services.copy_index.CopyIndex` takes for no hash."""
        upright = _low_frequencies(image.rgb)
        if np.abs(upright.ravel()[1:]).max() <= _FLAT:
            return np.zeros(len(ORIENTATIONS), np.uint64)
        changed = []
        for mirrored in (False, True):
            turned = _mirrored(upright) if mirrored else upright
            for _ in range(4):
                changed.append(turned)
                # A quarter turn clockwise is a transposition, then a mirroring.
                turned = _mirrored(turned.T)
        return _hashes(np.stack(changed))


def _low_frequencies(rgb: RgbArray) -> NDArray[np.float64]:
    """(8, 8), vertical by horizontal, computed as ImageHash does to the last bit."""
    for side in SHRINKING_SIDES:
        rgb = shrunk(rgb, side)
    grey = Image.fromarray(rgb).convert("L").resize((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    transformed = scipy.fftpack.dct(scipy.fftpack.dct(np.asarray(grey), axis=0), axis=1)
    low: NDArray[np.float64] = transformed[:_KEPT, :_KEPT]
    return low


_SIGNS = np.where(np.arange(_KEPT) % 2, -1.0, 1.0)


def _mirrored(frequencies: NDArray[np.float64]) -> NDArray[np.float64]:
    """Those of the picture mirrored left to right."""
    return frequencies * _SIGNS


def _hashes(frequencies: NDArray[np.float64]) -> NDArray[np.uint64]:
    """One for each (8, 8) of (n, 8, 8): the signs against the median, row by row."""
    rows = frequencies.reshape(len(frequencies), -1)
    bits = rows > np.median(rows, axis=1, keepdims=True)
    return np.packbits(bits, axis=1).view(">u8").ravel().astype(np.uint64)
