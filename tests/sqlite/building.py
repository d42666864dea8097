"""Small catalogue contents for tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.imports import ImportRequest, SourceKind
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.products import PictureState, ProductFields
from desktop_app.domain.storage import Content, ReadPicture

MODEL = "model:1"
DIMENSION = 8


def add_product(catalogue: Catalogue, sku: str, *pictures: str, **fields: object) -> int:
    """The id of a new product with pictures at these paths."""
    change = catalogue.products.add(
        ProductFields(sku, **fields),  # type: ignore[arg-type]
        [(Path(picture), "") for picture in pictures],
    )
    return change.product_ids[0]


def import_products(catalogue: Catalogue, *skus: str, pictures: int = 1) -> list[int]:
    """The ids of products written by an import, with pictures ``/in/SKU-0.jpg`` and so on."""
    source = catalogue.imports.remember_source(
        ImportRequest(SourceKind.FOLDER, (Path("/in").absolute(),))
    )
    change = catalogue.imports.write_products(
        source,
        [
            (
                ProductFields(sku),
                [
                    (Path(f"/in/{sku}-{i}.jpg"), f"view {i}", 100 + i, 1000 + i)
                    for i in range(pictures)
                ],
            )
            for sku in skus
        ],
    )
    return list(change.product_ids)


def picture_ids(catalogue: Catalogue, product_id: int) -> list[int]:
    return [picture.id for picture in catalogue.products.get(product_id).pictures]


def unit_vector(seed: int, dimension: int = DIMENSION) -> NDArray[np.float32]:
    vector = np.random.default_rng(seed).standard_normal(dimension).astype(np.float32)
    return vector / np.linalg.norm(vector)


def content(seed: int) -> Content:
    return Content(f"{seed:032x}", 100 + seed, 200 + seed, seed.to_bytes(8, "big"), 0x102030 + seed)


def read_picture(picture_id: int, seed: int, *, vector: bool = True) -> ReadPicture:
    """A picture read without trouble; equal seeds are equal bytes."""
    return ReadPicture(
        picture_id,
        PictureState.READY,
        content=content(seed),
        vector=unit_vector(seed) if vector else None,
        thumbnail=b"jpeg %d" % seed,
        size_bytes=5000 + seed,
        mtime_ns=7000 + seed,
    )


def read_all(catalogue: Catalogue, ids: Sequence[int], *, model: str = MODEL) -> None:
    """Read pictures; the seed of each is its id."""
    catalogue.pictures.record_read(model, [read_picture(i, i) for i in ids])
