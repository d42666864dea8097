"""One catalogue folder: its database, thumbnails, and the stores over them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from desktop_app.domain.capture_ports import CaptureLog
from desktop_app.domain.containers import ContainerStore
from desktop_app.domain.duplicate_ports import PairStore, VerdictStore
from desktop_app.domain.errors import CatalogueUnavailable
from desktop_app.domain.evidence_ports import EvidenceStore
from desktop_app.domain.ports import (
    History,
    ImportWriter,
    PictureStore,
    ProductStore,
    SavedItems,
    VectorStore,
)
from desktop_app.infra.sqlite import opening
from desktop_app.infra.sqlite.captures import SqliteCaptures
from desktop_app.infra.sqlite.connection import Access, Database
from desktop_app.infra.sqlite.containers import SqliteContainers
from desktop_app.infra.sqlite.evidence import SqliteEvidence
from desktop_app.infra.sqlite.fields import clean_text
from desktop_app.infra.sqlite.history import SqliteHistory
from desktop_app.infra.sqlite.imports import SqliteImports
from desktop_app.infra.sqlite.pairs import SqlitePairs
from desktop_app.infra.sqlite.picture_paths import PicturePaths
from desktop_app.infra.sqlite.pictures import SqlitePictures
from desktop_app.infra.sqlite.products import SqliteProducts
from desktop_app.infra.sqlite.saved import SqliteSaved
from desktop_app.infra.sqlite.thumbnails import THUMBNAILS_NAME, ThumbnailCache
from desktop_app.infra.sqlite.vectors import SqliteVectors
from desktop_app.infra.sqlite.verdicts import SqliteVerdicts


class SqliteCatalogue:
    """The Catalogue port. Made by :func:`create_catalogue` and :func:`open_catalogue`."""

    folder: Path
    read_only: bool
    products: ProductStore
    pictures: PictureStore
    imports: ImportWriter
    vectors: VectorStore
    evidence: EvidenceStore
    containers: ContainerStore
    pairs: PairStore
    verdicts: VerdictStore
    history: History
    saved: SavedItems
    captures: CaptureLog

    def __init__(self, folder: Path, database: Database, *, read_only_reason: str = "") -> None:
        self.folder = folder
        self.read_only = bool(read_only_reason)
        self._read_only_reason = read_only_reason
        self._database = database
        paths = PicturePaths(folder)
        thumbnails = folder / THUMBNAILS_NAME
        self._thumbnails = ThumbnailCache(
            thumbnails,
            access=opening.readable_access(thumbnails) if self.read_only else Access.READ_WRITE,
            on_lost=self._reread_pictures,
        )
        self.products = SqliteProducts(database, paths)
        self.pictures = self._pictures = SqlitePictures(database, paths, self._thumbnails)
        self.imports = SqliteImports(database, paths)
        self.vectors = SqliteVectors(database)
        self.evidence = SqliteEvidence(database, paths)
        self.containers = SqliteContainers(database)
        self.pairs = SqlitePairs(database)
        self.verdicts = SqliteVerdicts(database)
        self.history = SqliteHistory(database)
        self.saved = SqliteSaved(database)
        self.captures = SqliteCaptures(database)
        self._name = self._stored_name()
        self._thumbnails.prepare()

    @property
    def name(self) -> str:
        return self._name

    @property
    def revision(self) -> int:
        return self._database.revision

    @property
    def read_only_reason(self) -> str:
        return self._read_only_reason

    def rename(self, name: str) -> None:
        name = clean_text(name)
        with self._database.write(revises=False) as connection:
            connection.execute(
                "INSERT INTO about (name, value) VALUES ('name', ?) "
                "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (name,),
            )
        self._name = name

    def close(self) -> None:
        self._thumbnails.close()
        self._database.close()

    def _reread_pictures(self) -> None:
        self._pictures.reread_for_thumbnails()

    def _stored_name(self) -> str:
        with self._database.read() as connection:
            row = connection.execute("SELECT value FROM about WHERE name = 'name'").fetchone()
        return row[0] if row else self.folder.name


def is_catalogue(folder: Path) -> bool:
    """Whether the folder holds a catalogue, be it damaged or not."""
    return opening.is_catalogue(folder)


def create_catalogue(folder: Path, name: str) -> SqliteCatalogue:
    """Make a catalogue in ``folder``, which is made too. Raises CatalogueUnavailable where
    it holds one already or cannot be written to."""
    folder = folder.resolve()
    if is_catalogue(folder):
        raise CatalogueUnavailable(
            f"{folder} already holds a catalogue.",
            remedy="Open that one, or choose another folder.",
        )
    opening.create_database(folder)
    catalogue = open_catalogue(folder)
    catalogue.rename(name)
    return catalogue


def open_catalogue(
    folder: Path,
    *,
    read_only: bool = False,
    is_writable: Callable[[Path], bool] = opening.is_writable,
    schema: opening.Schema = opening.CURRENT_SCHEMA,
) -> SqliteCatalogue:
    """Open a catalogue; for reading only if asked, or where its folder cannot be written to.

    Raises CatalogueUnavailable where there is none or it is damaged, CatalogueTooNew where
    it was written by a newer version. ``is_writable`` and ``schema`` are for tests.
    """
    folder = folder.resolve()
    if not is_catalogue(folder):
        raise CatalogueUnavailable(
            f"There is no catalogue in {folder}.",
            remedy="If it was moved, open it from its new place.",
        )
    reason = ""
    if read_only:
        reason = opening.ASKED_REASON
    elif not is_writable(folder):
        reason = opening.UNWRITABLE_REASON
    path = folder / opening.DATABASE_NAME
    opened = opening.open_for_reading if reason else opening.open_for_writing
    database = opened(path, schema)
    try:
        return SqliteCatalogue(folder, database, read_only_reason=reason)
    except BaseException:
        database.close()
        raise
