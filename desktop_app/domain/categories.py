"""Telling the category of a picture: what was learned, how well it does, and what it guesses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import FloatMatrix, IdArray
from desktop_app.domain.progress import Progress
from desktop_app.domain.search import CategoryGuess

MOST_GUESSES = 5
LEAST_GUESS = 0.05
"""Categories less probable than this are not worth naming."""

LEAST_LIKELY = 0.35
"""Where not even the best category is so probable, none is named at all."""


@dataclass(frozen=True, slots=True, eq=False)
class JudgedPictures:
    """What each picture of a cross-validation is of and was taken for: aligned int64 arrays of
    shape (n,), the latter two places in the report's labels."""

    content_ids: IdArray
    actual: NDArray[np.int64]
    taken_for: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class CategoryReport:
    """How often the category was told right, each picture judged by a model that had seen no
    picture of its product (cross-validation by product).

    ``matrix`` (n, n) counts pictures: row = the category they are of, column = the one they
    were taken for, both in the order of ``labels``. ``precision``, ``recall`` and ``f1`` are
    of each label, in [0, 1], 0 where there is nothing to divide by; ``macro_f1`` is the mean
    of the latter. ``n_sampled_from`` is how many pictures there were: where that is more than
    ``n_pictures``, the large categories were sampled. ``column`` is the product field that
    was learned. ``judged`` are the pictures themselves, where they were kept.
    """

    labels: tuple[str, ...]
    matrix: NDArray[np.int64]
    accuracy: float
    macro_f1: float
    precision: tuple[float, ...]
    recall: tuple[float, ...]
    f1: tuple[float, ...]
    n_pictures: int
    folds: int
    n_sampled_from: int = 0
    column: str = "category"
    judged: JudgedPictures | None = None

    def contents_of(self, actual: str, taken_for: str) -> IdArray:
        """The pictures of one cell of the matrix, by content id. Raises ValueError for a label
        there is not."""
        row, column = self.labels.index(actual), self.labels.index(taken_for)
        if self.judged is None:
            return np.empty(0, np.int64)
        judged = self.judged
        return np.sort(judged.content_ids[(judged.actual == row) & (judged.taken_for == column)])

    @classmethod
    def of(
        cls,
        labels: Sequence[str],
        matrix: NDArray[np.int64],
        *,
        folds: int,
        n_sampled_from: int = 0,
        column: str = "category",
        judged: JudgedPictures | None = None,
    ) -> CategoryReport:
        """The figures of a confusion matrix with at least one picture."""
        right = np.diag(matrix).astype(np.float64)
        taken_for, of = matrix.sum(axis=0), matrix.sum(axis=1)
        precision = right / np.maximum(taken_for, 1)
        recall = right / np.maximum(of, 1)
        f1 = 2 * right / np.maximum(taken_for + of, 1)
        total = int(matrix.sum())
        return cls(
            tuple(labels),
            matrix,
            float(right.sum() / total),
            float(f1.mean()),
            tuple(precision.tolist()),
            tuple(recall.tolist()),
            tuple(f1.tolist()),
            total,
            folds,
            n_sampled_from,
            column,
            judged,
        )


@dataclass(frozen=True, slots=True, eq=False)
class CategoryHead:
    """A linear model over LOOK vectors: the probability of category k is the softmax of
    (w_k . x + b_k) / ``temperature`` (Guo et al., "On calibration of modern neural networks",
    ICML 2017, equation 9).

    ``weights`` (n, dimension) and ``bias`` (n,) are float32; ``centres`` (n, dimension) the
    unit mean vectors of the categories. A picture whose cosine similarity to every centre is
    below ``nearness`` is of none of them. Immutable; safe from any thread.
    """

    labels: tuple[str, ...]
    weights: FloatMatrix
    bias: NDArray[np.float32]
    temperature: float
    centres: FloatMatrix
    nearness: float

    def probabilities(self, vectors: FloatMatrix) -> NDArray[np.float64]:
        """Shape (len(vectors), n), rows summing to 1."""
        logits = (vectors @ self.weights.T + self.bias).astype(np.float64) / self.temperature
        return softmax(logits)

    def guess(self, vector: NDArray[np.float32]) -> tuple[CategoryGuess, ...]:
        """The categories that ``vector`` (dimension,), of unit norm, may be of, by falling
        probability, ties by label; empty where it is like none of them."""
        if float((self.centres @ vector).max()) < self.nearness:
            return ()
        probabilities = self.probabilities(vector[None])[0]
        best = np.lexsort((self.labels, -probabilities))[:MOST_GUESSES].tolist()
        if probabilities[best[0]] < LEAST_LIKELY:
            return ()
        return tuple(
            CategoryGuess(self.labels[place], float(probabilities[place]))
            for place in best
            if probabilities[place] >= LEAST_GUESS
        )


