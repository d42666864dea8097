"""What a view of the map shows: the pictures there are now, their groups, outlines and files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence import ShapeFeatures
from desktop_app.domain.evidence_ports import EvidenceChannel
from desktop_app.domain.filters import ProductFilter
from desktop_app.domain.images import IdArray
from desktop_app.domain.outlines import laid_outline
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.shape_map import Places, ShapeMap
from desktop_app.domain.shape_ports import ShapeProposals
from desktop_app.domain.shapes import OutlinePoints
from desktop_app.domain.storage import ContentMap
from desktop_app.services.comparing import StoredFeatures
from desktop_app.services.value_groups import ValueGroup, grouped

EVERYTHING = ProductFilter()
_LOCATED_BY = 5
_SEED = 20


@dataclass(frozen=True, slots=True, eq=False)
class ShownMap:
    """The pictures of a map that a product shows now and that pass a filter: aligned arrays of n
    rows.

    ``product_ids`` are those of the first product that shows each. ``cluster_of`` are places in
    the map's clusters; ``group_of`` places in ``groups``, OTHERS where the value is none of
    them. ``column`` is what they are grouped by. ``ranks`` is a permutation, the same for the
    same map: where not all can be drawn the lower go first, and medoids lead.
    """

    shape_map: ShapeMap
    content_ids: IdArray
    places: Places
    product_ids: IdArray
    cluster_of: NDArray[np.int32]
    group_of: NDArray[np.int32]
    groups: tuple[ValueGroup, ...]
    column: str
    ranks: NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class MappedPicture:
    """A picture near enough to be drawn: its outline about its centroid in a circle of radius 1
    (see ``laid_outline``), None without one, and its hash for the thumbnail."""

    content_id: int
    outline: OutlinePoints | None
    content_hash: str


class MapReader:
    """Reads what is shown; from one thread at a time."""

    def __init__(self, catalogue: Catalogue, channel: EvidenceChannel[ShapeFeatures]) -> None:
        self._catalogue = catalogue
        self._stored = StoredFeatures(catalogue, channel)

    def shown(
        self, shape_map: ShapeMap, column: str, product_filter: ProductFilter = EVERYTHING
    ) -> ShownMap:
        """The map as it is to be shown, grouped by a column of the products: the pictures of
        those that pass the filter."""
        contents = self._catalogue.pictures.content_map()
        if not product_filter.is_empty:
            passing = self._catalogue.products.list_ids(product_filter)
            passes = np.isin(contents.product_ids, passing)
            contents = ContentMap(contents.content_ids[passes], contents.product_ids[passes])
        shown_ids, first = np.unique(contents.content_ids, return_index=True)
        is_shown = np.isin(shape_map.content_ids, shown_ids, assume_unique=True)
        ids = shape_map.content_ids[is_shown]
        products = contents.product_ids[first[np.searchsorted(shown_ids, ids)]]
        values = self._catalogue.products.values(column)
        group_of, groups = grouped([values.get(product_id, "") for product_id in products.tolist()])
        ranks = np.empty(len(ids), np.int32)
        ranks[np.random.default_rng(_SEED).permutation(len(ids))] = np.arange(len(ids))
        medoids = np.array([cluster.medoid for cluster in shape_map.clusters], np.int64)
        leads = np.lexsort((ranks, ~np.isin(ids, medoids)))
        ranks[leads] = np.arange(len(ids))
        return ShownMap(
            shape_map,
            ids,
            shape_map.places[is_shown],
            products,
            shape_map.cluster_of[is_shown],
            group_of,
            groups,
            column,
            ranks,
        )

    def pictures(self, content_ids: Sequence[int]) -> list[MappedPicture]:
        """What is needed to draw them, aligned."""
        shapes = self._stored.get(content_ids)
        return [self._picture(i, shapes.get(i)) for i in content_ids]

    def _picture(self, content_id: int, shape: ShapeFeatures | None) -> MappedPicture:
        outline = laid_outline(shape) if shape is not None else None
        files = self._catalogue.pictures.get_by_content(content_id)
        return MappedPicture(content_id, outline, files[0].content_hash if files else "")


def located(
    shape: ShapeFeatures, shape_map: ShapeMap, proposals: ShapeProposals
) -> tuple[float, float] | None:
    """Where an outline would lie on a map: among those most like it, the more alike the heavier;
    None on an empty one."""
    ids, scores = proposals.propose(shape, _LOCATED_BY, turns=False, allowed=shape_map.content_ids)
    if not len(ids):
        return None
    there = shape_map.places[np.searchsorted(shape_map.content_ids, ids)]
    # Those far from the best one's place would draw it into open water.
    apart = np.linalg.norm(there - there[0], axis=1)
    near = apart <= max(0.05, float(np.median(apart)))
    weights = np.where(near, np.maximum(scores, 1e-6) ** 4, 0)
    x, y = (there * weights[:, np.newaxis]).sum(axis=0) / weights.sum()
    return float(x), float(y)
