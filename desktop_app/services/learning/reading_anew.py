"""Reading a catalogue's pictures for a model it is not searched with yet.

Vectors only: what the catalogue is searched with meanwhile stays as it is, and so does the index,
which is brought up to date once the catalogue is opened with the new model.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from desktop_app.domain.ports import Catalogue, Embedder, ImageReader
from desktop_app.domain.products import PictureState
from desktop_app.domain.progress import CancelToken, Progress
from desktop_app.domain.storage import PendingPicture
from desktop_app.services.indexing import READ_AHEAD, IndexingStep
from desktop_app.services.indexing_batches import Batches
from desktop_app.services.indexing_pace import WorkClock
from desktop_app.services.indexing_reading import PictureLooker, read_ahead

READING_ANEW = "Reading pictures for the new model"
PAGE = 256


def read_anew(
    catalogue: Catalogue,
    reader: ImageReader,
    embedder: Callable[[], Embedder],
    *,
    model_key: str,
    token: CancelToken,
    threads: int | None = None,
) -> Iterator[IndexingStep]:
    """Give every content that was read a vector of ``model_key``, in committed batches; the next
    run goes on where this one ended, however it did. ``embedder`` is asked where there is
    something to read; whoever provides it closes it. Pictures that are gone or damaged keep
    their state for the next indexing pass to tell of. Raises Cancelled, ModelUnavailable,
    StorageFull, CatalogueReadOnly."""
    pictures = catalogue.pictures
    if not pictures.lacking_vectors(model_key, limit=1):
        return
    ready = embedder()
    if ready.key != model_key:
        raise ValueError(f"the embedder is {ready.key}, not {model_key}")
    count = threads or min(4, max(1, (os.cpu_count() or 1) // 2))
    clock, done, failed = WorkClock(), 0, 0
    total = _count_lacking(catalogue, model_key)
    executor = ThreadPoolExecutor(count, thread_name_prefix="read-anew")
    try:
        looker = PictureLooker(pictures, reader, model_key)
        looks = read_ahead(
            looker, _lacking(catalogue, model_key), executor, limit=count * READ_AHEAD
        )
        with closing(iter(Batches(looks, ready, token))) as batches:
            for batch in batches:
                read = [one for one in batch if one.state is PictureState.READY]
                changes = pictures.record_read(model_key, read)
                done, failed = done + len(batch), failed + len(batch) - len(read)
                progress = Progress(READING_ANEW, done, max(total, done), clock.elapsed_s, failed)
                with clock.stopped():
                    yield IndexingStep(progress, changes)
                    token.checkpoint()
    finally:
        executor.shutdown(cancel_futures=True)


def _lacking(catalogue: Catalogue, model_key: str) -> Iterator[PendingPicture]:
    """Each content once, though those that cannot be read go on lacking a vector."""
    after_id = 0
    while page := catalogue.pictures.lacking_vectors(model_key, after_id=after_id, limit=PAGE):
        yield from page
        after_id = page[-1].id


def _count_lacking(catalogue: Catalogue, model_key: str) -> int:
    known = catalogue.vectors.models().get(model_key, 0)
    return max(0, len(catalogue.pictures.content_map().content_ids) - known)
