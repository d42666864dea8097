"""The bytes of pictures that an import would bring, wherever they still lie."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from desktop_app.domain.errors import UnreadableImage
from desktop_app.domain.import_ports import ArchiveEntry, ArchiveReader
from desktop_app.domain.imports import ImportPlan, PictureFile
from desktop_app.domain.ports import ImageReader
from desktop_app.services.import_zip import unpacking_folder


class ListPictures:
    """Reads pictures of a plan; those in an archive or workbook pass through a temporary
    folder. A context manager; used by one thread.

    ``is_packed`` says that the plan's source holds pictures.
    """

    def __init__(
        self,
        plan: ImportPlan,
        reader: ImageReader,
        archives: ArchiveReader,
        *,
        catalogue_folder: Path,
        is_packed: bool,
    ) -> None:
        """Raises UserFacingError where the archive cannot be read any more."""
        self._reader = reader
        self._archives = archives
        self._source = plan.request.paths[0]
        self._entries: dict[Path, ArchiveEntry] = {}
        if is_packed:
            folder = unpacking_folder(catalogue_folder, self._source)
            listed = archives.list_entries(self._source).entries
            self._entries = {folder / entry.path: entry for entry in listed}
        self._folder = tempfile.TemporaryDirectory(prefix="twinshelf-")

    def __enter__(self) -> ListPictures:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def read(self, pictures: Sequence[PictureFile]) -> list[bytes | str]:
        """The bytes of each, or what is wrong with it. Raises StorageFull."""
        places = {
            picture.path: Path(self._folder.name) / f"{number}{picture.path.suffix}"
            for number, picture in enumerate(pictures)
            if picture.path in self._entries
        }
        targets = [(self._entries[path], place) for path, place in places.items()]
        problems = self._archives.extract(self._source, targets) if targets else {}
        return [
            problems.get(place) or self._read(place)
            for picture in pictures
            for place in [places.get(picture.path, picture.path)]
        ]

    def _read(self, path: Path) -> bytes | str:
        try:
            return self._reader.read_file(path)
        except UnreadableImage as error:
            return error.what
