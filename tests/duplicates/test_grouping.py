"""Groups without chains, at any threshold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from desktop_app.domain.grouping import Bond, Grouping

Pairs = Mapping[tuple[int, int], float]
STEPS = 1024
"""Chances are whole numbers of these, which floats hold exactly."""


def grouping(
    pairs: Pairs, bonds: Mapping[tuple[int, int], Bond] | None = None, *, least: float = 0.0
) -> Grouping:
    bonds = bonds or {}
    return Grouping.of(
        np.array([a for a, _ in pairs], np.int64),
        np.array([b for _, b in pairs], np.int64),
        np.array([*pairs.values()], np.float64),
        np.array([bonds.get(pair, Bond.FREE) for pair in pairs], np.int8),
        least=least,
    )


def groups(found: Grouping, threshold: float) -> set[frozenset[int]]:
    cut = found.cut(threshold)
    return {
        frozenset(cut.members[start : start + size].tolist())
        for start, size in zip(cut.starts.tolist(), cut.sizes.tolist(), strict=True)
    }


@st.composite
def graphs(draw: st.DrawFn, *, most: int = 9) -> dict[tuple[int, int], float]:
    """Sparse pairs of few products with distinct chances."""
    n = draw(st.integers(2, most))
    possible = list(combinations(range(10, 10 + n), 2))
    chosen = draw(st.lists(st.sampled_from(possible), min_size=1, unique=True))
    steps = draw(
        st.lists(st.integers(1, STEPS), min_size=len(chosen), max_size=len(chosen), unique=True)
    )
    return {pair: step / STEPS for pair, step in zip(chosen, steps, strict=True)}


@st.composite
def bound_graphs(draw: st.DrawFn) -> tuple[dict[tuple[int, int], float], dict]:
    pairs = draw(graphs())
    bonds = {pair: draw(st.sampled_from((Bond.FREE, *Bond))) for pair in pairs}
    return pairs, bonds


def scipy_groups(pairs: Pairs, threshold: float) -> set[frozenset[int]]:
    nodes = sorted({node for pair in pairs for node in pair})
    distances = np.ones((len(nodes), len(nodes)))
    np.fill_diagonal(distances, 0)
    for (a, b), chance in pairs.items():
        i, j = nodes.index(a), nodes.index(b)
        distances[i, j] = distances[j, i] = 1 - chance
    labels = fcluster(linkage(squareform(distances), "complete"), 1 - threshold, "distance")
    found: dict[int, set[int]] = {}
    for node, label in zip(nodes, labels.tolist(), strict=True):
        found.setdefault(label, set()).add(node)
    return {frozenset(group) for group in found.values() if len(group) > 1}


thresholds = st.integers(1, STEPS).map(lambda step: step / STEPS)


@given(graphs(), thresholds)
def test_agrees_with_complete_linkage_over_the_full_matrix(pairs: Pairs, threshold: float) -> None:
    assert groups(grouping(pairs), threshold) == scipy_groups(pairs, threshold)


@given(bound_graphs(), thresholds)
def test_the_count_is_that_of_the_groups(bound: tuple, threshold: float) -> None:
    found = grouping(*bound)
    assert found.count_at(threshold) == len(groups(found, threshold)) == len(found.cut(threshold))


@given(bound_graphs(), thresholds, thresholds)
def test_raising_the_threshold_only_splits(bound: tuple, one: float, other: float) -> None:
    found = grouping(*bound)
    low, high = sorted((one, other))
    wide = groups(found, low)
    assert all(any(group <= larger for larger in wide) for group in groups(found, high))


@given(bound_graphs(), thresholds)
def test_no_group_holds_two_products_that_are_kept_apart(bound: tuple, threshold: float) -> None:
    pairs, bonds = bound
    for group in groups(grouping(pairs, bonds), threshold):
        apart = [pair for pair, bond in bonds.items() if bond is Bond.APART]
        assert not any(group >= {*pair} for pair in apart)


@given(bound_graphs(), thresholds)
def test_what_is_bound_together_is_in_one_group_unless_it_contradicts_itself(
    bound: tuple, threshold: float
) -> None:
    pairs, bonds = bound
    found = grouping(pairs, bonds)
    unbound = {[*pairs][row] for row in found.contradictions.tolist()}
    together = {pair for pair, bond in bonds.items() if bond is Bond.TOGETHER}
    for pair in together - unbound:
        assert any(group >= {*pair} for group in groups(found, threshold))
    if Bond.APART not in bonds.values():
        assert not unbound


@given(graphs(), thresholds)
def test_every_pair_of_a_group_is_there_and_at_or_above_its_cohesion(
    pairs: Pairs, threshold: float
) -> None:
    cut = grouping(pairs).cut(threshold)
    for start, size, cohesion in zip(cut.starts, cut.sizes, cut.cohesions, strict=True):
        members = sorted(cut.members[start : start + size].tolist())
        assert min(pairs[pair] for pair in combinations(members, 2)) == cohesion >= threshold


@given(bound_graphs(), st.data())
def test_changing_pairs_is_the_same_as_building_anew(bound: tuple, data: st.DataObject) -> None:
    pairs, bonds = bound
    rows = data.draw(st.lists(st.integers(0, len(pairs) - 1), min_size=1, unique=True))
    bond = data.draw(st.sampled_from([*Bond]))
    chance = data.draw(thresholds)
    least = data.draw(st.sampled_from((0.0, 0.4)))
    changed = grouping(pairs, bonds, least=least).with_pairs(
        np.array(rows), np.full(len(rows), bond, np.int8), np.full(len(rows), chance)
    )
    names = [[*pairs][row] for row in rows]
    anew = grouping(
        pairs | dict.fromkeys(names, chance), bonds | dict.fromkeys(names, bond), least=least
    )
    assert changed.contradictions.tolist() == anew.contradictions.tolist()
    is_one = changed.atoms[:, None] == changed.atoms
    assert np.array_equal(is_one, anew.atoms[:, None] == anew.atoms)
    if len({*pairs.values(), chance}) < len(pairs):
        return  # Which of two equal chances comes first is left open.
    assert changed.bounds == anew.bounds
    for threshold in (0.01, 0.25, 0.5, 0.75, 1.0):
        assert groups(changed, threshold) == groups(anew, threshold)
        assert changed.count_at(threshold) == anew.count_at(threshold)


def test_many_changes_one_after_another_are_the_same_as_building_anew() -> None:
    rng = np.random.default_rng(5)
    n, m = 300, 700
    possible = list(combinations(range(n), 2))
    pairs = [possible[i] for i in sorted(rng.choice(len(possible), m, replace=False).tolist())]
    chances = (rng.permutation(m) + 1) / (m + 1)
    found = grouping(dict(zip(pairs, chances.tolist(), strict=True)), least=0.1)
    bonds = np.zeros(m, np.int8)
    for step in range(120):
        rows = rng.choice(m, int(rng.integers(1, 4)), replace=False)
        bonds[rows] = rng.choice(
            [Bond.APART, Bond.FREE, Bond.TOGETHER], len(rows), p=[0.6, 0.2, 0.2]
        )
        found = found.with_pairs(rows, bonds[rows])
        if step % 10:
            continue
        anew = Grouping.of(
            np.array([a for a, _ in pairs]),
            np.array([b for _, b in pairs]),
            chances,
            bonds,
            least=0.1,
        )
        assert found.contradictions.tolist() == anew.contradictions.tolist()
        for threshold in (0.0, 0.2, 0.5, 0.8, 1.0):
            assert groups(found, threshold) == groups(anew, threshold)
            assert found.count_at(threshold) == anew.count_at(threshold)


@given(bound_graphs(), thresholds)
def test_pairs_above_the_threshold_are_in_a_group_or_crossing(
    bound: tuple, threshold: float
) -> None:
    pairs, bonds = bound
    found = grouping(pairs, bonds)
    crossing = {[*pairs][row] for row in found.crossing(threshold).tolist()}
    shown = groups(found, threshold)
    for pair, chance in pairs.items():
        is_inside = any(group >= {*pair} for group in shown)
        is_open = chance >= threshold and bonds[pair] is not Bond.APART
        assert (pair in crossing) == (is_open and not is_inside)


@given(bound_graphs(), thresholds)
def test_what_is_less_likely_than_the_least_makes_no_group(bound: tuple, least: float) -> None:
    pairs, bonds = bound
    only = grouping(pairs, bonds, least=least)
    every = grouping(pairs, bonds)
    for threshold in (0.001, least, 0.9):
        assert groups(only, threshold) == groups(every, max(threshold, least))


def test_likeness_is_not_handed_on_from_product_to_product() -> None:
    chain = {(i, i + 1): 0.9 + i / 1000 for i in range(50)}
    assert max(map(len, groups(grouping(chain), 0.5))) == 2


def test_a_group_that_misses_one_pair_splits_and_says_which_pair_would_tell() -> None:
    found = grouping({(1, 2): 0.9, (2, 3): 0.8})
    assert groups(found, 0.5) == {frozenset({1, 2})}
    assert found.crossing(0.5).tolist() == [1]
    assert found.missing(0.5, 10) == [(1, 3)]
    assert found.missing(0.85, 10) == []


def test_of_products_said_to_be_the_same_the_best_pair_counts() -> None:
    bonds = {(1, 2): Bond.TOGETHER}
    found = grouping({(1, 2): 0.3, (2, 3): 0.8}, bonds)
    assert groups(found, 0.7) == {frozenset({1, 2, 3})}
    assert groups(found, 0.9) == {frozenset({1, 2})}


def test_where_verdicts_contradict_each_other_products_are_kept_apart() -> None:
    bonds = {(1, 2): Bond.TOGETHER, (2, 3): Bond.TOGETHER, (1, 3): Bond.APART}
    found = grouping({(1, 2): 0.9, (1, 3): 0.9, (2, 3): 0.9}, bonds)
    assert groups(found, 0.5) == {frozenset({1, 2})}
    assert found.contradictions.tolist() == [2]


def test_without_pairs_there_are_no_groups() -> None:
    empty = grouping({})
    assert empty.count_at(0.5) == len(empty.cut(0.5)) == 0
    assert empty.bounds == (0.0, 1.0)
    assert empty.missing(0.5, 5) == []


@pytest.mark.parametrize("near", [lambda i: i + 1, lambda i: 0])
def test_long_chains_and_wide_stars_take_no_time(near: Callable[[int], int]) -> None:
    """Merging by moving the larger side's pairs, or walking up long lists, would take hours."""
    n = 20_000
    first = np.array([near(i) if near(i) < n else 0 for i in range(1, n)], np.int64)
    second = np.arange(1, n, dtype=np.int64)
    distinct = first != second
    found = Grouping.of(
        first[distinct], second[distinct], np.linspace(0.1, 0.9, int(distinct.sum()))
    )
    assert found.count_at(0.1) >= 1
