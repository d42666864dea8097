"""Which pictures of a catalogue show what category, ready to be learned from."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.categories import LabelledVectors
from desktop_app.domain.images import IdArray
from desktop_app.domain.ports import Catalogue, VectorStore
from desktop_app.domain.progress import CancelToken

LEAST_LABELS = 2
LEAST_PRODUCTS = 5
"""A category with fewer products is not learned."""

MOST_LABELS = 200
MOST_PICTURES = 10_000
"""Of more, the largest categories are sampled: learning is to take seconds."""

FETCHED_AT_ONCE = 2048


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
    texts = catalogue.products.values(column)
    shown = catalogue.pictures.content_map()
    spellings: dict[str, Counter[str]] = {}
    for text in texts.values():
        spellings.setdefault(text.casefold(), Counter())[text] += 1
    folded = {product_id: text.casefold() for product_id, text in texts.items()}
    label_of: dict[int, str] = {}
    owner_of: dict[int, int] = {}
    groups = _Groups()
    ambiguous: set[int] = set()
    for content_id, product_id in zip(
        shown.content_ids.tolist(), shown.product_ids.tolist(), strict=True
    ):
        label = folded.get(product_id)
        if content_id in owner_of:
            groups.join(owner_of[content_id], product_id)
        else:
            owner_of[content_id] = product_id
        if label is None:
            continue
        if label_of.setdefault(content_id, label) != label:
            ambiguous.add(content_id)
    kept = [content_id for content_id in sorted(label_of) if content_id not in ambiguous]
    products = Counter(label for _, label in {(groups.of(owner_of[i]), label_of[i]) for i in kept})
    frequent = sorted(products, key=lambda label: (-products[label], label))[:MOST_LABELS]
    chosen = sorted(label for label in frequent if products[label] >= LEAST_PRODUCTS)
    place = {label: number for number, label in enumerate(chosen)}
    kept = [content_id for content_id in kept if label_of[content_id] in place]
    return LabelledContents(
        tuple(
            min(spellings[label].items(), key=lambda known: (-known[1], known[0]))[0]
            for label in chosen
        ),
        np.array(kept, np.int64),
        np.array([place[label_of[content_id]] for content_id in kept], np.int64),
        np.array([groups.of(owner_of[content_id]) for content_id in kept], np.int64),
    )


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
    vectors: VectorStore,
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


class _Groups:
    """Products joined by pictures they share; union by the smaller id."""

    def __init__(self) -> None:
        self._parent: dict[int, int] = {}

    def of(self, product_id: int) -> int:
        root = product_id
        while (parent := self._parent.get(root, root)) != root:
            root = parent
        while (parent := self._parent.get(product_id, product_id)) != root:
            self._parent[product_id], product_id = root, parent
        return root

    def join(self, one: int, other: int) -> None:
        one, other = self.of(one), self.of(other)
        if one != other:
            self._parent[max(one, other)] = min(one, other)
