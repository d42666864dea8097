"""Records of the enriching channels at rest, and what is still to be described."""

from __future__ import annotations

import time

import numpy as np
import pytest

from desktop_app.domain.errors import CatalogueReadOnly
from desktop_app.domain.evidence import STORED_CHANNELS, Channel
from desktop_app.domain.evidence_ports import MOST_RECORD_BYTES, DescribedPicture
from desktop_app.domain.products import PictureState
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue, open_catalogue
from tests.sqlite.building import add_product, content, picture_ids, read_all, read_picture

VERSION = "mask:1 print:1"


def described(content_id: int, *channels: Channel, problem: str = "") -> DescribedPicture:
    records = {channel: f"{channel} {content_id}".encode() for channel in channels}
    return DescribedPicture(content_id, records, problem)


def ready_contents(catalogue: SqliteCatalogue, count: int) -> list[int]:
    """Content ids of new READY pictures, one for each of ``count`` new products."""
    start = catalogue.products.count()
    ids = []
    for n in range(start, start + count):
        product = add_product(catalogue, f"sku-{n}", f"/in/{n}.jpg")
        read_all(catalogue, picture_ids(catalogue, product))
        ids.append(catalogue.products.get(product).pictures[0].content_id or 0)
    return ids


def test_records_come_back_by_channel_and_content(catalogue: SqliteCatalogue) -> None:
    first, second, third = ready_contents(catalogue, 3)
    catalogue.evidence.record(
        VERSION,
        [described(first, *STORED_CHANNELS), described(second, Channel.COLOUR), described(third)],
    )
    assert catalogue.evidence.get(Channel.COLOUR, [third, second, first, second, 99]) == {
        first: f"colour {first}".encode(),
        second: f"colour {second}".encode(),
    }
    assert list(catalogue.evidence.get(Channel.PRINT, [first, second])) == [first]
    assert catalogue.evidence.get(Channel.PRINT, []) == {}


def test_describing_again_replaces_and_removes(catalogue: SqliteCatalogue) -> None:
    (content_id,) = ready_contents(catalogue, 1)
    catalogue.evidence.record(VERSION, [described(content_id, Channel.PRINT, Channel.SHAPE)])
    again = DescribedPicture(content_id, {Channel.PRINT: b"new"})
    catalogue.evidence.record("mask:2", [again])
    assert catalogue.evidence.get(Channel.PRINT, [content_id]) == {content_id: b"new"}
    assert catalogue.evidence.get(Channel.SHAPE, [content_id]) == {}
    assert catalogue.evidence.count(VERSION) == (0, 1)
    assert catalogue.evidence.count("mask:2") == (1, 1)


def test_iteration_gives_every_record_once_in_ascending_order(catalogue: SqliteCatalogue) -> None:
    ids = ready_contents(catalogue, 7)
    catalogue.evidence.record(VERSION, [described(n, Channel.SHAPE) for n in reversed(ids)])
    batches = list(catalogue.evidence.iterate(Channel.SHAPE, batch_size=3))
    assert [len(found) for found, _ in batches] == [3, 3, 1]
    assert np.concatenate([found for found, _ in batches]).tolist() == sorted(ids)
    assert batches[0][1][0] == f"shape {ids[0]}".encode()
    rest = catalogue.evidence.iterate(Channel.SHAPE, after_content=ids[4])
    assert np.concatenate([found for found, _ in rest]).tolist() == ids[5:]
    assert list(catalogue.evidence.iterate(Channel.PRINT)) == []


def test_what_lacks_evidence_is_listed_in_pages(catalogue: SqliteCatalogue) -> None:
    ids = ready_contents(catalogue, 5)
    catalogue.evidence.record(VERSION, [described(ids[1], Channel.PRINT)])
    page = catalogue.evidence.lacking(VERSION, limit=2)
    assert [content_id for content_id, _ in page] == [ids[0], ids[2]]
    assert page[0][1].path.endswith("0.jpg")
    assert page[0][1].content_hash
    page = catalogue.evidence.lacking(VERSION, after_content=ids[2], limit=5)
    assert [content_id for content_id, _ in page] == ids[3:]
    assert len(catalogue.evidence.lacking("another version")) == 5


