"""Kinds of shapes: which pictures show things of one kind, by look, grey object and outline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import FloatMatrix
from desktop_app.domain.search import CategoryGuess
from desktop_app.domain.shapes import ShapeResults

DIMENSIONS = 48
OUTLINE_WEIGHT = 0.4
"""Length of an outline's part beside those of look and of the grey object, which are 1."""
NEIGHBOURS, EXPANDED = 16, 3
RECIPROCAL_WEIGHT = 0.7
POSTERIOR_WEIGHT = 10.0
"""Of the agreement of two posteriors beside a cosine, where the kinds were learned."""


@dataclass(frozen=True, slots=True)
class KindHit:
    """A product of a like kind; ``score`` in [0, 1], ``content_id`` the picture it is for."""

    product_id: int
    content_id: int
    score: float


@dataclass(frozen=True, slots=True)
class KindResults:
    """Hits by falling score, ties by product id. ``guesses`` name the kind of the picture asked
    for, where kinds were learned from a column."""

    hits: tuple[KindHit, ...]
    guesses: tuple[CategoryGuess, ...]
    searched_products: int
    allowed_products: int


@dataclass(frozen=True, slots=True, eq=False)
class KindShapeResults(ShapeResults):
    """Hits by falling score of a KindResults, each with how its outline lies on the one asked
    for: ``overlap`` and ``distance`` are NaN where no outline of it is known.
    ``searched_products`` were looked at, whether they have an outline or not; ``guesses`` are
    those of KindResults."""

    guesses: tuple[CategoryGuess, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class KindRows:
    """What is known of n pictures: ``look`` (n, d) unit vectors, ``grey`` (n, e) those of the
    object alone in grey, and ``outline`` (n, f), see ShapeProposals; rows of zeros (grey) and
    of NaN (outline) where there is none."""

    look: FloatMatrix
    grey: FloatMatrix
    outline: FloatMatrix

    def __len__(self) -> int:
        return len(self.look)


@dataclass(frozen=True, slots=True, eq=False)
class KindSpace:
    """The space in which a catalogue's pictures are told apart by kind.

    Rows are freed of the mean picture, ``means`` of each part, since what all pictures share
    tells nothing, and turned onto the ``basis`` (D, k) of their principal components.
    ``outline_size`` is the root mean square distance of outlines from their mean.
    """

    means: tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]
    outline_size: float
    basis: FloatMatrix

    @classmethod
    def of(cls, rows: KindRows, dimensions: int = DIMENSIONS) -> KindSpace:
        """That of at least one picture."""
        known = ~np.isnan(rows.outline).any(axis=1)
        shown = rows.grey.any(axis=1)
        means = (
            rows.look.mean(axis=0),
            rows.grey[shown].mean(axis=0) if shown.any() else rows.grey[0],
            rows.outline[known].mean(axis=0) if known.any() else np.zeros_like(rows.outline[0]),
        )
        off = np.linalg.norm(rows.outline[known] - means[2], axis=1)
        size = float(np.sqrt((off**2).mean())) if known.any() else 1.0
        plain = cls(means, max(size, 1e-6), np.empty((0, 0), np.float32))
        joined = plain.joined(rows)
        _, _, axes = np.linalg.svd(joined.astype(np.float64), full_matrices=False)
        return cls(means, plain.outline_size, axes[:dimensions].T.astype(np.float32))

    def joined(self, rows: KindRows) -> FloatMatrix:
        """(n, D): the parts beside one another, each freed of its mean."""
        look, grey, outline = self.means
        of_grey = np.where(rows.grey.any(axis=1, keepdims=True), rows.grey - grey, 0)
        of_outline = (rows.outline - outline) * (OUTLINE_WEIGHT / self.outline_size)
        parts = [rows.look - look, of_grey, np.nan_to_num(of_outline)]
        return np.concatenate(parts, axis=1).astype(np.float32)

    def place(self, rows: KindRows) -> FloatMatrix:
        """(n, k) unit vectors."""
        placed = self.joined(rows) @ self.basis
        norms = np.linalg.norm(placed, axis=1, keepdims=True)
        return np.asarray(placed / np.maximum(norms, 1e-9), np.float32)


def by_shared_neighbours(
    similarities: NDArray[np.float64], neighbours: int = NEIGHBOURS, expanded: int = EXPANDED
) -> NDArray[np.float64]:
    """(n, n) cosines, the same ones in the order of their k-reciprocal neighbours: two are alike
    whose neighbours are the same (Zhong et al., "Re-ranking person re-identification with
    k-reciprocal encoding", CVPR 2017, equations 4 to 12). In [0, 1]."""
    count = len(similarities)
    closeness = (similarities + 1) / 2
    order = np.argsort(-closeness, axis=1, kind="stable")
    ranks = np.empty_like(order)
    ranks[np.arange(count)[:, np.newaxis], order] = np.arange(count)
    near = (ranks <= neighbours) & (neighbours >= ranks.T)
    half = (ranks <= neighbours // 2) & (neighbours // 2 >= ranks.T)
    shared = half.astype(np.int64) @ near.T.astype(np.int64)
    joins = near & (2 * half.sum(axis=1) < shared.T * 3)
    members = near | (joins.astype(np.int64) @ half.astype(np.int64) > 0)
    weights = np.where(members, np.exp(4 * (closeness - 1)), 0)
    weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1e-12)
    encoded = np.stack([weights[order[row, :expanded]].mean(axis=0) for row in range(count)])
    jaccard = np.empty((count, count))
    for row in range(count):
        overlap = np.minimum(encoded[row], encoded).sum(axis=1)
        jaccard[row] = overlap / (2 - overlap)
    return RECIPROCAL_WEIGHT * jaccard + (1 - RECIPROCAL_WEIGHT) * closeness
