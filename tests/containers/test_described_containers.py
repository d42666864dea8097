"""Classes and grey vectors are stored while pictures are looked at closely."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from desktop_app.domain.container_classes import CONTAINER_CLASSES, ContainerClass
from desktop_app.domain.containers import ContainerReading
from desktop_app.domain.evidence import SegmentedPicture
from desktop_app.domain.evidence_ports import EvidenceChannels
from desktop_app.domain.progress import CancelToken
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue
from tests.enriching.fakes import enricher, fake_channels, read_quickly
from tests.indexing.conftest import catalogue, empty_catalogue_folder
from tests.indexing.fakes import add_products, write_picture

__all__ = ["catalogue", "empty_catalogue_folder"]


@dataclass
class OneClassReader:
    """The ContainerReader port: takes everything for one class."""

    container: ContainerClass
    backbone: str = "One"
    seen: list[int] = field(default_factory=list)

    @property
    def version(self) -> str:
        return f"one:{self.container}"

    def read(self, picture: SegmentedPicture) -> ContainerReading:
        self.seen.append(picture.image.rgb.size)
        probabilities = np.zeros(len(CONTAINER_CLASSES), np.float32)
        probabilities[CONTAINER_CLASSES.index(self.container)] = 1
        return ContainerReading(probabilities, np.array([0.6, 0.8], np.float32))


def describe(catalogue: SqliteCatalogue, reader: OneClassReader | None) -> int:
    def channels() -> EvidenceChannels:
        return replace(fake_channels(), container=reader)

    steps = list(enricher(catalogue, channels).run(CancelToken()))
    return steps[-1].described if steps else 0


def test_every_described_picture_has_a_class(catalogue: SqliteCatalogue, tmp_path: Path) -> None:
    add_products(catalogue, [write_picture(tmp_path / f"{n}.png", n) for n in range(4)])
    read_quickly(catalogue)
    reader = OneClassReader(ContainerClass.PUFF)
    assert describe(catalogue, reader) == 4
    assert len(reader.seen) == 4
    assert catalogue.containers.counts() == {ContainerClass.PUFF: 4}
    assert describe(catalogue, reader) == 0


def test_another_classifier_means_describing_again(
    catalogue: SqliteCatalogue, tmp_path: Path
) -> None:
    add_products(catalogue, [write_picture(tmp_path / f"{n}.png", n) for n in range(3)])
    read_quickly(catalogue)
    describe(catalogue, None)
    assert catalogue.containers.counts() == {}
    assert describe(catalogue, OneClassReader(ContainerClass.JAR)) == 3
    assert describe(catalogue, OneClassReader(ContainerClass.PUMP)) == 3
    assert catalogue.containers.counts() == {ContainerClass.PUMP: 3}