@dataclass(frozen=True, slots=True, eq=False)
class LabelledVectors:
    """What there is to learn a category from.

    Row i is the picture ``content_ids[i]`` with its unit vector, the place of its label in
    ``labels``, and the group whose pictures belong on one side of every split: those of one
    product, and of products that share a picture. ``n_available`` counts the pictures before
    large categories were sampled.
    """

    labels: tuple[str, ...]
    content_ids: IdArray
    vectors: FloatMatrix
    targets: NDArray[np.int64]
    groups: NDArray[np.int64]
    n_available: int


@dataclass(frozen=True, slots=True, eq=False)
class LearnedCategories:
    """A head with what it was learned from, as kept beside the index.

    ``key`` names the model whose vectors it reads and the method. ``content_ids`` (sorted) and
    ``targets`` are all labelled pictures then, to tell how much has changed since.
    """

    key: str
    head: CategoryHead
    report: CategoryReport
    content_ids: IdArray
    targets: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class CategoryStep:
    """A piece of learning. The last one, and only it, carries the report; it has none where
    there are too few labelled products to learn from."""

    progress: Progress
    report: CategoryReport | None = None


class CategoryLearner(Protocol):
    """Fits linear classifiers. Loading what it needs may take a second; it does so when first
    asked."""

    @property
    def method(self) -> str:
        """Equal methods learn equal heads from equal data."""
        ...

    def fit(
        self, vectors: FloatMatrix, targets: NDArray[np.int64], n_labels: int
    ) -> tuple[FloatMatrix, NDArray[np.float32]]:
        """The (n_labels, dimension) weights and (n_labels,) bias of a softmax classifier in
        which every label counts the same, however many pictures it has. Labels without a
        picture get weights under which they are never the most probable."""
        ...


class CategoryFiles(Protocol):
    """Keeps what was learned, one file for each column. Not written where the catalogue is
    read-only."""

    def load(self, path: Path) -> LearnedCategories | None:
        """None where there is none, or it is damaged or of another version."""
        ...

    def save(self, path: Path, learned: LearnedCategories) -> None:
        """Atomically. Raises StorageFull, and UserFacingError where it cannot be written."""
        ...


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Over the last axis, without overflow."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True))


def best_temperature(logits: NDArray[np.float64], targets: NDArray[np.int64]) -> float:
    """The temperature under which held-out ``logits`` (n, labels) give their ``targets`` (n,)
    the greatest likelihood (Guo et al. 2017, section 4.2), in [0.05, 20]. By golden section:
    the negative log-likelihood is convex in 1 / temperature, so has one minimum."""

    def loss(log_temperature: float) -> float:
        scaled = logits * np.exp(-log_temperature)
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        chosen = scaled[np.arange(len(targets)), targets]
        return float(np.mean(np.log(np.exp(scaled).sum(axis=1)) - chosen))

    ratio = (5**0.5 - 1) / 2
    low, high = np.log(0.05), np.log(20.0)
    left, right = high - ratio * (high - low), low + ratio * (high - low)
    at_left, at_right = loss(left), loss(right)
    for _ in range(40):
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - ratio * (high - low)
            at_left = loss(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + ratio * (high - low)
            at_right = loss(right)
    return float(np.exp((low + high) / 2))


def folds_by_group(
    targets: NDArray[np.int64], groups: NDArray[np.int64], folds: int, *, seed: int = 0
) -> NDArray[np.int64]:
    """The fold (0 to ``folds`` - 1) of every row: groups stay whole, and each label is spread
    as evenly as whole groups allow. A group counts for the label of its first row."""
    order = np.random.default_rng(seed).permutation(int(groups.max(initial=-1)) + 1)
    distinct, first, sizes = np.unique(groups, return_index=True, return_counts=True)
    # Large groups first, so that the small ones can even out what they leave.
    turn = np.lexsort((order[distinct], -sizes))
    filled = np.zeros((int(targets.max(initial=-1)) + 1, folds), np.int64)
    fold_of = np.zeros(int(groups.max(initial=-1)) + 1, np.int64)
    for place in turn.tolist():
        row = filled[targets[first[place]]]
        chosen = int(np.lexsort((filled.sum(axis=0), row))[0])
        row[chosen] += sizes[place]
        fold_of[distinct[place]] = chosen
    return fold_of[groups]
