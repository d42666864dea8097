"""Found pairs at rest, and which contents are still to be compared."""

from __future__ import annotations

import time

import numpy as np
import pytest

from desktop_app.domain.duplicates import FoundPair, PairJudgement
from desktop_app.domain.errors import CatalogueReadOnly
from desktop_app.domain.evidence import Orientation
from desktop_app.domain.evidence_ports import DescribedPicture
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue, open_catalogue
from tests.sqlite.building import add_product, picture_ids, read_all, read_picture

VERSION = "judge:1"
NAN = float("nan")


def ready_contents(catalogue: SqliteCatalogue, count: int) -> list[int]:
    """Content ids of new READY pictures, one for each of ``count`` new products."""
    start = catalogue.products.count()
    ids = []
    for n in range(start, start + count):
        product = add_product(catalogue, f"sku-{n}", f"/in/{n}.jpg")
        read_all(catalogue, picture_ids(catalogue, product))
        ids.append(catalogue.products.get(product).pictures[0].content_id or 0)
    return ids


def pair(a: int, b: int, same: float = 0.5) -> FoundPair:
    return FoundPair(a, b, PairJudgement(same))


def lacking(catalogue: SqliteCatalogue, version: str = VERSION) -> list[int]:
    return [int(content_id) for content_id in catalogue.pairs.lacking(version)]


def test_a_pair_comes_back_as_it_was_found(catalogue: SqliteCatalogue) -> None:
    judgement = PairJudgement(0.75, 0.125, (1.0, 0.5, NAN, 0.25, 0.0), 0.0625, Orientation(True, 3))
    catalogue.pairs.record(VERSION, [], [pair(3, 9), FoundPair(3, 4, judgement), pair(1, 7, 0.1)])
    found = catalogue.pairs.load(VERSION)
    assert found.content_a.tolist() == [1, 3, 3]
    assert found.content_b.tolist() == [7, 4, 9]
    assert found.same.tolist() == [np.float32(0.1), 0.75, 0.5]
    assert found.variant.tolist() == [0, 0.125, 0]
    assert found.difference[1] == 0.0625
    assert np.isnan(found.difference[0])
    np.testing.assert_array_equal(found.scores[1], np.array(judgement.scores, np.float32))
    assert found.orientations.tolist() == [0, 7, 0]


def test_an_empty_catalogue_has_no_pairs(catalogue: SqliteCatalogue) -> None:
    assert len(catalogue.pairs.load(VERSION)) == 0
    assert catalogue.pairs.load(VERSION).scores.shape == (0, 5)
    assert catalogue.pairs.count(VERSION) == (0, 0)
    assert lacking(catalogue) == []


def test_judging_a_pair_again_replaces_it(catalogue: SqliteCatalogue) -> None:
    catalogue.pairs.record(VERSION, [], [pair(1, 2, 0.25), pair(1, 3)])
    catalogue.pairs.record(VERSION, [], [pair(1, 2, 0.75)])
    assert catalogue.pairs.load(VERSION).same.tolist() == [0.75, 0.5]


def test_contents_out_of_order_are_refused(catalogue: SqliteCatalogue) -> None:
    with pytest.raises(ValueError, match="order"):
        catalogue.pairs.record(VERSION, [], [pair(2, 1)])


def test_what_was_compared_is_not_lacking(catalogue: SqliteCatalogue) -> None:
    a, b, c = ready_contents(catalogue, 3)
    assert lacking(catalogue) == [a, b, c]
    catalogue.pairs.record(VERSION, [a, c], [])
    assert lacking(catalogue) == [b]
    assert catalogue.pairs.count(VERSION) == (2, 3)
    assert catalogue.pairs.lacking(VERSION, after_content=b).tolist() == []
    assert catalogue.pairs.lacking("judge:2", limit=2).tolist() == [a, b]


