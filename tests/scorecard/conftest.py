"""A catalogue of flat colours that can be searched; only the model is a fake."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from desktop_app.domain.products import PictureState, ProductFields
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.scorecards import Scorecard
from desktop_app.domain.storage import Content, ReadPicture
from desktop_app.infra.index.numpy_index import NumpySnapshot
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue, create_catalogue, open_catalogue
from desktop_app.infra.vision.decode import PillowImageReader
from desktop_app.services.scorecard import ScorecardService
from desktop_app.services.search import SearchService
from tests.search.fakes import MODEL, ColourEmbedder, flat, vector_of

Colour = tuple[int, int, int]


@pytest.fixture(scope="session")
def empty_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template") / "catalogue"
    create_catalogue(folder, "Colours").close()
    return folder


class Shop:
    """Products by colours of their pictures."""

    def __init__(self, catalogue: SqliteCatalogue, folder: Path) -> None:
        self.catalogue = catalogue
        self.folder = folder
        self.search = SearchService(catalogue, PillowImageReader(), ColourEmbedder)
        self._count = 0

    def add(self, sku: str, *colours: Colour, looks: int | None = None) -> int:
        """The id of a new product. Pictures with equal ``looks`` are copies of each other."""
        paths = [self._write(colour) for colour in colours]
        change = self.catalogue.products.add(ProductFields(sku), [(path, "") for path in paths])
        for picture, colour in zip(self.catalogue.pictures.pending(), colours, strict=True):
            self._count += 1
            content = Content(
                f"{self._count:032x}", 16, 16, (looks or self._count).to_bytes(8, "big"), 0
            )
            vector = vector_of(flat(*colour))
            self.catalogue.pictures.record_read(
                MODEL,
                [
                    ReadPicture(
                        picture.id,
                        PictureState.READY,
                        content=content,
                        vector=vector,
                        thumbnail=b"small",
                    )
                ],
            )
        return change.product_ids[0]

    def share(self, owner: int, other: int) -> None:
        """Let another product show the first picture of ``owner`` too."""
        shown = self.catalogue.products.get(owner).pictures[0]
        self.catalogue.pictures.add(other, [(self.folder / "shared.png", "")])
        (waiting,) = self.catalogue.pictures.pending()
        (known,) = self.catalogue.pictures.known_contents([shown.content_hash], MODEL).values()
        self.catalogue.pictures.record_read(
            MODEL, [ReadPicture(waiting.id, PictureState.READY, content=known.content)]
        )

    def service(self, most_queries: int = 300) -> ScorecardService:
        ids, rows = zip(*self.catalogue.vectors.iterate(MODEL), strict=True)
        snapshot = NumpySnapshot(MODEL).extended(np.concatenate(ids), np.concatenate(rows))
        self.search.use(snapshot, self.catalogue.pictures.content_map())
        return ScorecardService(
            self.catalogue, self.search, model_key=MODEL, most_queries=most_queries
        )

    def measure(self, most_queries: int = 300) -> Scorecard:
        *others, last = self.service(most_queries).measure(CancelToken())
        assert all(step.scorecard is None for step in others)
        assert last.scorecard is not None
        return last.scorecard

    def _write(self, colour: Colour) -> Path:
        path = self.folder / f"{len(list(self.folder.glob('*.png')))}.png"
        Image.fromarray(flat(*colour, width=16, height=16)).save(path)
        return path


@pytest.fixture
def shop(tmp_path: Path, empty_folder: Path) -> Iterator[Shop]:
    catalogue = open_catalogue(shutil.copytree(empty_folder, tmp_path / "catalogue"))
    (tmp_path / "pictures").mkdir()
    yield Shop(catalogue, tmp_path / "pictures")
    catalogue.close()
