"""Pixmaps by key, bounded by the memory they take. GUI thread only, as QPixmap is."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

from PySide6.QtGui import QPixmap

K = TypeVar("K", bound=Hashable)


class PixmapCache(Generic[K]):
    """Keeps at most ``max_bytes`` of pixels (but always the last one put); the longest unused
    go first."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._pixmaps: OrderedDict[K, tuple[QPixmap, object]] = OrderedDict()

    def get(self, key: K, *, made_from: object = None) -> QPixmap | None:
        """The pixmap, which counts as used; None also where it was made from something else."""
        pixmap, origin = self._pixmaps.get(key, (None, None))
        if pixmap is None or origin != made_from:
            return None
        self._pixmaps.move_to_end(key)
        return pixmap

    def put(self, key: K, pixmap: QPixmap, *, made_from: object = None) -> None:
        """Keep a pixmap, in place of an older one of this key."""
        replaced = self._pixmaps.pop(key, None)
        if replaced is not None:
            self._bytes -= size_bytes(replaced[0])
        self._pixmaps[key] = (pixmap, made_from)
        self._bytes += size_bytes(pixmap)
        while self._bytes > self._max_bytes and len(self._pixmaps) > 1:
            _, (oldest, _) = self._pixmaps.popitem(last=False)
            self._bytes -= size_bytes(oldest)

    def clear(self) -> None:
        """Forget all."""
        self._pixmaps.clear()
        self._bytes = 0

    def __contains__(self, key: K) -> bool:
        return key in self._pixmaps

    def __len__(self) -> int:
        return len(self._pixmaps)


def size_bytes(pixmap: QPixmap) -> int:
    """The memory of a pixmap's pixels."""
    return pixmap.width() * pixmap.height() * pixmap.depth() // 8
