"""One arm of the literature's comparisons: a small network taught on kept vectors, and measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from desktop_app.domain.images import FloatMatrix
from desktop_app.domain.metric_learning import Loss, Recipe, Sampling
from desktop_app.infra.metric_learning.branches import TwoBranchNetwork
from desktop_app.infra.metric_learning.losses import AttributeAnswers, Objective
from desktop_app.infra.metric_learning.losses_classes import attribute_targets
from desktop_app.infra.metric_learning.samplers import Draw, ImageWiseSampler, sampler_for
from tests.benchmarks.grocery_features import EMBEDDING, Grocery

PICTURES_SEEN = 6_000
"""What every arm is taught with, however it draws its batches."""
N_PRODUCTS, N_PICTURES, DIMENSION = 24, 4, 128
BATCH = N_PRODUCTS * N_PICTURES
BASE = Recipe(
    "",
    "",
    "",
    dimension=DIMENSION,
    products_per_batch=N_PRODUCTS,
    pictures_per_product=N_PICTURES,
    margin=1.2,
)
WIDTH = 128
N_TAUGHT, N_VALIDATION = 41, 10
"""Of 81 products; the other 30 are unseen."""
HELD_OUT_SHARE = 0.3
"""Of the photos of taught products."""

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Arm:
    """``recipe`` None: not taught. ``layer`` is what goes in. ``noise`` is the share of taught
    photos that bear the label of another product; ``photos`` how many of a product are taught,
    0 for all. ``all_pairs`` lets image-wise batches count all their pairs. ``is_plain`` takes a
    network of two layers, of which ``reads_hidden`` compares the first."""

    name: str
    recipe: Recipe | None
    layer: str = EMBEDDING
    noise: float = 0.0
    photos: int = 0
    all_pairs: bool = False
    is_plain: bool = False
    reads_hidden: bool = False


def learned(name: str, loss: Loss, *, arm: Arm | None = None, **changes: object) -> Arm:
    """An arm like ``arm`` whose recipe minimises ``loss``, with ``changes`` to the recipe."""
    recipe = replace(BASE, loss=loss, **changes)  # type: ignore[arg-type]
    return replace(arm or Arm("", None), name=name, recipe=recipe)


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Rows of the set: what is taught, and photos to search with."""

    taught: Rows
    validation: Rows
    unseen: Rows
    seen: Rows


@dataclass(frozen=True, slots=True)
class Figures:
    """All in [0, 1]. From photo to photo, each searched with as if it were not there, among those
    of unseen products: ``recall`` at 1 and ``precision``, MAP@R (Musgrave, Belongie and Lim, "A
    metric learning reality check", 2020, equation 2); ``validation`` is the latter among those of
    validation products. Recall@1 from photo to packshot: ``shot_unseen`` among those of the 40
    products that were not taught, ``shot_taught`` with held-out photos among all 81."""

    validation: float
    recall: float
    precision: float
    shot_unseen: float
    shot_taught: float


def split(grocery: Grocery, arm: Arm, seed: int) -> Split:
    """By product, then by photo; equal for all arms of a seed but for ``photos``."""
    rng = np.random.default_rng([seed, 1])
    products = rng.permutation(np.unique(grocery.products))
    taught, validation, unseen = np.split(products, [N_TAUGHT, N_TAUGHT + N_VALIDATION])
    rows: list[Rows] = []
    seen: list[Rows] = []
    for product in taught:
        own = grocery.products == product
        photos = rng.permutation(np.flatnonzero(own & ~grocery.is_icon))
        held = max(1, round(HELD_OUT_SHARE * len(photos)))
        seen.append(photos[:held])
        kept = photos[held : held + arm.photos] if arm.photos else photos[held:]
        rows += [kept, np.flatnonzero(own & grocery.is_icon)]
    photo = ~grocery.is_icon
    return Split(
        np.concatenate(rows),
        np.flatnonzero(np.isin(grocery.products, validation) & photo),
        np.flatnonzero(np.isin(grocery.products, unseen) & photo),
        np.concatenate(seen),
    )


