"""The network of an adapter, and what is kept of it."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from desktop_app.domain.images import FloatMatrix
from desktop_app.domain.learned_models import Projection
from desktop_app.domain.metric_learning import AdapterForm, LabelledPictures, Recipe
from desktop_app.infra.metric_learning.branches import Branched, TwoBranchNetwork
from desktop_app.infra.metric_learning.projection_tensors import projection_from

HIDDEN = 256
"""Width of the small network beside the matrix."""
SHRINKAGE = 3.0
_LEAST = 1e-6
"""Added to variances, for products whose pictures do not differ."""


class AdapterNetwork(nn.Module):
    """W x, and where there is a hidden layer W x + U relu(V x + v), of unit length.

    Starts as ``start`` (k, d): the hidden layer adds nothing at first, its output U being zero.
    """

    def __init__(self, start: FloatMatrix, *, hidden: int, seed: int = 0) -> None:
        super().__init__()
        dimension, features = start.shape
        self.past = nn.Linear(features, dimension, bias=False)
        self.trunk = nn.Linear(features, hidden) if hidden else None
        self.embedding = nn.Linear(hidden, dimension, bias=False) if hidden else None
        draw = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            self.past.weight.copy_(torch.from_numpy(start))
            if self.trunk is not None and self.embedding is not None:
                nn.init.kaiming_uniform_(self.trunk.weight, nonlinearity="relu", generator=draw)
                self.trunk.bias.zero_()
                self.embedding.weight.zero_()

    def forward(self, features: Tensor) -> Branched:
        """``features`` (n, d) unit rows; there are no attributes in the answer."""
        vectors = self.past(features)
        if self.trunk is not None and self.embedding is not None:
            vectors = vectors + self.embedding(functional.relu(self.trunk(features)))
        return Branched(functional.normalize(vectors, dim=1), vectors.new_empty((len(vectors), 0)))


Network = AdapterNetwork | TwoBranchNetwork


def adapter_network(recipe: Recipe, taught: LabelledPictures, n_attributes: int) -> Network:
    """The network of ``recipe`` as learning starts, with a branch for ``n_attributes`` where
    there are any: see :func:`start_matrix`."""
    start = start_matrix(taught, recipe.dimension)
    hidden = HIDDEN if recipe.form is AdapterForm.MLP else 0
    if not n_attributes:
        return AdapterNetwork(start, hidden=hidden, seed=recipe.seed)
    network = TwoBranchNetwork(
        start.shape[1],
        dimension=start.shape[0],
        n_attributes=n_attributes,
        width=hidden,
        seed=recipe.seed,
    )
    with torch.no_grad():
        network.past.weight.copy_(torch.from_numpy(start))
    return network


def base_network(recipe: Recipe, taught: LabelledPictures) -> AdapterNetwork:
    """The base model's own vectors, or where the recipe wants fewer dimensions the best that
    can be kept of them."""
    return AdapterNetwork(main_directions(taught.vectors, recipe.dimension), hidden=0)


def start_matrix(taught: LabelledPictures, dimension: int) -> FloatMatrix:
    """(dimension, d): what pictures of one product differ by counts less, the more the further
    it goes in all products alike; then the main directions where fewer dimensions are wanted.

    Within-class covariance normalisation W = (S + r t I)^(-1/2), S being the mean over products
    of the covariance of their pictures and t its mean diagonal (Hatch, Kajarekar and Stolcke,
    "Within-class covariance normalization for SVM-based speaker recognition", 2006, equation 12),
    shrunk by r = SHRINKAGE, since a catalogue has few products for so many directions. Scaled to
    the size of an identity. From here a few products are learned better than from the base model
    itself: of 31 cartons half were taught, and of the other half 3 to 4 more of 100 photos were
    recognised, where learning that began with the identity lost 7.
    """
    within = _within(taught)
    width = len(within)
    shrunk = within + (SHRINKAGE * np.trace(within) / width + _LEAST) * np.eye(width)
    variances, axes = np.linalg.eigh(shrunk)
    matrix = (axes / np.sqrt(variances)) @ axes.T
    matrix *= np.sqrt(width / (matrix**2).sum())
    turned = np.asarray(matrix, np.float32)
    return np.asarray(main_directions(taught.vectors @ turned.T, dimension) @ turned, np.float32)


def main_directions(vectors: FloatMatrix, dimension: int) -> FloatMatrix:
    """(dimension, d): the identity where ``dimension`` is 0 or not below d; otherwise the
    directions in which ``vectors`` (n, d) are longest. They are not centred, for a projection
    has no bias: so cosines are kept as well as that many numbers can."""
    width = vectors.shape[1]
    if not 0 < dimension < width:
        return np.eye(width, dtype=np.float32)
    _, axes = np.linalg.eigh((vectors.T @ vectors).astype(np.float64))
    wanted = axes[:, ::-1][:, :dimension].T
    # The sign of an axis is anybody's guess; its greatest part is made positive.
    greatest = np.take_along_axis(wanted, np.abs(wanted).argmax(axis=1)[:, np.newaxis], axis=1)
    return np.asarray(wanted * np.where(greatest < 0, -1.0, 1.0), np.float32)


def _within(taught: LabelledPictures) -> NDArray[np.float64]:
    """(d, d): the mean over products with several pictures of their covariance."""
    order = np.argsort(taught.products, kind="stable")
    vectors = taught.vectors[order]
    _, starts, counts = np.unique(taught.products[order], return_index=True, return_counts=True)
    means = np.add.reduceat(vectors, starts) / counts[:, np.newaxis].astype(np.float32)
    apart = vectors - np.repeat(means, counts, axis=0)
    apart *= np.sqrt(1 / np.repeat(counts, counts)).astype(np.float32)[:, np.newaxis]
    n_several = max(1, int(np.count_nonzero(counts > 1)))
    return np.asarray(apart.T @ apart / n_several, np.float64)


def projection_of(network: Network, base_key: str) -> Projection:
    """What is kept of a network: its attribute branch is not. Raises ValueError where it is
    not finite."""
    linear = _array(network.past.weight)
    features = linear.shape[1]
    hidden, bias = np.empty((0, features), np.float32), np.empty(0, np.float32)
    output = np.empty((len(linear), 0), np.float32)
    if network.trunk is not None and network.embedding is not None:
        hidden, bias = _array(network.trunk.weight), _array(network.trunk.bias)
        output = _array(network.embedding.weight)
    return projection_from(
        {"linear": linear, "hidden": hidden, "hidden_bias": bias, "output": output}, base_key
    )


def _array(tensor: Tensor) -> FloatMatrix:
    return tensor.detach().cpu().numpy().astype(np.float32).copy()
