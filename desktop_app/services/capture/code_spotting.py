"""Codes on the object before a camera, read now and then."""

from __future__ import annotations

from desktop_app.domain.capture_ports import BarcodeReader
from desktop_app.domain.capturing import Barcode, FrameView
from desktop_app.domain.images import CropBox, RgbArray

MARGIN = 0.12
"""How far outside the object's box a code may lie, of the frame's sides: masks cut off white
labels."""
SHOWN_S = 0.6
"""So long a code is shown after it was read last."""


class CodeSpotter:
    """Reads codes in the frames of one stream, ``every_s`` apart while something is there; none
    without a ``reader``. Runs on the clock of the stream; used by one thread at a time."""

    def __init__(self, reader: BarcodeReader | None, *, every_s: float) -> None:
        self._reader = reader
        self._every_s = every_s
        self.reset()

    def reset(self) -> None:
        """Another stream begins."""
        self._read_at: float | None = None
        self._shown: tuple[Barcode, ...] = ()
        self._shown_at = 0.0

    @property
    def shown(self) -> tuple[Barcode, ...]:
        """Those last read, as long as they may be shown."""
        return self._shown

    def see(self, rgb: RgbArray, view: FrameView, at_s: float) -> tuple[Barcode, ...]:
        """Those of the next frame's view and those read in it, on the object alone."""
        codes = view.barcodes
        is_due = self._read_at is None or at_s - self._read_at >= self._every_s
        if self._reader is not None and is_due and view.box is not None:
            self._read_at = at_s
            codes = (*codes, *self._reader.read(rgb))
        codes = _on_object(codes, view.box)
        if codes or at_s - self._shown_at > SHOWN_S:
            self._shown, self._shown_at = codes, at_s
        return codes


def _on_object(codes: tuple[Barcode, ...], box: CropBox | None) -> tuple[Barcode, ...]:
    """Those that do not lie elsewhere, each text once: goods on the shelf have codes too."""
    if box is None:
        return ()
    kept: dict[str, Barcode] = {}
    for code in codes:
        if not code.corners or _is_near(code, box):
            kept.setdefault(code.text, code)
    return tuple(kept.values())


def _is_near(code: Barcode, box: CropBox) -> bool:
    x = sum(corner[0] for corner in code.corners) / len(code.corners)
    y = sum(corner[1] for corner in code.corners) / len(code.corners)
    return (
        box.left - MARGIN <= x <= box.right + MARGIN
        and box.top - MARGIN <= y <= box.bottom + MARGIN
    )
