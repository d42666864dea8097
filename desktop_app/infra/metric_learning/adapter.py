"""The network of an adapter, and what is kept of it."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from desktop_app.domain.images import FloatMatrix
from desktop_app.domain.learned_models import Projection
from desktop_app.domain.metric_learning import AdapterForm, Recipe
from desktop_app.infra.metric_learning.branches import Branched, TwoBranchNetwork
from desktop_app.infra.metric_learning.projection_tensors import projection_from

HIDDEN = 256
"""Width of the small network beside the matrix."""


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


def adapter_network(recipe: Recipe, vectors: FloatMatrix, n_attributes: int) -> Network:
    """The network of ``recipe`` for unit rows such as ``vectors`` (n, d), with a branch for
    ``n_attributes`` where there are any. It starts as the base model's own vectors, or, where
    the recipe wants fewer dimensions, as their main directions."""
    start = start_matrix(vectors, recipe.dimension)
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


def start_matrix(vectors: FloatMatrix, dimension: int) -> FloatMatrix:
    """(dimension, d): the identity where ``dimension`` is 0 or not below d; otherwise the
    directions in which ``vectors`` (n, d) are longest. They are not centred, for a projection
    has no bias: so cosines are kept as well as that many numbers can."""
    width = vectors.shape[1]
    if not 0 < dimension < width:
        return np.eye(width, dtype=np.float32)
    sample = vectors.astype(np.float64)
    _, axes = np.linalg.eigh(sample.T @ sample)
    wanted = axes[:, ::-1][:, :dimension].T
    # The sign of an axis is anybody's guess; its greatest part is made positive.
    greatest = np.take_along_axis(wanted, np.abs(wanted).argmax(axis=1)[:, np.newaxis], axis=1)
    return np.asarray(wanted * np.where(greatest < 0, -1.0, 1.0), np.float32)


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
