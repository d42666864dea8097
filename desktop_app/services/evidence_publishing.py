"""Keeps the indexes of print, copies and shapes up to date with the catalogue, for the search."""

from __future__ import annotations

from collections.abc import Mapping

from desktop_app.domain.evidence import Channel
from desktop_app.domain.evidence_ports import EvidenceStore, PrintIndexStore, PrintProposals
from desktop_app.domain.print_features import PrintFeatures
from desktop_app.domain.shape_ports import ShapeIndexStore
from desktop_app.services.copy_index import CopyIndex
from desktop_app.services.evidence_indexes import EvidenceIndexes
from desktop_app.services.indexing_pace import Pace, WorkClock

PUBLISH_EVERY_S = 3.0
SAVE_EVERY_S = 180.0
MOST_OVERHEAD = 0.05
"""Share of the time that publishing and saving may take while pictures are described."""


class EvidencePublisher:
    """The indexes of one catalogue. Used by one thread at a time, the index lane.

    Without ``prints`` no print is proposed, without ``shapes`` no shape.
    """

    def __init__(
        self,
        evidence: EvidenceStore,
        prints: PrintIndexStore | None,
        *,
        shapes: ShapeIndexStore | None = None,
        read_only: bool = False,
    ) -> None:
        self._evidence = evidence
        self._store = prints
        self._shape_store = shapes
        self._read_only = read_only
        self._print: PrintProposals | None = None
        self._unpublished: dict[int, PrintFeatures | None] = {}
        self._copies: CopyIndex | None = None
        self._copies_revision = ""
        self._published = EvidenceIndexes()
        self._is_saved = True
        clock = WorkClock()
        self._publishing = Pace(clock, every_s=PUBLISH_EVERY_S, most_share=MOST_OVERHEAD)
        self._saving = Pace(clock, every_s=SAVE_EVERY_S, most_share=MOST_OVERHEAD)

    @property
    def last_problem(self) -> str:
        """What was wrong with a stored index at :meth:`load`, for the user."""
        return self._store.last_problem if self._store is not None else ""

    def load(self) -> EvidenceIndexes:
        """Open the indexes, or build them from the catalogue."""
        if self._store is not None:
            self._print = self._store.open(self._evidence)
        self._unpublished.clear()
        self._is_saved = True
        indexes = self.publish()
        if self._shape_store is not None and not self._read_only:
            self._shape_store.save()
        return indexes

    def add(self, described: Mapping[int, PrintFeatures | None]) -> None:
        """Contents whose records were stored, with their key points."""
        if self._store is not None and described:
            self._unpublished.update(described)
            self._is_saved = False

    def publish(self) -> EvidenceIndexes:
        """Everything that can be proposed now; the same object where nothing is new."""
        if self._store is not None and self._print is None:
            # What is not yet published is in the catalogue, and so comes along.
            self._print = self._store.open(self._evidence)
            self._unpublished.clear()
        elif self._store is not None and self._print is not None and self._unpublished:
            self._print = self._store.extend(
                self._print, list(self._unpublished), list(self._unpublished.values())
            )
            self._unpublished.clear()
        # Asked before the hashes are read: what is stored meanwhile is then noticed next time.
        revision = self._evidence.revision(Channel.COPY)
        if self._copies is None or revision != self._copies_revision:
            self._copies = CopyIndex.of(self._evidence)
            self._copies_revision = revision
        shapes = None if self._shape_store is None else self._shape_store.open(self._evidence)
        last = self._published
        if (
            last.print is not self._print
            or last.copies is not self._copies
            or last.shapes is not shapes
        ):
            self._published = EvidenceIndexes(self._print, self._copies, shapes)
        return self._published

    def publish_when_due(self) -> EvidenceIndexes | None:
        """As :meth:`publish`, now and then; None in between and where nothing is new. Saves
        now and then too."""
        if not self._publishing.is_due:
            return None
        last = self._published
        with self._publishing.working():
            indexes = self.publish()
        if self._saving.is_due:
            with self._saving.working():
                self.save()
        return indexes if indexes is not last else None

    def save(self) -> None:
        """Write what has changed to disk. Raises StorageFull, and UserFacingError where the
        folder cannot be written; the catalogue is not touched."""
        if self._read_only:
            return
        if self._shape_store is not None:
            self._shape_store.save()
        if self._store is None or self._is_saved:
            return
        revision = self._evidence.revision(Channel.PRINT)
        self.publish()
        if self._print is not None:
            self._store.save(self._print, revision)
        self._is_saved = True
