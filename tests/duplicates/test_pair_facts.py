"""What a catalogue tells of pairs."""

from __future__ import annotations

from desktop_app.domain.duplicates import Exclusions, PairKey, Verdict
from desktop_app.domain.products import Column
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue
from desktop_app.services.duplicates.board import Board
from desktop_app.services.duplicates.pair_facts import read_facts
from tests.duplicates.board_data import found_pairs, product_pairs
from tests.sqlite.building import add_product, picture_ids, read_all


def board_of(
    catalogue: SqliteCatalogue, exclusions: Exclusions | None = None, *, chance: float = 0.9
) -> Board:
    """All contents found to be like one another."""
    facts = read_facts(catalogue, exclusions or Exclusions())
    contents = sorted(facts.hashes)
    found = {(a, b): chance for a in contents for b in contents if a < b}
    return Board.of(found_pairs(found), facts)


def three_jars(catalogue: SqliteCatalogue) -> list[int]:
    ids = [
        add_product(catalogue, "J1", "/old/1.jpg", brand="Alpha"),
        add_product(catalogue, "J2", "/old/2.jpg", brand=" alpha"),
        add_product(catalogue, "J3", "/new/3.jpg"),
    ]
    read_all(catalogue, [picture for i in ids for picture in picture_ids(catalogue, i)])
    return ids


def test_products_of_one_brand_or_one_folder_can_be_left_out(catalogue: SqliteCatalogue) -> None:
    one, two, three = three_jars(catalogue)
    every = [(one, two), (one, three), (two, three)]
    assert product_pairs(board_of(catalogue)) == every
    for exclusions in (Exclusions(("brand",)), Exclusions(same_folder=True)):
        assert product_pairs(board_of(catalogue, exclusions)) == every[1:]


def test_own_columns_exclude_and_unknown_ones_do_not(catalogue: SqliteCatalogue) -> None:
    one, _, three = three_jars(catalogue)
    catalogue.products.add_column(Column("family", "Family"))
    catalogue.products.update_fields([one, three], {"family": "Wave"})
    made = board_of(catalogue, Exclusions(("family", "a_column_of_old")))
    assert (one, three) not in product_pairs(made)
    assert len(made.pairs) == 2


def test_stored_verdicts_are_seen_and_what_is_decided_is_stored_by_content(
    catalogue: SqliteCatalogue,
) -> None:
    three_jars(catalogue)
    before = board_of(catalogue)
    keys = before.keys([0])
    hashes = [catalogue.products.find_by_sku(sku).pictures[0].content_hash for sku in ("J1", "J2")]
    assert keys == [PairKey(*sorted(hashes))]
    catalogue.verdicts.decide(keys, Verdict.DIFFERENT)
    assert board_of(catalogue).pairs.verdicts.tolist() == [2, -1, -1]
    assert before.with_verdicts([0], Verdict.DIFFERENT).pairs.verdicts.tolist() == [2, -1, -1]
    catalogue.history.undo()
    assert board_of(catalogue).pairs.verdicts.tolist() == [-1, -1, -1]


def test_a_verdict_survives_a_new_sku_and_a_new_place(catalogue: SqliteCatalogue) -> None:
    one, *_ = three_jars(catalogue)
    catalogue.verdicts.decide(board_of(catalogue).keys([0]), Verdict.SAME)
    catalogue.products.update_fields([one], {"sku": "A-NEW-NUMBER"})
    assert board_of(catalogue).pairs.verdicts.tolist() == [0, -1, -1]
