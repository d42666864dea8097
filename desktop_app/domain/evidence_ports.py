"""What the services need of the evidence channels; adapters in ``infra`` provide it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.containers import ContainerReader, ContainerReading
from desktop_app.domain.evidence import (
    Channel,
    ColourFeatures,
    Orientation,
    SegmentedPicture,
    ShapeFeatures,
)
from desktop_app.domain.images import DecodedImage, IdArray
from desktop_app.domain.masks import Masker
from desktop_app.domain.print_features import PrintFeatures, PrintMatch
from desktop_app.domain.storage import PendingPicture

F = TypeVar("F")

MOST_RECORD_BYTES = 22_000
"""What the records of one picture may take up together, its grey vector (two bytes a number)
included. With a vector of 1280 dimensions and the perceptual hash a picture stays below 25 KB."""


class EvidenceChannel(Protocol[F]):
    """One enriching channel: finds features in a picture, keeps them small, compares them.
    Safe from any thread."""

    @property
    def channel(self) -> Channel: ...

    @property
    def version(self) -> str:
        """Equal versions give comparable features; another one means describing again."""
        ...

    def describe(self, picture: SegmentedPicture) -> F | None:
        """None where there is nothing to tell. Never raises for a picture."""
        ...

    def pack(self, features: F) -> bytes:
        """For the catalogue."""
        ...

    def unpack(self, data: bytes) -> F:
        """Raises ValueError where the bytes are damaged or of another version."""
        ...

    def compare(self, query: F, others: Sequence[F]) -> NDArray[np.float32]:
        """The channel's score of each, in [0, 1]; NaN where it cannot say."""
        ...


class PrintChannel(EvidenceChannel[PrintFeatures], Protocol):
    """Print also tells which points matched."""

    def match(self, query: PrintFeatures, hit: PrintFeatures) -> PrintMatch | None:
        """None where too few points agree to place one on the other."""
        ...


class PrintProposals(Protocol):
    """An immutable index of key points; may be asked from any thread."""

    @property
    def content_ids(self) -> IdArray:
        """What can be proposed, sorted."""
        ...

    def propose(
        self, query: PrintFeatures, limit: int, *, allowed: IdArray | None = None
    ) -> tuple[IdArray, NDArray[np.float32]]:
        """Content ids with the most votes, falling, with their votes; ``allowed`` (sorted)
        restricts before ranking."""
        ...


class PrintIndexStore(Protocol):
    """The on-disk cache of one catalogue's print index; only the index lane calls it."""

    def open(self, evidence: EvidenceStore) -> PrintProposals:
        """Load the cache, bring it up to date with the PRINT records, or rebuild it where it
        is absent, damaged or stale; never raises for those. What was rebuilt is saved.
        Records that cannot be unpacked are left out."""
        ...

    def extend(
        self,
        index: PrintProposals,
        content_ids: Sequence[int],
        features: Sequence[PrintFeatures | None],
    ) -> PrintProposals:
        """A new index with these added or replaced; None takes a content out."""
        ...

    def save(self, index: PrintProposals, revision: str) -> None:
        """Write atomically; ``revision`` is that of the PRINT records it was made of. Does
        nothing for a read-only catalogue. Raises StorageFull, and UserFacingError where the
        folder cannot be written."""
        ...

    @property
    def last_problem(self) -> str:
        """What was wrong with the cache at the last open, for the user; '' where nothing."""
        ...


class CopyHasher(Protocol):
    """Perceptual hashes of a picture under the eight flips and quarter turns."""

    def hashes(self, image: DecodedImage) -> NDArray[np.uint64]:
        """Shape (8,), in the order of ORIENTATIONS: the hash of the picture changed so."""
        ...


ORIENTATIONS: tuple[Orientation, ...] = tuple(
    Orientation(mirrored, turns) for mirrored in (False, True) for turns in range(4)
)


@dataclass(frozen=True, slots=True, eq=False)
class CopyMatches:
    """Contents whose perceptual hash is near one of the query's: aligned arrays by rising
    ``distances`` (Hamming, 0-64); ``orientations`` are places in ORIENTATIONS."""

    content_ids: IdArray
    distances: NDArray[np.int64]
    orientations: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class EvidenceChannels:
    """Everything that looks at a picture beside the embedder. One instance is used by one
    thread at a time, because of its ``masker``. Without ``container`` kinds of containers are
    not told."""

    masker: Masker
    print: PrintChannel
    shape: EvidenceChannel[ShapeFeatures]
    colour: EvidenceChannel[ColourFeatures]
    copy: CopyHasher
    container: ContainerReader | None = None

    @property
    def version(self) -> str:
        """Names all methods whose results are stored: another one means describing again."""
        parts = (self.masker, self.print, self.shape, self.colour)
        versions = [part.version for part in parts]
        if self.container is not None:
            versions.append(self.container.version)
        return " ".join(versions)


@dataclass(frozen=True, slots=True, eq=False)
class DescribedPicture:
    """The outcome of describing one content, to be stored; ``records`` may be empty.
    ``problem`` says why it could not be described, '' where it was."""

    content_id: int
    records: Mapping[Channel, bytes]
    problem: str = ""
    container: ContainerReading | None = None

    @property
    def size_bytes(self) -> int:
        """What is stored of it takes up so much."""
        vector = 0 if self.container is None else 2 * len(self.container.vector)
        return sum(map(len, self.records.values())) + vector


class EvidenceStore(Protocol):
    """Stored features by content and channel. Writes are one transaction each."""

    def count(self, version: str) -> tuple[int, int]:
        """How many contents of live READY pictures are described in this version (those that
        could not be described count too), and how many such contents there are in all."""
        ...

    def lacking(
        self, version: str, *, after_content: int = 0, limit: int = 256
    ) -> list[tuple[int, PendingPicture]]:
        """Contents with a live READY picture that were not described in this version, by
        content id, each with one of its pictures. One that could not be described is not
        among them until its picture is asked to be read again."""
        ...

    def record(self, version: str, batch: Sequence[DescribedPicture]) -> None:
        """Replace what is stored of these contents. Raises StorageFull, CatalogueReadOnly, and
        ValueError where a picture's records exceed MOST_RECORD_BYTES."""
        ...

    def get(self, channel: Channel, content_ids: Sequence[int]) -> dict[int, bytes]:
        """By content id; those without a record are left out."""
        ...

    def iterate(
        self, channel: Channel, *, after_content: int = 0, batch_size: int = 2048
    ) -> Iterator[tuple[IdArray, list[bytes]]]:
        """All records of a channel by ascending content id."""
        ...

    def revision(self, channel: Channel) -> str:
        """Changes whenever a record of the channel is added, replaced or removed; for COPY,
        whenever :meth:`perceptual_hashes` does."""
        ...

    def perceptual_hashes(self) -> tuple[IdArray, NDArray[np.uint64]]:
        """Every content's hash (the eight bytes big-endian), by ascending content id."""
        ...
