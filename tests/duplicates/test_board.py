"""What a review stands on: product pairs, groups, expected precision, useful pairs."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.duplicates import VERDICTS, StoredVerdict, Verdict
from desktop_app.services.duplicates.pair_table import MOST_SHOWING
from tests.duplicates.board_data import board, product_pairs, told

SAME, VARIANT, DIFFERENT, LATER = VERDICTS
NONE = -1


def verdict_of(made, row: int = 0) -> Verdict | None:
    place = int(made.pairs.verdicts[row])
    return None if place == NONE else VERDICTS[place]


def test_the_best_pair_of_pictures_stands_for_its_products() -> None:
    made = board({(10, 20): 0.4, (11, 20): 0.9}, {10: [2], 11: [2], 20: [1]})
    assert product_pairs(made) == [(1, 2)]
    assert made.pairs.same.tolist() == pytest.approx([0.9])
    # The first product shows the first content, whichever number is lower.
    assert (made.pairs.content_a.tolist(), made.pairs.content_b.tolist()) == ([20], [11])
    assert made.pairs.rows.tolist() == [1]


def test_views_of_one_product_are_never_its_duplicates() -> None:
    made = board({(10, 11): 0.99}, {10: [1], 11: [1]})
    assert product_pairs(made) == []
    assert made.groups_at(0.5) == ()


def test_products_that_show_one_file_are_a_pair_for_certain() -> None:
    made = board({}, {10: [1, 2], 11: [2]})
    assert product_pairs(made) == [(1, 2)]
    assert made.pairs.same.tolist() == [1.0]
    assert made.pairs.rows.tolist() == [NONE]
    assert made.pairs.content_a.tolist() == made.pairs.content_b.tolist() == [10]


def test_a_verdict_on_one_file_is_about_the_two_products_it_names() -> None:
    verdicts = [told(DIFFERENT, 10, 10, products=(2, 1))]
    made = board({}, {10: [1, 2, 3]}, verdicts)
    said = dict(zip(product_pairs(made), made.pairs.verdicts.tolist(), strict=True))
    assert said == {(1, 2): VERDICTS.index(DIFFERENT), (1, 3): NONE, (2, 3): NONE}


def test_a_picture_that_most_products_show_tells_nothing_and_is_named() -> None:
    placeholder = {5: [*range(1, MOST_SHOWING + 2)], 6: [1], 7: [2]}
    made = board({(5, 6): 0.9, (6, 7): 0.8}, placeholder)
    assert product_pairs(made) == [(1, 2)]
    assert made.crowded == (5,)


def test_products_that_are_gone_are_not_there() -> None:
    assert product_pairs(board({(10, 20): 0.9}, {10: [1]})) == []


def test_products_that_agree_in_an_excluded_value_are_never_asked_about() -> None:
    chances = dict.fromkeys(combinations(range(1, 5), 2), 0.9)
    brands = [(1, 0), (2, 0), (3, 1)]
    families = [(2, 7), (3, 7)]
    made = board(chances, excluding=[*brands, *families])
    assert product_pairs(made) == [(1, 3), (1, 4), (2, 4), (3, 4)]


def test_a_pair_is_decided_when_all_its_pictures_are() -> None:
    shown = {10: [1], 11: [1], 20: [2]}
    chances = {(10, 20): 0.9, (11, 20): 0.6}
    half = board(chances, shown, [told(DIFFERENT, 10, 20)])
    assert verdict_of(half) is None
    # What waits is shown, and its chance counts.
    assert half.pairs.rows.tolist() == [1]
    assert half.count_at(0.5) == 1
    assert half.count_at(0.7) == 0
    whole = board(chances, shown, [told(DIFFERENT, 10, 20), told(DIFFERENT, 11, 20)])
    assert verdict_of(whole) is DIFFERENT
    assert whole.count_at(0.1) == 0


def test_what_is_the_same_stays_so_whatever_pictures_come() -> None:
    made = board({(10, 20): 0.9, (11, 20): 0.6}, {10: [1], 11: [1], 20: [2]}, [told(SAME, 10, 20)])
    assert verdict_of(made) is SAME
    assert made.count_at(1.0) == 1


def test_the_latest_verdict_stands() -> None:
    shown = {10: [1], 11: [1], 20: [2]}
    verdicts = [told(SAME, 10, 20, at=2), told(VARIANT, 11, 20, at=1)]
    chances = {(10, 20): 0.9, (11, 20): 0.6}
    assert verdict_of(board(chances, shown, verdicts)) is SAME
    verdicts[1] = replace(verdicts[1], decided_at=told(SAME, 1, 2, at=3).decided_at)
    assert verdict_of(board(chances, shown, verdicts)) is VARIANT


def test_a_third_product_like_a_settled_pair_is_still_reported() -> None:
    chances = {(1, 2): 0.9, (2, 3): 0.8}
    for verdict in (SAME, DIFFERENT):
        made = board(chances, verdicts=[told(verdict, 1, 2)])
        assert any(3 in group.product_ids for group in made.groups_at(0.7))


def test_a_group_tells_how_alike_its_products_are() -> None:
    chances = {(1, 2): 0.9, (1, 3): 0.8, (2, 3): 0.6, (4, 5): 0.95, (6, 7): 0.5}
    made = board(chances)
    strongest, wide = made.groups_at(0.6)
    assert strongest.product_ids == (4, 5)
    assert wide.product_ids == (1, 2, 3)
    assert wide.cohesion == pytest.approx(0.6)
    assert wide.strongest == pytest.approx(0.9)
    assert wide.medoid == 1
    assert [product_pairs(made)[row] for row in wide.pair_rows] == [(1, 2), (1, 3), (2, 3)]
    assert not wide.is_decided


def test_a_group_is_decided_once_no_pair_of_it_waits() -> None:
    chances = {(1, 2): 0.9, (1, 3): 0.8, (2, 3): 0.6}
    made = board(chances).with_verdicts([0, 1], SAME)
    assert [group.is_decided for group in made.groups_at(0.5)] == [False]
    assert [group.is_decided for group in made.with_verdicts([2], LATER).groups_at(0.5)] == [False]
    assert [group.is_decided for group in made.with_verdicts([2], SAME).groups_at(0.5)] == [True]


def test_what_was_said_to_be_the_same_can_be_had_without_what_is_only_likely() -> None:
    shown = {1: [1], 2: [2], 3: [3], 4: [4], 5: [4, 5]}
    made = board({(1, 2): 0.4, (2, 3): 0.6, (1, 3): 0.5, (3, 4): 0.99}, shown)
    rows = [product_pairs(made).index(pair) for pair in [(1, 2), (2, 3)]]
    said = made.with_verdicts(rows, SAME).said_same()
    assert [(group.product_ids, group.is_decided) for group in said] == [((1, 2, 3), True)]
    assert len(said[0].pair_rows) == 3
    assert made.said_same() == ()


def test_verdicts_that_contradict_each_other_are_told() -> None:
    made = board(dict.fromkeys([(1, 2), (1, 3), (2, 3)], 0.9))
    made = made.with_verdicts([0, 2], SAME).with_verdicts([1], DIFFERENT)
    assert made.contradictions == (2,)
    assert [group.product_ids for group in made.groups_at(0.5)] == [(1, 2)]


def test_a_verdict_holds_for_all_products_that_show_the_pictures() -> None:
    made = board({(10, 20): 0.9}, {10: [1, 3], 20: [2]})
    row = product_pairs(made).index((1, 2))
    after = made.with_verdicts([row], DIFFERENT)
    said = dict(zip(product_pairs(after), after.pairs.verdicts.tolist(), strict=True))
    assert said == {(1, 2): VERDICTS.index(DIFFERENT), (1, 3): NONE, (2, 3): said[1, 2]}
    assert len(made.keys([row])) == 1


def test_a_board_after_a_verdict_keeps_its_rows_and_leaves_the_first_as_it_was() -> None:
    made = board({(1, 2): 0.9})
    after = made.with_verdicts([0], DIFFERENT)
    assert after.pairs.product_a is made.pairs.product_a
    assert verdict_of(made) is None
    assert (made.count_at(0.5), after.count_at(0.5)) == (1, 0)
    assert after.with_verdicts([0], None).count_at(0.5) == 1


@st.composite
def reviews(draw: st.DrawFn):
    """Pairs, who shows what, and verdicts given one after another on rows."""
    products = st.lists(st.integers(1, 5), min_size=1, max_size=2, unique=True)
    shown = {content: draw(products) for content in range(10, 10 + draw(st.integers(2, 7)))}
    pairs = list(combinations(shown, 2))
    steps = st.integers(1, 999)
    chances = {
        pair: draw(steps) / 1000 for pair in draw(st.lists(st.sampled_from(pairs), unique=True))
    }
    said = st.tuples(st.lists(st.integers(0, 20), max_size=2), st.sampled_from(VERDICTS))
    return chances, shown, draw(st.lists(said, max_size=6))


@given(reviews())
def test_deciding_is_the_same_as_storing_verdicts_and_reading_them_again(review) -> None:
    chances, shown, said = review
    made = board(chances, shown)
    stored: dict = {}
    for at, (wanted, verdict) in enumerate(said):
        rows = [row for row in wanted if row < len(made.pairs)]
        if not rows:
            continue
        when = told(verdict, 1, 2, at=at).decided_at
        stored |= {key: StoredVerdict(key, verdict, when) for key in made.keys(rows)}
        made = made.with_verdicts(rows, verdict)
    read = board(chances, shown, list(stored.values()))
    for name in ("content_a", "content_b", "same", "rows", "verdicts"):
        assert np.array_equal(getattr(made.pairs, name), getattr(read.pairs, name))
    if len({*chances.values()}) == len(chances) == len(made.pairs):
        assert made.groups_at(0.3) == read.groups_at(0.3)
        assert made.contradictions == read.contradictions
    for threshold in (0.1, 0.5, 1.0):
        assert made.count_at(threshold) == len(made.groups_at(threshold))


def test_before_there_are_verdicts_the_judges_chances_are_believed() -> None:
    made = board({(1, 2): 0.9, (3, 4): 0.7, (5, 6): 0.2})
    expected = made.precision_at(0.5)
    assert expected.value == pytest.approx(0.8)
    assert (expected.is_learned, expected.n_verdicts) == (False, 0)
    assert made.precision_at(0.8).value == pytest.approx(0.9)


def test_verdicts_teach_how_far_the_judge_can_be_believed() -> None:
    """A judge that says 0.9 where half of the pairs are duplicates."""
    rng = np.random.default_rng(0)
    chances = {(2 * i, 2 * i + 1): float(c) for i, c in enumerate(rng.uniform(0.85, 0.95, 400))}
    made = board(chances)
    rows = rng.permutation(400)[:200]
    is_same = rng.random(200) < 0.5
    made = made.with_verdicts(rows[is_same].tolist(), SAME)
    made = made.with_verdicts(rows[~is_same].tolist(), DIFFERENT)
    expected = made.precision_at(0.85)
    assert expected.is_learned
    assert expected.n_verdicts == 200
    assert expected.value == pytest.approx(0.5, abs=0.08)
    assert board(chances).precision_at(0.85).value == pytest.approx(0.9, abs=0.01)


def test_a_few_verdicts_do_not_overturn_the_judge() -> None:
    chances = {(2 * i, 2 * i + 1): 0.9 for i in range(100)}
    made = board(chances).with_verdicts([*range(5)], SAME).with_verdicts([*range(5, 9)], VARIANT)
    assert not made.precision_at(0.5).is_learned
    made = made.with_verdicts([9], VARIANT)
    assert made.precision_at(0.5).is_learned
    assert 0.5 < made.precision_at(0.5).value < 0.9


def test_what_was_decided_counts_as_decided() -> None:
    made = board({(1, 2): 0.5, (3, 4): 0.5}).with_verdicts([0], SAME)
    assert made.precision_at(0.5).value == pytest.approx(0.75)
    assert made.with_verdicts([1], DIFFERENT).precision_at(0.5).value == pytest.approx(0.5)


def test_where_no_pair_is_left_the_precision_is_that_of_the_threshold() -> None:
    assert board({}).precision_at(0.7).value == pytest.approx(0.7)


def test_the_most_useful_pairs_are_uncertain_and_open() -> None:
    chances = {(2 * i, 2 * i + 1): (i + 0.5) / 100 for i in range(100)}
    made = board(chances).with_verdicts([50], SAME).with_verdicts([49], LATER)
    useful = made.most_useful(8)
    assert len(useful) == len({*useful}) == 8
    assert not {49, 50} & {*useful}
    assert all(0.2 < made.pairs.same[row] < 0.8 for row in useful)


def test_the_most_useful_pairs_are_not_all_of_one_product() -> None:
    star = {(1, i): 0.5 for i in range(2, 30)}
    others = {(100 + 2 * i, 101 + 2 * i): 0.45 - i / 100 for i in range(5)}
    made = board(star | others)
    asked = [product_pairs(made)[row] for row in made.most_useful(6)]
    assert sum(1 in pair for pair in asked) == 1
    assert len(made.most_useful(100)) == len(star | others)


def test_what_follows_from_verdicts_is_not_asked() -> None:
    made = board({(1, 2): 0.6, (2, 3): 0.6, (1, 3): 0.5})
    made = made.with_verdicts([product_pairs(made).index(pair) for pair in [(1, 2), (2, 3)]], SAME)
    assert made.most_useful(5) == []


def test_pairs_that_no_group_holds_are_told_with_what_would_join_them() -> None:
    made = board({(1, 2): 0.9, (2, 3): 0.8})
    assert [product_pairs(made)[row] for row in made.crossing_at(0.5)] == [(2, 3)]
    assert made.missing_edges(0.5, 10) == [(1, 3)]


def test_an_empty_board_has_nothing_to_show() -> None:
    made = board({})
    assert made.bounds == (0.0, 1.0)
    assert made.groups_at(0.5) == ()
    assert made.most_useful(5) == made.missing_edges(0.5, 5) == made.keys([]) == []
    assert made.with_verdicts([], SAME).count_at(0.5) == 0
