"""Metric learning on one's own products: how is learned, and from what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import FloatMatrix, IdArray

UNLABELLED = -1
"""In arrays of labels: not known."""


class Depth(StrEnum):
    """How much of the model is learned anew. ADAPTER: a projection of the vectors the catalogue
    holds. FINE_TUNE: the late stages of the network itself, or all of it."""

    ADAPTER = "adapter"
    FINE_TUNE = "fine_tune"


class Loss(StrEnum):
    """What is minimised; the equations stand beside the code, in
    :mod:`desktop_app.infra.metric_learning`."""

    CONTRASTIVE = "contrastive"
    ROBUST_CONTRASTIVE = "robust_contrastive"
    TRIPLET_BATCH_HARD = "triplet_batch_hard"
    TRIPLET_SEMI_HARD = "triplet_semi_hard"
    SUPERVISED_CONTRASTIVE = "supervised_contrastive"
    BINOMIAL_DEVIANCE = "binomial_deviance"
    GRANULARITY = "granularity"
    SOFTMAX = "softmax"


class Sampling(StrEnum):
    """How batches are drawn. BATCH_WISE: N' products with M' pictures each, of which all pairs
    count. IMAGE_WISE: anchors drawn one by one, each with one picture of its product and others'
    pictures as they come."""

    BATCH_WISE = "batch_wise"
    IMAGE_WISE = "image_wise"


class AdapterForm(StrEnum):
    """LINEAR: one matrix. MLP: the same and beside it a small network with one hidden layer,
    added to it."""

    LINEAR = "linear"
    MLP = "mlp"


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that decides how a model is learned; equal recipes on equal data give equal models.

    ``dimension`` of the learned vectors, 0 for that of the base model. ``products_per_batch`` (N')
    times ``pictures_per_product`` (M') pictures make a batch. ``most_epochs`` passes over the
    products at most; it ends before where nothing was gained for ``patience`` looks at the
    validation products, or after ``most_s`` seconds of work (0: no such end). ``rate`` is the
    learning rate of AdamW, ``decay`` its weight decay. ``margin`` concerns the contrastive and
    triplet losses, in Euclidean distance of unit rows, where 1 is a cosine of 0.5 (squared for
    semi-hard triplets); ``temperature`` the supervised contrastive loss and the softmax, ``alpha``
    and ``beta`` the deviances. ``attribute_weight`` is the lambda of the attributes' cross-entropy,
    ``softmax_weight`` that of telling products beside another loss (multi-task). ``attributes``
    are columns of the catalogue. ``stages`` counts the late stages of the network that are tuned,
    0 for all of it; ``side`` is the pictures' side in pixels then.
    """

    name: str
    title: str
    summary: str
    depth: Depth = Depth.ADAPTER
    loss: Loss = Loss.SUPERVISED_CONTRASTIVE
    sampling: Sampling = Sampling.BATCH_WISE
    form: AdapterForm = AdapterForm.LINEAR
    dimension: int = 0
    products_per_batch: int = 64
    pictures_per_product: int = 4
    most_epochs: int = 200
    patience: int = 24
    most_s: float = 40.0
    rate: float = 3e-4
    decay: float = 1e-4
    margin: float = 0.2
    temperature: float = 0.07
    alpha: float = 2.0
    beta: float = 0.5
    attribute_weight: float = 0.0
    softmax_weight: float = 0.0
    attributes: tuple[str, ...] = ()
    stages: int = 3
    side: int = 192
    seed: int = 0

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready form; :meth:`from_json` is its inverse."""
        data = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        return {**data, "attributes": list(self.attributes)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Recipe:
        """Raises KeyError, TypeError or ValueError where ``data`` is not of the written form."""
        values = dict(data)
        values["depth"] = Depth(values["depth"])
        values["loss"] = Loss(values["loss"])
        values["sampling"] = Sampling(values["sampling"])
        values["form"] = AdapterForm(values["form"])
        values["attributes"] = tuple(map(str, values["attributes"]))
        return cls(**values)


RECIPES: tuple[Recipe, ...] = (
    Recipe(
        "adapter",
        "Quick",
        "Turns the vectors that the catalogue holds so that pictures of one product lie "
        "together. Seconds.",
        most_epochs=600,
        rate=1e-3,
    ),
    Recipe(
        "adapter-robust",
        "Quick, for untidy data",
        "Pairs that lie hopelessly far apart are taken for wrong labels and left out.",
        loss=Loss.ROBUST_CONTRASTIVE,
        rate=1e-3,
        softmax_weight=0.3,
        margin=1.1,
    ),
    Recipe(
        "adapter-granularity",
        "Quick, with columns",
        "Columns such as brand and colour say how far apart products should lie.",
        loss=Loss.GRANULARITY,
        form=AdapterForm.MLP,
        rate=1e-3,
        attribute_weight=1.0,
    ),
    Recipe(
        "triplet-128",
        "Triplet network, 128 numbers",
        "Small vectors, learned from the hardest picture of the same and of another product.",
        loss=Loss.TRIPLET_BATCH_HARD,
        form=AdapterForm.MLP,
        dimension=128,
    ),
    Recipe(
        "fine-tune",
        "Thorough",
        "Tunes the late stages of the network itself on the pictures. An hour and more.",
        depth=Depth.FINE_TUNE,
        products_per_batch=24,
        pictures_per_product=2,
        most_epochs=60,
        most_s=0.0,
        rate=1e-4,
    ),
    Recipe(
        "fine-tune-granularity",
        "Thorough, with columns",
        "The same with a second branch that tells the columns, as in semantic granularity "
        "metric learning.",
        depth=Depth.FINE_TUNE,
        loss=Loss.GRANULARITY,
        products_per_batch=24,
        pictures_per_product=2,
        most_epochs=60,
        most_s=0.0,
        rate=1e-4,
        attribute_weight=1.0,
    ),
)


@dataclass(frozen=True, slots=True, eq=False)
class AttributeLabels:
    """What columns say of pictures: ``values`` (n, a) int64 are places in ``names[column]``,
    UNLABELLED where a product says nothing; ``columns`` has a entries."""

    columns: tuple[str, ...] = ()
    names: tuple[tuple[str, ...], ...] = ()
    values: NDArray[np.int64] = field(default_factory=lambda: np.empty((0, 0), np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class LabelledPictures:
    """Pictures whose product is known, as aligned rows (n,).

    ``products`` are numbers of products; those a person called the same have one number.
    ``groups`` tie together what must not be torn apart by a split (products that share a picture
    or a verdict): least product of the group. ``vectors`` (n, d) are unit rows of the base
    model. ``different`` (m, 2) are pairs of product numbers a person called different or variants.
    """

    content_ids: IdArray
    products: NDArray[np.int64]
    groups: NDArray[np.int64]
    vectors: FloatMatrix
    attributes: AttributeLabels = field(default_factory=AttributeLabels)
    different: NDArray[np.int64] = field(default_factory=lambda: np.empty((0, 2), np.int64))

    def __len__(self) -> int:
        return len(self.content_ids)

    def only(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> LabelledPictures:
        """Those of ``rows``; what was called different stays as it is."""
        attributes = self.attributes
        if attributes.columns:
            attributes = AttributeLabels(
                attributes.columns, attributes.names, attributes.values[rows]
            )
        return LabelledPictures(
            self.content_ids[rows],
            self.products[rows],
            self.groups[rows],
            self.vectors[rows],
            attributes,
            self.different,
        )


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Where learning stood after ``epoch`` passes and ``seconds`` of work: the mean ``loss`` since
    the point before, and Recall@1 of the validation products, which are not learned from."""

    epoch: int
    seconds: float
    loss: float
    recall_at_1: float
