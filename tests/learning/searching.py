"""A catalogue of flat colours that is searched with what was learned of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
from PIL import Image

from desktop_app.domain.errors import ModelUnavailable
from desktop_app.domain.fusion import LOOK_ALONE, Calibration
from desktop_app.domain.images import RgbArray
from desktop_app.domain.learned_models import LearnedModel, Projection
from desktop_app.domain.learning_ports import LearnedModelFiles
from desktop_app.domain.metric_learning import RECIPES
from desktop_app.domain.ports import IndexSnapshot, IndexStore
from desktop_app.domain.products import PictureState, ProductFields
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.search import QueryPicture, SearchRequest, SearchResults
from desktop_app.domain.storage import Content, ReadPicture
from desktop_app.infra.index.faiss_index import FaissIndexStore
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue
from desktop_app.infra.vision.decode import PillowImageReader
from desktop_app.services.learning.learned_search import LearnedSearch
from desktop_app.services.learning.learned_vectors import LearnedVectors
from desktop_app.services.search import SearchService
from tests.search.fakes import MODEL, ColourEmbedder, flat, vector_of

GREEN, BLUE = 1, 2


def seeing(*channels: int, key: str = "", base_key: str = MODEL) -> Projection:
    """A projection that sees some of red, green and blue, and how light it is."""
    kept = np.eye(4, dtype=np.float32)[[*channels, 3]]
    nothing = np.empty((0, 4), np.float32)
    return Projection(
        key or f"{base_key}+sees {channels}",
        base_key,
        kept,
        nothing,
        np.empty(0, np.float32),
        np.empty((len(kept), 0), np.float32),
    )


def card(version: str, projection: Projection, look: Calibration | None = None) -> LearnedModel:
    return LearnedModel(
        version,
        projection.key,
        projection.base_key,
        "Colours",
        RECIPES[0],
        "2030-01-01T00:00:00+00:00",
        n_products=9,
        n_pictures=30,
        look=look,
    )


class MemoryFiles:
    """As much of LearnedModelFiles as searching asks for."""

    def __init__(self) -> None:
        self.held: dict[str, tuple[LearnedModel, Projection | None]] = {}

    def put(self, version: str, projection: Projection, look: Calibration | None = None) -> None:
        self.held[version] = (card(version, projection, look), projection)

    def damage(self, version: str) -> None:
        self.held[version] = (self.held[version][0], None)

    def cards(self) -> tuple[LearnedModel, ...]:
        return tuple(model for model, _ in self.held.values())

    def projection(self, version: str) -> Projection:
        found = self.held[version][1]
        if found is None:
            raise ModelUnavailable("Its tensors are damaged.", remedy="Learn again.")
        return found


class Colours:
    """A catalogue with its base index, its learned search and the search itself."""

    def __init__(self, catalogue: SqliteCatalogue, folder: Path, files: MemoryFiles) -> None:
        self.catalogue = catalogue
        self.vectors = LearnedVectors(catalogue.vectors)
        catalogue.vectors = self.vectors
        self.folder = folder
        self.files = files
        self.base_store = FaissIndexStore(catalogue.folder / "index")
        self.store = FaissIndexStore(
            catalogue.folder / "index" / "learned", read_only=catalogue.read_only
        )
        self.replaced: list[int] = []
        self.search = SearchService(catalogue, PillowImageReader(), ColourEmbedder)
        self.learned = self.new_learned()

    def new_learned(self, store: IndexStore | None = None) -> LearnedSearch:
        return LearnedSearch(
            self.catalogue,
            cast(LearnedModelFiles, self.files),
            self.vectors,
            store=store or self.store,
            unkept=FaissIndexStore(self.catalogue.folder / "index" / "learned", read_only=True),
            fusion=LOOK_ALONE,
            base_key=MODEL,
            replaced=self.replaced,
        )

    def add(self, sku: str, *colours: tuple[int, int, int]) -> list[int]:
        """Content ids of a new product's pictures."""
        pictures = []
        for number, colour in enumerate(colours):
            path = self.folder / f"{sku}-{number}.png"
            Image.fromarray(flat(*colour, width=16, height=16)).save(path)
            pictures.append((path, ""))
        self.catalogue.products.add(ProductFields(sku), pictures)
        ids = []
        for picture, colour in zip(self.catalogue.pictures.pending(), colours, strict=True):
            ids.append(self.read(picture.id, f"{picture.id:032x}", flat(*colour)))
        return ids

    def read(self, picture_id: int, digest: str, rgb: RgbArray) -> int:
        """Store a picture as read; its content id."""
        content = Content(digest, 16, 16, picture_id.to_bytes(8, "big"), 0)
        read = ReadPicture(
            picture_id,
            PictureState.READY,
            content=content,
            vector=vector_of(rgb),
            thumbnail=b"small",
        )
        self.catalogue.pictures.record_read(MODEL, [read])
        return self.catalogue.pictures.known_contents([digest], MODEL)[digest].id

    def base(self) -> IndexSnapshot:
        return self.base_store.open(self.catalogue.vectors, MODEL)

    def publish(self) -> None:
        searched = self.learned.searchable(self.base(), self.catalogue.pictures.content_map())
        self.search.use(
            searched.snapshot,
            searched.content_map,
            fusion=searched.fusion,
            projection=searched.projection,
        )

    def take_up(self, version: str) -> None:
        for _step in self.learned.take_up(version, CancelToken()):
            pass
        self.publish()

    def results(self, rgb: Sequence[int], **narrowing: object) -> SearchResults:
        picture = QueryPicture("q", rgb=flat(rgb[0], rgb[1], rgb[2]))
        request = SearchRequest(picture, **narrowing)  # type: ignore[arg-type]
        return self.search.search(request, CancelToken())

    def skus(self, results: SearchResults) -> list[str]:
        return [self.catalogue.products.get(hit.product_id).fields.sku for hit in results.hits]

    def found(self, *rgb: int, **narrowing: object) -> list[str]:
        return self.skus(self.results(rgb, **narrowing))
