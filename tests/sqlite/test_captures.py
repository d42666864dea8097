"""The log of captures, the stock-take over it, and products by the code on them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop_app.domain.capturing import CaptureRecord, Decision, Outcome
from desktop_app.domain.errors import CatalogueReadOnly
from desktop_app.domain.products import ProductFields
from desktop_app.infra.sqlite import listing
from desktop_app.infra.sqlite.captures import SqliteCaptures
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue, open_catalogue
from tests.sqlite.building import add_product


def record(
    sku: str = "A", *, product_id: int | None = None, pieces: int = 1, minute: int = 0
) -> CaptureRecord:
    return CaptureRecord(
        0,
        f"2026-01-02T03:{minute:02}:00.000+00:00",
        Outcome.FOUND,
        Decision.ACCEPTED,
        0.9,
        product_id,
        sku,
        f"Title of {sku}",
        barcode="4006381333931",
        pieces=pieces,
        source="Front camera",
        picture=b"jpeg of " + sku.encode(),
    )


@pytest.fixture
def log(catalogue: SqliteCatalogue) -> SqliteCaptures:
    assert isinstance(catalogue.captures, SqliteCaptures)
    return catalogue.captures


def test_records_are_listed_newest_first_without_pictures(log: SqliteCaptures) -> None:
    kept = [log.add(record(sku)) for sku in "ABC"]
    listed = log.newest(2)
    assert [r.sku for r in listed] == ["C", "B"]
    assert [r.sku for r in log.newest(2, before_id=listed[-1].id)] == ["A"]
    assert all(r.picture == b"" for r in listed)
    assert log.picture(kept[0].id) == b"jpeg of A"
    assert log.count() == 3


def test_a_decision_is_changed_later(log: SqliteCaptures, catalogue: SqliteCatalogue) -> None:
    product_id = add_product(catalogue, "B")
    made = log.add(record("A"))
    changed = log.decide(
        made.id, Decision.CHOSEN, product_id=product_id, sku="B", title="Bottle", pieces=4
    )
    assert (changed.decision, changed.product_id, changed.sku, changed.pieces) == (
        Decision.CHOSEN,
        product_id,
        "B",
        4,
    )
    assert log.newest(1) == (changed,)


def test_a_decision_on_a_record_that_is_gone_is_an_error(log: SqliteCaptures) -> None:
    with pytest.raises(KeyError):
        log.decide(7, Decision.LEFT, product_id=None, sku="", title="", pieces=0)


def test_removed_records_come_back_as_they_were(
    log: SqliteCaptures, catalogue: SqliteCatalogue
) -> None:
    product_id = add_product(catalogue, "A")
    kept = [log.add(record("A", product_id=product_id, minute=m)) for m in range(3)]
    before = log.newest(10)
    removed = log.remove([kept[2].id, kept[0].id])
    assert [r.id for r in log.newest(10)] == [kept[1].id]
    assert log.picture(kept[0].id) == b""
    newer = log.add(record("N"))
    assert newer.id not in {r.id for r in removed}
    log.restore(removed)
    assert log.newest(10) == (replace(newer, picture=b""), *before)
    assert log.picture(kept[2].id) == b"jpeg of A"


def test_a_record_names_its_product_only_while_it_is_there(
    log: SqliteCaptures, catalogue: SqliteCatalogue
) -> None:
    product_id = add_product(catalogue, "A")
    log.add(record("A", product_id=product_id))
    catalogue.products.remove([product_id])
    gone = log.newest(1)[0]
    assert (gone.product_id, gone.sku) == (None, "A")
    catalogue.history.undo()
    assert log.newest(1)[0].product_id == product_id


def test_pieces_are_counted_by_sku_since_the_stock_take_began(
    log: SqliteCaptures, catalogue: SqliteCatalogue
) -> None:
    product_id = add_product(catalogue, "b", title="Bottle")
    log.add(record("B", product_id=product_id, pieces=100))
    log.start_stock_take()
    assert log.stock() == ()
    log.add(record("B", product_id=product_id, pieces=2, minute=1))
    log.add(record("a", pieces=1, minute=2))
    log.add(record("A", pieces=4, minute=3))
    log.add(record("C", pieces=0))
    log.add(record("", pieces=3))
    first, second = log.stock()
    assert (first.sku.casefold(), first.pieces, first.product_id) == ("a", 5, None)
    assert (second.sku, second.title, second.pieces) == ("b", "Bottle", 2)
    assert second.product_id == product_id
    assert second.last_at == "2026-01-02T03:01:00.000+00:00"
    assert log.stock_take_began() != ""


def test_a_stock_take_that_was_started_by_mistake_is_taken_back(log: SqliteCaptures) -> None:
    log.add(record("A", pieces=5))
    log.start_stock_take()
    log.start_stock_take()
    log.resume_stock_take()
    assert log.stock() == ()
    log.resume_stock_take()
    assert [line.pieces for line in log.stock()] == [5]
    assert log.stock_take_began() == ""
    log.resume_stock_take()
    assert [line.pieces for line in log.stock()] == [5]


def test_a_record_removed_before_the_start_does_not_count_when_it_comes_back(
    log: SqliteCaptures,
) -> None:
    log.add(record("A", pieces=5))
    removed = log.remove([log.newest(1)[0].id])
    log.start_stock_take()
    log.restore(removed)
    assert log.stock() == ()


def test_a_renamed_product_is_counted_under_its_new_sku(
    log: SqliteCaptures, catalogue: SqliteCatalogue
) -> None:
    product_id = add_product(catalogue, "OLD")
    log.add(record("OLD", product_id=product_id, pieces=2))
    catalogue.products.update_fields([product_id], {"sku": "NEW"})
    log.add(record("NEW", product_id=product_id, pieces=3))
    assert [(line.sku, line.pieces) for line in log.stock()] == [("NEW", 5)]


def test_a_read_only_catalogue_keeps_no_captures(catalogue: SqliteCatalogue) -> None:
    catalogue.captures.add(record())
    catalogue.close()
    opened = open_catalogue(catalogue.folder, read_only=True)
    try:
        assert opened.captures.count() == 1
        with pytest.raises(CatalogueReadOnly):
            opened.captures.add(record())
    finally:
        opened.close()


def test_products_are_found_by_what_their_barcode_may_look_like(
    catalogue: SqliteCatalogue,
) -> None:
    spaced = add_product(catalogue, "A", barcode="0 4006381-333931")
    as_sku = add_product(catalogue, "4006381333931")
    add_product(catalogue, "C", barcode="4006381333932")
    add_product(catalogue, "D", barcode="")
    gone = add_product(catalogue, "E", barcode="4006381333931")
    catalogue.products.remove([gone])
    found = catalogue.products.with_codes({"4006381333931", "04006381333931"})
    assert found == {spaced: ("A", "0 4006381-333931"), as_sku: ("4006381333931", "")}
    assert catalogue.products.with_codes({""}) == {}
    assert catalogue.products.with_codes({"0", "000"}) == {}


@pytest.mark.parametrize("text", ["\0", "\ud800", "' OR 1 --", "[1]", '"', "ß", "\U0001f9f4" * 200])
def test_any_text_may_be_looked_up(catalogue: SqliteCatalogue, text: str) -> None:
    add_product(catalogue, "A", barcode="1")
    assert catalogue.products.with_codes({text}) == {}


def test_a_lookup_reads_indexes_only(catalogue: SqliteCatalogue) -> None:
    catalogue.products.add(ProductFields("A", barcode="1"))
    statements: list[str] = []
    with catalogue._database.read() as connection:
        connection.set_trace_callback(statements.append)
        listing.with_codes(connection, {"1"})
        connection.set_trace_callback(None)
        plan = [
            row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statements[0]}").fetchall()
        ]
    assert not [step for step in plan if step.startswith("SCAN products")]
    assert any("products_live_barcode" in step for step in plan)
