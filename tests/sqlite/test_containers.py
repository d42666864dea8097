"""Classes of containers and grey vectors at rest, beside the other evidence."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import numpy as np
import pytest

from desktop_app.domain.container_classes import CONTAINER_CLASSES, ContainerClass
from desktop_app.domain.containers import ContainerReading
from desktop_app.domain.evidence import Channel
from desktop_app.domain.evidence_ports import MOST_RECORD_BYTES, DescribedPicture
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue, open_catalogue
from tests.sqlite.test_evidence import VERSION, ready_contents


def reading(
    container: ContainerClass, *values: float, probability: float = 0.9
) -> ContainerReading:
    others = (1 - probability) / (len(CONTAINER_CLASSES) - 1)
    probabilities = np.full(len(CONTAINER_CLASSES), others, np.float32)
    probabilities[CONTAINER_CLASSES.index(container)] = probability
    return ContainerReading(probabilities, np.array(values, np.float32))


def described(content_id: int, read: ContainerReading | None) -> DescribedPicture:
    return DescribedPicture(content_id, {}, container=read)


def test_classes_and_vectors_survive_closing(catalogue: SqliteCatalogue) -> None:
    first, second, third = ready_contents(catalogue, 3)
    catalogue.evidence.record(
        VERSION,
        [
            described(first, reading(ContainerClass.JAR, 0.6, 0.8)),
            described(second, reading(ContainerClass.JAR, 1, 0, probability=0.5)),
            described(third, None),
        ],
    )
    folder = catalogue.folder
    catalogue.close()
    with closing(open_catalogue(folder)) as again:
        stored = again.containers.get([third, second, first, 99])
        assert list(stored) == [first, second]
        assert stored[second].container is ContainerClass.JAR
        assert stored[second].probability == pytest.approx(0.5)
        gallery = again.containers.gallery(ContainerClass.JAR, 2)
        assert gallery.content_ids.tolist() == [first, second]
        np.testing.assert_allclose(gallery.vectors, [[0.6, 0.8], [1, 0]], atol=1e-3)
        assert not len(again.containers.gallery(ContainerClass.PUMP, 2).content_ids)
        assert again.containers.counts() == {ContainerClass.JAR: 2}


def test_describing_again_replaces_the_class_or_takes_it_away(catalogue: SqliteCatalogue) -> None:
    first, second = ready_contents(catalogue, 2)
    catalogue.evidence.record(
        "head:1", [described(n, reading(ContainerClass.PUFF, 1, 0)) for n in (first, second)]
    )
    catalogue.evidence.record(
        "head:2", [described(first, reading(ContainerClass.STICK, 0, 1)), described(second, None)]
    )
    assert catalogue.containers.counts() == {ContainerClass.STICK: 1}
    assert catalogue.evidence.count("head:1") == (0, 2)


def test_the_revision_changes_with_readings_only(catalogue: SqliteCatalogue) -> None:
    (content_id,) = ready_contents(catalogue, 1)
    before = catalogue.containers.revision()
    catalogue.evidence.record(VERSION, [DescribedPicture(content_id, {Channel.SHAPE: b"shape"})])
    assert catalogue.containers.revision() == before
    catalogue.evidence.record(VERSION, [described(content_id, reading(ContainerClass.JAR, 1))])
    assert catalogue.containers.revision() != before


def test_a_reading_counts_towards_what_a_picture_may_take_up(catalogue: SqliteCatalogue) -> None:
    (content_id,) = ready_contents(catalogue, 1)
    read = reading(ContainerClass.JAR, *[0.03] * 1024)
    fits = MOST_RECORD_BYTES - 2 * 1024
    catalogue.evidence.record(
        VERSION, [DescribedPicture(content_id, {Channel.PRINT: b"." * fits}, container=read)]
    )
    with pytest.raises(ValueError, match="more than"):
        catalogue.evidence.record(
            VERSION,
            [DescribedPicture(content_id, {Channel.PRINT: b"." * (fits + 1)}, container=read)],
        )


def test_what_is_damaged_or_unknown_is_left_out(catalogue: SqliteCatalogue) -> None:
    ids = ready_contents(catalogue, 6)
    catalogue.evidence.record(
        VERSION, [described(n, reading(ContainerClass.JAR, 0.6, 0.8)) for n in ids]
    )
    folder = catalogue.folder
    catalogue.close()
    with closing(sqlite3.connect(folder / "catalogue.sqlite")) as connection:
        for content_id, data in zip(
            ids[:3], (b"odd", b"\0\0\0\0", np.array([1] * 3, "<f2").tobytes()), strict=True
        ):
            connection.execute(
                "UPDATE containers SET vector = ? WHERE content_id = ?", (data, content_id)
            )
        connection.execute("UPDATE containers SET class = 'Teapots' WHERE content_id = ?", ids[3:4])
        connection.commit()
    with closing(open_catalogue(folder)) as again:
        assert again.containers.gallery(ContainerClass.JAR, 2).content_ids.tolist() == ids[4:]
        assert ids[3] not in again.containers.get(ids)
        assert again.containers.counts() == {ContainerClass.JAR: 5}
