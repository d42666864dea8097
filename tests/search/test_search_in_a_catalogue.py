"""Searching with the real database, index and picture reader; only the model is a fake."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from desktop_app.domain.filters import Condition, Operator, ProductFilter
from desktop_app.domain.products import PictureState, ProductFields
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.search import QueryPicture, SearchRequest
from desktop_app.domain.storage import Content, ReadPicture
from desktop_app.infra.index.faiss_index import FaissIndexStore
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue, create_catalogue
from desktop_app.infra.vision.decode import PillowImageReader
from desktop_app.services.search import SearchService
from tests.search.fakes import MODEL, ColourEmbedder, flat, vector_of

COLOURS = {"RED": (220, 30, 30), "RUST": (190, 60, 40), "GREEN": (30, 200, 60)}


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[SqliteCatalogue]:
    """A product and a picture file for each colour, all read."""
    catalogue = create_catalogue(tmp_path / "catalogue", "Colours")
    for number, (sku, colour) in enumerate(COLOURS.items()):
        path = tmp_path / f"{sku}.png"
        Image.fromarray(flat(*colour, width=60, height=40)).save(path)
        catalogue.products.add(
            ProductFields(sku, category="Lids" if sku != "RUST" else "Jars"), [(path, "front")]
        )
        (pending,) = catalogue.pictures.pending()
        content = Content(f"{number:032x}", 60, 40, bytes(8), 0)
        vector = vector_of(flat(*colour))
        read = ReadPicture(
            pending.id, PictureState.READY, content=content, vector=vector, thumbnail=b"small"
        )
        catalogue.pictures.record_read(MODEL, [read])
    yield catalogue
    catalogue.close()


class Searcher:
    """A catalogue, its index and its service."""

    def __init__(self, catalogue: SqliteCatalogue) -> None:
        self.catalogue = catalogue
        self.store = FaissIndexStore(catalogue.folder / "index")
        self.snapshot = self.store.open(catalogue.vectors, MODEL)
        self.service = SearchService(catalogue, PillowImageReader(), ColourEmbedder)
        self.publish()

    def publish(self) -> None:
        self.service.use(self.snapshot, self.catalogue.pictures.content_map())

    def skus(self, picture: QueryPicture, **narrowing: object) -> list[str]:
        request = SearchRequest(picture, **narrowing)  # type: ignore[arg-type]
        results = self.service.search(request, CancelToken())
        return [self.catalogue.products.get(hit.product_id).fields.sku for hit in results.hits]


@pytest.fixture
def searcher(catalogue: SqliteCatalogue) -> Searcher:
    return Searcher(catalogue)


def test_a_picture_file_finds_its_product_first(searcher: Searcher, tmp_path: Path) -> None:
    assert searcher.skus(QueryPicture("q", path=tmp_path / "RED.png")) == ["RED", "RUST", "GREEN"]


def test_a_filter_by_category_follows_an_edit_at_once(
    searcher: Searcher, catalogue: SqliteCatalogue
) -> None:
    query = QueryPicture("q", rgb=flat(220, 30, 30))
    lids = ProductFilter(conditions=(Condition("category", Operator.ANY_OF, ("Lids",)),))
    assert searcher.skus(query, filter=lids) == ["RED", "GREEN"]
    rust = catalogue.products.find_by_sku("RUST")
    assert rust is not None
    catalogue.products.update_fields([rust.id], {"category": "Lids"})
    assert searcher.skus(query, filter=lids) == ["RED", "RUST", "GREEN"]


def test_a_removed_product_is_not_found_and_is_again_after_undo(
    searcher: Searcher, catalogue: SqliteCatalogue
) -> None:
    query = QueryPicture("q", rgb=flat(220, 30, 30))
    red = catalogue.products.find_by_sku("RED")
    assert red is not None
    catalogue.products.remove([red.id])
    searcher.publish()
    assert searcher.skus(query) == ["RUST", "GREEN"]
    catalogue.history.undo()
    searcher.publish()
    assert searcher.skus(query) == ["RED", "RUST", "GREEN"]


def test_a_result_is_the_next_query_and_is_remembered(
    searcher: Searcher, catalogue: SqliteCatalogue
) -> None:
    red = catalogue.products.find_by_sku("RED")
    assert red is not None
    request = SearchRequest(QueryPicture("RED", content_id=red.pictures[0].content_id), limit=2)
    results = searcher.service.search(request, CancelToken())
    remembered = searcher.service.remember(results)
    (kept,) = catalogue.saved.recent_queries()
    assert kept == remembered
    assert (kept.label, [hit[0] for hit in kept.hits]) == (
        "RED",
        [hit.product_id for hit in results.hits],
    )
    assert kept.thumbnail[:2] == b"\xff\xd8"
