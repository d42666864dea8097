"""Which groups are listed at a threshold, and how far they are decided."""

from __future__ import annotations

import numpy as np

from desktop_app.domain.duplicates import VERDICTS, Verdict
from desktop_app.domain.filters import ProductFilter
from desktop_app.workers.review_lists import GroupQuery, Shown, list_groups
from tests.duplicates.board_data import board, told

TRIPLE_AND_PAIRS = {(1, 2): 0.95, (1, 3): 0.9, (2, 3): 0.92, (4, 5): 0.97, (6, 7): 0.6}


def members(listing) -> list[tuple[int, ...]]:
    return [group.product_ids for group in listing.groups]


def test_groups_come_strongest_first_from_the_threshold_on() -> None:
    made = board(TRIPLE_AND_PAIRS)
    assert members(list_groups(made, GroupQuery(0.5))) == [(4, 5), (1, 2, 3), (6, 7)]
    assert members(list_groups(made, GroupQuery(0.7))) == [(4, 5), (1, 2, 3)]


def test_a_pair_put_apart_is_listed_among_the_decided_so_that_it_can_be_taken_back() -> None:
    made = board(TRIPLE_AND_PAIRS, verdicts=[told(Verdict.DIFFERENT, 4, 5)])
    open_ones = list_groups(made, GroupQuery(0.5))
    assert members(open_ones) == [(1, 2, 3), (6, 7)]
    assert (open_ones.decided, open_ones.total) == (1, 3)
    assert members(list_groups(made, GroupQuery(0.5, Shown.DECIDED))) == [(4, 5)]


def test_what_was_put_off_has_a_list_of_its_own() -> None:
    made = board(TRIPLE_AND_PAIRS, verdicts=[told(Verdict.LATER, 6, 7)])
    assert members(list_groups(made, GroupQuery(0.5))) == [(4, 5), (1, 2, 3)]
    assert members(list_groups(made, GroupQuery(0.5, Shown.LATER))) == [(6, 7)]
    assert list_groups(made, GroupQuery(0.5)).decided == 0


def test_words_and_scope_let_groups_through_by_any_of_their_products() -> None:
    made = board(TRIPLE_AND_PAIRS)
    query = GroupQuery(0.5, Shown.ALL, ProductFilter("jar"))
    assert members(list_groups(made, query, np.array([3, 7]))) == [(1, 2, 3), (6, 7)]
    assert list_groups(made, query, np.zeros(0, np.int64)).groups == ()


def test_the_most_useful_pairs_are_asked_one_by_one() -> None:
    made = board(TRIPLE_AND_PAIRS)
    listing = list_groups(made, GroupQuery(0.5, Shown.USEFUL))
    assert members(listing)[0] == (6, 7)
    assert all(len(group.pair_rows) == 1 for group in listing.groups)


def test_every_pair_knows_its_group() -> None:
    made = board(TRIPLE_AND_PAIRS)
    listing = list_groups(made, GroupQuery(0.7))
    for place, group in enumerate(listing.groups):
        assert all(listing.group_of_pair[row] == place for row in group.pair_rows)
    pairs = made.pairs
    left_out = np.flatnonzero((pairs.product_a == 6) & (pairs.product_b == 7))
    assert listing.group_of_pair[left_out[0]] == -1


def test_an_empty_board_lists_nothing() -> None:
    listing = list_groups(board({}), GroupQuery(0.5, Shown.ALL))
    assert (listing.groups, listing.total, listing.decided) == ((), 0, 0)


def test_states_follow_the_verdicts_of_all_pairs_of_a_group() -> None:
    said = [told(Verdict.SAME, 1, 2), told(Verdict.SAME, 1, 3)]
    partly = board(TRIPLE_AND_PAIRS, verdicts=said)
    assert (1, 2, 3) in members(list_groups(partly, GroupQuery(0.5)))
    whole = board(TRIPLE_AND_PAIRS, verdicts=[*said, told(Verdict.SAME, 2, 3)])
    assert members(list_groups(whole, GroupQuery(0.5, Shown.DECIDED))) == [(1, 2, 3)]
    assert VERDICTS[int(whole.pairs.verdicts[0])] is Verdict.SAME
