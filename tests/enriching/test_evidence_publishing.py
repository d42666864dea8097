"""The indexes of print and copies follow the catalogue."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from desktop_app.domain.evidence import Channel
from desktop_app.domain.evidence_ports import DescribedPicture
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue
from desktop_app.services import evidence_publishing
from desktop_app.services.evidence_publishing import EvidencePublisher
from tests.enriching.fakes import DictPrintStore, print_features, read_quickly
from tests.indexing.fakes import add_products, write_picture


@pytest.fixture
def contents(catalogue: SqliteCatalogue, tmp_path: Path) -> list[int]:
    """Content ids of three pictures that were read."""
    add_products(catalogue, [write_picture(tmp_path / f"{n}.png", n) for n in range(3)])
    read_quickly(catalogue)
    return [content_id for content_id, _ in catalogue.evidence.lacking("1")]


def record(catalogue: SqliteCatalogue, content_id: int, code: bytes) -> None:
    catalogue.evidence.record("1", [DescribedPicture(content_id, {Channel.PRINT: code})])


def test_everything_stored_is_loaded(catalogue: SqliteCatalogue, contents: list[int]) -> None:
    record(catalogue, contents[1], b"abc")
    indexes = EvidencePublisher(catalogue.evidence, DictPrintStore()).load()
    assert indexes.print is not None
    assert indexes.print.content_ids.tolist() == [contents[1]]
    assert indexes.copies is not None
    ids, hashes = catalogue.evidence.perceptual_hashes()
    found = indexes.copies.matches(np.repeat(hashes[2], 8))
    assert ids[2] in found.content_ids


def test_what_was_added_is_published_once(catalogue: SqliteCatalogue, contents: list[int]) -> None:
    prints = DictPrintStore()
    publisher = EvidencePublisher(catalogue.evidence, prints)
    first = publisher.load()
    publisher.add({contents[0]: print_features(b"abc"), contents[1]: None})
    second = publisher.publish()
    assert second is not first
    assert second.print is not None
    assert second.print.content_ids.tolist() == [contents[0]]
    assert second.copies is first.copies
    assert publisher.publish() is second
    assert prints.extended == [2]


def test_new_contents_are_proposed_as_copies(
    catalogue: SqliteCatalogue, contents: list[int], tmp_path: Path
) -> None:
    publisher = EvidencePublisher(catalogue.evidence, None)
    first = publisher.load()
    product = catalogue.products.ids_by_sku()["sku-0000"]
    catalogue.pictures.add(product, [(write_picture(tmp_path / "new.png", 9), "")])
    read_quickly(catalogue)
    second = publisher.publish()
    assert first.copies is not None
    assert second.copies is not None
    assert len(second.copies) == len(first.copies) + 1 == len(contents) + 1
    assert second.print is None


def test_publishing_and_saving_are_paced(
    catalogue: SqliteCatalogue, contents: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    prints = DictPrintStore()
    publisher = EvidencePublisher(catalogue.evidence, prints)
    publisher.load()
    publisher.add({contents[0]: print_features(b"abc")})
    assert publisher.publish_when_due() is None
    for interval in ("PUBLISH_EVERY_S", "SAVE_EVERY_S"):
        monkeypatch.setattr(evidence_publishing, interval, 0.0)
    publisher = EvidencePublisher(catalogue.evidence, prints)
    publisher.load()
    assert publisher.publish_when_due() is None  # nothing new
    monkeypatch.setattr(evidence_publishing, "MOST_OVERHEAD", 1e9)
    publisher = EvidencePublisher(catalogue.evidence, prints)
    publisher.load()
    publisher.add({contents[0]: print_features(b"abc")})
    assert publisher.publish_when_due() is not None
    assert prints.saved == [(1, catalogue.evidence.revision(Channel.PRINT))]


def test_only_what_changed_is_saved(catalogue: SqliteCatalogue, contents: list[int]) -> None:
    prints = DictPrintStore()
    publisher = EvidencePublisher(catalogue.evidence, prints)
    publisher.load()
    publisher.save()
    assert prints.saved == []
    record(catalogue, contents[0], b"abc")
    publisher.add({contents[0]: print_features(b"abc")})
    publisher.save()
    publisher.save()
    assert prints.saved == [(1, catalogue.evidence.revision(Channel.PRINT))]


def test_a_read_only_catalogue_is_not_written_to(
    catalogue: SqliteCatalogue, contents: list[int]
) -> None:
    prints = DictPrintStore()
    publisher = EvidencePublisher(catalogue.evidence, prints, read_only=True)
    publisher.load()
    publisher.add({contents[0]: print_features(b"abc")})
    publisher.save()
    assert prints.saved == []
