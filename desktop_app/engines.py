"""Which engine stands behind which port: the wiring that the window and the command line share.

Imports of engines are inside functions: listing models or showing the first window must not
load what only indexing needs.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop_app import paths
from desktop_app.domain.errors import CatalogueUnavailable
from desktop_app.domain.images import FloatMatrix, IdArray
from desktop_app.domain.ports import Catalogue, Embedder, ImageReader, IndexSnapshot, IndexStore
from desktop_app.domain.progress import CancelToken
from desktop_app.services.workspace import Workspace

if TYPE_CHECKING:
    from desktop_app.infra.vision.model_library import ModelLibrary
    from desktop_app.services.evaluate import EvaluationReport

MODEL_SETTING = "model"
INDEX_FOLDER = "index"


def own_command() -> list[str]:
    """How this installation starts itself."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    return [sys.executable, "-m", "desktop_app"]


class Engines:
    """Makes workspaces. Its embedders are kept and shared by their thread until :meth:`close`.

    ``threads`` of 0 uses all processors. The folders default to the user's own.
    """

    def __init__(
        self, *, threads: int = 0, data: Path | None = None, cache: Path | None = None
    ) -> None:
        self._threads = threads
        self._data = data or paths.user_data_dir()
        self._cache = cache or paths.cache_dir()
        self._embedders: list[Embedder] = []
        self._stopping = CancelToken()

    @cached_property
    def reader(self) -> ImageReader:
        """Decodes pictures; safe from any thread."""
        from desktop_app.infra.vision.decode import PillowImageReader  # noqa: PLC0415

        return PillowImageReader()

    @cached_property
    def library(self) -> ModelLibrary:
        """The models there are."""
        from desktop_app.infra.vision.model_library import ModelLibrary  # noqa: PLC0415

        return ModelLibrary(
            shipped_dir=paths.models_dir(),
            user_dir=self._data / "models",
            cache_dir=self._cache / "models",
            threads=self._threads,
        )

    def workspace(
        self,
        folder: Path,
        *,
        create: bool = False,
        read_only: bool = False,
        name: str = "",
        model: str = "",
    ) -> Workspace:
        """Open the catalogue in ``folder``, made first where ``create`` allows it.

        ``model`` is chosen for the catalogue and remembered in it; '' means the one it was
        last searched with. Raises CatalogueUnavailable and its kin, ModelUnavailable.
        """
        from desktop_app.infra.sqlite.catalogue import (  # noqa: PLC0415
            create_catalogue,
            is_catalogue,
            open_catalogue,
        )

        if is_catalogue(folder):
            catalogue: Catalogue = open_catalogue(folder, read_only=read_only)
        elif create:
            catalogue = create_catalogue(folder, name or folder.resolve().name)
        else:
            raise CatalogueUnavailable(
                f"{folder} holds no catalogue.",
                remedy="Choose the folder of a catalogue, or make a new one there.",
            )
        try:
            return self._equip(catalogue, model)
        except BaseException:
            catalogue.close()
            raise

    def evaluate(
        self, manifest: Path, *, label: str = "", model: str = "", token: CancelToken | None = None
    ) -> EvaluationReport:
        """Measure retrieval on a manifest of labelled pictures. See
        :func:`desktop_app.services.evaluate.evaluate_manifest`."""
        from desktop_app.infra.index.snapshot import FaissSnapshot  # noqa: PLC0415
        from desktop_app.services.evaluate import evaluate_manifest  # noqa: PLC0415

        def index_of(model_key: str, content_ids: IdArray, vectors: FloatMatrix) -> IndexSnapshot:
            return FaissSnapshot(model_key).extended(content_ids, vectors)

        return evaluate_manifest(
            manifest,
            reader=self.reader,
            embedder=self.embedder(model or self.library.default_name),
            index_factory=index_of,
            label=label,
            token=token or CancelToken(),
        )

    def bench(self, pictures: Path, *, model: str = "") -> dict[str, Any]:
        """Measure this machine with the pictures below a folder. See
        :func:`desktop_app.services.bench.measure_machine`."""
        from desktop_app.services.bench import measure_machine  # noqa: PLC0415

        return measure_machine(
            self,
            pictures,
            model=model or self.library.default_name,
            start_command=[*own_command(), "--first-paint"],
            heartbeat_command=[*own_command(), "--heartbeat"],
        )

    @contextmanager
    def scratch(self) -> Iterator[tuple[Catalogue, IndexStore]]:
        """An empty catalogue and an empty index, both thrown away at the end."""
        from desktop_app.infra.index.faiss_index import FaissIndexStore  # noqa: PLC0415
        from desktop_app.infra.sqlite.catalogue import create_catalogue  # noqa: PLC0415

        with tempfile.TemporaryDirectory(prefix="twinshelf-") as name:
            catalogue = create_catalogue(Path(name) / "catalogue", "Scratch")
            try:
                yield catalogue, FaissIndexStore(Path(name) / INDEX_FOLDER)
            finally:
                catalogue.close()

    def embedder(self, model: str) -> Embedder:
        """A new embedder for the thread that asks. Raises ModelUnavailable, and Cancelled
        where :meth:`stop` came while a model was being prepared."""
        made = self.library.embedder(model, token=self._stopping)
        self._embedders.append(made)
        return made

    def stop(self) -> None:
        """Prepare no more models: the application is about to end. From any thread."""
        self._stopping.cancel()

    def close(self) -> None:
        """Let the embedders go; no thread may use them any more."""
        while self._embedders:
            self._embedders.pop().close()

    def _equip(self, catalogue: Catalogue, model: str) -> Workspace:
        from desktop_app.infra.index.faiss_index import FaissIndexStore  # noqa: PLC0415
        from desktop_app.infra.tables.archive import ZipArchiveReader  # noqa: PLC0415
        from desktop_app.infra.tables.reader import FileTableReader  # noqa: PLC0415
        from desktop_app.infra.tables.spreadsheet import XlsxWriter  # noqa: PLC0415
        from desktop_app.infra.watch import WatchdogWatcher  # noqa: PLC0415
        from desktop_app.services.exporting import ExportService  # noqa: PLC0415
        from desktop_app.services.importing import ImportService  # noqa: PLC0415
        from desktop_app.services.indexing import IndexingService  # noqa: PLC0415
        from desktop_app.services.search import SearchService  # noqa: PLC0415
        from desktop_app.services.watching import WatchService  # noqa: PLC0415

        name = self._model_of(catalogue, model)
        model_key = self.library.card(name).key
        index_store = FaissIndexStore(
            catalogue.folder / INDEX_FOLDER, read_only=catalogue.read_only
        )

        def provide() -> Embedder:
            return self.embedder(name)

        return Workspace(
            catalogue=catalogue,
            reader=self.reader,
            importing=ImportService(
                catalogue, tables=FileTableReader(), archives=ZipArchiveReader()
            ),
            exporting=ExportService(sheets=XlsxWriter()),
            indexing=IndexingService(
                catalogue, self.reader, provide, index_store, model_key=model_key
            ),
            search=SearchService(catalogue, self.reader, provide),
            watching=WatchService(
                WatchdogWatcher(), own_folder=catalogue.folder, clock=time.monotonic
            ),
            index_store=index_store,
            model_name=name,
        )

    def _model_of(self, catalogue: Catalogue, chosen: str) -> str:
        stored = catalogue.saved.setting(MODEL_SETTING)
        name = chosen or stored or self.library.default_name
        if name != stored and not catalogue.read_only:
            catalogue.saved.set_setting(MODEL_SETTING, name)
        return name
