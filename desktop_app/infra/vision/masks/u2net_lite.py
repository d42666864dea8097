"""The decoder of U²-Net on the encoder of EfficientNet-Lite2.

Qin, Zhang, Huang, Dehghan, Zaiane, Jagersand, "U²-Net: Going deeper with nested U-structure for
salient object detection", Pattern Recognition 106 (2020): residual U-blocks at every level, side
outputs and their fusion are theirs (figure 5, section 3.2). Where theirs begins with random
weights, this encoder is a network that knows pictures already (Tan and Le, "EfficientNet", 2019,
in its Lite form), and the finest level works at half the resolution, on the picture's pixels
folded into channels, and unfolds what it finds (Shi et al., "Sub-pixel convolution", 2016).

Importing this module imports torch and timm.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desktop_app.infra.vision.torchvision_ops import make_torchvision_importable

make_torchvision_importable()

import timm  # noqa: E402
import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402, N812 - the name all of torch's users know it by
from torch import Tensor, nn  # noqa: E402

from desktop_app.infra.vision.masks.u2net import ResidualUBlock, enlarged  # noqa: E402

ENCODER = "tf_efficientnet_lite2"
MEAN = STD = (0.5, 0.5, 0.5)
"""Of the planes that the encoder takes, as MaskCard has them."""
_FEATURES = (16, 24, 48, 120, 352)
"""Channels of the encoder at strides 2, 4, 8, 16 and 32."""
_FOLDED = 12
_BLOCKS: tuple[tuple[int, int, int, bool], ...] = (
    (5, 16, 24, False),
    (5, 16, 32, False),
    (4, 24, 48, False),
    (4, 32, 64, True),
    (4, 48, 64, True),
)
"""Of the decoder, from fine to coarse: height, channels in the middle and out, dilated."""


class U2NetLite(nn.Module):
    """Planes (n, 3, height, width) in, sides being multiples of 32; six maps of logits
    (n, 1, height, width) out: the fused one first, then those of the levels from fine to coarse.

    With a ``finest`` level above 1, the finer ones are left out: without a fused map, those that
    there are come in the size of the finest, which is ``2**finest`` times smaller.
    """

    encoder: Any

    def __init__(self) -> None:
        super().__init__()
        self.encoder = timm.create_model(ENCODER, pretrained=False, features_only=True)
        below = 0
        for level in range(len(_BLOCKS), 0, -1):
            height, middle, out, dilated = _BLOCKS[level - 1]
            entering = _FEATURES[level - 1] + below + (_FOLDED if level == 1 else 0)
            block = ResidualUBlock(height, (entering, middle, out), dilated=dilated)
            self.add_module(f"stage{level}d", block)
            self.add_module(f"side{level}", nn.Conv2d(out, 4 if level == 1 else 1, 3, padding=1))
            below = out
        self.outconv = nn.Conv2d(len(_BLOCKS), 1, 1)

    def forward(self, planes: Tensor, *, finest: int = 1) -> list[Tensor]:
        encoded: list[Tensor] = self.encoder(planes)
        encoded[0] = torch.cat((encoded[0], F.pixel_unshuffle(planes, 2)), 1)
        maps: list[Tensor] = []
        current: Tensor | None = None
        for level in range(len(_BLOCKS), finest - 1, -1):
            skipped = encoded[level - 1]
            if current is not None:
                skipped = torch.cat((enlarged(current, skipped), skipped), 1)
            current = self.get_submodule(f"stage{level}d")(skipped)
            maps.insert(0, self.get_submodule(f"side{level}")(current))
        if finest > 1:
            return [maps[0], *(enlarged(each, maps[0]) for each in maps[1:])]
        maps = [F.pixel_shuffle(maps[0], 2), *(enlarged(each, planes) for each in maps[1:])]
        return [self.outconv(torch.cat(maps, 1)), *maps]

    def take_encoder(self, weights: Mapping[str, Tensor]) -> None:
        """Begin with the encoder of an embedding model, as its folder keeps the weights. Raises
        KeyError or RuntimeError where they are not of the architecture ENCODER."""
        state = self.encoder.state_dict()
        wanted = {
            name: value
            if name.endswith("num_batches_tracked")
            else weights[f"backbone.{name}"].float()
            for name, value in state.items()
        }
        self.encoder.load_state_dict(wanted)
