"""The barcode port over zxing-cpp."""

from __future__ import annotations

import numpy as np
import zxingcpp

from desktop_app.domain.capturing import Barcode, BarcodeFormat
from desktop_app.domain.images import RgbArray
from desktop_app.infra.vision.opencv import cv

_FORMATS = {
    zxingcpp.BarcodeFormat.EAN13: BarcodeFormat.EAN_13,
    zxingcpp.BarcodeFormat.EAN8: BarcodeFormat.EAN_8,
    zxingcpp.BarcodeFormat.UPCA: BarcodeFormat.UPC_A,
    zxingcpp.BarcodeFormat.UPCE: BarcodeFormat.UPC_E,
    zxingcpp.BarcodeFormat.Code128: BarcodeFormat.CODE_128,
    zxingcpp.BarcodeFormat.QRCode: BarcodeFormat.QR_CODE,
    zxingcpp.BarcodeFormat.DataMatrix: BarcodeFormat.DATA_MATRIX,
}


class ZxingBarcodeReader:
    """Implements BarcodeReader.

    A UPC-A is told as 12 digits, as it is printed, also where it was written as an EAN-13 with
    a zero before it: the bars are the same. A UPC-E is told as the UPC-A that it shortens.
    GS1 element strings come with their identifiers in brackets, ``(01)09501101530003``.
    """

    def __init__(self) -> None:
        self._formats = zxingcpp.BarcodeFormats(list(_FORMATS))

    def read(self, rgb: RgbArray) -> tuple[Barcode, ...]:
        """See BarcodeReader."""
        grey = cv.cvtColor(np.ascontiguousarray(rgb), cv.COLOR_RGB2GRAY)
        height, width = grey.shape
        found: dict[tuple[BarcodeFormat, str], Barcode] = {}
        for code in zxingcpp.read_barcodes(grey, formats=self._formats):
            kind = _FORMATS.get(code.format)
            if kind is None or not code.valid or not code.text:
                continue
            kind, text = _as_printed(kind, code.text)
            at = code.position
            corners = tuple(
                (min(1.0, max(0.0, point.x / width)), min(1.0, max(0.0, point.y / height)))
                for point in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
            )
            found.setdefault((kind, text), Barcode(kind, text, corners))
        return tuple(found.values())


def _as_printed(kind: BarcodeFormat, text: str) -> tuple[BarcodeFormat, str]:
    if kind in {BarcodeFormat.EAN_13, BarcodeFormat.UPC_A, BarcodeFormat.UPC_E}:
        is_upc = len(text) == 13 and text.startswith("0")
        if is_upc and kind is BarcodeFormat.EAN_13:
            kind = BarcodeFormat.UPC_A
        return kind, text[1:] if is_upc else text
    if kind is BarcodeFormat.EAN_8 and len(text) > 8:
        return kind, text[-8:]
    return kind, text
