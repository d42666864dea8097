"""Pictures as JPEG files."""

from __future__ import annotations

from desktop_app.domain.images import RgbArray
from desktop_app.infra.vision.opencv import cv2

QUALITY = 92


class JpegEncoder:
    """The PictureEncoder port over OpenCV."""

    def jpeg(self, rgb: RgbArray) -> bytes:
        encoded, data = cv2.imencode(
            ".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, QUALITY]
        )
        if not encoded:
            raise ValueError(f"not a picture: {rgb.shape}")
        return bytes(data)
