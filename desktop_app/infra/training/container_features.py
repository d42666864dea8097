"""Features of many views of labelled cut-outs, made once and kept: teaching a head on them then
takes seconds."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.container_classes import CONTAINER_CLASSES
from desktop_app.domain.images import FloatMatrix, RgbArray
from desktop_app.domain.ports import Embedder
from desktop_app.infra.training.container_views import ListedCutout, grey_views, read_cutout

Features = NDArray[np.float32]
"""(n, 2, dimension): two views of one cut-out in a row."""
PAIR = 2


@dataclass(frozen=True, slots=True, eq=False)
class LabelledFeatures:
    """Row i are two views of a cut-out: its class by number, its product and its design. A cut-out
    of more views has more rows."""

    features: Features
    targets: NDArray[np.int64]
    products: NDArray[np.int64]
    designs: NDArray[np.int64]
    n_products: int
    n_cutouts: int

    def rows(self, chosen: NDArray[np.bool_]) -> tuple[Features, NDArray[np.int64]]:
        """Features and targets of the chosen ones."""
        return self.features[chosen], self.targets[chosen]


def cached_features(
    cutouts: Sequence[ListedCutout],
    clutter: Sequence[RgbArray],
    embedder: Embedder,
    folder: Path,
    *,
    side: int,
    tell: Callable[[str], None] = lambda _: None,
) -> LabelledFeatures:
    """Features of the views of each cut-out, seeded by its name; a file for each in ``folder``,
    so that what was made before is not made again. Cut-outs that cannot be read are left out.
    Raises ValueError where none can, or views are not even in number."""

    def described(cutout: ListedCutout) -> FloatMatrix | None:
        if (rgba := read_cutout(cutout.path)) is None:
            return None
        seed = zlib.crc32(f"{cutout.path.parent.name}/{cutout.path.name}".encode())
        rng = np.random.default_rng(seed)
        return embedder.embed(list(grey_views(rgba, clutter, rng, count=cutout.views, side=side)))

    kept: list[ListedCutout] = []
    rows: list[Features] = []
    for number, cutout in enumerate(cutouts):
        home = folder / f"{embedder.key}.{side}.{cutout.views}"
        home.mkdir(parents=True, exist_ok=True)
        path = home / f"{cutout.path.parent.name}-{cutout.path.stem}.npy"
        if not path.is_file():
            if (made := described(cutout)) is None:
                continue
            _write(path, made)
        found = np.load(path).astype(np.float32)
        pairs = found.reshape(len(found) // PAIR, PAIR, found.shape[1])
        rows.append(pairs)
        kept += [cutout] * len(pairs)
        if (number + 1) % 100 == 0:
            tell(f"{number + 1} of {len(cutouts)} cut-outs")
    if not kept:
        raise ValueError("no cut-out could be read")
    products = {name: n for n, name in enumerate(sorted({c.product for c in kept}))}
    designs = {name: n for n, name in enumerate(sorted({c.design for c in kept}))}
    return LabelledFeatures(
        np.concatenate(rows),
        np.array([CONTAINER_CLASSES.index(c.container) for c in kept], np.int64),
        np.array([products[c.product] for c in kept], np.int64),
        np.array([designs[c.design] for c in kept], np.int64),
        len(products),
        len(rows),
    )


def _write(path: Path, made: FloatMatrix) -> None:
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.save(file, made.astype(np.float16))
    part.replace(path)
