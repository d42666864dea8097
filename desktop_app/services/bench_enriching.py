"""How fast pictures are looked at closer, what of it takes how long, and what it takes to keep."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from statistics import mean, median
from typing import Any

from desktop_app.domain.errors import UnreadableImage
from desktop_app.domain.evidence import STORED_CHANNELS, Channel, SegmentedPicture
from desktop_app.domain.evidence_ports import EvidenceChannels
from desktop_app.domain.images import READING_SIDE, DecodedImage
from desktop_app.domain.ports import Catalogue, Embedder, ImageReader
from desktop_app.domain.progress import CancelToken
from desktop_app.services.bench_indexing import OpenScratch, add_products
from desktop_app.services.enriching import EnrichService
from desktop_app.services.evidence_publishing import EvidencePublisher
from desktop_app.services.indexing import IndexingService

PARTS = ("decode", "mask", "print", "shape", "colour")
LOOKED_AT = 48
"""So many pictures are taken apart, one after another, for the share of each part."""

OTHER_BYTES = 8
"""The perceptual hash."""


def measure_enriching(
    paths: Sequence[Path],
    *,
    reader: ImageReader,
    embedder: Embedder,
    channels: Callable[[], EvidenceChannels],
    publisher: Callable[[Catalogue], EvidencePublisher],
    open_scratch: OpenScratch,
) -> dict[str, Any]:
    """Pictures per second, end to end: from the files to stored records and saved indexes, in
    a new catalogue in which they were read before; ``processor_ms`` is what each took of all
    cores together, which other work on the machine hardly changes. The share of each part is
    that of a thread's time; bytes are those of a picture, vector and perceptual hash included
    in ``all``.

    Raises UnreadableImage where not one of the pictures can be read.
    """
    parts = _parts(paths, reader, channels())
    with open_scratch() as (catalogue, index):
        add_products(catalogue, paths)
        indexing = IndexingService(
            catalogue, reader, lambda: embedder, index, model_key=embedder.key
        )
        for _ in indexing.run(CancelToken()):
            pass
        service = EnrichService(catalogue, reader, channels, publisher(catalogue))
        described = 0
        started, processor_started = time.perf_counter(), time.process_time()
        for step in service.run(CancelToken()):
            described = step.described
        seconds = time.perf_counter() - started
        processor_s = time.process_time() - processor_started
        sizes = _sizes(catalogue, embedder.dimension * 2 + OTHER_BYTES)
    whole_ms = sum(median(times) for times in parts.values())
    return {
        "pictures": described,
        "end_to_end_per_s": round(described / seconds, 3),
        "processor_ms": round(processor_s / max(1, described) * 1e3, 2),
        "part_ms": {name: round(median(times), 2) for name, times in parts.items()},
        "share": {name: round(median(times) / whole_ms, 3) for name, times in parts.items()},
        "bytes": sizes,
    }


def _parts(
    paths: Sequence[Path], reader: ImageReader, channels: EvidenceChannels
) -> dict[str, list[float]]:
    """Milliseconds of each part for pictures from all over ``paths``."""
    parts: dict[str, list[float]] = {name: [] for name in PARTS}
    is_warm = False
    for path in paths[:: max(1, len(paths) // LOOKED_AT)]:
        with suppress(UnreadableImage):
            if not is_warm:  # The first picture meets cold models.
                _take_apart(reader.decode(path, max_side=READING_SIDE), channels)
                is_warm = True
            started = time.perf_counter()
            image = reader.decode(path, max_side=READING_SIDE)
            parts["decode"].append((time.perf_counter() - started) * 1e3)
            for name, milliseconds in _take_apart(image, channels).items():
                parts[name].append(milliseconds)
    if not is_warm:
        raise UnreadableImage(
            "There is no readable picture to measure with.", remedy="Choose another folder."
        )
    return parts


def _take_apart(image: DecodedImage, channels: EvidenceChannels) -> dict[str, float]:
    times: dict[str, float] = {}
    started = time.perf_counter()
    picture = SegmentedPicture(image, channels.masker.mask(image))
    times["mask"] = (time.perf_counter() - started) * 1e3
    for channel in (channels.print, channels.shape, channels.colour):
        started = time.perf_counter()
        channel.describe(picture)
        times[channel.channel.value] = (time.perf_counter() - started) * 1e3
    return times


def _sizes(catalogue: Catalogue, other: int) -> dict[str, dict[str, float]]:
    """Mean and most bytes of a picture by channel, and of all together."""
    by_content: dict[int, dict[Channel, int]] = {}
    for channel in STORED_CHANNELS:
        for content_ids, records in catalogue.evidence.iterate(channel):
            for content_id, record in zip(content_ids.tolist(), records, strict=True):
                by_content.setdefault(content_id, {})[channel] = len(record)
    sizes = {
        channel.value: [of.get(channel, 0) for of in by_content.values()]
        for channel in STORED_CHANNELS
    }
    sizes["all"] = [other + sum(of.values()) for of in by_content.values()]
    return {
        name: {"mean": round(mean(found)) if found else 0, "max": max(found, default=0)}
        for name, found in sizes.items()
    }
