"""Pictures that the catalogue does not have, as judging a pair sees them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.duplicate_ports import ComparedPicture
from desktop_app.domain.errors import UnreadableImage
from desktop_app.domain.evidence_ports import EvidenceChannels
from desktop_app.domain.hashing import content_hash
from desktop_app.domain.images import READING_SIDE, DecodedImage
from desktop_app.domain.ports import Catalogue, Embedder, ImageReader
from desktop_app.services.describing import describe_picture
from desktop_app.services.indexing_reading import HASHED_SIDE, THUMBNAIL_SIDE

SHOWN_SIDE = 160
"""Pixels of the pictures that are kept for showing: a long list has many."""


@dataclass(frozen=True, slots=True, eq=False)
class SeenPicture:
    """A picture of the list. ``content_id`` is the catalogue's where it holds the same bytes,
    else 0. ``compared`` is what it is judged by, ``hashes`` (8,) are those under flips and
    turns; both None where the bytes are known. ``problem`` says why it cannot be read."""

    content_id: int = 0
    compared: ComparedPicture | None = None
    hashes: NDArray[np.uint64] | None = None
    thumbnail: bytes = b""
    problem: str = ""


class Looker:
    """Looks at pictures of one list; used by one thread. ``embedder`` and ``channels`` make
    what is needed when it is."""

    def __init__(
        self,
        catalogue: Catalogue,
        reader: ImageReader,
        embedder: Callable[[], Embedder],
        channels: Callable[[], EvidenceChannels],
        *,
        model_key: str,
    ) -> None:
        self._catalogue = catalogue
        self._reader = reader
        self._provide_embedder = embedder
        self._provide_channels = channels
        self._model_key = model_key
        self._embedder: Embedder | None = None
        self._channels: EvidenceChannels | None = None

    def look(self, read: Sequence[bytes | str]) -> list[SeenPicture]:
        """Aligned with ``read``: the bytes of pictures, or what is wrong with one. Raises
        ModelUnavailable."""
        hashes = [content_hash(data) if isinstance(data, bytes) else "" for data in read]
        known = self._catalogue.pictures.known_contents(
            sorted({digest for digest in hashes if digest}), self._model_key
        )
        seen: list[SeenPicture] = []
        fresh: list[tuple[int, DecodedImage]] = []
        for place, (data, digest) in enumerate(zip(read, hashes, strict=True)):
            if isinstance(data, str):
                seen.append(SeenPicture(problem=data))
                continue
            content = known.get(digest)
            try:
                image = self._reader.decode(data, max_side=READING_SIDE)
            except UnreadableImage as error:
                seen.append(SeenPicture(problem=error.what))
                continue
            thumbnail = self._reader.encode_thumbnail(image, side=SHOWN_SIDE)
            is_known = content is not None and content.has_vector
            seen.append(
                SeenPicture(
                    content.id if content is not None and is_known else 0, thumbnail=thumbnail
                )
            )
            if not is_known:
                fresh.append((place, image))
        for (place, image), look in zip(fresh, self._looks(fresh), strict=True):
            seen[place] = self._described(image, look, seen[place].thumbnail)
        return seen

    def _looks(self, fresh: Sequence[tuple[int, DecodedImage]]) -> Sequence[NDArray[np.float32]]:
        if not fresh:
            return []
        if self._embedder is None:
            self._embedder = self._provide_embedder()
        return list(self._embedder.embed([image.rgb for _, image in fresh]))

    def _described(
        self, image: DecodedImage, look: NDArray[np.float32], thumbnail: bytes
    ) -> SeenPicture:
        if self._channels is None:
            self._channels = self._provide_channels()
        small = self._reader.shrink(image, side=THUMBNAIL_SIDE)
        tiny = self._reader.shrink(small, side=HASHED_SIDE)
        evidence = describe_picture(image, self._channels)
        compared = ComparedPicture(
            content_id=0,
            look=look,
            perceptual_hash=int.from_bytes(self._reader.perceptual_hash(tiny), "big"),
            print=evidence.print,
            shape=evidence.shape,
            colour=evidence.colour,
            pixels=lambda: small,
        )
        return SeenPicture(0, compared, self._channels.copy.hashes(small), thumbnail)
