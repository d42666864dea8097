"""How long searching by outline takes among many."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.containers import ContainerReader
from desktop_app.domain.errors import UnreadableImage
from desktop_app.domain.evidence import Channel, SegmentedPicture, ShapeFeatures
from desktop_app.domain.evidence_ports import EvidenceChannel, EvidenceChannels
from desktop_app.domain.images import READING_SIDE, DecodedImage, IdArray
from desktop_app.domain.ports import Catalogue, ImageReader
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.shapes import ShapeRequest, ShapeResults
from desktop_app.domain.storage import ContentMap
from desktop_app.services.bench_search import VIEWS, RandomProducts, is_readable
from desktop_app.services.evidence_publishing import EvidencePublisher
from desktop_app.services.shapes.search import ShapeSearch

DESCRIBED = 64
"""Pictures whose outlines the others are made of; where there are more, those are asked for."""
_PROPORTIONS, _WAVE, _MOST_WAVES = 0.25, 0.06, 3.0


class ShapeEngines(Protocol):
    """What is measured. See :class:`desktop_app.engines.Engines`."""

    @property
    def reader(self) -> ImageReader: ...

    def evidence_channels(self) -> EvidenceChannels: ...

    def evidence_publisher(self, catalogue: Catalogue) -> EvidencePublisher: ...

    def shape_search(self, catalogue: Catalogue) -> ShapeSearch: ...

    def container_reader(self) -> ContainerReader: ...


class DeformedShapes:
    """As much of the EvidenceStore port as searching by outline touches: ``count`` contents
    whose outlines are those of a few, each with other proportions and waves in its sides."""

    def __init__(
        self,
        shapes: Sequence[ShapeFeatures],
        channel: EvidenceChannel[ShapeFeatures],
        count: int,
    ) -> None:
        self._shapes = shapes
        self._records = [channel.pack(self.shape(number)) for number in range(count)]

    def get(self, channel: Channel, content_ids: Sequence[int]) -> dict[int, bytes]:
        return {i: self._records[i] for i in content_ids} if channel is Channel.SHAPE else {}

    def iterate(
        self, channel: Channel, *, after_content: int = -1, batch_size: int = 2048
    ) -> Iterator[tuple[IdArray, list[bytes]]]:
        if channel is not Channel.SHAPE:
            return
        for start in range(after_content + 1, len(self._records), batch_size):
            ids = np.arange(start, min(start + batch_size, len(self._records)))
            yield ids, list(self.get(channel, ids.tolist()).values())

    def revision(self, channel: Channel) -> str:
        return f"deformed {channel}"

    def perceptual_hashes(self) -> tuple[IdArray, NDArray[np.uint64]]:
        return np.empty(0, np.int64), np.empty(0, np.uint64)

    def shape(self, number: int) -> ShapeFeatures:
        """The outline of one content."""
        rng = np.random.default_rng([2, number])
        base = self._shapes[number % len(self._shapes)]
        taller, wave, waves, phase = rng.uniform(-1, 1, 4)
        x, y = base.contour.T
        middle = (x.min() + x.max()) / 2
        widths = 1 + _WAVE * wave * np.sin(np.pi * (_MOST_WAVES * waves * y + phase))
        contour = np.stack([np.clip(middle + (x - middle) * widths, 0, 1), y], axis=1)
        return replace(
            base,
            contour=contour.astype(np.float32),
            aspect=base.aspect * float(np.exp(_PROPORTIONS * taller)),
            trust=1.0,
        )


@dataclass(frozen=True, slots=True, eq=False)
class _ShapedCatalogue:
    """As much of a catalogue as searching by outline touches."""

    products: RandomProducts
    evidence: DeformedShapes
    folder: Path
    revision: int = 0
    read_only: bool = field(default=True)


def measure_shape_queries(
    engines: ShapeEngines,
    paths: Sequence[Path],
    *,
    count: int = 100_000,
    queries: int = 40,
) -> dict[str, Any]:
    """Milliseconds of searches by outline among ``count`` contents: ``live`` as an outline is
    drawn, ``with_turns`` where objects may also lie, ``whole`` from a picture file on, by step.
    Raises UnreadableImage where no picture shows an object."""
    paths = [path for path in paths[: DESCRIBED + queries] if is_readable(path, engines.reader)]
    channels = engines.evidence_channels()
    found = (_described(path, channels, engines.reader) for path in paths[:DESCRIBED])
    shapes = [shape for shape in found if shape is not None]
    if not shapes:
        raise UnreadableImage("No picture shows an object.", remedy="Choose another folder.")
    evidence = DeformedShapes(shapes, channels.shape, count)
    content_ids = np.arange(count)
    with tempfile.TemporaryDirectory(prefix="twinshelf-") as folder:
        products = RandomProducts(-(-count // VIEWS))
        catalogue = cast(Catalogue, _ShapedCatalogue(products, evidence, Path(folder)))
        search = engines.shape_search(catalogue)
        begin = time.perf_counter()
        search.use_evidence(engines.evidence_publisher(catalogue).load())
        build_s = time.perf_counter() - begin
    search.use(ContentMap(content_ids, content_ids // VIEWS))
    drawn = [evidence.shape(count + number) for number in range(queries + 1)]
    others = paths[DESCRIBED:] or paths
    asked = [others[number % len(others)] for number in range(queries + 1)]
    classes = engines.container_reader()
    return {
        "pictures": count,
        "build_s": round(build_s, 1),
        "live": _summary([_timed(search, shape) for shape in drawn]),
        "with_turns": _summary([_timed(search, shape, turns=True) for shape in drawn]),
        "whole": _summary(
            [_whole(search, classes, channels, engines.reader.decode, path) for path in asked]
        ),
    }


def _timed(search: ShapeSearch, shape: ShapeFeatures, *, turns: bool = False) -> dict[str, float]:
    begin = time.perf_counter()
    results = search.search(ShapeRequest(shape, turns=turns), CancelToken())
    return _steps(results) | {"total": (time.perf_counter() - begin) * 1e3}


def _whole(
    search: ShapeSearch,
    classes: ContainerReader,
    channels: EvidenceChannels,
    decode: Callable[..., DecodedImage],
    path: Path,
) -> dict[str, float]:
    """Decoding, the mask, the outline and the class of what a picture shows; then as above."""
    begin = time.perf_counter()
    image = decode(path, max_side=READING_SIDE)
    decoded = time.perf_counter()
    mask = channels.masker.mask(image)
    masked = time.perf_counter()
    picture = SegmentedPicture(image, mask)
    shape = channels.shape.describe(picture)
    outlined = time.perf_counter()
    classes.read(picture)
    classified = time.perf_counter()
    steps = {}
    if shape is not None:
        results = search.search(ShapeRequest(shape), CancelToken())
        steps = _steps(results)
    return {
        "decode": (decoded - begin) * 1e3,
        "mask": (masked - decoded) * 1e3,
        "outline": (outlined - masked) * 1e3,
        "class": (classified - outlined) * 1e3,
        **steps,
        "total": (time.perf_counter() - begin) * 1e3,
    }


def _steps(results: ShapeResults) -> dict[str, float]:
    return {"propose": results.propose_ms, "compare": results.compare_ms}


def _summary(timed: Sequence[dict[str, float]]) -> dict[str, Any]:
    """The first query meets cold models and is left out."""
    by_step: dict[str, list[float]] = {}
    for times in timed[1:]:
        for name, ms in times.items():
            by_step.setdefault(name, []).append(ms)
    totals = by_step.pop("total")
    return {
        "p50_ms": round(float(np.percentile(totals, 50)), 1),
        "p95_ms": round(float(np.percentile(totals, 95)), 1),
        "step_p50_ms": {
            name: round(float(np.percentile(times, 50)), 1) for name, times in by_step.items()
        },
    }


def _described(path: Path, channels: EvidenceChannels, reader: ImageReader) -> ShapeFeatures | None:
    image = reader.decode(path, max_side=READING_SIDE)
    return channels.shape.describe(SegmentedPicture(image, channels.masker.mask(image)))