class Runner:
    """Teaches and measures arms on one network's vectors."""

    def __init__(self, grocery: Grocery) -> None:
        self._grocery = grocery
        self._starts: dict[tuple[str, int, int], Tensor] = {}

    def __call__(self, arm: Arm, *, rate: float, seed: int) -> Figures:
        """Teach ``arm`` at a learning ``rate`` and measure it."""
        grocery, parts = self._grocery, split(self._grocery, arm, seed)
        features = torch.from_numpy(grocery.layers[arm.layer])
        vectors = features
        if arm.recipe is not None:
            recipe = replace(arm.recipe, rate=rate, seed=seed)
            vectors = self._taught(arm, recipe, parts.taught, features)
        return _figures(grocery, parts, vectors.numpy())

    def _taught(self, arm: Arm, recipe: Recipe, rows: Rows, features: Tensor) -> Tensor:
        grocery = self._grocery
        labels = np.unique(grocery.products[rows], return_inverse=True)[1].astype(np.int64)
        labels = _mislabelled(labels, ~grocery.is_icon[rows], arm.noise, recipe.seed)
        sizes = tuple(map(len, grocery.attributes.names)) if recipe.attribute_weight > 0 else ()
        targets, known = attribute_targets(grocery.attributes.values[rows], sizes)
        taught = features[torch.from_numpy(rows)]
        network = self._network(arm, recipe, taught, sum(sizes))
        objective = Objective(recipe, n_products=int(labels.max()) + 1, dimension=recipe.dimension)
        optimiser = torch.optim.AdamW(
            [*network.parameters(), *objective.parameters()],
            lr=recipe.rate,
            weight_decay=recipe.decay,
            fused=True,
        )
        answers = torch.from_numpy(labels)
        for draw in _draws(arm, recipe, labels):
            batch = torch.from_numpy(draw.rows)
            said = network(taught[batch])
            asked = AttributeAnswers(said.logits, targets[batch], known[batch]) if sizes else None
            ignored = None if draw.ignored is None else torch.from_numpy(draw.ignored)
            optimiser.zero_grad()
            objective(said.vectors, answers[batch], ignored, asked).backward()
            optimiser.step()
        with torch.no_grad():
            if arm.reads_hidden and isinstance(network, TwoLayers):
                return functional.normalize(network.hidden(features), dim=1)
            vectors: Tensor = network(features).vectors
            return vectors

    def _network(self, arm: Arm, recipe: Recipe, taught: Tensor, n_attributes: int) -> nn.Module:
        """Starts from the main directions of what is taught, uncentred."""
        torch.manual_seed(recipe.seed)
        if arm.is_plain:
            return TwoLayers(taught.shape[1], recipe.dimension)
        key = (arm.layer, arm.photos, recipe.seed)
        if key not in self._starts:
            axes = torch.linalg.eigh(taught.T @ taught).eigenvectors
            self._starts[key] = axes[:, -recipe.dimension :].T
        network = TwoBranchNetwork(
            taught.shape[1],
            dimension=recipe.dimension,
            n_attributes=max(1, n_attributes),
            width=WIDTH,
            seed=recipe.seed,
        )
        with torch.no_grad():
            network.past.weight.copy_(self._starts[key])
        return network


def _figures(grocery: Grocery, parts: Split, vectors: FloatMatrix) -> Figures:
    products = grocery.products
    every = np.flatnonzero(grocery.is_icon)
    untaught = every[~np.isin(products[every], products[parts.taught])]

    def to_shot(queries: Rows, icons: Rows) -> float:
        nearest = (vectors[queries] @ vectors[icons].T).argmax(1)
        return float((products[icons][nearest] == products[queries]).mean())

    recall, precision = _among(vectors[parts.unseen], products[parts.unseen])
    _, validation = _among(vectors[parts.validation], products[parts.validation])
    return Figures(
        validation,
        recall,
        precision,
        to_shot(parts.unseen, untaught),
        to_shot(parts.seen, every),
    )


def _among(vectors: FloatMatrix, labels: NDArray[np.int64]) -> tuple[float, float]:
    """Recall@1 and MAP@R, each searched for among the others."""
    alike = vectors @ vectors.T
    np.fill_diagonal(alike, -np.inf)
    order = np.argsort(-alike, axis=1)
    hits = labels[order] == labels[:, np.newaxis]
    wanted = (labels[:, np.newaxis] == labels).sum(1) - 1
    ranks = np.arange(1, len(labels) + 1)
    counted = hits & (ranks <= wanted[:, np.newaxis])
    precisions = (np.cumsum(hits, axis=1) / ranks * counted).sum(1) / wanted
    return float(hits[:, 0].mean()), float(precisions.mean())


def _mislabelled(
    labels: NDArray[np.int64], is_photo: NDArray[np.bool_], noise: float, seed: int
) -> NDArray[np.int64]:
    rng = np.random.default_rng([seed, 2])
    wrong = is_photo & (rng.random(len(labels)) < noise)
    n_products = int(labels.max()) + 1
    others = (labels + rng.integers(1, n_products, len(labels))) % n_products
    return np.where(wrong, others, labels)


@dataclass(frozen=True, slots=True, eq=False)
class _Said:
    vectors: Tensor
    logits: Tensor


class TwoLayers(nn.Module):
    """Two layers without a way past them, both drawn by chance."""

    def __init__(self, in_features: int, dimension: int) -> None:
        super().__init__()
        self.hidden = nn.Sequential(nn.Linear(in_features, 2 * WIDTH), nn.ReLU())
        self.embedding = nn.Linear(2 * WIDTH, dimension)

    def forward(self, features: Tensor) -> _Said:
        vectors = functional.normalize(self.embedding(self.hidden(features)), dim=1)
        return _Said(vectors, vectors[:, :0])


def _draws(arm: Arm, recipe: Recipe, labels: NDArray[np.int64]) -> Iterator[Draw]:
    """Batches until as many pictures were seen as every arm sees."""
    sampler = sampler_for(recipe, labels)
    if recipe.sampling is Sampling.IMAGE_WISE:
        sampler = ImageWiseSampler(
            labels, batch_size=BATCH, seed=recipe.seed, all_pairs=arm.all_pairs
        )
    seen = epoch = 0
    while True:
        for draw in sampler.epoch(epoch):
            yield draw
            seen += len(draw.rows)
            if seen >= PICTURES_SEEN:
                return
        epoch += 1