def test_another_version_starts_anew(catalogue: SqliteCatalogue) -> None:
    a, b = ready_contents(catalogue, 2)
    catalogue.pairs.record(VERSION, [a, b], [pair(a, b)])
    assert catalogue.pairs.count("judge:2") == (0, 2)
    assert len(catalogue.pairs.load("judge:2")) == 0
    assert len(catalogue.pairs.load(VERSION)) == 1
    before = catalogue.pairs.revision()
    catalogue.pairs.record("judge:2", [a], [])
    assert catalogue.pairs.revision() != before
    assert lacking(catalogue, "judge:2") == [b]
    assert len(catalogue.pairs.load(VERSION)) == 0


def test_the_revision_follows_the_pairs(catalogue: SqliteCatalogue) -> None:
    (a,) = ready_contents(catalogue, 1)
    catalogue.pairs.record(VERSION, [], [pair(1, 2)])
    revision = catalogue.pairs.revision()
    catalogue.pairs.record(VERSION, [a], [])
    assert catalogue.pairs.revision() == revision
    catalogue.pairs.record(VERSION, [], [pair(1, 2)])
    assert catalogue.pairs.revision() != revision


def test_removed_products_wait_for_nothing(catalogue: SqliteCatalogue) -> None:
    a, _ = ready_contents(catalogue, 2)
    catalogue.products.remove([1])
    assert a not in lacking(catalogue)
    catalogue.history.undo()
    assert a in lacking(catalogue)


def test_a_content_is_compared_again_when_more_is_learned_of_it(
    catalogue: SqliteCatalogue,
) -> None:
    a, b = ready_contents(catalogue, 2)
    catalogue.pairs.record(VERSION, [a, b], [])
    catalogue.evidence.record("mask:1", [DescribedPicture(a, {})])
    assert lacking(catalogue) == [a]
    catalogue.pairs.record(VERSION, [a], [])
    catalogue.evidence.record("mask:2", [DescribedPicture(b, {})])
    assert lacking(catalogue) == [b]
    catalogue.pairs.record(VERSION, [b], [])
    read_all(catalogue, picture_ids(catalogue, 1), model="model:2")
    assert lacking(catalogue) == [a]


def test_reading_the_same_file_again_compares_nothing_anew(catalogue: SqliteCatalogue) -> None:
    contents = ready_contents(catalogue, 2)
    catalogue.pairs.record(VERSION, contents, [])
    catalogue.pictures.mark_all_pending()
    pictures = picture_ids(catalogue, 1)
    catalogue.pictures.record_read("model:1", [read_picture(pictures[0], 1, vector=False)])
    assert lacking(catalogue) == []


def test_a_content_that_another_product_shows_is_compared_again(
    catalogue: SqliteCatalogue,
) -> None:
    a, b = ready_contents(catalogue, 2)
    catalogue.pairs.record(VERSION, [a, b], [])
    catalogue.products.merge(1, [2], {})
    assert lacking(catalogue) == [b]
    catalogue.pairs.record(VERSION, [b], [])
    catalogue.history.undo()
    assert lacking(catalogue) == [b]


def test_a_read_only_catalogue_records_nothing(catalogue: SqliteCatalogue) -> None:
    catalogue.close()
    opened = open_catalogue(catalogue.folder, read_only=True)
    try:
        with pytest.raises(CatalogueReadOnly):
            opened.pairs.record(VERSION, [], [pair(1, 2)])
        assert len(opened.pairs.load(VERSION)) == 0
    finally:
        opened.close()


@pytest.mark.slow
def test_many_pairs_load_in_about_a_second(catalogue: SqliteCatalogue) -> None:
    rng = np.random.default_rng(0)
    judgement = PairJudgement(0.5, 0.25, (0.5,) * 5, 0.5)
    keys = {(int(a), int(a + d)) for a, d in rng.integers(1, 100_000, (300_000, 2))}
    catalogue.pairs.record(VERSION, [], [FoundPair(a, b, judgement) for a, b in keys])
    started = time.process_time()
    found = catalogue.pairs.load(VERSION)
    assert len(found) == len(keys)
    assert time.process_time() - started < 3
