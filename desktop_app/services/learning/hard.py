"""Pictures that are a riddle to a learned model; often it is the label that is wrong."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import FloatMatrix, IdArray
from desktop_app.domain.learned_models import HardPair
from desktop_app.domain.metric_learning import LabelledPictures
from desktop_app.domain.progress import CancelToken

MOST_PAIRS = 60
"""Of either kind."""
MOST_LOOKED_AT = 3_000
_BLOCK = 256

Pairs = NDArray[np.int64]
"""Shape (m, 2): rows."""


def hard_pairs(
    pictures: LabelledPictures,
    shown_by: IdArray,
    after: FloatMatrix,
    rows: NDArray[np.intp],
    token: CancelToken,
    *,
    most: int = MOST_PAIRS,
) -> tuple[HardPair, ...]:
    """First pairs of one product by rising likeness, the farthest of each product; then pairs of
    two products by falling likeness, nearer than any picture of their own product, the nearest
    of either picture's. ``after`` (n, k) are the learned vectors, ``shown_by`` (n,) the products
    by id. Pictures of ``rows`` are looked at, of many the first MOST_LOOKED_AT. Two products of
    which a person said that they differ are no riddle. Raises Cancelled."""
    rows = rows[:MOST_LOOKED_AT]
    order = np.argsort(pictures.products, kind="stable")
    numbers, starts, counts = np.unique(
        pictures.products[order], return_index=True, return_counts=True
    )
    known = {(int(a), int(b)) for a, b in pictures.different.tolist()}
    far: list[tuple[float, int, int]] = []
    near: list[tuple[float, int, int]] = []
    for begin in range(0, len(rows), _BLOCK):
        token.checkpoint()
        block = rows[begin : begin + _BLOCK]
        likeness = after[block] @ after.T
        places = np.searchsorted(numbers, pictures.products[block])
        for line, (row, place) in enumerate(zip(block.tolist(), places.tolist(), strict=True)):
            own = order[starts[place] : starts[place] + counts[place]]
            others = own[own != row]
            own_best = -np.inf
            if len(others):
                likes = likeness[line, others]
                own_best = float(likes.max())
                least = int(likes.argmin())
                far.append((float(likes[least]), row, int(others[least])))
            likeness[line, own] = -np.inf
            nearest = int(likeness[line].argmax())
            value = float(likeness[line, nearest])
            # One with no other picture of its own cannot be nearer to it.
            if len(others) and value > own_best and not _is_known(pictures, row, nearest, known):
                near.append((value, row, nearest))
    far.sort()
    near.sort(key=lambda pair: (-pair[0], *pair[1:]))
    chosen = [
        *((pair, True) for pair in _first_of_each(pictures, far, most)),
        *((pair, False) for pair in _first_of_each(pictures, near, most)),
    ]
    return tuple(
        _told(pictures, shown_by, value, one, other, is_same=is_same)
        for (value, one, other), is_same in chosen
    )


def _is_known(
    pictures: LabelledPictures, one: int, other: int, known: set[tuple[int, int]]
) -> bool:
    a, b = sorted((int(pictures.products[one]), int(pictures.products[other])))
    return (a, b) in known


def _first_of_each(
    pictures: LabelledPictures, pairs: list[tuple[float, int, int]], most: int
) -> list[tuple[float, int, int]]:
    """The first pair of any two products, or within one."""
    chosen: dict[tuple[int, int], tuple[float, int, int]] = {}
    for pair in pairs:
        a, b = sorted((int(pictures.products[pair[1]]), int(pictures.products[pair[2]])))
        chosen.setdefault((a, b), pair)
        if len(chosen) == most:
            break
    return list(chosen.values())


def _told(
    pictures: LabelledPictures,
    shown_by: IdArray,
    likeness: float,
    one: int,
    other: int,
    *,
    is_same: bool,
) -> HardPair:
    return HardPair(
        int(pictures.content_ids[one]),
        int(pictures.content_ids[other]),
        int(shown_by[one]),
        int(shown_by[other]),
        is_same,
        likeness,
        float(pictures.vectors[one] @ pictures.vectors[other]),
    )
