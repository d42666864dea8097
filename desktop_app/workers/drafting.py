"""Drawings in and out, in the search lane: reading takes part of a second, writing up to some."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.images import PICTURE_SUFFIXES
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.search import QueryPicture
from desktop_app.domain.shapes import DrawnOutline
from desktop_app.domain.sizes import SizeColumn, SizeKind
from desktop_app.domain.sketch_fitting import fitted
from desktop_app.domain.sketching import Sketch
from desktop_app.services.shapes.container_sizes import ContainerSizes
from desktop_app.services.workspace import Workspace
from desktop_app.workers.lane import Lane
from desktop_app.workers.shaping import PictureShape, sketch_of


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """An outline read from a file, and as a sketch."""

    path: Path
    outline: DrawnOutline
    sketch: Sketch


@dataclass(frozen=True, slots=True, eq=False)
class SizesKnown:
    """Which columns hold sizes, and which of them a person chose ('' for none)."""

    columns: dict[SizeKind, SizeColumn]
    chosen: dict[SizeKind, str]


class Drafter(QObject):
    """Reads and writes outlines, and knows the columns with sizes.

    Signals: ``drawing_read`` (Drawing), ``picture_read`` (PictureShape) where a picture was no
    drawing but shows an object, ``written`` (Path), ``sizes_read`` (SizesKnown), ``failed``
    (UserFacingError).
    """

    drawing_read = Signal(object)
    picture_read = Signal(object)
    written = Signal(object)
    sizes_read = Signal(object)
    failed = Signal(object)

    def __init__(
        self, workspace: Workspace, *, searching: Lane, writing: Lane, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._searching = searching
        self._writing = writing
        self._sizes = ContainerSizes(workspace.catalogue)

    def read(self, path: Path) -> None:
        """Ask for ``drawing_read`` or ``picture_read``; the newest wins."""

        def work(token: CancelToken) -> Drawing | PictureShape:
            try:
                outline = self._workspace.drawings.read(path)
            except UserFacingError:
                if path.suffix.lower() not in PICTURE_SUFFIXES:
                    raise
                picture = QueryPicture(path.name, path=path)
                shape = self._workspace.shapes.read(picture, token)
                if shape is None:
                    raise
                return PictureShape(picture, shape, sketch_of(shape))
            return Drawing(path, outline, fitted(outline))

        def done(found: Drawing | PictureShape) -> None:
            (self.drawing_read if isinstance(found, Drawing) else self.picture_read).emit(found)

        self._searching.call(work, key="drawing", on_done=done, on_failed=self.failed.emit)

    def write_outline(self, path: Path, name: str, outline: DrawnOutline) -> None:
        """Ask for ``written``: one outline in a file of its own."""

        def work(_token: CancelToken) -> Path:
            self._workspace.drawings.write(path, [(name, outline)], title=name)
            return path

        self._searching.call(work, on_done=self.written.emit, on_failed=self.failed.emit)

    def write_silhouettes(self, path: Path, shown: Sequence[tuple[int, int]], title: str) -> None:
        """Ask for ``written``: a sheet of products, each by one picture: (product id, content
        id) pairs."""
        pairs = tuple(shown)

        def work(token: CancelToken) -> Path:
            drawings = self._workspace.drawings
            drawings.check(path)
            drawings.write(path, list(drawings.silhouettes(pairs, token)), title=title)
            return path

        self._searching.call(work, on_done=self.written.emit, on_failed=self.failed.emit)

    def read_sizes(self) -> None:
        """Ask for ``sizes_read``."""

        def work(_token: CancelToken) -> SizesKnown:
            return SizesKnown(self._sizes.columns(), self._sizes.chosen())

        self._searching.call(
            work, key="sizes", on_done=self.sizes_read.emit, on_failed=self.failed.emit
        )

    def choose_sizes(self, chosen: dict[SizeKind, str]) -> None:
        """Remember these columns; ``sizes_read`` follows."""
        self._writing.call(
            lambda _token: self._sizes.choose(chosen),
            on_done=lambda _none: self.read_sizes(),
            on_failed=self.failed.emit,
        )
