"""Catalogues whose pictures are vectors drawn around the centre of their category."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from desktop_app.domain.imports import ImportRequest, SourceKind
from desktop_app.domain.products import PictureState, ProductFields
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.storage import Content, ReadPicture
from desktop_app.infra.learning.category_files import SafetensorsCategoryFiles
from desktop_app.infra.learning.logistic import LogisticLearner
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue, create_catalogue, open_catalogue
from desktop_app.services.categories import CategoryService

MODEL = "model:1"
DIMENSION = 12


def unit(vector: NDArray[np.floating]) -> NDArray[np.float32]:
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def axis(number: int) -> NDArray[np.float32]:
    return np.eye(DIMENSION, dtype=np.float32)[number]


@pytest.fixture(scope="session")
def empty_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template") / "catalogue"
    create_catalogue(folder, "Jars").close()
    return folder


@pytest.fixture
def catalogue(tmp_path: Path, empty_folder: Path) -> Iterator[SqliteCatalogue]:
    opened = open_catalogue(shutil.copytree(empty_folder, tmp_path / "catalogue"))
    yield opened
    opened.close()


@pytest.fixture
def service(catalogue: SqliteCatalogue) -> CategoryService:
    return service_of(catalogue)


def service_of(catalogue: SqliteCatalogue, model_key: str = MODEL) -> CategoryService:
    return CategoryService(
        catalogue,
        LogisticLearner(),
        SafetensorsCategoryFiles(),
        folder=catalogue.folder / "index",
        model_key=model_key,
    )


def learn(service: CategoryService) -> None:
    for _ in service.learn(CancelToken()):
        pass


def add(
    catalogue: SqliteCatalogue,
    category: str,
    vectors: Callable[[int], NDArray[np.float32]],
    *,
    products: int = 8,
    views: int = 1,
    brand: str = "",
) -> None:
    """Products of a category, all read; ``vectors`` gives that of each by number."""
    first = catalogue.products.count()
    source = catalogue.imports.remember_source(
        ImportRequest(SourceKind.FOLDER, (Path("/in").absolute(),))
    )
    catalogue.imports.write_products(
        source,
        [
            (
                ProductFields(f"{n:04}", category=category, brand=brand),
                [(Path(f"/in/{n:04}-{view}.jpg"), "", 1, 1) for view in range(views)],
            )
            for n in range(first, first + products)
        ],
    )
    waiting = catalogue.pictures.pending(limit=10_000)
    catalogue.pictures.record_read(
        MODEL,
        [
            ReadPicture(
                picture.id,
                PictureState.READY,
                content=Content(f"{picture.id:032x}", 8, 8, picture.id.to_bytes(8, "big"), 0),
                vector=vectors(number),
                thumbnail=b"small",
            )
            for number, picture in enumerate(waiting)
        ],
    )


def around(
    centre: NDArray[np.float32], *, spread: float = 0.1, seed: int = 0
) -> Callable[[int], NDArray[np.float32]]:
    rng = np.random.default_rng(seed)
    return lambda _number: unit(centre + spread * rng.standard_normal(DIMENSION))
