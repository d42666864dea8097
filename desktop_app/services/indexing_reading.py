"""Reading one picture of the catalogue, and reading several ahead of their turn."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

from desktop_app.domain.errors import MissingPicture, UnreadableImage
from desktop_app.domain.hashing import content_hash
from desktop_app.domain.images import READING_SIDE, DecodedImage, RgbArray, mean_colour
from desktop_app.domain.ports import ImageReader, PictureStore
from desktop_app.domain.products import PictureState
from desktop_app.domain.storage import Content, PendingPicture

THUMBNAIL_SIDE = 256
HASHED_SIDE = 128
"""The perceptual hash looks at 32 by 32 pixels. Shrinking to this first takes three quarters off
its time, moves 1 hash in 100 by more than 2 of its 64 bits, and leaves the distances between
copies, and between different pictures, as they are."""

GROUP = 4
"""Pictures handed to a thread at once: waking it for each costs a tenth of the reading."""

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What reading one picture gave.

    ``content`` is set where ``state`` is READY; ``rgb`` is what is to be embedded, None where
    the catalogue has the vector; ``thumbnail`` is None where it has that.
    """

    picture_id: int
    state: PictureState
    problem: str = ""
    content: Content | None = None
    rgb: RgbArray | None = None
    thumbnail: bytes | None = None
    size_bytes: int = 0
    mtime_ns: int = 0


class AbsentFolders:
    """Folders that turned out to be absent in one run, so that they are not asked for again: a
    network share that is away can take seconds to say so, each time. Safe from any thread."""

    def __init__(self) -> None:
        self._folders: set[Path] = set()

    def above(self, path: Path) -> str:
        """Says which known absent folder holds ``path``; '' where none does."""
        for folder in self._folders.intersection(path.parents):
            return _absent_folder(folder)
        return ""

    def look_above(self, path: Path) -> str:
        """Says which folder of a missing file is away, '' where it is only the file."""
        absent: Path | None = None
        for folder in path.parents:
            if _is_there(folder):
                break
            absent = folder
        if absent is None:
            return ""
        self._folders.add(absent)
        return _absent_folder(absent)


class PictureLooker:
    """Reads pictures for one indexing run; may be called from several threads."""

    def __init__(self, pictures: PictureStore, reader: ImageReader, model_key: str) -> None:
        self._pictures = pictures
        self._reader = reader
        self._model_key = model_key
        self._absent = AbsentFolders()

    def __call__(self, picture: PendingPicture) -> Look:
        path = Path(picture.path)
        if problem := self._absent.above(path):
            return _offline(picture, problem)
        size_bytes = mtime_ns = 0
        # Asked before reading: a file that changes meanwhile is then found to have changed.
        with contextlib.suppress(OSError, ValueError):
            found = path.stat()
            size_bytes, mtime_ns = found.st_size, found.st_mtime_ns
        try:
            data = self._reader.read_file(path)
            return self._look(picture, data, size_bytes, mtime_ns)
        except MissingPicture as error:
            return _offline(picture, self._absent.look_above(path) or str(error))
        except UnreadableImage as error:
            return Look(
                picture.id,
                PictureState.FAILED,
                problem=str(error),
                size_bytes=size_bytes,
                mtime_ns=mtime_ns,
            )

    def _look(self, picture: PendingPicture, data: bytes, size_bytes: int, mtime_ns: int) -> Look:
        digest = content_hash(data)
        known = self._pictures.known_contents([digest], self._model_key).get(digest)
        content = known.content if known else None
        rgb = thumbnail = None
        if known is None or not known.has_vector or not known.has_thumbnail:
            image = self._reader.decode(data, max_side=READING_SIDE)
            small = self._reader.shrink(image, side=THUMBNAIL_SIDE)
            content = content or self._content(digest, small)
            rgb = None if known and known.has_vector else image.rgb
            if not known or not known.has_thumbnail:
                thumbnail = self._reader.encode_thumbnail(small, side=THUMBNAIL_SIDE)
        return Look(
            picture.id,
            PictureState.READY,
            content=content,
            rgb=rgb,
            thumbnail=thumbnail,
            size_bytes=size_bytes,
            mtime_ns=mtime_ns,
        )

    def _content(self, digest: str, image: DecodedImage) -> Content:
        tiny = self._reader.shrink(image, side=HASHED_SIDE)
        return Content(
            digest,
            image.original_width,
            image.original_height,
            self._reader.perceptual_hash(tiny),
            mean_colour(tiny.rgb),
        )


def read_ahead(
    work: Callable[[T], R],
    items: Iterable[T],
    executor: Executor,
    *,
    limit: int,
    group_size: int = GROUP,
) -> Iterator[R]:
    """``work`` of each item in the order of ``items``, at most ``limit`` (rounded up to whole
    groups) under way at a time."""

    def work_on(group: list[T]) -> list[R]:
        return [work(item) for item in group]

    under_way: deque[Future[list[R]]] = deque()
    remaining = iter(items)
    while group := list(islice(remaining, group_size)):
        under_way.append(executor.submit(work_on, group))
        if len(under_way) * group_size >= limit:
            yield from under_way.popleft().result()
    while under_way:
        yield from under_way.popleft().result()


def _offline(picture: PendingPicture, problem: str) -> Look:
    return Look(picture.id, PictureState.OFFLINE, problem=problem)


def _absent_folder(folder: Path) -> str:
    return f"The folder {folder} is not there. Connect its drive or put the folder back."


def _is_there(folder: Path) -> bool:
    try:
        return folder.is_dir()
    except OSError:
        return False
