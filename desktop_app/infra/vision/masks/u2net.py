"""U²-Net: a U-structure nested in a U-structure, for salient object detection.

Qin, Zhang, Huang, Dehghan, Zaiane, Jagersand, "U²-Net: Going deeper with nested U-structure for
salient object detection", Pattern Recognition 106 (2020), figures 2 (RSU-L) and 5 (the whole)
and table 1 (channels). Modules are named as in the authors' repository, so that their state
dicts (``u2net.pth``, ``u2netp.pth``) load as they are.

Importing this module imports torch: only the converter process, the torch fallback and the
trainer do so, inside functions.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F  # noqa: N812 - the name all of torch's users know it by
from torch import Tensor, nn

from desktop_app.infra.vision.masks.cards import FULL, LITE, SMALL, MaskCard

_SMALL_MIDDLE, _SMALL_OUT = 16, 64

_Channels = tuple[int, int, int]
"""Of one stage: in, middle, out."""

_FULL_STAGES: dict[str, _Channels] = {
    "stage1": (3, 32, 64),
    "stage2": (64, 32, 128),
    "stage3": (128, 64, 256),
    "stage4": (256, 128, 512),
    "stage5": (512, 256, 512),
    "stage6": (512, 256, 512),
    "stage5d": (1024, 256, 512),
    "stage4d": (1024, 128, 256),
    "stage3d": (512, 64, 128),
    "stage2d": (256, 32, 64),
    "stage1d": (128, 16, 64),
}
_SMALL_STAGES: dict[str, _Channels] = {
    name: (
        3 if name == "stage1" else _SMALL_OUT * (2 if name.endswith("d") else 1),
        _SMALL_MIDDLE,
        _SMALL_OUT,
    )
    for name in _FULL_STAGES
}
_STAGES = {FULL: _FULL_STAGES, SMALL: _SMALL_STAGES}
_HEIGHTS = {"stage1": 7, "stage2": 6, "stage3": 5, "stage4": 4}
"""L of the RSU-L of each level; the decoder's mirror the encoder's, the lowest are RSU-4F."""


class ConvNormRelu(nn.Module):
    """3 by 3 convolution, batch normalisation, rectifier; ``dilation`` keeps the size."""

    def __init__(self, channels_in: int, channels_out: int, dilation: int = 1) -> None:
        super().__init__()
        self.conv_s1 = nn.Conv2d(channels_in, channels_out, 3, padding=dilation, dilation=dilation)
        self.bn_s1 = nn.BatchNorm2d(channels_out)
        self.relu_s1 = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.relu_s1(self.bn_s1(self.conv_s1(x)))
        return out


class ResidualUBlock(nn.Module):
    """RSU-L: a small U-Net of ``height`` levels whose output is added to its input's features.

    ``dilated`` gives RSU-4F: dilation 1, 2, 4, 8 in place of pooling (section 3.1).
    """

    def __init__(self, height: int, channels: _Channels, *, dilated: bool = False) -> None:
        super().__init__()
        channels_in, middle, out = channels
        self._height = height
        self._pools = not dilated
        self.rebnconvin = ConvNormRelu(channels_in, out)
        for level in range(1, height + 1):
            # The lowest level of the pooling kind looks wide by dilation instead.
            dilation = 2 ** (level - 1) if dilated else (2 if level == height else 1)
            layer = ConvNormRelu(out if level == 1 else middle, middle, dilation)
            self.add_module(f"rebnconv{level}", layer)
        for level in range(height - 1, 0, -1):
            dilation = 2 ** (level - 1) if dilated else 1
            layer = ConvNormRelu(2 * middle, out if level == 1 else middle, dilation)
            self.add_module(f"rebnconv{level}d", layer)

    def forward(self, x: Tensor) -> Tensor:
        entered: Tensor = self.rebnconvin(x)
        levels: list[Tensor] = []
        current = entered
        for level in range(1, self._height + 1):
            if self._pools and 1 < level < self._height:
                current = F.max_pool2d(current, 2, stride=2, ceil_mode=True)
            current = self.get_submodule(f"rebnconv{level}")(current)
            levels.append(current)
        for level in range(self._height - 1, 0, -1):
            skipped = levels[level - 1]
            joined = torch.cat((enlarged(current, skipped), skipped), 1)
            current = self.get_submodule(f"rebnconv{level}d")(joined)
        return current + entered


class U2Net(nn.Module):
    """Planes (n, 3, height, width) in, seven maps of logits (n, 1, height, width) out: the fused
    one first, then those of the decoder's stages from fine to coarse. ``architecture`` is SMALL
    (U²-Net†, 1.1 million parameters) or FULL (44 million).
    """

    def __init__(self, architecture: str = SMALL) -> None:
        super().__init__()
        stages = _STAGES[architecture]
        for name, channels in stages.items():
            height = _HEIGHTS.get(name.removesuffix("d"))
            block = ResidualUBlock(height or 4, channels, dilated=height is None)
            self.add_module(name, block)
        sides = ["stage1d", "stage2d", "stage3d", "stage4d", "stage5d", "stage6"]
        for number, name in enumerate(sides, start=1):
            self.add_module(f"side{number}", nn.Conv2d(stages[name][2], 1, 3, padding=1))
        self.outconv = nn.Conv2d(6, 1, 1)

    def forward(self, planes: Tensor) -> list[Tensor]:
        encoded: list[Tensor] = []
        current = planes
        for number in range(1, 7):
            if number > 1:
                current = F.max_pool2d(current, 2, stride=2, ceil_mode=True)
            current = self.get_submodule(f"stage{number}")(current)
            encoded.append(current)
        decoded = [current]
        for number in range(5, 0, -1):
            skipped = encoded[number - 1]
            joined = torch.cat((enlarged(current, skipped), skipped), 1)
            current = self.get_submodule(f"stage{number}d")(joined)
            decoded.insert(0, current)
        maps = [self.get_submodule(f"side{i}")(stage) for i, stage in enumerate(decoded, start=1)]
        maps = [maps[0], *(enlarged(each, maps[0]) for each in maps[1:])]
        return [self.outconv(torch.cat(maps, 1)), *maps]


class SaliencyNetwork(nn.Module):
    """The network as it is run: uint8 pixels (n, side, side, 3) in, the probability of each to
    belong to the object, float32 (n, side, side), out."""

    mean: Tensor
    std: Tensor

    def __init__(self, card: MaskCard) -> None:
        super().__init__()
        self.network: nn.Module = network_of(card.architecture)
        for name, values in (("mean", card.mean), ("std", card.std)):
            planes = 255 * torch.tensor(values).view(1, 3, 1, 1)
            self.register_buffer(name, planes, persistent=False)

    def forward(self, pixels: Tensor) -> Tensor:
        planes = (pixels.permute(0, 3, 1, 2).float() - self.mean) / self.std
        return torch.sigmoid(self.network(planes)[0].float())[:, 0]


def network_of(architecture: str) -> nn.Module:
    """With random weights; all of them give a list of maps of logits, the fused one first."""
    if architecture == LITE:
        from desktop_app.infra.vision.masks.u2net_lite import U2NetLite  # noqa: PLC0415 - timm

        return U2NetLite()
    return U2Net(architecture)


def enlarged(x: Tensor, like: Tensor) -> Tensor:
    """Resized bilinearly to the height and width of ``like``."""
    if x.shape[2:] == like.shape[2:]:
        return x
    return F.interpolate(x, size=like.shape[2:], mode="bilinear", align_corners=False)


def load_saliency(card: MaskCard, weights: Mapping[str, Tensor]) -> SaliencyNetwork:
    """The network with ``weights`` as kept in a model folder, in float32.

    Raises RuntimeError where a tensor is missing, left over, or of another shape.
    """
    network = SaliencyNetwork(card).eval()
    tensors = {name: value.float() for name, value in weights.items()}
    for name, value in network.network.state_dict().items():
        if name.endswith("num_batches_tracked"):
            # Counted in training only; kept files leave it out.
            tensors.setdefault(name, value)
    network.network.load_state_dict(tensors)
    return network.requires_grad_(False)
