"""The torch network of a model card: pixels in, one vector out.

Importing this module imports torch and timm (1-2 s): only the torch embedder and the
converter process do so, inside functions. No weights are ever fetched here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desktop_app.infra.vision.torchvision_ops import make_torchvision_importable

make_torchvision_importable()

import timm  # noqa: E402
import torch  # noqa: E402
from torch import Tensor, nn  # noqa: E402

from desktop_app.domain.model_cards import ModelCard, Pooling  # noqa: E402

BACKBONE = "backbone."
PROJECTION = "projection."
BANDS = 3


class EmbeddingNetwork(nn.Module):
    """Takes uint8 pixels (n, side, side, 3); returns float vectors (n, dimension), not yet of
    unit length: whoever runs it normalises in float32, whatever precision the network ran in.
    """

    backbone: Any
    mean: Tensor
    std: Tensor

    def __init__(self, card: ModelCard) -> None:
        super().__init__()
        self.backbone = build_backbone(card)
        self._pooling = card.pooling
        self.projection: nn.Linear | None = None
        if card.projected:
            self.projection = nn.Linear(self.backbone.num_features, card.dimension, bias=False)
        for name, values in (("mean", card.preprocessing.mean), ("std", card.preprocessing.std)):
            planes = 255 * torch.tensor(values).view(1, 3, 1, 1)
            self.register_buffer(name, planes, persistent=False)

    def forward(self, pixels: Tensor) -> Tensor:
        pooled = self.pooled(pixels)
        return pooled if self.projection is None else self.projection(pooled)

    def pooled(self, pixels: Tensor, *, least: float = 0.0) -> Tensor:
        """What the projection takes. Whoever follows gradients names the ``least`` feature whose
        root is taken, those below counting as zero: the slope of a root is infinite at zero."""
        planes = (pixels.permute(0, 3, 1, 2).float() - self.mean) / self.std
        if self._pooling is Pooling.SQRT_AVERAGE:
            return _root(self.backbone.forward_features(planes).mean((2, 3)), least)
        if self._pooling is Pooling.SQRT_BANDS:
            bands = nn.functional.adaptive_avg_pool2d(
                self.backbone.forward_features(planes), (BANDS, 1)
            )
            return _root(bands.squeeze(3).transpose(1, 2).flatten(1), least)
        native: Tensor = self.backbone(planes)
        return native


def _root(pooled: Tensor, least: float) -> Tensor:
    if least > 0:
        pooled = pooled.float()
        return torch.where(pooled > least, pooled.clamp(min=least).sqrt(), 0.0)
    return pooled.clamp(min=0).sqrt()


def build_backbone(card: ModelCard) -> nn.Module:
    """The architecture with random weights, in evaluation mode."""
    options: dict[str, Any] = {"num_classes": card.head_size}
    if card.architecture.startswith("vit_"):
        # A position embedding learned at another input size is then interpolated.
        options["dynamic_img_size"] = True
    backbone: nn.Module = timm.create_model(card.architecture, pretrained=False, **options)
    return backbone.eval()


def load_network(card: ModelCard, weights: Mapping[str, Tensor]) -> EmbeddingNetwork:
    """The network with ``weights`` as kept in a model folder, in float32. A projection among them
    is left out where the card does without.

    Raises RuntimeError where a tensor is missing, left over, or of another shape.
    """
    network = EmbeddingNetwork(card).eval()
    wanted = {
        name: tensor.float()
        for name, tensor in weights.items()
        if card.projected or not name.startswith(PROJECTION)
    }
    network.load_state_dict(wanted)
    return network.requires_grad_(False)
