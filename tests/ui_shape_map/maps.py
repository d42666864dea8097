"""Maps of a few dozen pictures for the view."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from desktop_app.domain.products import ProductCard
from desktop_app.domain.shape_map import FreePlace, Places, ShapeCluster, ShapeMap
from desktop_app.domain.shapes import DrawnOutline
from desktop_app.services.shapes.map_reading import MappedPicture, ShownMap
from desktop_app.services.value_groups import ValueGroup

SQUARE = np.array([(-0.7, -0.7), (0.7, -0.7), (0.7, 0.7), (-0.7, 0.7)], np.float32)


def shown_map(places: Places, *, laid_out: int = 0, free: bool = False) -> ShownMap:
    """Content n is shown by product 100 + n; the left half is one cluster and one group."""
    count = len(places)
    ids = np.arange(1, count + 1)
    cluster_of = (places[:, 0] > 0).astype(np.int32)
    clusters = tuple(
        ShapeCluster(int(ids[cluster_of == i][0]), int((cluster_of == i).sum()))
        for i in range(2)
        if (cluster_of == i).any()
    )
    free_places = ()
    if free:
        outline = DrawnOutline(SQUARE)
        free_places = (FreePlace(0.0, 0.0, 0.3, outline, (1, 2), nearest=1, overlap=0.8),)
    shape_map = ShapeMap(
        "test",
        ids,
        places,
        cluster_of if len(clusters) == 2 else np.zeros(count, np.int32),
        clusters,
        free_places,
        laid_out=laid_out or count,
    )
    return ShownMap(
        shape_map,
        ids,
        places,
        100 + ids,
        shape_map.cluster_of,
        cluster_of,
        (ValueGroup("Bottles", 1), ValueGroup("Jars", 1)),
        "category",
        np.arange(count, dtype=np.int32),
    )


def grid(side: int = 6) -> Places:
    """(side * side, 2) evenly over the map, row by row."""
    steps = np.linspace(-0.9, 0.9, side, dtype=np.float32)
    xs, ys = np.meshgrid(steps, steps)
    return np.stack([xs.ravel(), ys.ravel()], axis=1)


def pictures(content_ids: Sequence[int]) -> list[MappedPicture]:
    return [MappedPicture(content_id, SQUARE, f"hash{content_id}") for content_id in content_ids]


def card(product_id: int) -> ProductCard:
    return ProductCard(product_id, f"SKU-{product_id}", title=f"Product {product_id}")
