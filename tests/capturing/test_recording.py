"""The log: what is kept of an answer, and what a decision makes of it."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from desktop_app.domain.capturing import Decision, Outcome
from desktop_app.domain.progress import CancelToken
from tests.capturing.building import UNKNOWN, Station, burst


def test_a_found_product_is_kept_with_picture_and_pieces(station: Station) -> None:
    answer = station.service.answer(burst(2, codes=["sku-0002"]), CancelToken())
    made = station.service.record(answer, Decision.ACCEPTED, pieces=3, source="Front camera")
    (kept,) = station.service.log.newest(5)
    assert (kept.id, kept.sku, kept.pieces, kept.source) == (made.id, "sku-0002", 3, "Front camera")
    assert (kept.outcome, kept.decision, kept.barcode) == (
        Outcome.FOUND,
        Decision.ACCEPTED,
        "sku-0002",
    )
    assert kept.product_id == station.ids[2]
    assert kept.confidence == 1
    assert kept.taken_at.endswith("+00:00")
    with Image.open(io.BytesIO(station.service.log.picture(kept.id))) as picture:
        assert picture.format == "JPEG"
        assert max(picture.size) <= 256


def test_an_answer_that_was_wrong_names_no_product(station: Station) -> None:
    answer = station.service.answer(burst(2, codes=["sku-0002"]), CancelToken())
    made = station.service.record(answer, Decision.REJECTED, pieces=3)
    assert (made.product_id, made.sku, made.pieces) == (None, "", 0)
    changed = station.service.decide(made.id, Decision.CHOSEN, product_id=station.ids[4], pieces=2)
    assert (changed.product_id, changed.sku, changed.pieces) == (station.ids[4], "sku-0004", 2)


def test_pieces_are_adjusted(station: Station) -> None:
    answer = station.service.answer(burst(2, codes=["sku-0002"]), CancelToken())
    made = station.service.record(answer, Decision.ACCEPTED, pieces=1)
    station.service.set_pieces(made, 12)
    (line,) = station.service.log.stock()
    assert (line.sku, line.pieces, line.product_id) == ("sku-0002", 12, station.ids[2])


def test_a_decision_on_a_product_that_is_gone_names_none(station: Station) -> None:
    answer = station.service.answer(burst(UNKNOWN), CancelToken())
    station.catalogue.products.remove([station.ids[1]])
    made = station.service.record(answer, Decision.CHOSEN, product_id=station.ids[1], pieces=1)
    assert (made.product_id, made.sku, made.pieces) == (None, "", 0)


def test_a_decision_on_a_record_that_is_gone_is_an_error(station: Station) -> None:
    with pytest.raises(KeyError):
        station.service.decide(5, Decision.LEFT)
