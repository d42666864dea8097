"""The real store, index, reader and model together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop_app import paths
from desktop_app.domain.images import READING_SIDE
from desktop_app.domain.ports import Embedder
from desktop_app.domain.products import PictureState
from desktop_app.domain.progress import CancelToken
from desktop_app.infra.index.faiss_index import FaissIndexStore
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue
from desktop_app.infra.vision.decode import PillowImageReader
from desktop_app.infra.vision.model_library import ModelLibrary
from desktop_app.services.indexing import IndexingService
from tests.indexing.fakes import add_products


@pytest.fixture(scope="module")
def embedder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedder]:
    scratch = tmp_path_factory.mktemp("models")
    library = ModelLibrary(paths.models_dir(), scratch / "user", scratch / "cache")
    made = library.embedder(library.default_name)
    yield made
    made.close()


@pytest.mark.slow
def test_indexed_pictures_are_found_by_themselves_also_after_opening_again(
    catalogue: SqliteCatalogue,
    make_picture: Callable[..., Path],
    embedder: Embedder,
    tmp_path: Path,
) -> None:
    files = [make_picture(f"pictures/{n:02}.jpg", seed=n) for n in range(20)]
    files[4].write_bytes(files[4].read_bytes()[:200])
    files[9].write_bytes(files[8].read_bytes())
    product_ids = add_products(catalogue, files)
    reader = PillowImageReader()

    def service() -> IndexingService:
        return IndexingService(
            catalogue,
            reader,
            lambda: embedder,
            FaissIndexStore(tmp_path / "index"),
            model_key=embedder.key,
        )

    *_, last = service().run(CancelToken())
    assert last.progress.done == last.progress.total == 20
    assert last.progress.failed == 1
    counts = catalogue.pictures.counts()
    assert (counts.ready, counts.failed) == (19, 1)

    reopened = service()
    snapshot = reopened.load()
    assert snapshot.size == 18
    assert list(reopened.run(CancelToken())) == []
    for product_id, file in zip(product_ids, files, strict=True):
        picture = catalogue.products.get(product_id).pictures[0]
        if picture.state is PictureState.FAILED:
            assert file == files[4]
            continue
        query = embedder.embed([reader.decode(file, max_side=READING_SIDE).rgb])[0]
        ids, scores = snapshot.search(query, 1)
        assert ids[0] == picture.content_id
        assert scores[0] > 0.99
