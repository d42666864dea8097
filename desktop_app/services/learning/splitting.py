"""Which pictures are learned from, and which only tell what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import IdArray
from desktop_app.domain.metric_learning import LabelledPictures
from desktop_app.services.learning.supervision import picture_counts

LEAST_PRODUCTS = 20
"""With fewer products (groups of them, to be exact) of two different pictures too few are left
to tell chance from gain."""
TEST_SHARE, LEAST_TEST, MOST_TEST_SHARE = 0.25, 12, 0.4
VALIDATION_SHARE, LEAST_VALIDATION, MOST_VALIDATION_SHARE = 0.15, 8, 0.2
"""Of the products. Small catalogues give a larger share, so that something can be told."""
LARGE_SHARE = 0.1
"""A group with more of the products than this is taught: held out it would decide alone."""
SEEN_SHARE = 5
"""Of a taught product's pictures one in so many is held out, and one at least."""
LEAST_LEFT = 2
"""So many pictures of each product are left to learn from."""
MOST_SEEN = 0.1
"""The share of the taught pictures that are held out in all; small catalogues give up to twice
the least number of products."""


class Part(IntEnum):
    """What a picture is for. TAUGHT: learned from. VALIDATION: when to stop is read off these.
    TEST: of products of which nothing was learned, looked at once. SEEN: other pictures of
    products that were learned from, looked at once."""

    TAUGHT = 0
    VALIDATION = 1
    TEST = 2
    SEEN = 3


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """``parts`` (n,) holds the Part of every picture."""

    parts: NDArray[np.int8]

    def rows(self, part: Part) -> NDArray[np.intp]:
        """Rising."""
        return np.flatnonzero(self.parts == part)


def count_of_groups(products: IdArray, groups: IdArray) -> int:
    """How many groups have a product with two pictures: as many independent things there are
    to learn."""
    return len(np.unique(groups[picture_counts(products) >= LEAST_LEFT]))


def n_lacking(n_groups: int) -> int:
    """How many more products are needed, 0 where there are enough."""
    return max(0, LEAST_PRODUCTS - n_groups)


def split_pictures(pictures: LabelledPictures, *, seed: int = 0) -> Split:
    """A group is taught, or for validation, or for testing, as a whole; groups without a product
    of two pictures are taught, where they serve as others' pictures, and so are large ones. Equal
    arguments give equal splits, whatever the order of the rows."""
    rng = np.random.default_rng(seed)
    parts = np.full(len(pictures), Part.TAUGHT, np.int8)
    counts = picture_counts(pictures.products)
    several = counts >= LEAST_LEFT
    pairs = np.unique(np.stack([pictures.groups, pictures.products])[:, several], axis=1)
    groups, sizes = np.unique(pairs[0], return_counts=True)
    n = int(sizes.sum())
    is_large = sizes > max(1, LARGE_SHARE * n)
    order = rng.permutation(np.flatnonzero(~is_large))
    n_open = int(sizes[order].sum())
    for part, share, least, most in (
        (Part.TEST, TEST_SHARE, LEAST_TEST, MOST_TEST_SHARE),
        (Part.VALIDATION, VALIDATION_SHARE, LEAST_VALIDATION, MOST_VALIDATION_SHARE),
    ):
        wanted = round(min(max(share * n, least), most * n_open))
        chosen, order = _drawn(order, sizes, wanted)
        parts[np.isin(pictures.groups, groups[chosen])] = part
    is_rich = (parts == Part.TAUGHT) & (counts > LEAST_LEFT)
    parts[_held_out(pictures, np.flatnonzero(is_rich), int((parts == Part.TAUGHT).sum()), rng)] = (
        Part.SEEN
    )
    return Split(parts)


def _drawn(
    order: NDArray[np.int64], sizes: NDArray[np.int64], wanted: int
) -> tuple[list[int], NDArray[np.int64]]:
    """Groups with up to ``wanted`` products together, and the others in their order."""
    chosen, left, count = [], [], 0
    for place in order.tolist():
        if count + sizes[place] <= wanted:
            chosen.append(place)
            count += int(sizes[place])
        else:
            left.append(place)
    return chosen, np.array(left, np.int64)


def _held_out(
    pictures: LabelledPictures, rich: NDArray[np.intp], n_taught: int, rng: np.random.Generator
) -> NDArray[np.intp]:
    """Rows of ``rich``, product after product in a drawn order."""
    by_content = rich[np.argsort(pictures.content_ids[rich], kind="stable")]
    shuffled = rng.permutation(by_content)
    order = shuffled[np.argsort(pictures.products[shuffled], kind="stable")]
    _, starts, counts = np.unique(pictures.products[order], return_index=True, return_counts=True)
    turn = rng.permutation(len(counts))
    most = max(int(MOST_SEEN * n_taught), 2 * LEAST_TEST)
    held: list[NDArray[np.intp]] = [np.empty(0, np.intp)]
    for place in turn.tolist():
        n_held = max(1, int(counts[place]) // SEEN_SHARE)
        if (most := most - n_held) < 0:
            break
        held.append(order[starts[place] : starts[place] + n_held])
    return np.concatenate(held)
