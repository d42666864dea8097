"""Thumbnails, fetched and decoded off the GUI thread, the newest wish first."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable

from PySide6.QtCore import QMutex, QMutexLocker, QObject, QRunnable, Qt, QThreadPool, Signal, Slot
from PySide6.QtGui import QImage, QPixmap

from desktop_app.workers.pixmap_cache import PixmapCache

THREADS = 2
MAX_BYTES = 128 * 1024 * 1024

FORMATS = {b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n": "png", b"RIFF": "webp"}
"""What thumbnails may be encoded as, by how they begin."""

Fetch = Callable[[str], bytes | None]

log = logging.getLogger(__name__)


class ThumbnailLoader(QObject):
    """A cache of small pictures by content hash, filled by a pool of two threads.

    ``fetch`` is called in a pool thread and gives the encoded thumbnail, or None where there
    is none. All methods are for the GUI thread. Signals: ``loaded`` (content hash) when
    :meth:`pixmap` has gained it. Call :meth:`close` before the catalogue closes.
    """

    loaded = Signal(str)
    _decoded = Signal(int, str, QImage)

    def __init__(
        self, fetch: Fetch, *, max_bytes: int = MAX_BYTES, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._fetch = fetch
        self._pixmaps: PixmapCache[str] = PixmapCache(max_bytes)
        self._absent: set[str] = set()
        self._running: set[str] = set()
        self._wanted: OrderedDict[str, None] = OrderedDict()
        self._mutex = QMutex()
        self._generation = 0
        self._closed = False
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(THREADS)
        # Each thread holds a database connection of its own; keep the two there are.
        self._pool.setExpiryTimeout(-1)
        self._decoded.connect(self._receive, Qt.ConnectionType.QueuedConnection)

    def pixmap(self, content_hash: str) -> QPixmap | None:
        """The thumbnail if it is here; never waits."""
        return self._pixmaps.get(content_hash)

    def request(self, content_hash: str) -> None:
        """Ask for a thumbnail; asking again for a waiting one puts it first."""
        if (
            self._closed
            or not content_hash
            or content_hash in self._pixmaps
            or content_hash in self._absent
        ):
            return
        with QMutexLocker(self._mutex):
            if content_hash in self._running:
                return
            is_new = content_hash not in self._wanted
            self._wanted[content_hash] = None
            self._wanted.move_to_end(content_hash)
        if is_new:
            self._pool.start(_Job(self, self._generation))

    def cancel(self, content_hashes: Iterable[str]) -> None:
        """Drop these waiting requests, because the pictures went out of view."""
        with QMutexLocker(self._mutex):
            for content_hash in content_hashes:
                self._wanted.pop(content_hash, None)

    def retry_absent(self) -> None:
        """Ask again for thumbnails that were not there, for instance after pictures were read."""
        self._absent.clear()

    def clear(self) -> None:
        """Forget everything; what is still being decoded is thrown away when it comes."""
        with QMutexLocker(self._mutex):
            self._generation += 1
            self._wanted.clear()
            self._running.clear()
        self._pixmaps.clear()
        self._absent.clear()

    def close(self) -> None:
        """Stop, and wait for the at most two thumbnails at work. Later requests do nothing."""
        self._closed = True
        self.clear()
        self._pool.clear()
        self._pool.waitForDone()

    @property
    def waiting_count(self) -> int:
        """How many requests no thread has taken up yet."""
        with QMutexLocker(self._mutex):
            return len(self._wanted)

    def _take_newest(self, generation: int) -> str | None:
        """Called in a pool thread: the next hash to fetch."""
        with QMutexLocker(self._mutex):
            if generation != self._generation or not self._wanted:
                return None
            content_hash, _ = self._wanted.popitem(last=True)
            self._running.add(content_hash)
            return content_hash

    def _load(self, content_hash: str) -> QImage:
        """Called in a pool thread; a null image where there is nothing to show."""
        try:
            encoded = self._fetch(content_hash)
        except Exception:
            # The boundary of the pool thread: a picture less, not an application less.
            log.exception("thumbnail %s cannot be fetched", content_hash)
            return QImage()
        image = _decoded(encoded or b"")
        if image.isNull():
            return image
        return image.convertToFormat(
            QImage.Format.Format_ARGB32_Premultiplied
            if image.hasAlphaChannel()
            else QImage.Format.Format_RGB32
        )

    @Slot(int, str, QImage)
    def _receive(self, generation: int, content_hash: str, image: QImage) -> None:
        if generation != self._generation or self._closed:
            return
        with QMutexLocker(self._mutex):
            self._running.discard(content_hash)
        if image.isNull():
            self._absent.add(content_hash)
            return
        self._pixmaps.put(content_hash, QPixmap.fromImage(image))
        self.loaded.emit(content_hash)


def _decoded(encoded: bytes) -> QImage:
    """A null image of what is none.

    Qt is told the format. To guess it, it would ask every plugin it has; that of SVG connects
    signals for it, waiting for a lock of Qt while it holds Python's, and the GUI thread may hold
    that of Qt, waiting for Python's: when a callable that was connected to a signal goes.
    """
    for begin, name in FORMATS.items():
        if encoded.startswith(begin):
            # The stubs name bytes, which are refused.
            return QImage.fromData(encoded, name)  # type: ignore[arg-type]
    return QImage()


class _Job(QRunnable):
    """Fetches and decodes one thumbnail: the newest wish when its turn comes."""

    def __init__(self, loader: ThumbnailLoader, generation: int) -> None:
        super().__init__()
        self._loader = loader
        self._generation = generation

    def run(self) -> None:
        content_hash = self._loader._take_newest(self._generation)
        if content_hash is not None:
            image = self._loader._load(content_hash)
            self._loader._decoded.emit(self._generation, content_hash, image)
