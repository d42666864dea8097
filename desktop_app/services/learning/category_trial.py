"""Which categories the learned model takes for which, on what it never saw."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import FloatMatrix, IdArray
from desktop_app.domain.learned_models import CategoryTrial
from desktop_app.domain.metric_learning import UNLABELLED, AttributeLabels, LabelledPictures
from desktop_app.domain.progress import CancelToken

COLUMN = "category"
MOST_CATEGORIES = 40
"""The rarer ones of more are left out: nobody reads a larger matrix."""
MOST_QUERIES = 2_000
_BLOCK = 256


def category_trial(
    pictures: LabelledPictures,
    shown_by: IdArray,
    column: AttributeLabels,
    rows: NDArray[np.intp],
    *,
    after: FloatMatrix,
    token: CancelToken,
) -> CategoryTrial | None:
    """Each picture of ``rows`` is taken for the category of the picture most like it that neither
    its product nor one tied to that has, before and after learning (``after`` (n, k)).

    ``column`` is the one of the categories, the most frequent first; pictures without one are
    neither asked about nor found. None where fewer than two categories are asked about. Raises
    Cancelled.
    """
    categories, names = column.values[:, 0], column.names[0]
    has_one = (categories != UNLABELLED) & (categories < MOST_CATEGORIES)
    asked, gallery = rows[has_one[rows]], np.flatnonzero(has_one)
    if len(asked) > MOST_QUERIES:
        asked = np.sort(np.random.default_rng(0).choice(asked, MOST_QUERIES, replace=False))
    # A picture of a group that is the whole gallery has nothing to be taken for.
    groups = pictures.groups[gallery]
    asked = asked[[bool((groups != group).any()) for group in pictures.groups[asked]]]
    if len(np.unique(categories[asked])) < 2:
        return None
    before_for, after_for = (
        categories[_nearest(vectors, pictures.groups, asked, gallery, token)]
        for vectors in (pictures.vectors, after)
    )
    actual = categories[asked]
    used, places = np.unique(np.concatenate([actual, before_for, after_for]), return_inverse=True)
    of, was, now = np.split(places.astype(np.int64), 3)
    return CategoryTrial(
        tuple(names[place] for place in used.tolist()), shown_by[asked], of, was, now
    )


def _nearest(
    vectors: FloatMatrix,
    groups: IdArray,
    asked: NDArray[np.intp],
    gallery: NDArray[np.intp],
    token: CancelToken,
) -> NDArray[np.intp]:
    """Of each of ``asked`` the row of ``gallery`` that is nearest and of another group."""
    found, others = np.empty(len(asked), np.intp), vectors[gallery]
    for start in range(0, len(asked), _BLOCK):
        token.checkpoint()
        block = asked[start : start + _BLOCK]
        near = vectors[block] @ others.T
        near[groups[block][:, np.newaxis] == groups[gallery]] = -np.inf
        found[start : start + _BLOCK] = gallery[near.argmax(axis=1)]
    return found
