"""The embedder port on torch: for CUDA and MPS devices, and where OpenVINO cannot run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import FloatMatrix, RgbArray
from desktop_app.domain.model_cards import ModelCard
from desktop_app.infra.vision.devices import best_device
from desktop_app.infra.vision.preprocess import letterboxed
from desktop_app.infra.vision.unit_vectors import unit_rows

if TYPE_CHECKING:
    from torch import Tensor

T = TypeVar("T")

CPU_BATCH, DEVICE_BATCH = 4, 32
"""On a processor larger batches leave its caches: 16 run at two thirds of the speed of 4."""


class TorchEmbedder:
    """Implements Embedder in float32. ``device`` is ``cuda``, ``mps``, ``cpu``, or '' for the
    first of these that is there. ``threads`` of 0 leaves their number to torch; they are
    set for the thread that embeds. Making one imports torch (1-2 s).
    """

    def __init__(
        self,
        card: ModelCard,
        weights: Mapping[str, Tensor],
        *,
        device: str = "",
        threads: int = 0,
    ) -> None:
        import torch  # noqa: PLC0415 - slow

        from desktop_app.infra.vision.network import EmbeddingNetwork, load_network  # noqa: PLC0415

        self.key = card.key
        self.dimension = card.dimension
        self.device = device or best_device(torch)
        self._batch_size = CPU_BATCH if self.device == "cpu" else DEVICE_BATCH
        self._preprocessing = card.preprocessing
        self._threads = threads
        self._torch = torch
        self._network: EmbeddingNetwork | None = load_network(card, weights).to(self.device)

    def embed(self, images: Sequence[RgbArray]) -> FloatMatrix:
        """See Embedder."""
        rows = [vector for _, vector in self.embed_stream((None, image) for image in images)]
        return np.stack(rows) if rows else np.empty((0, self.dimension), np.float32)

    def embed_stream(
        self, items: Iterable[tuple[T, RgbArray]]
    ) -> Iterator[tuple[T, NDArray[np.float32]]]:
        """See Embedder; one batch is in memory at a time."""
        if self._network is None:
            raise RuntimeError("the embedder was closed")
        if self._threads:
            self._torch.set_num_threads(self._threads)
        remaining = iter(items)
        while batch := list(islice(remaining, self._batch_size)):
            pixels = np.stack([letterboxed(image, self._preprocessing) for _, image in batch])
            with self._torch.inference_mode():
                output = self._network(self._torch.from_numpy(pixels).to(self.device))
            vectors = unit_rows(output.float().cpu().numpy())
            yield from zip((tag for tag, _ in batch), vectors, strict=True)

    def close(self) -> None:
        """Free the network; later calls raise RuntimeError."""
        self._network = None
