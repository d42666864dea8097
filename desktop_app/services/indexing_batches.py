"""From looks at pictures to batches ready to be stored, with the vectors between them."""

from __future__ import annotations

import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import RgbArray
from desktop_app.domain.ports import Embedder
from desktop_app.domain.products import PictureState
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.storage import ReadPicture
from desktop_app.services.indexing_reading import Look

MAX_PICTURES = 64
MAX_SECONDS = 0.3
"""How long an edit may have to wait for the batch under way."""

REMEMBERED_CONTENTS = 1024
"""More than can lie between the look at a picture and the storing of its vector."""


class _Entry:
    """An outcome on its way to the store; complete once its vector is there or not needed.

    Holds no pixels: those are let go as soon as the model has seen them.
    """

    __slots__ = ("is_complete", "outcome", "vector")

    def __init__(self, look: Look) -> None:
        self.outcome = _without_vector(look)
        self.vector: NDArray[np.float32] | None = None
        self.is_complete = False


class Batches:
    """Embeds looks and yields what to store in batches, in the order of the looks.

    A batch ends at MAX_PICTURES, after MAX_SECONDS, and when the token is paused or cancelled.
    A content that occurs twice is embedded once. The vector travels with the look it belongs
    to, so a picture without one cannot shift those of its neighbours.
    """

    def __init__(
        self,
        looks: Iterator[Look],
        embedder: Embedder,
        token: CancelToken,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._looks = looks
        self._embedder = embedder
        self._token = token
        self._clock = clock
        self._waiting: deque[_Entry] = deque()
        self._embedding: OrderedDict[str, None] = OrderedDict()
        self._are_looks_left = True
        self._due_at = math.inf

    def __iter__(self) -> Generator[list[ReadPicture], None, None]:
        self._due_at = self._clock() + MAX_SECONDS
        while self._are_looks_left:
            stream = self._embedder.embed_stream(self._to_embed())
            with _closing(stream):
                for entry, vector in stream:
                    entry.vector = vector
                    entry.is_complete = True
                    if self._is_due:
                        yield from self._batch()
            if self._is_due:
                yield from self._batch()
        while self._waiting:
            yield from self._batch()

    @property
    def _is_due(self) -> bool:
        return (
            len(self._waiting) >= MAX_PICTURES
            or self._clock() >= self._due_at
            or self._token.is_cancelled
            or self._token.is_paused
        )

    def _to_embed(self) -> Iterator[tuple[_Entry, RgbArray]]:
        """Ends early when a batch is due though nothing was left to embed: the stream would
        otherwise hold back what is complete until it has found something."""
        for look in self._looks:
            entry = _Entry(look)
            self._waiting.append(entry)
            if look.rgb is not None and self._is_new(look):
                yield entry, look.rgb
            else:
                entry.is_complete = True
                if self._is_due:
                    return
        self._are_looks_left = False

    def _is_new(self, look: Look) -> bool:
        assert look.content is not None
        digest = look.content.content_hash
        if digest in self._embedding:
            return False
        self._embedding[digest] = None
        if len(self._embedding) > REMEMBERED_CONTENTS:
            self._embedding.popitem(last=False)
        return True

    def _batch(self) -> Iterator[list[ReadPicture]]:
        batch: list[ReadPicture] = []
        while self._waiting and self._waiting[0].is_complete and len(batch) < MAX_PICTURES:
            batch.append(_with_vector(self._waiting.popleft()))
        if batch:
            yield batch
            self._due_at = self._clock() + MAX_SECONDS


def _without_vector(look: Look) -> ReadPicture:
    return ReadPicture(
        look.picture_id,
        look.state,
        problem=look.problem,
        content=look.content,
        thumbnail=look.thumbnail,
        size_bytes=look.size_bytes,
        mtime_ns=look.mtime_ns,
    )


def _with_vector(entry: _Entry) -> ReadPicture:
    outcome, vector = entry.outcome, entry.vector
    if vector is None:
        return outcome
    if np.isfinite(vector).all():
        return replace(outcome, vector=vector)
    return ReadPicture(
        outcome.picture_id,
        PictureState.FAILED,
        problem="The model could make nothing of this picture. Try another picture.",
        size_bytes=outcome.size_bytes,
        mtime_ns=outcome.mtime_ns,
    )


def _closing(stream: object) -> AbstractContextManager[object]:
    """Ends a stream that can be ended; the port promises no more than an iterator."""
    return closing(stream) if hasattr(stream, "close") else nullcontext()
