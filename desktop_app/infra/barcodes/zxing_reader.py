"""The barcode port over zxing-cpp."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import zxingcpp
from numpy.typing import NDArray

from desktop_app.domain.capturing import Barcode, BarcodeFormat
from desktop_app.domain.images import RgbArray
from desktop_app.infra.barcodes.locating import UprightPlace, upright_bars
from desktop_app.infra.vision.opencv import cv

Grey = NDArray[np.uint8]
Corners = NDArray[np.float64]
"""(4, 2), x and y."""

_WITH_BARS = {
    zxingcpp.BarcodeFormat.EAN13: BarcodeFormat.EAN_13,
    zxingcpp.BarcodeFormat.EAN8: BarcodeFormat.EAN_8,
    zxingcpp.BarcodeFormat.UPCA: BarcodeFormat.UPC_A,
    zxingcpp.BarcodeFormat.UPCE: BarcodeFormat.UPC_E,
    zxingcpp.BarcodeFormat.Code128: BarcodeFormat.CODE_128,
}
_FORMATS = _WITH_BARS | {
    zxingcpp.BarcodeFormat.QRCode: BarcodeFormat.QR_CODE,
    zxingcpp.BarcodeFormat.DataMatrix: BarcodeFormat.DATA_MATRIX,
}
_LEAST_SIDE = 16
_SHARPENED = 1.6


class ZxingBarcodeReader:
    """Implements BarcodeReader.

    Bars are looked for first and read where they are, turned upright: at any angle, and three
    times as fast as in the whole picture. A UPC-A is told as 12 digits, as it is printed, also
    where it was written as an EAN-13 with a zero before it: the bars are the same. A UPC-E is
    told as the UPC-A that it shortens. GS1 element strings come with their identifiers in
    brackets, ``(01)09501101530003``.
    """

    def __init__(self) -> None:
        self._with_bars = zxingcpp.BarcodeFormats(list(_WITH_BARS))
        self._qr = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
        self._data_matrix = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.DataMatrix)

    def read(self, rgb: RgbArray) -> tuple[Barcode, ...]:
        """See BarcodeReader."""
        if min(rgb.shape[:2]) < _LEAST_SIDE:
            return ()
        grey: Grey = cv.cvtColor(np.ascontiguousarray(rgb), cv.COLOR_RGB2GRAY)
        size = grey.shape[1], grey.shape[0]
        found: dict[tuple[BarcodeFormat, str], Barcode] = {}
        for code, corners in (*self._bars(grey), *self._modules(grey)):
            kind, text = _as_printed(_FORMATS[code.format], code.text)
            shares = np.clip(corners / size, 0.0, 1.0)
            places = tuple((float(x), float(y)) for x, y in shares)
            found.setdefault((kind, text), Barcode(kind, text, places))
        return tuple(found.values())

    def _bars(self, grey: Grey) -> Iterator[tuple[zxingcpp.Barcode, Corners]]:
        for place in upright_bars(grey):
            for view in (place.grey, _clearer(place)):
                codes = list(self._in(view, self._with_bars))
                for code, corners in codes:
                    yield code, np.hstack([corners, np.ones((4, 1))]) @ place.to_picture.T
                if codes:
                    break

    def _modules(self, grey: Grey) -> Iterator[tuple[zxingcpp.Barcode, Corners]]:
        """A QR code is found however it is turned; a Data Matrix only where that is asked for."""
        yield from self._in(grey, self._qr)
        yield from self._in(grey, self._data_matrix, try_rotate=True)

    @staticmethod
    def _in(
        grey: Grey, formats: zxingcpp.BarcodeFormats, *, try_rotate: bool = False
    ) -> Iterator[tuple[zxingcpp.Barcode, Corners]]:
        codes = zxingcpp.read_barcodes(
            grey, formats=formats, try_rotate=try_rotate, try_downscale=False, try_invert=False
        )
        for code in codes:
            if code.valid and code.text and code.format in _FORMATS:
                yield code, _corners(code)


def _corners(code: zxingcpp.Barcode) -> Corners:
    at = code.position
    points = (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
    return np.array([(point.x, point.y) for point in points], float)


def _clearer(place: UprightPlace) -> Grey:
    """Noise averaged out along the bars, and the blur across them undone in part."""
    height = place.grey.shape[0]
    averaged = cv.blur(place.grey, (1, max(3, height // 4)))
    soft = cv.GaussianBlur(averaged, (0, 0), 3.0)
    clear: Grey = cv.addWeighted(averaged, 1 + _SHARPENED, soft, -_SHARPENED, 0)
    return clear


def _as_printed(kind: BarcodeFormat, text: str) -> tuple[BarcodeFormat, str]:
    if kind in {BarcodeFormat.EAN_13, BarcodeFormat.UPC_A, BarcodeFormat.UPC_E}:
        is_upc = len(text) == 13 and text.startswith("0")
        if is_upc and kind is BarcodeFormat.EAN_13:
            kind = BarcodeFormat.UPC_A
        return kind, text[1:] if is_upc else text
    return kind, text
