"""Which pictures of a catalogue show what category, ready to be learned from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.categories import LabelledVectors
from desktop_app.domain.images import FloatMatrix, IdArray
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.progress import CancelToken

LEAST_LABELS = 2
LEAST_PRODUCTS = 5
"""A category with fewer products is not learned."""

MOST_LABELS = 200
MOST_PICTURES = 10_000
"""Of more, the largest categories are sampled: learning is to take seconds."""

FETCHED_AT_ONCE = 2048
NO_LABEL = -1


class VectorReader(Protocol):
    """As much of a VectorStore as learning needs."""

    def get(self, model_key: str, content_ids: Sequence[int]) -> tuple[IdArray, FloatMatrix]:
        """Those that exist, as aligned ids and unit rows."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class LabelledContents:
    """Contents of products that name a category, by id, each with the place of its label in
    ``labels`` and its group (see :class:`~desktop_app.domain.categories.LabelledVectors`).
    Contents that products of several categories show are not among them."""

    labels: tuple[str, ...]
    content_ids: IdArray
    targets: NDArray[np.int64]
    groups: NDArray[np.int64]

    @property
    def can_be_learned(self) -> bool:
        return len(self.labels) >= LEAST_LABELS


def labelled_contents(catalogue: Catalogue, column: str) -> LabelledContents:
    """What the catalogue tells now. Only labels of LEAST_PRODUCTS products with a picture of
    their own, and of those the MOST_LABELS most frequent; spellings that differ in case are
    one label, in its most frequent spelling."""
    names, label_of = _labels(catalogue.products.values(column))
    shown = catalogue.pictures.content_map()
    products, places = np.unique(shown.product_ids, return_inverse=True)
    labels = np.array([label_of.get(product_id, NO_LABEL) for product_id in products.tolist()])
    labels = labels.astype(np.int64)[places]
    content_ids, starts, counts = np.unique(
        shown.content_ids, return_index=True, return_counts=True
    )
    if not len(content_ids):
        return LabelledContents((), *(np.empty(0, np.int64) for _ in range(3)))
    groups = _groups(shown.product_ids, starts, counts)
    highest = np.maximum.reduceat(labels, starts)
    lowest = np.minimum.reduceat(np.where(labels == NO_LABEL, len(names), labels), starts)
    rows = np.flatnonzero((highest != NO_LABEL) & (lowest == highest))
    targets, groups = highest[rows], groups[rows]
    distinct = np.unique(np.stack([targets, groups]), axis=1)[0]
    n_products = np.bincount(distinct, minlength=len(names))
    frequent = sorted(range(len(names)), key=lambda label: (-n_products[label], names[label]))
    chosen = sorted(
        (label for label in frequent[:MOST_LABELS] if n_products[label] >= LEAST_PRODUCTS),
        key=lambda label: names[label].casefold(),
    )
    place_of = np.full(len(names) + 1, NO_LABEL)
    place_of[chosen] = np.arange(len(chosen))
    kept = place_of[targets] != NO_LABEL
    return LabelledContents(
        tuple(names[label] for label in chosen),
        content_ids[rows][kept],
        place_of[targets][kept],
        groups[kept],
    )


def _labels(texts: Mapping[int, str]) -> tuple[list[str], dict[int, int]]:
    """The labels, each in its most frequent spelling, and the place of each product's."""
    spellings: dict[str, Counter[str]] = {}
    for text, count in Counter(texts.values()).items():
        spellings.setdefault(text.casefold(), Counter())[text] += count
    names = [
        min(known.items(), key=lambda spelling: (-spelling[1], spelling[0]))[0]
        for known in spellings.values()
    ]
    place = {text: number for number, known in enumerate(spellings.values()) for text in known}
    return names, {product_id: place[text] for product_id, text in texts.items()}


def _groups(
    product_ids: IdArray, starts: NDArray[np.intp], counts: NDArray[np.intp]
) -> NDArray[np.int64]:
    """The group of each content: the least product that it, or contents its products show too,
    belong to. Most contents belong to one product."""
    joined: dict[int, int] = {}

    def root(product_id: int) -> int:
        while (parent := joined.get(product_id, product_id)) != product_id:
            joined[product_id] = joined.get(parent, parent)
            product_id = parent
        return product_id

    for content in np.flatnonzero(counts > 1).tolist():
        sharing = product_ids[starts[content] : starts[content] + counts[content]].tolist()
        roots = [root(product_id) for product_id in sharing]
        for other in roots:
            joined[root(other)] = min(roots)
    groups = product_ids[starts].copy()
    for content in np.flatnonzero(np.isin(groups, list(joined))).tolist():
        groups[content] = root(int(groups[content]))
    return groups


def sampled(
    contents: LabelledContents, most: int = MOST_PICTURES, *, seed: int = 0
) -> LabelledContents:
    """``contents`` with so many drawn from the largest labels that ``most`` remain, or a few
    less."""
    counts = np.bincount(contents.targets, minlength=len(contents.labels))
    if counts.sum() <= most:
        return contents
    cap = _cap(counts, most)
    order = np.random.default_rng(seed).permutation(len(contents.targets))
    # Each row's place among the rows of its label, in the drawn order.
    by_label = order[np.argsort(contents.targets[order], kind="stable")]
    rank = np.empty(len(order), np.int64)
    starts = np.cumsum(counts) - counts
    rank[by_label] = np.arange(len(order)) - starts[contents.targets[by_label]]
    rows = np.flatnonzero(rank < cap)
    return LabelledContents(
        contents.labels, contents.content_ids[rows], contents.targets[rows], contents.groups[rows]
    )


def with_vectors(
    contents: LabelledContents,
    vectors: VectorReader,
    model_key: str,
    token: CancelToken,
    *,
    n_available: int,
) -> LabelledVectors:
    """Those that have a vector. Raises Cancelled."""
    ids, rows = [], []
    for start in range(0, len(contents.content_ids), FETCHED_AT_ONCE):
        token.checkpoint()
        wanted = contents.content_ids[start : start + FETCHED_AT_ONCE]
        known, found = vectors.get(model_key, wanted.tolist())
        usable = found.any(axis=1)  # a damaged vector may be stored as zeros
        ids.append(known[usable])
        rows.append(found[usable])
    known = np.concatenate(ids) if ids else np.empty(0, np.int64)
    places = np.searchsorted(contents.content_ids, known)
    return LabelledVectors(
        contents.labels,
        known,
        np.concatenate(rows) if rows else np.empty((0, 0), np.float32),
        contents.targets[places],
        contents.groups[places],
        n_available,
    )


def _cap(counts: NDArray[np.int64], most: int) -> int:
    """The greatest number of pictures a label with which at most ``most`` remain."""
    low, high = 1, int(counts.max())
    while low < high:
        middle = (low + high + 1) // 2
        if int(np.minimum(counts, middle).sum()) <= most:
            low = middle
        else:
            high = middle - 1
    return low
