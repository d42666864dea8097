"""A network of which the late stages, or all, are tuned; and its attribute branch."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from desktop_app.domain.errors import ModelUnavailable
from desktop_app.domain.images import FloatMatrix
from desktop_app.domain.model_cards import ModelCard
from desktop_app.infra.metric_learning.branches import Branched, TwoBranchNetwork
from desktop_app.infra.metric_learning.split_network import LEAST, OpenVinoTrunk, Tail
from desktop_app.infra.vision.devices import has_quick_bf16
from desktop_app.infra.vision.network import EmbeddingNetwork, load_network

log = logging.getLogger(__name__)

EFFICIENTNET_STAGES = 7
CHUNK, DEVICE_CHUNK, SPLIT_CHUNK = 12, 64, 64
"""Pictures whose activations are in memory at a time: on a processor, on another device, and of a
network whose early stages leave none."""


class TunedNetwork(nn.Module):
    """A network with an embedding branch and, where ``n_attributes``, an attribute branch, both
    one layer on its pooled features (see :class:`TwoBranchNetwork`).

    ``dimension`` of the vectors; where it is not the card's, ``projection`` (dimension, card's
    dimension) turns its vectors into those that tuning starts from. The last ``stages`` of the
    backbone are tuned, 0 for all of it; normalisation keeps its statistics, and dropout is off, so
    that a picture's vector does not depend on what else is in its batch.

    On a processor the early half of an EfficientNet runs in OpenVINO (:mod:`split_network`);
    everything else runs in torch on ``device``, in bf16 where that is fast.
    """

    def __init__(
        self,
        card: ModelCard,
        weights: Mapping[str, Tensor],
        *,
        stages: int,
        device: str = "cpu",
        threads: int = 0,
        dimension: int = 0,
        projection: FloatMatrix | None = None,
        n_attributes: int = 0,
        seed: int = 0,
    ) -> None:
        super().__init__()
        self.device = device
        self.card = tuned_card(card, dimension)
        network = load_network(card, weights)
        if self.card.dimension != card.dimension:
            _change_dimension(network, card, self.card, projection)
        self._network = network
        self._is_bf16 = has_quick_bf16(device, torch)
        self._trunk: OpenVinoTrunk | None = None
        self._tail: Tail | None = None
        first = EFFICIENTNET_STAGES - stages
        if device == "cpu" and 0 < first < EFFICIENTNET_STAGES:
            self._split(first, threads)
        if self._tail is None:
            self._choose_late(stages)
        self.branches: TwoBranchNetwork | None = None
        if n_attributes:
            self.branches = self._with_attributes(n_attributes, seed)
        self.to(device)

    @property
    def chunk(self) -> int:
        """So many pictures may leave their activations in memory at a time."""
        if self._tail is not None:
            return SPLIT_CHUNK
        return CHUNK if self.device == "cpu" else DEVICE_CHUNK

    @property
    def patch(self) -> int:
        """Sides of pictures are multiples of this."""
        embed = getattr(self._network.backbone, "patch_embed", None)
        size = getattr(embed, "patch_size", 1)
        return int(size[0] if isinstance(size, tuple) else size)

    def tuned(self) -> dict[str, nn.Parameter]:
        """What is learned, by name; the names do not depend on where the network runs."""
        found = {
            f"network.{name}": parameter
            for name, parameter in self._network.named_parameters()
            if parameter.requires_grad
        }
        if self.branches is not None:
            for name, parameter in self.branches.attributes.named_parameters():
                found[f"attributes.{name}"] = parameter
        return found

    def early(self, pixels: NDArray[np.uint8]) -> Tensor:
        """Pixels (n, side, side, 3) to what the tuned part takes, which no gradient passes."""
        if self._trunk is not None:
            return self._trunk(pixels)
        return torch.from_numpy(pixels).to(self.device)

    def pooled(self, features: Tensor) -> Tensor:
        """What :meth:`early` gave, to float32 (n, width); gradients pass."""
        if self._tail is not None:
            return self._tail.pooled(features)
        with self._precision():
            pooled = self._network.pooled(features, least=LEAST)
        return pooled.float()

    def branch(self, pooled: Tensor) -> Branched:
        """Unit vectors and attribute logits, float32."""
        if self.branches is not None:
            answered: Branched = self.branches(pooled)
            return answered
        projection = self._network.projection
        vectors = pooled if projection is None else projection(pooled)
        return Branched(functional.normalize(vectors, dim=1), vectors.new_empty((len(vectors), 0)))

    @torch.no_grad()
    def embed(self, pixels: NDArray[np.uint8]) -> FloatMatrix:
        """Unit vectors (n, dimension), a chunk in memory at a time."""
        parts = [np.empty((0, self.card.dimension), np.float32)]
        for start in range(0, len(pixels), self.chunk):
            features = self.early(pixels[start : start + self.chunk])
            vectors = self.branch(self.pooled(features)).vectors
            parts.append(vectors.float().cpu().numpy())
        return np.concatenate(parts)

    def weights(self) -> dict[str, Tensor]:
        """As kept in a model folder: float16, but for what its range does not hold."""
        return {name: _kept(tensor.cpu()) for name, tensor in self._network.state_dict().items()}

    def _split(self, first: int, threads: int) -> None:
        try:
            self._tail = Tail(self._network, first)
        except (TypeError, AttributeError):
            self._network.requires_grad_(False)
            return
        dtype = torch.bfloat16 if self._is_bf16 else torch.float32
        try:
            self._trunk = OpenVinoTrunk(self._network, first, threads=threads, dtype=dtype)
        except (ImportError, RuntimeError) as error:
            log.warning("OpenVINO cannot run the early stages, torch will: %s", error)
            self._tail = None
            self._network.requires_grad_(False)
        else:
            self._network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def _choose_late(self, stages: int) -> None:
        backbone = self._network.backbone
        late = late_parameters(backbone, stages)
        for name, parameter in backbone.named_parameters():
            parameter.requires_grad_(name in late)
        if self._network.projection is not None:
            self._network.projection.requires_grad_(True)

    def _with_attributes(self, n_attributes: int, seed: int) -> TwoBranchNetwork:
        projection = self._network.projection
        width = int(self._network.backbone.num_features)
        if projection is None:
            width = self.card.dimension
        branches = TwoBranchNetwork(
            width,
            dimension=self.card.dimension,
            n_attributes=n_attributes,
            width=0,
            seed=seed,
        )
        if projection is None:
            # The embedding is the pooled features themselves, as in the model it started from.
            branches.past = nn.Identity()  # type: ignore[assignment]
        else:
            branches.past = projection
        return branches

    def _precision(self) -> AbstractContextManager[Any]:
        if not self._is_bf16:
            return nullcontext()
        return torch.autocast(self.device, dtype=torch.bfloat16)


def tuned_card(card: ModelCard, dimension: int) -> ModelCard:
    """``card`` with vectors of ``dimension`` (0: as they are). Raises ModelUnavailable where its
    architecture gives no others."""
    if dimension in (0, card.dimension):
        return card
    if card.head_size:
        raise ModelUnavailable(
            f"The vectors of {card.title} cannot be made shorter by tuning it.",
            remedy="Choose another model for this catalogue, or vectors of full length.",
        )
    return replace(card, dimension=dimension, projected=True)


def late_parameters(backbone: nn.Module, stages: int) -> set[str]:
    """Names of the parameters of the last ``stages`` of a timm backbone, with all that follows
    them; all of them where 0."""
    from timm.models import group_parameters  # noqa: PLC0415 - after torchvision is importable

    names = {name for name, _ in backbone.named_parameters()}
    matcher = getattr(backbone, "group_matcher", None)
    if stages <= 0 or matcher is None:
        return names
    groups: dict[str, int] = group_parameters(backbone, matcher(coarse=True), reverse=True)
    late = sorted(set(groups.values()))[-stages:]
    return {name for name in names if groups[name] in late}


def _change_dimension(
    network: EmbeddingNetwork,
    card: ModelCard,
    wanted: ModelCard,
    projection: FloatMatrix | None,
) -> None:
    """Another projection in place of the one there, or of none."""
    if projection is None or projection.shape != (wanted.dimension, card.dimension):
        raise ValueError("a projection to the wanted dimension is needed to start from")
    weight = torch.from_numpy(np.ascontiguousarray(projection, np.float32))
    if network.projection is not None:
        weight = weight @ network.projection.weight.detach()
    made = nn.Linear(weight.shape[1], weight.shape[0], bias=False)
    with torch.no_grad():
        made.weight.copy_(weight)
    network.projection = made


def _kept(tensor: Tensor) -> Tensor:
    if not tensor.is_floating_point():
        return tensor.clone()
    half = tensor.half()
    is_held = torch.isfinite(half).all()
    if tensor.ndim == 1:
        # Scales and variances: a small one is not a negligible one.
        is_held &= not ((tensor != 0) & (tensor.abs() < torch.finfo(torch.half).tiny)).any()
    return half if is_held else tensor.clone()
