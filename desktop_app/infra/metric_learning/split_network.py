"""An EfficientNet cut in two: early stages that stay as they are, late ones that are tuned.

The early half runs in OpenVINO on a processor, some ten times faster than torch there, and gives
feature maps that no gradient has to pass. In the late half the depthwise filters stay as they are,
too (two parameters in a hundred, most of the cost of a backward pass on a processor), and batch
normalisation keeps its statistics and is folded into the weights in front of it, so that it costs
no pass over the activations.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from desktop_app.domain.model_cards import ModelCard
from desktop_app.infra.vision.network import EmbeddingNetwork, load_network
from desktop_app.infra.vision.openvino_runtime import import_openvino

FIRST_TUNED_STAGE = 4
"""Of the seven stages of an EfficientNet, counted from zero."""
LEAST = 1e-5
"""Pooled features below this count as zero, where the slope of the root is infinite."""


class Trunk(nn.Module):
    """Pixels (n, side, side, 3) uint8 to the feature map before the first tuned stage."""

    def __init__(self, network: EmbeddingNetwork, first: int = FIRST_TUNED_STAGE) -> None:
        super().__init__()
        self.network = network
        self._first = first

    def forward(self, pixels: Tensor) -> Tensor:
        backbone = self.network.backbone
        planes = (pixels.permute(0, 3, 1, 2).float() - self.network.mean) / self.network.std
        features: Tensor = backbone.bn1(backbone.conv_stem(planes))
        for stage in list(backbone.blocks)[: self._first]:
            features = stage(features)
        return features


class OpenVinoTrunk:
    """:class:`Trunk` on a processor, in bf16 where that is fast; ``threads`` 0: all cores.
    ``dtype`` is that of what it gives."""

    def __init__(
        self,
        network: EmbeddingNetwork,
        first: int = FIRST_TUNED_STAGE,
        *,
        threads: int = 0,
        dtype: torch.dtype = torch.bfloat16,
    ) -> None:
        self._dtype = dtype
        ov = import_openvino()
        example = torch.zeros((1, 192, 192, 3), dtype=torch.uint8)
        with warnings.catch_warnings():
            # OpenVINO traces by means that torch calls deprecated.
            warnings.simplefilter("ignore")
            model = ov.convert_model(
                Trunk(network, first).eval(),
                example_input=example,
                input=[ov.PartialShape([-1, -1, -1, 3])],
            )
        core = ov.Core()
        has_bf16 = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        options: dict[str, Any] = {
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": "bf16" if has_bf16 else "f32",
        }
        if threads > 0:
            options["INFERENCE_NUM_THREADS"] = threads
        self._request = core.compile_model(model, "CPU", options).create_infer_request()

    def __call__(self, pixels: NDArray[np.uint8], *, step: int = 16) -> Tensor:
        """The feature maps, channels last in memory; ``step`` pictures at a time."""
        parts = []
        for start in range(0, len(pixels), step):
            self._request.infer([np.ascontiguousarray(pixels[start : start + step])])
            found = torch.from_numpy(self._request.get_output_tensor(0).data)
            parts.append(
                found.to(self._dtype, copy=True).contiguous(memory_format=torch.channels_last)
            )
        return torch.cat(parts).contiguous(memory_format=torch.channels_last)


class _Depthwise(torch.autograd.Function):
    """A depthwise convolution of (n, c, h, w) with constant filters (c, 1, k, k), padded as
    TensorFlow does; stride 1 or 2.

    Its gradient is one more depthwise convolution, with the filters turned by 180 degrees, which
    torch does forwards five times faster than it finds its own way backwards.
    """

    @staticmethod
    def forward(ctx: Any, planes: Tensor, weight: Tensor, stride: int) -> Tensor:
        ctx.save_for_backward(weight)
        ctx.stride, ctx.size = stride, planes.shape[2:]
        before, after = _same_padding(planes.shape[2], weight.shape[2], stride)
        if before == after:
            return functional.conv2d(planes, weight, None, stride, before, 1, len(weight))
        padded = functional.pad(planes, (before, after, before, after))
        return functional.conv2d(padded, weight, None, stride, 0, 1, len(weight))

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None]:
        (weight,) = ctx.saved_tensors
        gradient = gradients[0].contiguous(memory_format=torch.channels_last)
        kernel, stride, extent = weight.shape[2], ctx.stride, ctx.size[0]
        before, _ = _same_padding(extent, kernel, stride)
        if stride > 1:
            count, channels, height, width = gradient.shape
            spread = gradient.new_zeros(
                (count, channels, (height - 1) * stride + 1, (width - 1) * stride + 1)
            ).contiguous(memory_format=torch.channels_last)
            spread[:, :, ::stride, ::stride] = gradient
            gradient = spread
        low = kernel - 1 - before
        high = extent - gradient.shape[2] - low + kernel - 1
        if low != high:
            gradient, low = functional.pad(gradient, (low, high, low, high)), 0
        turned = weight.flip(2, 3)
        return functional.conv2d(gradient, turned, None, 1, low, 1, len(weight)), None, None


def _same_padding(extent: int, kernel: int, stride: int) -> tuple[int, int]:
    """Pixels before and after, the odd one after (TensorFlow's rule)."""
    missing = max((-(extent // -stride) - 1) * stride + kernel - extent, 0)
    return missing // 2, missing - missing // 2


def _folded(normalisation: Any) -> tuple[Tensor, Tensor]:
    """Scale and shift (c,) of a batch normalisation with constant statistics."""
    scale = normalisation.weight * torch.rsqrt(normalisation.running_var + normalisation.eps)
    return scale, normalisation.bias - normalisation.running_mean * scale


class _Pointwise(nn.Module):
    """A 1 by 1 convolution with what normalises and activates it, on (n, h, w, c)."""

    def __init__(self, convolution: nn.Conv2d, normalisation: Any) -> None:
        super().__init__()
        self.convolution, self.normalisation = convolution, normalisation
        self._act: nn.Module = getattr(normalisation, "act", nn.Identity())
        for parameter in (*convolution.parameters(), *normalisation.parameters()):
            parameter.requires_grad_(True)

    def forward(self, planes: Tensor) -> Tensor:
        scale, shift = _folded(self.normalisation)
        weight = self.convolution.weight.flatten(1) * scale[:, None]
        activated: Tensor = self._act(
            functional.linear(planes, weight.to(planes.dtype), shift.to(planes.dtype))
        )
        return activated


class _Filtered(nn.Module):
    """A depthwise convolution whose filters stay, on (n, h, w, c); its shift is tuned."""

    def __init__(self, convolution: nn.Conv2d, normalisation: Any) -> None:
        super().__init__()
        self.convolution, self.normalisation = convolution, normalisation
        self._act: nn.Module = getattr(normalisation, "act", nn.Identity())
        normalisation.bias.requires_grad_(True)

    def forward(self, planes: Tensor) -> Tensor:
        scale, shift = _folded(self.normalisation)
        weight = (self.convolution.weight * scale[:, None, None, None]).to(planes.dtype)
        stride = self.convolution.stride[0]
        filtered = _Depthwise.apply(planes.permute(0, 3, 1, 2), weight, stride)  # type: ignore[no-untyped-call]
        activated: Tensor = self._act(filtered.permute(0, 2, 3, 1) + shift.to(planes.dtype))
        return activated


class _Block(nn.Module):
    def __init__(self, block: Any) -> None:
        super().__init__()
        self.widened = _Pointwise(block.conv_pw, block.bn1)
        self.filtered = _Filtered(block.conv_dw, block.bn2)
        self.narrowed = _Pointwise(block.conv_pwl, block.bn3)
        self._has_skip = bool(block.has_skip)

    def forward(self, planes: Tensor) -> Tensor:
        out: Tensor = self.narrowed(self.filtered(self.widened(planes)))
        return out + planes if self._has_skip else out


class Tail(nn.Module):
    """Feature maps of the trunk to unit vectors (n, dimension), float32.

    Shares its parameters with ``network``: what is tuned here is tuned there. Raises TypeError
    where the network is not an EfficientNet of inverted residuals with a projection.
    """

    def __init__(self, network: EmbeddingNetwork, first: int = FIRST_TUNED_STAGE) -> None:
        super().__init__()
        network.requires_grad_(False)
        stages = list(network.backbone.blocks)[first:]
        blocks = [block for stage in stages for block in stage]
        if network.projection is None or not all(hasattr(block, "conv_pwl") for block in blocks):
            raise TypeError("only projected EfficientNets of inverted residuals can be tuned")
        self.blocks = nn.ModuleList(_Block(block) for block in blocks)
        self.head = _Pointwise(network.backbone.conv_head, network.backbone.bn2)
        self.projection = network.projection.requires_grad_(True)

    def forward(self, features: Tensor) -> Tensor:
        rooted = self.pooled(features)
        return functional.normalize(functional.linear(rooted, self.projection.weight), dim=1)

    def pooled(self, features: Tensor) -> Tensor:
        """What the projection takes, float32."""
        features = features.permute(0, 2, 3, 1)
        for block in self.blocks:
            features = block(features)
        pooled = self.head(features).float().mean((1, 2))
        return torch.where(pooled > LEAST, pooled.clamp(min=LEAST).sqrt(), 0.0)

    def tuned(self) -> dict[str, nn.Parameter]:
        return {name: p for name, p in self.named_parameters() if p.requires_grad}


def split(
    card: ModelCard, weights: Mapping[str, Tensor], *, threads: int = 0
) -> tuple[EmbeddingNetwork, OpenVinoTrunk, Tail]:
    """The network, and its two halves, which share the network's parameters."""
    network = load_network(card, weights)
    trunk = OpenVinoTrunk(network, threads=threads)
    network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return network, trunk, Tail(network)
