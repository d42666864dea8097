"""Keeps a catalogue's index of silhouettes: the ShapeIndexStore port."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from desktop_app.domain.errors import IndexDamaged
from desktop_app.domain.evidence import Channel, ShapeFeatures
from desktop_app.domain.evidence_ports import EvidenceChannel, EvidenceStore
from desktop_app.domain.images import IdArray
from desktop_app.infra.index.shape_index import ShapeIndex
from desktop_app.infra.index.shape_records import ShapeRecords, load_shapes, save_shapes
from desktop_app.infra.vision.shape.vectors import LENGTH, VERSION, query_vectors, vectors_of

log = logging.getLogger(__name__)

LEAST_TRUST = 0.5
"""Silhouettes trusted less are cut apart, or hold the hand that holds the object."""


class CachedShapeIndexStore:
    """In ``folder``, which is made when something is saved. ``channel`` unpacks the records.
    Used by the index lane alone."""

    def __init__(
        self,
        folder: Path,
        channel: EvidenceChannel[ShapeFeatures],
        *,
        read_only: bool = False,
    ) -> None:
        self._folder = folder
        self._channel = channel
        self._version = f"{channel.version} {VERSION}"
        self._read_only = read_only
        self._held: tuple[ShapeRecords, ShapeIndex, str] | None = None
        self._saved = ""

    def open(self, evidence: EvidenceStore) -> ShapeIndex:
        # Asked before the records are read: what is stored meanwhile makes the cache stale.
        revision = evidence.revision(Channel.SHAPE)
        if self._held is None:
            records, self._saved = self._loaded()
            self._held = records, _index_of(records), self._saved
        records, index, known = self._held
        if known != revision:
            current = self._brought_up_to_date(records, evidence)
            if current is not records:
                index = _index_of(current)
            self._held = current, index, revision
        return index

    def save(self) -> None:
        if self._read_only or self._held is None or self._held[2] == self._saved:
            return
        records, _, revision = self._held
        try:
            save_shapes(self._folder, records, version=self._version, revision=revision)
        except OSError as error:
            log.warning("the index of shapes was not saved: %s", error)
        else:
            self._saved = revision

    def _loaded(self) -> tuple[ShapeRecords, str]:
        try:
            stored = load_shapes(self._folder, self._version, LENGTH)
        except IndexDamaged as damage:
            log.warning("index of shapes rebuilt: %s %s", damage, damage.details)
            stored = None
        if stored is None:
            return ShapeRecords.none(LENGTH), ""
        return stored.records, stored.revision

    def _brought_up_to_date(self, held: ShapeRecords, evidence: EvidenceStore) -> ShapeRecords:
        """Compares the checksum of every record with that of the one held."""
        stored = [np.empty(0, np.int64)]
        current = held
        for content_ids, records in evidence.iterate(Channel.SHAPE):
            stored.append(content_ids)
            marks = np.array([zlib.crc32(record) for record in records], np.int64)
            new = np.flatnonzero(~held.holds(content_ids, marks))
            if new.size:
                read = self._read(content_ids[new], marks[new], [records[row] for row in new])
                current = current.with_those(read)
        gone = current.content_ids[~np.isin(current.content_ids, np.concatenate(stored))]
        return current.without(gone)

    def _read(self, content_ids: IdArray, marks: IdArray, records: Sequence[bytes]) -> ShapeRecords:
        shapes, rows = [], []
        for row, record in enumerate(records):
            try:
                shape = self._channel.unpack(record)
            except ValueError as error:
                log.warning("silhouette of content %d left out: %s", content_ids[row], error)
                continue
            if shape.trust >= LEAST_TRUST:
                shapes.append(shape)
                rows.append(row)
        vectors, places = vectors_of(shapes)
        usable = np.zeros(len(records), np.bool_)
        usable[np.array(rows, np.intp)[places]] = True
        return ShapeRecords(content_ids, marks, usable, vectors)


def _index_of(records: ShapeRecords) -> ShapeIndex:
    return ShapeIndex(records.content_ids[records.usable], records.vectors, query_vectors)
