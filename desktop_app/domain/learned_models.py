"""What was learned of a catalogue's products, and whether it is worth using."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.categories import CategoryReport
from desktop_app.domain.fusion import Calibration
from desktop_app.domain.images import FloatMatrix, IdArray
from desktop_app.domain.metric_learning import CurvePoint, Recipe
from desktop_app.domain.progress import Progress

_SHOWN = 16


def tensors_sha256(tensors: Mapping[str, NDArray[np.float32]]) -> str:
    """Of names, shapes and numbers, whatever file they are in."""
    digest = hashlib.sha256()
    for name, tensor in sorted(tensors.items()):
        digest.update(f"{name} {tensor.shape}".encode())
        digest.update(np.ascontiguousarray(tensor, "<f4").tobytes())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """The adapter as it is used: unit rows x of the model ``base_key`` become the unit rows of
    W x + U relu(V x + v), comparable under ``key``.

    ``linear`` W is (k, d), ``hidden`` V (h, d), ``hidden_bias`` v (h,), ``output`` U (k, h);
    h is 0 for a linear adapter. All float32. Immutable; safe from any thread.
    """

    key: str
    base_key: str
    linear: FloatMatrix
    hidden: FloatMatrix
    hidden_bias: NDArray[np.float32]
    output: FloatMatrix

    @classmethod
    def of(
        cls,
        base_key: str,
        linear: FloatMatrix,
        hidden: FloatMatrix,
        hidden_bias: NDArray[np.float32],
        output: FloatMatrix,
    ) -> Projection:
        """With a key that names what it stands on, and its numbers."""
        tensors = {"linear": linear, "hidden": hidden, "hidden_bias": hidden_bias, "output": output}
        key = f"{base_key}+{tensors_sha256(tensors)[:_SHOWN]}"
        return cls(key, base_key, linear, hidden, hidden_bias, output)

    @property
    def dimension(self) -> int:
        return len(self.linear)

    def towards(self, other: Projection, share: float) -> Projection:
        """A share in [0, 1] of the way to another one of the same shapes, in its numbers.

        Between where learning began and where it led, what was learned of some things is kept
        largely and what holds for others too (Wortsman et al., "Robust fine-tuning of zero-shot
        models", CVPR 2022, equation 1)."""

        def between(one: NDArray[np.float32], two: NDArray[np.float32]) -> NDArray[np.float32]:
            return np.asarray((1 - share) * one + share * two, np.float32)

        return Projection.of(
            self.base_key,
            between(self.linear, other.linear),
            between(self.hidden, other.hidden),
            between(self.hidden_bias, other.hidden_bias),
            between(self.output, other.output),
        )

    def __call__(self, vectors: FloatMatrix) -> FloatMatrix:
        """Shape (n, d) to (n, dimension). A row of zeros, as a damaged vector may be, stays one
        where the adapter is linear."""
        projected = vectors @ self.linear.T
        if len(self.hidden):
            projected += np.maximum(vectors @ self.hidden.T + self.hidden_bias, 0) @ self.output.T
        norms = np.linalg.norm(projected, axis=1, keepdims=True)
        return np.asarray(projected / np.maximum(norms, np.finfo(np.float32).tiny), np.float32)


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % confidence interval, by bootstrap over products."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class HeldOutFigures:
    """How well held-out pictures find their product, each searched with as if the catalogue did
    not have it. All in [0, 1], higher is better."""

    recall_at_1: Interval
    recall_at_5: Interval
    recall_at_10: Interval
    precision_at_5: Interval
    mean_average_precision: Interval
    n_queries: int
    n_products: int


class Held(StrEnum):
    """Which pictures were held out. UNSEEN: of products of which nothing was learned. SEEN: other
    pictures of products that were learned from."""

    UNSEEN = "unseen"
    SEEN = "seen"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The same queries before and after, and the gain in Recall@1 and in mean average precision
    from query to query (paired bootstrap over products)."""

    before: HeldOutFigures
    after: HeldOutFigures
    recall_gain: Interval
    precision_gain: Interval


class Refusal(StrEnum):
    """Why a model is not offered."""

    TOO_FEW = "too_few"
    NO_BETTER = "no_better"
    WORSE_ELSEWHERE = "worse_elsewhere"


@dataclass(frozen=True, slots=True)
class HardPair:
    """Two pictures that are a riddle to the learned model: of one product and far apart
    (``is_same``), or of two and nearer than any of their own. Products by id; cosine similarity
    ``likeness`` after, ``likeness_before`` before."""

    content_a: int
    content_b: int
    product_a: int
    product_b: int
    is_same: bool
    likeness: float
    likeness_before: float


@dataclass(frozen=True, slots=True, eq=False)
class CategoryTrial:
    """What category held-out pictures of products that were not learned from are taken for, that of
    the most like picture of another product: aligned int64 arrays (n,), n above 0. ``products`` are
    theirs by id; ``actual``, ``before`` and ``after`` learning places in ``labels``."""

    labels: tuple[str, ...]
    products: IdArray
    actual: NDArray[np.int64]
    before: NDArray[np.int64]
    after: NDArray[np.int64]

    def report(self, *, is_after: bool) -> CategoryReport:
        """The matrix and its figures."""
        size = len(self.labels)
        taken_for = self.after if is_after else self.before
        counts = np.bincount(self.actual * size + taken_for, minlength=size * size)
        return CategoryReport.of(self.labels, counts.reshape(size, size), folds=1)

    def products_of(self, actual: str, taken_for: str, *, is_after: bool) -> IdArray:
        """Those of one cell of the matrix, rising. Raises ValueError for a label there is not."""
        row, column = self.labels.index(actual), self.labels.index(taken_for)
        told = self.after if is_after else self.before
        return np.unique(self.products[(self.actual == row) & (told == column)])


@dataclass(frozen=True, slots=True, eq=False)
class EmbeddingMap:
    """Pictures laid out in two dimensions, like near like: ``before`` and ``after`` (n, 2) float32
    in [-1, 1], in one layout, so that a picture that did not move stays where it was."""

    content_ids: IdArray
    before: NDArray[np.float32]
    after: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """What came of learning once. ``comparisons`` by Held; ``refusal`` None where it is offered,
    with the ``reason`` in the user's words either way; ``categories`` None where the products have
    none to tell apart."""

    comparisons: Mapping[Held, Comparison]
    refusal: Refusal | None
    reason: str
    curve: tuple[CurvePoint, ...] = ()
    hard: tuple[HardPair, ...] = ()
    taught_s: float = 0.0
    categories: CategoryTrial | None = None


@dataclass(frozen=True, slots=True)
class LearnedModel:
    """The card of a learned model, kept beside its tensors.

    ``version`` names it in its catalogue ("3"); ``parent`` is the version used when it was
    learned, '' for none. ``key`` names what its vectors are comparable under, ``base_key`` and
    ``base_name`` the model it stands on. ``made_at`` is ISO 8601, UTC. ``look`` maps cosine
    similarities of its vectors to log-odds, as the fusion of channels wants them.
    ``figures`` are the trial's Recall@1 and so on by name, for lists. ``note`` is the user's.
    """

    version: str
    key: str
    base_key: str
    base_name: str
    recipe: Recipe
    made_at: str
    n_products: int
    n_pictures: int
    look: Calibration | None = None
    parent: str = ""
    note: str = ""
    is_offered: bool = False
    reason: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)
    sha256: str = ""

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready form; :meth:`from_json` is its inverse."""
        look = self.look
        return {
            "version": self.version,
            "key": self.key,
            "base_key": self.base_key,
            "base_name": self.base_name,
            "recipe": self.recipe.to_json(),
            "made_at": self.made_at,
            "n_products": self.n_products,
            "n_pictures": self.n_pictures,
            "look": None
            if look is None
            else {"scores": list(look.scores), "log_odds": list(look.log_odds)},
            "parent": self.parent,
            "note": self.note,
            "is_offered": self.is_offered,
            "reason": self.reason,
            "figures": dict(self.figures),
            "sha256": self.sha256,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> LearnedModel:
        """Raises KeyError, TypeError or ValueError where ``data`` is not of the written form."""
        values = dict(data)
        values["recipe"] = Recipe.from_json(values["recipe"])
        if (look := values["look"]) is not None:
            values["look"] = Calibration(tuple(look["scores"]), tuple(look["log_odds"]))
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Prospects:
    """What there is to learn from. ``n_products`` are those with two different pictures or more,
    ``n_pictures`` theirs; ``n_same`` and ``n_different`` count verdicts; ``attributes`` are columns
    that could serve, with how many values each has, and ``advised`` those of them that are worth
    it unless somebody knows better, the best first. ``n_lacking`` says how many more such products
    are needed, 0 where there are enough."""

    n_products: int
    n_pictures: int
    n_same: int = 0
    n_different: int = 0
    attributes: Mapping[str, int] = field(default_factory=dict)
    n_lacking: int = 0
    advised: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class LearnStep:
    """A piece of learning. ``point`` is new on the curve; the last step, and only it, carries the
    ``model`` that was kept and its ``trial``."""

    progress: Progress
    point: CurvePoint | None = None
    model: LearnedModel | None = None
    trial: Trial | None = None
