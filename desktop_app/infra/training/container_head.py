"""Teaching the classifier of containers on features, as the paper does."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from desktop_app.domain.container_classes import CONTAINER_CLASSES
from desktop_app.infra.training.container_features import Features
from desktop_app.infra.vision.containers.head import WIDTHS, ContainerHead


@dataclass(frozen=True, slots=True)
class HeadRecipe:
    """Stochastic gradient descent with Nesterov momentum; the learning rate is multiplied by
    ``factor`` after ``patience`` epochs without a lower held-out loss, and training ends after
    ``stop_after`` such epochs. In each epoch ``views`` views of each row are seen
    (0: all)."""

    learning_rate: float = 1e-3
    momentum: float = 0.9
    dropout: float = 0.5
    batch: int = 32
    factor: float = 0.1
    patience: int = 3
    stop_after: int = 6
    most_epochs: int = 120
    views: int = 0
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Epoch:
    """What an epoch came to: mean losses, held-out accuracy, and the rate it went with."""

    number: int
    loss: float
    held_out_loss: float
    held_out_accuracy: float
    learning_rate: float


@dataclass(frozen=True, slots=True, eq=False)
class TaughtHead:
    """The head of the epoch with the lowest held-out loss, and how all epochs went."""

    head: ContainerHead
    epochs: tuple[Epoch, ...]


def network(dimension: int, *, dropout: float = 0.5) -> nn.Sequential:
    """Dense 1024 - dropout - dense 512 - logits of the classes, rectified in between."""
    first, second = WIDTHS
    return nn.Sequential(
        nn.Linear(dimension, first),
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Linear(first, second),
        nn.ReLU(),
        nn.Linear(second, len(CONTAINER_CLASSES)),
    )


def teach(
    features: Features,
    targets: NDArray[np.int64],
    held_out: tuple[Features, NDArray[np.int64]],
    recipe: HeadRecipe,
    *,
    tell: Callable[[Epoch], None] = lambda _: None,
) -> TaughtHead:
    """Teach on ``features`` (n, views, dimension) of unit length and their ``targets`` (n,).

    Features are shifted and scaled to mean 0 and variance 1 for training, which the first layer
    of the head takes over. Every class counts the same, however many cut-outs it has. Equal
    arguments give equal heads on one machine. Sets torch's seed, threads and determinism.
    """
    torch.manual_seed(recipe.seed)
    torch.set_num_threads(1)
    rng = np.random.default_rng(recipe.seed)
    flat = features.reshape(-1, features.shape[2])
    mean, spread = flat.mean(axis=0), flat.std(axis=0) + 1e-6
    counts = np.bincount(targets, minlength=len(CONTAINER_CLASSES))
    weighing = np.where(counts > 0, len(targets) / np.maximum(counts, 1), 0).astype(np.float32)
    weighing /= weighing.sum() / np.count_nonzero(weighing)
    loss_of = nn.CrossEntropyLoss(weight=torch.from_numpy(weighing))
    taught = network(features.shape[2], dropout=recipe.dropout)
    optimizer = torch.optim.SGD(
        taught.parameters(), recipe.learning_rate, momentum=recipe.momentum, nesterov=True
    )
    schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimizer, factor=recipe.factor, patience=recipe.patience - 1
    )

    def prepared(rows: Features) -> Tensor:
        return torch.from_numpy(((rows - mean) / spread).astype(np.float32))

    unseen, unseen_targets = _flattened(*held_out)
    unseen_planes, unseen_truth = prepared(unseen), torch.from_numpy(unseen_targets)
    best, best_state, since = float("inf"), copy.deepcopy(taught.state_dict()), 0
    epochs: list[Epoch] = []
    for number in range(recipe.most_epochs):
        rows, truth = _drawn(features, targets, rng, recipe.views)
        loss = _epoch(
            taught, optimizer, loss_of, prepared(rows), torch.from_numpy(truth), batch=recipe.batch
        )
        rate = float(optimizer.param_groups[0]["lr"])
        taught.eval()
        with torch.no_grad():
            logits = taught(unseen_planes)
            held_out_loss = loss_of(logits, unseen_truth).item()
            accuracy = float((logits.argmax(dim=1) == unseen_truth).float().mean())
        epochs.append(Epoch(number + 1, loss, held_out_loss, accuracy, rate))
        tell(epochs[-1])
        schedule.step(held_out_loss)
        if held_out_loss < best:
            best, best_state, since = held_out_loss, copy.deepcopy(taught.state_dict()), 0
        else:
            since += 1
        if since >= recipe.stop_after:
            break
    taught.load_state_dict(best_state)
    return TaughtHead(as_head(taught, mean, spread), tuple(epochs))


def as_head(
    taught: nn.Sequential, mean: NDArray[np.float32], spread: NDArray[np.float32]
) -> ContainerHead:
    """The network as numpy runs it, with the shift and scale of its input folded in."""
    layers = [
        (layer.weight.detach().numpy().copy(), layer.bias.detach().numpy().copy())
        for layer in taught
        if isinstance(layer, nn.Linear)
    ]
    weights, bias = layers[0]
    scaled = weights / spread
    layers[0] = (scaled.astype(np.float32), (bias - scaled @ mean).astype(np.float32))
    return ContainerHead(tuple(layers))


def _epoch(
    taught: nn.Sequential,
    optimizer: torch.optim.Optimizer,
    loss_of: nn.CrossEntropyLoss,
    rows: Tensor,
    truth: Tensor,
    *,
    batch: int,
) -> float:
    """One pass over all rows in a random order; the mean loss."""
    taught.train()
    order = torch.randperm(len(rows))
    total = 0.0
    for start in range(0, len(rows), batch):
        places = order[start : start + batch]
        loss = loss_of(taught(rows[places]), truth[places])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(places)
    return total / len(rows)


def _drawn(
    features: Features, targets: NDArray[np.int64], rng: np.random.Generator, views: int
) -> tuple[Features, NDArray[np.int64]]:
    """``views`` views of each, other ones every time."""
    count = features.shape[1]
    if not 0 < views < count:
        return _flattened(features, targets)
    chosen = rng.permuted(np.tile(np.arange(count), (len(features), 1)), axis=1)[:, :views]
    return _flattened(np.take_along_axis(features, chosen[:, :, None], axis=1), targets)


def _flattened(
    features: Features, targets: NDArray[np.int64]
) -> tuple[Features, NDArray[np.int64]]:
    """Views as rows of their own."""
    return features.reshape(-1, features.shape[2]), np.repeat(targets, features.shape[1])
