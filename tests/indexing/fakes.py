"""A cheap deterministic embedder, and catalogues of small generated pictures."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from desktop_app.domain.images import FloatMatrix, RgbArray
from desktop_app.domain.imports import ImportRequest, SourceKind
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.products import ProductFields

T = TypeVar("T")
GRID = 4


class GridEmbedder:
    """Colours on a coarse grid as a unit vector. Like a real one it takes several pictures
    before it gives the first vector."""

    dimension = GRID * GRID * 3

    def __init__(self, key: str = "grid", *, in_flight: int = 3) -> None:
        self.key = key
        self.in_flight = in_flight
        self.embedded = 0
        self.open_streams = 0

    def embed(self, images: Sequence[RgbArray]) -> FloatMatrix:
        return np.stack([self.vector(image) for image in images])

    def embed_stream(
        self, items: Iterable[tuple[T, RgbArray]]
    ) -> Iterator[tuple[T, NDArray[np.float32]]]:
        self.open_streams += 1
        try:
            queue: deque[tuple[T, NDArray[np.float32]]] = deque()
            for tag, image in items:
                self.embedded += 1
                queue.append((tag, self.vector(image)))
                if len(queue) > self.in_flight:
                    yield queue.popleft()
            yield from queue
        finally:
            self.open_streams -= 1

    def vector(self, image: RgbArray) -> NDArray[np.float32]:
        height, width = image.shape[:2]
        rows = (np.arange(GRID) * height + height // 2) // GRID
        columns = (np.arange(GRID) * width + width // 2) // GRID
        values = image[rows][:, columns].astype(np.float32).ravel() + 1.0
        scaled: NDArray[np.float32] = values / np.linalg.norm(values)
        return scaled

    def close(self) -> None:
        pass


def write_picture(path: Path, seed: int) -> Path:
    """A small picture unlike that of any other seed."""
    colours = np.random.default_rng(seed).integers(0, 255, (GRID, GRID, 3)).astype(np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(colours).resize((32, 32), Image.Resampling.NEAREST).save(path)
    return path


def add_products(catalogue: Catalogue, paths: Sequence[Path]) -> list[int]:
    """One product for each picture, in one transaction; returns their ids."""
    source = catalogue.imports.remember_source(ImportRequest(SourceKind.FOLDER, (paths[0].parent,)))
    catalogue.imports.write_products(
        source,
        [(ProductFields(f"sku-{n:04}"), [(path, "", 0, 0)]) for n, path in enumerate(paths)],
    )
    ids = catalogue.products.ids_by_sku()
    return [ids[f"sku-{n:04}"] for n in range(len(paths))]