def test_of_copies_one_picture_stands_for_all(catalogue: SqliteCatalogue) -> None:
    product = add_product(catalogue, "a", "/in/1.jpg", "/in/2.jpg")
    first, second = picture_ids(catalogue, product)
    catalogue.pictures.record_read("m", [read_picture(second, 7), read_picture(first, 7)])
    ((_, picture),) = catalogue.evidence.lacking(VERSION)
    assert picture.id == first
    assert catalogue.evidence.count(VERSION) == (0, 1)


def test_only_live_and_ready_pictures_are_to_be_described(catalogue: SqliteCatalogue) -> None:
    first, second, _third = ready_contents(catalogue, 3)
    products = catalogue.products.ids_by_sku()
    catalogue.products.remove([products["sku-0"]])
    waiting = picture_ids(catalogue, products["sku-1"])
    catalogue.pictures.set_state(waiting, PictureState.OFFLINE)
    left = [content_id for content_id, _ in catalogue.evidence.lacking(VERSION)]
    assert not {first, second}.intersection(left)
    assert catalogue.evidence.count(VERSION) == (0, 1)


def test_removed_pictures_keep_their_evidence(catalogue: SqliteCatalogue) -> None:
    (content_id,) = ready_contents(catalogue, 1)
    catalogue.evidence.record(VERSION, [described(content_id, Channel.PRINT)])
    catalogue.products.remove([catalogue.products.ids_by_sku()["sku-0"]])
    assert catalogue.evidence.count(VERSION) == (0, 0)
    catalogue.history.undo()
    assert catalogue.evidence.count(VERSION) == (1, 1)
    assert catalogue.evidence.get(Channel.PRINT, [content_id])
    assert catalogue.evidence.lacking(VERSION) == []


def test_what_could_not_be_described_is_tried_again_only_when_asked(
    catalogue: SqliteCatalogue,
) -> None:
    first, second = ready_contents(catalogue, 2)
    catalogue.evidence.record(
        VERSION, [described(first, Channel.PRINT), described(second, problem="Damaged.")]
    )
    assert catalogue.evidence.lacking(VERSION) == []
    assert catalogue.evidence.count(VERSION) == (2, 2)
    catalogue.pictures.mark_all_pending()
    for product in catalogue.products.ids_by_sku().values():
        read_all(catalogue, picture_ids(catalogue, product))
    assert [content_id for content_id, _ in catalogue.evidence.lacking(VERSION)] == [second]


def test_revisions_change_with_their_channel_and_only_with_it(catalogue: SqliteCatalogue) -> None:
    evidence = catalogue.evidence
    (content_id,) = ready_contents(catalogue, 1)

    def revisions() -> tuple[str, ...]:
        return tuple(evidence.revision(channel) for channel in STORED_CHANNELS)

    seen = [revisions()]
    evidence.record(VERSION, [described(content_id, Channel.PRINT)])
    seen.append(revisions())
    assert [a == b for a, b in zip(*seen, strict=True)] == [False, True, True]
    evidence.record(VERSION, [described(content_id, Channel.PRINT)])  # replaced
    evidence.record(VERSION, [described(content_id, Channel.SHAPE)])  # print removed
    seen.append(revisions())
    assert seen[2][0] != seen[1][0]
    assert seen[2][2] == seen[1][2]
    evidence.record(VERSION, [described(content_id, Channel.SHAPE)])
    assert evidence.revision(Channel.PRINT) == seen[2][0]


def test_the_revision_of_copies_follows_the_contents(catalogue: SqliteCatalogue) -> None:
    before = catalogue.evidence.revision(Channel.COPY)
    ready_contents(catalogue, 1)
    after = catalogue.evidence.revision(Channel.COPY)
    assert after != before
    product = catalogue.products.ids_by_sku()["sku-0"]
    read_all(catalogue, picture_ids(catalogue, product))  # the same again
    assert catalogue.evidence.revision(Channel.COPY) == after


