"""A program that imports a folder and indexes it, to be killed while it does.

Says what is committed: ``products N`` and ``vectors N``, and ``done`` in the end.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import RgbArray
from desktop_app.domain.progress import CancelToken
from desktop_app.infra.index.faiss_index import FaissIndexStore
from desktop_app.infra.sqlite.catalogue import open_catalogue
from desktop_app.infra.tables.archive import ZipArchiveReader
from desktop_app.infra.tables.reader import FileTableReader
from desktop_app.infra.vision.decode import PillowImageReader
from desktop_app.services import import_apply, indexing, indexing_batches
from desktop_app.services.importing import ImportService
from desktop_app.services.indexing import IndexingService
from tests.indexing.fakes import GridEmbedder

T = TypeVar("T")
SECONDS_PER_PICTURE = 0.002


class SlowEmbedder(GridEmbedder):
    """Takes its time, so that a kill meets the work half done."""

    def embed_stream(
        self, items: Iterable[tuple[T, RgbArray]]
    ) -> Iterator[tuple[T, NDArray[np.float32]]]:
        for found in super().embed_stream(items):
            time.sleep(SECONDS_PER_PICTURE)
            yield found


def say(what: str, count: int = 0) -> None:
    print(what, count, flush=True)


def main(folder: Path, pictures: Path) -> None:
    import_apply.BATCH_PRODUCTS = 20
    indexing_batches.MAX_PICTURES = 8
    indexing.SAVE_EVERY_S = 0.05
    indexing.MOST_OVERHEAD = 1.0
    catalogue = open_catalogue(folder)
    importing = ImportService(catalogue, tables=FileTableReader(), archives=ZipArchiveReader())
    token = CancelToken()
    plan = importing.preview(importing.classify([pictures]), token)
    for _ in importing.apply(plan, token):
        say("products", catalogue.products.count())
    embedder = SlowEmbedder()
    service = IndexingService(
        catalogue,
        PillowImageReader(),
        lambda: embedder,
        FaissIndexStore(folder / "index"),
        model_key=embedder.key,
    )
    for _ in service.run(token):
        say("vectors", catalogue.vectors.models().get(embedder.key, 0))
    catalogue.close()
    say("done")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
