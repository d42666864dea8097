"""Cheap deterministic channels, and a print index that is a dictionary."""

# ruff: noqa: ARG002 - fakes take what the ports are given

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence import (
    Channel,
    ColourFeatures,
    SegmentedPicture,
    ShapeFeatures,
)
from desktop_app.domain.evidence_ports import EvidenceChannels, EvidenceStore, PrintProposals
from desktop_app.domain.images import DecodedImage, IdArray, RgbArray
from desktop_app.domain.masks import ObjectMask
from desktop_app.domain.print_features import PrintFeatures, PrintMatch
from desktop_app.domain.progress import CancelToken
from desktop_app.infra.index.numpy_index import NumpyIndexStore
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue
from desktop_app.infra.vision.decode import PillowImageReader
from desktop_app.services.enriching import EnrichService
from desktop_app.services.evidence_publishing import EvidencePublisher
from desktop_app.services.indexing import IndexingService
from tests.indexing.fakes import GridEmbedder

Look = Callable[[RgbArray], None]


def corner(rgb: RgbArray) -> bytes:
    """What the fakes tell pictures apart by."""
    return bytes(rgb[0, 0].tolist())


def print_features(code: bytes) -> PrintFeatures:
    """One key point with this code."""
    one = np.zeros(1, np.float32)
    codes = np.frombuffer(code, np.uint8).reshape(1, -1)
    return PrintFeatures(np.zeros((1, 2), np.float32), one, one, codes, 32, 32)


class WholeMasker:
    """The Masker port: everything is object. ``look`` sees each picture first."""

    def __init__(self, version: str, look: Look | None = None) -> None:
        self._version = version
        self._look = look
        self.threads: set[int] = set()

    @property
    def version(self) -> str:
        return self._version

    def mask(self, image: DecodedImage) -> ObjectMask:
        self.threads.add(threading.get_ident())
        if self._look is not None:
            self._look(image.rgb)
        return ObjectMask.whole(*image.rgb.shape[:2])

    def quick_mask(self, image: DecodedImage) -> ObjectMask | None:
        return None


class CornerPrint:
    """The PrintChannel port."""

    channel = Channel.PRINT
    version = "corner:1"

    def describe(self, picture: SegmentedPicture) -> PrintFeatures | None:
        return print_features(corner(picture.image.rgb))

    def pack(self, features: PrintFeatures) -> bytes:
        return features.codes.tobytes()

    def unpack(self, data: bytes) -> PrintFeatures:
        return print_features(data)

    def compare(self, query: PrintFeatures, others: Sequence[PrintFeatures]) -> NDArray[np.float32]:
        return np.array([np.array_equal(query.codes, o.codes) for o in others], np.float32)

    def match(self, query: PrintFeatures, hit: PrintFeatures) -> PrintMatch | None:
        return None


class SquareShape:
    """The shape channel: every silhouette is a square, described by the picture's corner."""

    channel = Channel.SHAPE
    version = "square:1"

    def describe(self, picture: SegmentedPicture) -> ShapeFeatures | None:
        return self.unpack(corner(picture.image.rgb))

    def pack(self, features: ShapeFeatures) -> bytes:
        return features.descriptor.astype(np.uint8).tobytes()

    def unpack(self, data: bytes) -> ShapeFeatures:
        descriptor = np.frombuffer(data, np.uint8).astype(np.float32)
        outline = np.zeros((4, 2), np.float32)
        return ShapeFeatures(np.ones((64, 64), np.bool_), outline, descriptor, 1.0, 1.0)

    def compare(self, query: ShapeFeatures, others: Sequence[ShapeFeatures]) -> NDArray[np.float32]:
        return np.ones(len(others), np.float32)


class NoColour:
    """The colour channel that finds nothing to tell."""

    channel = Channel.COLOUR
    version = "none:1"

    def describe(self, picture: SegmentedPicture) -> ColourFeatures | None:
        return None

    def pack(self, features: ColourFeatures) -> bytes:
        raise NotImplementedError

    def unpack(self, data: bytes) -> ColourFeatures:
        raise ValueError

    def compare(
        self, query: ColourFeatures, others: Sequence[ColourFeatures]
    ) -> NDArray[np.float32]:
        return np.full(len(others), np.nan, np.float32)


class NoHashes:
    """The CopyHasher port for pictures without structure."""

    def hashes(self, image: DecodedImage) -> NDArray[np.uint64]:
        return np.zeros(8, np.uint64)


def fake_channels(version: str = "whole:1", look: Look | None = None) -> EvidenceChannels:
    """Channels by the picture's first pixel; ``look`` sees each picture described."""
    return EvidenceChannels(
        WholeMasker(version, look), CornerPrint(), SquareShape(), NoColour(), NoHashes()
    )


class DictPrints:
    """The PrintProposals port."""

    def __init__(self, codes: dict[int, bytes]) -> None:
        self.codes = codes

    @property
    def content_ids(self) -> IdArray:
        return np.array(sorted(self.codes), np.int64)

    def propose(
        self, query: PrintFeatures, limit: int, *, allowed: IdArray | None = None
    ) -> tuple[IdArray, NDArray[np.float32]]:
        found = [n for n, code in sorted(self.codes.items()) if code == query.codes.tobytes()]
        if allowed is not None:
            found = [n for n in found if n in allowed]
        return np.array(found[:limit], np.int64), np.ones(len(found[:limit]), np.float32)


class DictPrintStore:
    """The PrintIndexStore port without a disk."""

    def __init__(self) -> None:
        self.opened = 0
        self.extended: list[int] = []
        self.saved: list[tuple[int, str]] = []

    @property
    def last_problem(self) -> str:
        return ""

    def open(self, evidence: EvidenceStore) -> DictPrints:
        self.opened += 1
        return DictPrints(
            {
                content_id: data
                for ids, records in evidence.iterate(Channel.PRINT)
                for content_id, data in zip(ids.tolist(), records, strict=True)
            }
        )

    def extend(
        self,
        index: PrintProposals,
        content_ids: Sequence[int],
        features: Sequence[PrintFeatures | None],
    ) -> DictPrints:
        assert isinstance(index, DictPrints)
        self.extended.append(len(content_ids))
        new = zip(content_ids, features, strict=True)
        codes = index.codes | {n: f.codes.tobytes() for n, f in new if f is not None}
        return DictPrints(codes)

    def save(self, index: PrintProposals, revision: str) -> None:
        self.saved.append((len(index.content_ids), revision))


def enricher(
    catalogue: SqliteCatalogue,
    channels: Callable[[], EvidenceChannels] = fake_channels,
    prints: DictPrintStore | None = None,
    *,
    threads: int = 2,
) -> EnrichService:
    """The service over a catalogue, with a print index in memory."""
    publisher = EvidencePublisher(catalogue.evidence, prints or DictPrintStore())
    return EnrichService(catalogue, PillowImageReader(), channels, publisher, threads=threads)


def read_quickly(catalogue: SqliteCatalogue) -> None:
    """The first phase: everything waiting becomes READY."""
    embedder = GridEmbedder()
    indexing = IndexingService(
        catalogue, PillowImageReader(), lambda: embedder, NumpyIndexStore(), model_key=embedder.key
    )
    for _ in indexing.run(CancelToken()):
        pass
