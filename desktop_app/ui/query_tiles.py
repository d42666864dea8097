"""The small pictures of a batch that is searched with together."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from desktop_app.domain.search import QueryPicture
from desktop_app.ui.picture_batch import PictureBatch
from desktop_app.ui.refinement import shows_the_same
from desktop_app.ui.together_strip import TogetherStrip, TogetherTile


class QueryTiles(QObject):
    """Fills the strip.

    Signals: ``requested`` (QueryPicture), once for each, answered by :meth:`set_image`.
    """

    requested = Signal(object)

    def __init__(self, strip: TogetherStrip, parent: QObject) -> None:
        super().__init__(parent)
        self._strip = strip
        self._batch: PictureBatch | None = None
        self._images: list[tuple[QueryPicture, QImage]] = []

    def show(self, batch: PictureBatch | None) -> None:
        """Show the pictures of ``batch`` where they go together, else nothing."""
        self._batch = batch
        if batch is None or not batch.is_together:
            self._strip.set_tiles((), 0)
            return
        tiles = [TogetherTile(each.label, self._image_of(each)) for each in batch.pictures]
        self._strip.set_tiles(tiles, batch.position)

    def forget(self) -> None:
        """Other pictures are coming."""
        self._batch = None
        self._images.clear()
        self._strip.set_tiles((), 0)

    def set_image(self, picture: QueryPicture, image: QImage) -> None:
        """A small picture that was asked for; one nobody waits for any more is ignored."""
        for place, (known, _image) in enumerate(self._images):
            if shows_the_same(known, picture):
                self._images[place] = (known, image)
                self.show(self._batch)
                return

    def _image_of(self, picture: QueryPicture) -> QImage:
        for known, image in self._images:
            if shows_the_same(known, picture):
                return image
        self._images.append((picture, QImage()))
        self.requested.emit(picture)
        return QImage()
