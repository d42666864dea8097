"""How fast indexing is, beside the speed of its two costly parts measured in the same run."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import Any

from desktop_app.domain.errors import UnreadableImage
from desktop_app.domain.images import READING_SIDE, RgbArray
from desktop_app.domain.imports import ImportRequest, SourceKind
from desktop_app.domain.ports import Catalogue, Embedder, ImageReader, IndexStore
from desktop_app.domain.products import ProductFields
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.storage import PendingPicture
from desktop_app.services.indexing import READ_AHEAD, IndexingService
from desktop_app.services.indexing_reading import PictureLooker, read_ahead

OpenScratch = Callable[[], AbstractContextManager[tuple[Catalogue, IndexStore]]]
"""Makes an empty catalogue with its index store, which is thrown away at the end."""

HELD_PICTURES = 256
"""So many decoded pictures are held in memory for the model, and shown to it over and over."""


def measure_indexing(
    paths: Sequence[Path],
    *,
    reader: ImageReader,
    embedder: Embedder,
    open_scratch: OpenScratch,
    rounds: int = 3,
) -> dict[str, Any]:
    """Pictures per second of three kinds of work, each on all of ``paths``, in turns round
    after round, so that other load on the machine falls on all three alike.

    *Decode only* reads, hashes, decodes, and makes thumbnails and perceptual hashes, on all
    processors. *Model only* embeds pictures already decoded. *End to end* indexes them in a
    new catalogue, from the files to the saved index. The figures are medians over the rounds;
    ``share_of_slower`` is that of end to end over the slower of the other two in its round.
    Raises UnreadableImage where not one of the pictures can be read.
    """
    held = _decoded(paths, reader)
    _embed(embedder, held, len(held))  # The first pictures meet a cold model.
    measured: list[dict[str, float]] = []
    for _ in range(rounds):
        with open_scratch() as (catalogue, index):
            decode_s = _timed(partial(_look, catalogue, reader, paths))
            model_s = _timed(partial(_embed, embedder, held, len(paths)))
            add_products(catalogue, paths)
            service = IndexingService(
                catalogue, reader, lambda: embedder, index, model_key=embedder.key
            )
            whole_s = _timed(partial(_index, service))
        measured.append(
            {
                "decode_only_per_s": len(paths) / decode_s,
                "model_only_per_s": len(paths) / model_s,
                "end_to_end_per_s": len(paths) / whole_s,
                "share_of_slower": max(decode_s, model_s) / whole_s,
            }
        )
    medians = {name: round(median(r[name] for r in measured), 3) for name in measured[0]}
    return {"pictures": len(paths), "rounds": rounds, "model": embedder.key, **medians}


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _decoded(paths: Sequence[Path], reader: ImageReader) -> list[RgbArray]:
    held: list[RgbArray] = []
    for path in paths[:HELD_PICTURES]:
        with suppress(UnreadableImage):
            held.append(reader.decode(path, max_side=READING_SIDE).rgb)
    if not held:
        raise UnreadableImage(
            "There is no readable picture to measure with.", remedy="Choose another folder."
        )
    return held


def _look(catalogue: Catalogue, reader: ImageReader, paths: Sequence[Path]) -> None:
    threads = os.cpu_count() or 1
    look = PictureLooker(catalogue.pictures, reader, "")
    pictures = (PendingPicture(n, str(path)) for n, path in enumerate(paths))
    with ThreadPoolExecutor(threads) as executor:
        for _ in read_ahead(look, pictures, executor, limit=threads * READ_AHEAD):
            pass


def _embed(embedder: Embedder, held: Sequence[RgbArray], count: int) -> None:
    for _ in embedder.embed_stream(enumerate(islice(cycle(held), count))):
        pass


def _index(service: IndexingService) -> None:
    for _ in service.run(CancelToken()):
        pass


def add_products(catalogue: Catalogue, paths: Sequence[Path]) -> None:
    """One product for each picture."""
    folders = tuple(dict.fromkeys(path.parent for path in paths))
    source = catalogue.imports.remember_source(ImportRequest(SourceKind.FOLDER, folders))
    products = [(ProductFields(f"{n}"), [(path, "", 0, 0)]) for n, path in enumerate(paths)]
    catalogue.imports.write_products(source, products)
