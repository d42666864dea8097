"""Pictures whose products are known, and catalogues of such, without a file to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.duplicates import PairKey, Verdict
from desktop_app.domain.images import FloatMatrix
from desktop_app.domain.metric_learning import LabelledPictures
from desktop_app.domain.products import FieldValue, PictureState, ProductFields
from desktop_app.domain.storage import Content, ReadPicture
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue

MODEL = "base 1"
DIMENSION = 32


def unit(rows: NDArray[np.floating]) -> FloatMatrix:
    return np.asarray(rows / np.linalg.norm(rows, axis=-1, keepdims=True), np.float32)


def labelled(
    products: Sequence[int],
    vectors: FloatMatrix | None = None,
    *,
    groups: Sequence[int] | None = None,
    different: Sequence[tuple[int, int]] = (),
) -> LabelledPictures:
    numbers = np.array(products, np.int64)
    if vectors is None:
        vectors = unit(np.random.default_rng(1).normal(size=(len(numbers), 8)))
    return LabelledPictures(
        np.arange(len(numbers), dtype=np.int64) + 1000,
        numbers,
        numbers if groups is None else np.array(groups, np.int64),
        vectors,
        different=np.array(different, np.int64).reshape(-1, 2),
    )


def studio_and_shelf(
    n_products: int,
    n_views: int,
    *,
    dimension: int = DIMENSION,
    nuisance: float = 1.5,
    noise: float = 0.25,
    nuisances: int = 4,
    seed: int = 0,
) -> tuple[NDArray[np.int64], FloatMatrix]:
    """Products (n,) and unit vectors of their views: what a product is, drowned in a few
    directions that tell of light and background and are the same for all products."""
    rng = np.random.default_rng(seed)
    basis = np.linalg.qr(rng.normal(size=(dimension, dimension)))[0]
    own = rng.normal(size=(n_products, dimension - nuisances)) @ basis[nuisances:]
    own /= np.linalg.norm(own, axis=1, keepdims=True)
    products = np.repeat(np.arange(n_products, dtype=np.int64), n_views)
    light = rng.normal(size=(len(products), nuisances)) @ basis[:nuisances]
    blur = rng.normal(size=(len(products), dimension)) / np.sqrt(dimension)
    return products, unit(own[products] + nuisance * light / np.sqrt(nuisances) + noise * blur)


class Shop:
    """A catalogue of products whose pictures are vectors."""

    def __init__(self, catalogue: SqliteCatalogue, model_key: str = MODEL) -> None:
        self.catalogue = catalogue
        self._model_key = model_key
        self._count = 0

    def add(
        self,
        sku: str,
        vectors: FloatMatrix,
        *,
        looks: Sequence[int] = (),
        brand: str = "",
        category: str = "",
        extra: Mapping[str, FieldValue] | None = None,
    ) -> int:
        """The id of a new product. Pictures with equal ``looks`` are copies."""
        paths = [(Path(f"/pictures/{sku}-{place}.png"), "") for place in range(len(vectors))]
        fields = ProductFields(sku, brand=brand, category=category, extra=extra or {})
        change = self.catalogue.products.add(fields, paths)
        read = []
        waiting = self.catalogue.pictures.pending(limit=len(paths) or 1)
        for place, (picture, vector) in enumerate(zip(waiting, vectors, strict=True)):
            self._count += 1
            look = looks[place] if place < len(looks) else 1_000_000 + self._count
            content = Content(f"{self._count:032x}", 16, 16, look.to_bytes(8, "big"), 0)
            read.append(
                ReadPicture(
                    picture.id,
                    PictureState.READY,
                    content=content,
                    vector=vector,
                    thumbnail=b"small",
                )
            )
        self.catalogue.pictures.record_read(self._model_key, read)
        return change.product_ids[0]

    def stock(self, products: NDArray[np.int64], vectors: FloatMatrix) -> list[int]:
        """A product for each number; their ids by rising number."""
        return [
            self.add(f"P{number}", vectors[products == number])
            for number in np.unique(products).tolist()
        ]

    def share(self, owner: int, *others: int) -> None:
        """Let others show the first picture of ``owner`` too."""
        shown = self.catalogue.products.get(owner).pictures[0]
        (known,) = self.catalogue.pictures.known_contents(
            [shown.content_hash], self._model_key
        ).values()
        for other in others:
            self.catalogue.pictures.add(other, [(Path(f"/pictures/shared-{other}.png"), "")])
            (waiting,) = self.catalogue.pictures.pending()
            self.catalogue.pictures.record_read(
                self._model_key,
                [ReadPicture(waiting.id, PictureState.READY, content=known.content)],
            )

    def say(self, one: int, other: int, verdict: Verdict) -> None:
        """A person's word on the first pictures of two products."""
        first, second = (self.catalogue.products.get(each) for each in (one, other))
        key = PairKey.of(
            first.pictures[0].content_hash,
            second.pictures[0].content_hash,
            first.fields.sku,
            second.fields.sku,
        )
        self.catalogue.verdicts.decide([key], verdict)

    def contents(self, product: int) -> list[int]:
        found = [picture.content_id for picture in self.catalogue.products.get(product).pictures]
        assert None not in found
        return [content for content in found if content is not None]
