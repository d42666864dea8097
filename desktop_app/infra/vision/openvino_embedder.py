"""The embedder port on OpenVINO, for processors."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import FloatMatrix, RgbArray
from desktop_app.domain.model_cards import ModelCard
from desktop_app.infra.vision.openvino_runtime import import_openvino
from desktop_app.infra.vision.preprocess import letterboxed
from desktop_app.infra.vision.unit_vectors import unit_rows

T = TypeVar("T")

SPARE_REQUESTS = 2
"""Requests in flight beyond one per stream: prepared while those run, so that none waits for
the next picture."""


class Precision(StrEnum):
    """What the network computes in. AUTO is BF16 where the processor has it, else F32."""

    AUTO = "auto"
    F32 = "f32"
    BF16 = "bf16"


class OpenVinoEmbedder:
    """Implements Embedder on a network converted by the converter process.

    ``threads`` of 0 takes all cores. Making one imports OpenVINO and compiles the network
    (0.3-0.8 s together), which leaves other threads running. Raises RuntimeError where the
    network cannot be compiled.
    """

    def __init__(
        self,
        card: ModelCard,
        ir: Path,
        *,
        threads: int = 0,
        precision: Precision = Precision.AUTO,
    ) -> None:
        self.key = card.key
        self.dimension = card.dimension
        self._preprocessing = card.preprocessing
        core = import_openvino().Core()
        self.precision = _resolved(precision, core)
        options: dict[str, Any] = {
            "PERFORMANCE_HINT": "THROUGHPUT",
            "INFERENCE_PRECISION_HINT": self.precision.value,
        }
        if threads > 0:
            options["INFERENCE_NUM_THREADS"] = threads
        self._compiled: Any = core.compile_model(ir, "CPU", options)
        streams = int(self._compiled.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS"))
        self._in_flight = streams + SPARE_REQUESTS
        self._idle: list[Any] = []

    def embed(self, images: Sequence[RgbArray]) -> FloatMatrix:
        """See Embedder."""
        rows = [vector for _, vector in self.embed_stream((None, image) for image in images)]
        return np.stack(rows) if rows else np.empty((0, self.dimension), np.float32)

    def embed_stream(
        self, items: Iterable[tuple[T, RgbArray]]
    ) -> Iterator[tuple[T, NDArray[np.float32]]]:
        """See Embedder. Reads ahead of what it yields by as many items as are in flight."""
        if self._compiled is None:
            raise RuntimeError("the embedder was closed")
        running: deque[tuple[T, Any, RgbArray]] = deque()
        try:
            for tag, image in items:
                if len(running) == self._in_flight:
                    yield self._finish(running)
                request = self._idle.pop() if self._idle else self._compiled.create_infer_request()
                pixels = letterboxed(image, self._preprocessing)[np.newaxis]
                request.start_async({0: pixels}, share_inputs=True)
                running.append((tag, request, pixels))
            while running:
                yield self._finish(running)
        finally:
            # The pixels are shared with the request: they must outlive it.
            for _, request, _ in running:
                request.wait()

    def _finish(self, running: deque[tuple[T, Any, RgbArray]]) -> tuple[T, NDArray[np.float32]]:
        tag, request, _ = running[0]
        request.wait()
        running.popleft()
        vector = unit_rows(request.get_output_tensor(0).data)[0]
        self._idle.append(request)
        return tag, vector

    def close(self) -> None:
        """Free the network; later calls raise RuntimeError."""
        self._idle.clear()
        self._compiled = None


def _resolved(precision: Precision, core: Any) -> Precision:
    if precision is not Precision.AUTO:
        return precision
    has_bf16 = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return Precision.BF16 if has_bf16 else Precision.F32
