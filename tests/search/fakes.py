"""A small world to search in: colours for pictures, files in a dictionary, no disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.errors import UnreadableImage
from desktop_app.domain.filters import SKU_ORDER, ProductFilter, SortOrder
from desktop_app.domain.images import DecodedImage, FloatMatrix, IdArray, RgbArray
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.products import Picture
from desktop_app.domain.search import RecentQuery
from desktop_app.domain.storage import ContentMap
from desktop_app.infra.index.numpy_index import NumpySnapshot
from desktop_app.services.search import SearchService

MODEL = "mean colour"
T = TypeVar("T")


def flat(red: int, green: int, blue: int, *, width: int = 8, height: int = 6) -> RgbArray:
    """A picture of one colour."""
    return np.full((height, width, 3), (red, green, blue), np.uint8)


def vector_of(rgb: RgbArray) -> NDArray[np.float32]:
    """The direction of the mean colour, and how light it is."""
    means = rgb.reshape(-1, 3).mean(axis=0) / 255
    vector = np.append(means - 0.5, 0.25).astype(np.float32)
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


class ColourEmbedder:
    """The Embedder port by :func:`vector_of`; counts what it embeds."""

    dimension = 4

    def __init__(self, key: str = MODEL) -> None:
        self.key = key
        self.embedded: list[RgbArray] = []

    def embed(self, images: Sequence[RgbArray]) -> FloatMatrix:
        self.embedded += images
        return np.stack([vector_of(image) for image in images])

    def embed_stream(
        self, items: Iterable[tuple[T, RgbArray]]
    ) -> Iterator[tuple[T, NDArray[np.float32]]]:
        for tag, image in items:
            yield tag, self.embed([image])[0]

    def close(self) -> None:
        return None


class DictReader:
    """The ImageReader port for pictures held by path or by bytes."""

    def __init__(self) -> None:
        self.files: dict[Path | bytes, RgbArray] = {}

    def read_file(self, path: Path) -> bytes:
        return bytes(path)

    def decode(self, source: Path | bytes, *, max_side: int = 0) -> DecodedImage:
        if source not in self.files:
            raise UnreadableImage(f"{source!r} cannot be read.", remedy="Try another.")
        rgb = self.files[source]
        height, width = rgb.shape[:2]
        step = max(1, -(-max(height, width) // max_side)) if max_side else 1
        return DecodedImage(np.ascontiguousarray(rgb[::step, ::step]), None, width, height)

    def shrink(self, image: DecodedImage, *, side: int) -> DecodedImage:
        step = -(-max(image.rgb.shape[:2]) // side)
        rgb = np.ascontiguousarray(image.rgb[::step, ::step])
        return DecodedImage(rgb, None, image.original_width, image.original_height)

    def encode_thumbnail(self, image: DecodedImage, *, side: int = 256) -> bytes:
        return f"{image.rgb.shape[1]}x{image.rgb.shape[0]} in {side}".encode()

    def perceptual_hash(self, image: DecodedImage) -> bytes:
        return image.rgb.tobytes()[:8]


@dataclass
class FakeProducts:
    """Products with one text each; a filter's text must be part of it."""

    texts: dict[int, str] = field(default_factory=dict)
    listings: int = 0

    def list_ids(self, product_filter: ProductFilter, order: SortOrder = SKU_ORDER) -> IdArray:
        assert order == SKU_ORDER
        self.listings += 1
        # As by SKU: not in the order of ids.
        passing = [i for i, text in self.texts.items() if product_filter.text in text]
        return np.array(sorted(passing, reverse=True), np.int64)


@dataclass
class FakePictures:
    """Pictures by content, and thumbnails by content hash."""

    by_content: dict[int, list[Picture]] = field(default_factory=dict)
    thumbnails: dict[str, bytes] = field(default_factory=dict)

    def get_by_content(self, content_id: int) -> list[Picture]:
        return self.by_content.get(content_id, [])

    def thumbnail(self, content_hash: str) -> bytes | None:
        return self.thumbnails.get(content_hash)


@dataclass
class FakeVectors:
    """Vectors of one model."""

    rows: dict[int, NDArray[np.float32]] = field(default_factory=dict)

    def get(self, model_key: str, content_ids: Sequence[int]) -> tuple[IdArray, FloatMatrix]:
        known = [i for i in content_ids if model_key == MODEL and i in self.rows]
        rows = np.stack([self.rows[i] for i in known]) if known else np.empty((0, 0), np.float32)
        return np.array(known, np.int64), rows


@dataclass
class FakeSaved:
    """Keeps recent queries in a list."""

    queries: list[RecentQuery] = field(default_factory=list)

    def remember_query(
        self, label: str, thumbnail: bytes, hits: Sequence[tuple[int, float]], *, keep: int = 30
    ) -> RecentQuery:
        query = RecentQuery(len(self.queries) + 1, "now", label, thumbnail, tuple(hits))
        self.queries = [query, *self.queries][:keep]
        return query


@dataclass
class FakeCatalogue:
    """What of the Catalogue port a search touches."""

    products: FakeProducts = field(default_factory=FakeProducts)
    pictures: FakePictures = field(default_factory=FakePictures)
    vectors: FakeVectors = field(default_factory=FakeVectors)
    saved: FakeSaved = field(default_factory=FakeSaved)
    revision: int = 1
    read_only: bool = False


class World:
    """A catalogue with its search service. Contents are numbered from 1 in the order added."""

    def __init__(self) -> None:
        self.catalogue = FakeCatalogue()
        self.reader = DictReader()
        self.embedder = ColourEmbedder()
        self.embedders_made = 0
        self.pairs: list[tuple[int, int]] = []
        self.service = SearchService(
            cast(Catalogue, self.catalogue), self.reader, self._make_embedder
        )

    def _make_embedder(self) -> ColourEmbedder:
        self.embedders_made += 1
        return self.embedder

    def add(self, product_id: int, *pictures: RgbArray, text: str = "") -> list[int]:
        """Add a product's pictures; returns their content ids."""
        self.catalogue.products.texts.setdefault(product_id, text)
        return [self._add_picture(product_id, rgb) for rgb in pictures]

    def show(self, product_id: int, content_id: int) -> None:
        """Let another product show the same content."""
        self.catalogue.products.texts.setdefault(product_id, "")
        self.pairs.append((content_id, product_id))

    def remove(self, product_id: int) -> None:
        """Take a product out; its vectors stay in the index."""
        del self.catalogue.products.texts[product_id]
        self.pairs = [pair for pair in self.pairs if pair[1] != product_id]

    def publish(self, *, model_key: str = MODEL) -> None:
        """Give the service what was added."""
        rows = self.catalogue.vectors.rows
        snapshot = NumpySnapshot(model_key)
        if rows:
            snapshot = snapshot.extended(np.array(list(rows), np.int64), np.stack([*rows.values()]))
        contents, products = zip(*sorted(self.pairs), strict=True) if self.pairs else ((), ())
        self.service.use(
            snapshot, ContentMap(np.array(contents, np.int64), np.array(products, np.int64))
        )

    def _add_picture(self, product_id: int, rgb: RgbArray) -> int:
        content_id = len(self.catalogue.vectors.rows) + 1
        path = Path(f"{content_id}.png")
        self.reader.files[path] = rgb
        self.catalogue.vectors.rows[content_id] = vector_of(rgb)
        self.catalogue.pictures.by_content[content_id] = [
            Picture(content_id, product_id, str(path), content_hash=f"hash{content_id}")
        ]
        self.pairs.append((content_id, product_id))
        return content_id
