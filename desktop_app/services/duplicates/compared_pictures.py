"""Pictures of the catalogue as judging a pair sees them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Generic, TypeVar

import numpy as np

from desktop_app.domain.duplicate_ports import ComparedPicture
from desktop_app.domain.errors import UnreadableImage
from desktop_app.domain.evidence import Channel
from desktop_app.domain.evidence_ports import EvidenceChannel, EvidenceChannels
from desktop_app.domain.images import DecodedImage
from desktop_app.domain.ports import Catalogue, ImageReader

KEPT_PICTURES = 2000
"""Neighbours are compared with many pictures in turn. Of about 10 KB each, and as long as they
are kept a judge may keep what it made of their pixels, up to 110 KB."""
KEPT_PIXELS = 64
"""Of about 200 KB each."""

_REVISED = (Channel.COPY, Channel.PRINT, Channel.SHAPE, Channel.COLOUR)

F = TypeVar("F")
V = TypeVar("V")


class ComparedPictures:
    """Gives contents with all that the catalogue holds of them; safe from any thread.

    ``model_key`` says which vectors. A damaged record counts as none. What was given is kept
    until :meth:`refresh` finds that there is more.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        reader: ImageReader,
        channels: EvidenceChannels,
        model_key: str,
    ) -> None:
        self._catalogue = catalogue
        self._reader = reader
        self._channels = channels
        self._model_key = model_key
        self._content_ids = np.empty(0, np.int64)
        self._hashes = np.empty(0, np.uint64)
        self._revision: tuple[str, ...] = ()
        self._kept: _Kept[ComparedPicture] = _Kept(KEPT_PICTURES)
        self._pixels: _Kept[DecodedImage | None] = _Kept(KEPT_PIXELS)

    def refresh(self) -> None:
        """Forget what is outdated. Called before any of a batch is asked for."""
        revision = tuple(self._catalogue.evidence.revision(channel) for channel in _REVISED)
        if revision != self._revision:
            self._content_ids, self._hashes = self._catalogue.evidence.perceptual_hashes()
            self._kept.clear()
            self._revision = revision

    def get(self, content_ids: Sequence[int]) -> list[ComparedPicture]:
        """Aligned with ``content_ids``."""
        pictures = self._kept.get(content_ids)
        missing = [content_id for content_id in content_ids if content_id not in pictures]
        if missing:
            loaded = self._loaded(missing)
            self._kept.put(loaded)
            pictures |= loaded
        return [pictures[content_id] for content_id in content_ids]

    def pixels(self, content_id: int) -> DecodedImage | None:
        """The picture at the size of its thumbnail, None where there is none."""
        known = self._pixels.get([content_id])
        if content_id not in known:
            known = {content_id: self._decoded(content_id)}
            self._pixels.put(known)
        return known[content_id]

    def _loaded(self, content_ids: Sequence[int]) -> dict[int, ComparedPicture]:
        ids, rows = self._catalogue.vectors.get(self._model_key, content_ids)
        # A damaged vector may be stored as zeros.
        looks = {i: row for i, row in zip(ids.tolist(), rows, strict=True) if row.any()}
        prints = self._unpacked(self._channels.print, content_ids)
        shapes = self._unpacked(self._channels.shape, content_ids)
        colours = self._unpacked(self._channels.colour, content_ids)
        return {
            content_id: ComparedPicture(
                content_id=content_id,
                look=looks.get(content_id),
                perceptual_hash=self._perceptual_hash(content_id),
                print=prints.get(content_id),
                shape=shapes.get(content_id),
                colour=colours.get(content_id),
                pixels=partial(self.pixels, content_id),
            )
            for content_id in content_ids
        }

    def _unpacked(self, channel: EvidenceChannel[F], content_ids: Sequence[int]) -> dict[int, F]:
        unpacked = {}
        records = self._catalogue.evidence.get(channel.channel, content_ids)
        for content_id, record in records.items():
            try:
                unpacked[content_id] = channel.unpack(record)
            except ValueError:
                continue
        return unpacked

    def _perceptual_hash(self, content_id: int) -> int | None:
        place = int(np.searchsorted(self._content_ids, content_id))
        if place == len(self._content_ids) or self._content_ids[place] != content_id:
            return None
        return int(self._hashes[place])

    def _decoded(self, content_id: int) -> DecodedImage | None:
        shown = self._catalogue.pictures.get_by_content(content_id)
        data = self._catalogue.pictures.thumbnail(shown[0].content_hash) if shown else None
        if data is None:
            return None
        try:
            return self._reader.decode(data)
        except UnreadableImage:
            return None


class _Kept(Generic[V]):
    """The values last put or asked for, by content id; safe from any thread."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._values: OrderedDict[int, V] = OrderedDict()

    def get(self, content_ids: Sequence[int]) -> dict[int, V]:
        """Those there are."""
        found = {}
        with self._lock:
            for content_id in content_ids:
                if content_id in self._values:
                    self._values.move_to_end(content_id)
                    found[content_id] = self._values[content_id]
        return found

    def put(self, values: Mapping[int, V]) -> None:
        with self._lock:
            self._values.update(values)
            while len(self._values) > self._most:
                self._values.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._values.clear()
