"""From measured colours to those a screen shows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

WHITE_D65 = np.array([0.95047, 1.0, 1.08883])
"""XYZ of the white that CIE Lab values of sRGB pictures refer to (2 degree observer)."""

_KAPPA, _EPSILON = 24389 / 27, 216 / 24389
_XYZ_TO_LINEAR = np.array(
    [
        [3.2404542, -1.5371385, -0.4985314],
        [-0.9692660, 1.8760108, 0.0415560],
        [0.0556434, -0.2040259, 1.0572252],
    ]
)


def lab_to_srgb(lab: NDArray[np.floating]) -> NDArray[np.uint8]:
    """CIE Lab colours (n, 3) under D65, L* in [0, 100], as sRGB bytes (n, 3).

    Colours outside the gamut are cut off channel by channel. Source: CIE 15:2004, 8.2.1 for
    Lab to XYZ; IEC 61966-2-1 for XYZ to sRGB and its transfer function.
    """
    values = np.asarray(lab, np.float64).reshape(-1, 3)
    fy = (values[:, 0] + 16) / 116
    f = np.stack((fy + values[:, 1] / 500, fy, fy - values[:, 2] / 200), axis=1)
    ratio = np.where(f**3 > _EPSILON, f**3, (116 * f - 16) / _KAPPA)
    linear = np.clip((ratio * WHITE_D65) @ _XYZ_TO_LINEAR.T, 0, 1)
    encoded = np.where(
        linear <= 0.0031308, 12.92 * linear, 1.055 * np.power(linear, 1 / 2.4) - 0.055
    )
    return np.asarray(np.round(np.clip(encoded, 0, 1) * 255), np.uint8)
