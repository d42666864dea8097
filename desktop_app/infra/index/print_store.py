"""Keeps a catalogue's print index: the PrintIndexStore port over FAISS."""

from __future__ import annotations

import errno
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from desktop_app.domain.errors import IndexDamaged, StorageFull, UserFacingError
from desktop_app.domain.evidence import Channel
from desktop_app.domain.evidence_ports import EvidenceStore, PrintChannel, PrintProposals
from desktop_app.domain.print_features import PrintFeatures
from desktop_app.infra.index.print_bundle import PrintBundle
from desktop_app.infra.index.print_index import PrintIndex
from desktop_app.infra.vision.print.codebook import PrintCodebook

log = logging.getLogger(__name__)


class FaissPrintIndexStore:
    """In ``folder``, which is made when something is saved. ``channel`` unpacks the records,
    whose codes are those of ``codebook``. Used by the index lane alone."""

    def __init__(
        self,
        folder: Path,
        channel: PrintChannel,
        codebook: PrintCodebook,
        *,
        read_only: bool = False,
    ) -> None:
        self._bundle = PrintBundle(folder, codebook)
        self._channel = channel
        self._codebook = codebook
        self._read_only = read_only
        self._last_problem = ""

    @property
    def last_problem(self) -> str:
        return self._last_problem

    def open(self, evidence: EvidenceStore) -> PrintIndex:
        self._last_problem = ""
        # Asked before the records are read: what is stored meanwhile makes the bundle stale.
        revision = evidence.revision(Channel.PRINT)
        index = PrintIndex(self._codebook)
        try:
            loaded = self._bundle.load(self._channel.version)
        except IndexDamaged as damage:
            log.warning("print index rebuilt: %s %s", damage, damage.details)
            self._last_problem = (
                f"The index of print was damaged ({damage.what}) and was built again "
                "from the catalogue."
            )
        else:
            if loaded is not None:
                if loaded.revision == revision:
                    return loaded.index
                index = loaded.index
        index = self._brought_up_to_date(index, evidence)
        try:
            self.save(index, revision)
        except UserFacingError as error:
            log.warning("the print index was not saved: %s %s", error, error.details)
        return index

    def extend(
        self,
        index: PrintProposals,
        content_ids: Sequence[int],
        features: Sequence[PrintFeatures | None],
    ) -> PrintIndex:
        known = [
            (content_id, each)
            for content_id, each in zip(content_ids, features, strict=True)
            if each is not None and len(each)
        ]
        gone = set(content_ids) - {content_id for content_id, _ in known}
        extended = _ours(index).without(np.array(sorted(gone), np.int64))
        return extended.extended(
            np.array([content_id for content_id, _ in known], np.int64),
            [each for _, each in known],
        )

    def save(self, index: PrintProposals, revision: str) -> None:
        if self._read_only:
            return
        try:
            self._bundle.save(_ours(index), version=self._channel.version, revision=revision)
        except OSError as error:
            details = str(error)
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise StorageFull(
                    "The disk is full; the index of print was not stored.",
                    remedy="Free some space. Nothing is lost: the index is built again from "
                    "the catalogue.",
                    details=details,
                ) from error
            raise UserFacingError(
                "The index of print could not be stored in the catalogue's folder.",
                remedy="Check that you may write there. Nothing is lost: the index is built "
                "again from the catalogue.",
                details=details,
            ) from error

    def _brought_up_to_date(self, index: PrintIndex, evidence: EvidenceStore) -> PrintIndex:
        """Compares every record with what is held. Records that cannot be unpacked count as
        none; enriching writes them anew when the version changes."""
        stored = [np.empty(0, np.int64)]
        for content_ids, records in evidence.iterate(Channel.PRINT):
            known: list[int] = []
            features: list[PrintFeatures] = []
            for content_id, record in zip(content_ids.tolist(), records, strict=True):
                try:
                    features.append(self._channel.unpack(record))
                except ValueError as error:
                    log.warning("key points of content %d left out: %s", content_id, error)
                else:
                    known.append(content_id)
            ids = np.array(known, np.int64)
            stored.append(ids)
            changed = np.flatnonzero(~index.holds(ids, features))
            index = index.extended(ids[changed], [features[row] for row in changed])
        held = index.content_ids
        return index.without(held[~np.isin(held, np.concatenate(stored))])


def _ours(index: PrintProposals) -> PrintIndex:
    if not isinstance(index, PrintIndex):
        raise TypeError(f"not an index of this store: {index!r}")
    return index
