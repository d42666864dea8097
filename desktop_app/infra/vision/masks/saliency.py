"""Runs the saliency network: on OpenVINO, or on torch where OpenVINO cannot run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import RgbArray
from desktop_app.infra.vision.masks.cards import MaskCard
from desktop_app.infra.vision.opencv import cv
from desktop_app.infra.vision.openvino_runtime import import_openvino

if TYPE_CHECKING:
    from torch import Tensor

Probability = NDArray[np.float32]
"""(side, side), of every pixel to belong to the object."""


class Saliency(Protocol):
    """One instance is used by one thread at a time."""

    def __call__(self, rgb: RgbArray) -> Probability:
        """Of a picture of any size, which is stretched to the network's square."""
        ...


class OpenVinoSaliency:
    """``threads`` of 0 takes all cores. Making one imports OpenVINO and compiles the network
    (under a second). Raises RuntimeError where it cannot be compiled."""

    def __init__(self, card: MaskCard, ir: Path, *, threads: int = 0) -> None:
        self._side = card.side
        core = import_openvino().Core()
        options: dict[str, Any] = {"PERFORMANCE_HINT": "LATENCY"}
        if "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
            options["INFERENCE_PRECISION_HINT"] = "bf16"
        if threads > 0:
            options["INFERENCE_NUM_THREADS"] = threads
        self._request: Any = core.compile_model(ir, "CPU", options).create_infer_request()

    def __call__(self, rgb: RgbArray) -> Probability:
        """See Saliency."""
        self._request.infer({0: stretched(rgb, self._side)}, share_inputs=True)
        return np.array(self._request.get_output_tensor(0).data[0], np.float32)


class TorchSaliency:
    """In float32 on the processor. Making one imports torch (1-2 s)."""

    def __init__(self, card: MaskCard, weights: Mapping[str, Tensor]) -> None:
        import torch  # noqa: PLC0415 - slow

        from desktop_app.infra.vision.masks.u2net import load_saliency  # noqa: PLC0415

        self._torch = torch
        self._side = card.side
        self._network = load_saliency(card, weights)

    def __call__(self, rgb: RgbArray) -> Probability:
        """See Saliency."""
        pixels = self._torch.from_numpy(stretched(rgb, self._side))
        with self._torch.inference_mode():
            probability: Probability = self._network(pixels)[0].numpy()
        return probability


def stretched(rgb: RgbArray, side: int) -> RgbArray:
    """(1, side, side, 3): as the authors of U²-Net do, proportions are not kept."""
    height, width = rgb.shape[:2]
    method = cv.INTER_AREA if max(height, width) > side else cv.INTER_LINEAR
    square: RgbArray = cv.resize(rgb, (side, side), interpolation=method)[np.newaxis]
    return square