def test_perceptual_hashes_are_those_of_the_contents(catalogue: SqliteCatalogue) -> None:
    ids, hashes = catalogue.evidence.perceptual_hashes()
    assert (len(ids), hashes.dtype) == (0, np.uint64)
    wanted = ready_contents(catalogue, 3)
    ids, hashes = catalogue.evidence.perceptual_hashes()
    assert ids.tolist() == wanted
    seeds = [picture_ids(catalogue, p)[0] for p in sorted(catalogue.products.ids_by_sku().values())]
    expected = [int.from_bytes(content(seed).perceptual_hash, "big") for seed in seeds]
    assert hashes.tolist() == expected


def test_a_picture_takes_no_more_room_than_is_allowed(catalogue: SqliteCatalogue) -> None:
    first, second = ready_contents(catalogue, 2)
    half = bytes(MOST_RECORD_BYTES // 2)
    fits = DescribedPicture(first, {Channel.PRINT: half, Channel.SHAPE: half})
    catalogue.evidence.record(VERSION, [fits])
    large = DescribedPicture(second, {Channel.PRINT: half, Channel.SHAPE: half + b"+"})
    with pytest.raises(ValueError, match="more than"):
        catalogue.evidence.record(VERSION, [described(first, Channel.PRINT), large])
    assert catalogue.evidence.get(Channel.PRINT, [first]) == {first: half}
    assert len(catalogue.evidence.lacking(VERSION)) == 1


def test_channels_kept_elsewhere_are_refused(catalogue: SqliteCatalogue) -> None:
    (content_id,) = ready_contents(catalogue, 1)
    with pytest.raises(ValueError, match="look"):
        catalogue.evidence.get(Channel.LOOK, [content_id])
    with pytest.raises(ValueError, match="look"):
        catalogue.evidence.revision(Channel.LOOK)
    with pytest.raises(ValueError, match="copy"):
        catalogue.evidence.record(VERSION, [described(content_id, Channel.COPY)])


def test_a_read_only_catalogue_tells_but_takes_no_evidence(catalogue: SqliteCatalogue) -> None:
    (content_id,) = ready_contents(catalogue, 1)
    catalogue.evidence.record(VERSION, [described(content_id, Channel.PRINT)])
    catalogue.close()
    opened = open_catalogue(catalogue.folder, read_only=True)
    try:
        assert opened.evidence.get(Channel.PRINT, [content_id])
        with pytest.raises(CatalogueReadOnly):
            opened.evidence.record(VERSION, [described(content_id)])
    finally:
        opened.close()


def test_evidence_changes_no_listing(catalogue: SqliteCatalogue) -> None:
    (content_id,) = ready_contents(catalogue, 1)
    before = catalogue.revision
    catalogue.evidence.record(VERSION, [described(content_id, Channel.PRINT)])
    assert catalogue.revision == before


@pytest.mark.slow
def test_a_large_catalogue_answers_quickly(catalogue: SqliteCatalogue) -> None:
    """The times are several times what was measured, for busy machines."""
    count = 20_000
    database = catalogue.evidence._database  # type: ignore[attr-defined]
    record = bytes(900)
    with database.write() as connection:
        connection.executemany(
            "INSERT INTO contents (id, hash, width, height, perceptual_hash, mean_colour) "
            "VALUES (?, ?, 1, 1, ?, 0)",
            [(n, f"{n:032x}", n.to_bytes(8, "big")) for n in range(1, count + 1)],
        )
    ids = range(1, count + 1)
    catalogue.evidence.record(
        VERSION, [DescribedPicture(n, {Channel.SHAPE: record, Channel.PRINT: record}) for n in ids]
    )
    wanted = np.random.default_rng(1).choice(count, 300, replace=False) + 1
    catalogue.evidence.get(Channel.SHAPE, wanted.tolist())
    started = time.perf_counter()
    assert len(catalogue.evidence.get(Channel.SHAPE, wanted.tolist())) == 300
    assert time.perf_counter() - started < 0.05
    started = time.perf_counter()
    assert sum(len(found) for found, _ in catalogue.evidence.iterate(Channel.PRINT)) == count
    assert time.perf_counter() - started < 2
