"""Which groups of likely duplicates are shown for review, and how far each is decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.duplicates import (
    VERDICTS,
    DuplicateGroup,
    ProductPairs,
    Verdict,
)
from desktop_app.domain.filters import ProductFilter
from desktop_app.domain.images import IdArray
from desktop_app.services.duplicates.board import Board

MOST_USEFUL = 200
"""Pairs asked about at a time in the order of what their verdicts teach."""

UNDECIDED = -1
LATER = VERDICTS.index(Verdict.LATER)
APART = (VERDICTS.index(Verdict.VARIANT), VERDICTS.index(Verdict.DIFFERENT))


class Shown(StrEnum):
    """Which groups are listed; USEFUL are single pairs whose verdicts teach most."""

    TO_DECIDE = "to_decide"
    LATER = "later"
    DECIDED = "decided"
    ALL = "all"
    USEFUL = "useful"


class GroupState(StrEnum):
    """OPEN: some pair waits for a verdict. LATER: what waits was put off. DECIDED: none waits."""

    OPEN = "open"
    LATER = "later"
    DECIDED = "decided"


STATES: tuple[GroupState, ...] = tuple(GroupState)


@dataclass(frozen=True, slots=True)
class GroupQuery:
    """What is to be listed; of groups those with a product that the filter lets through."""

    threshold: float
    shown: Shown = Shown.TO_DECIDE
    filter: ProductFilter = field(default_factory=ProductFilter)


@dataclass(frozen=True, slots=True, eq=False)
class GroupListing:
    """Groups in order, strongest first.

    ``states`` (n,) are places in STATES; ``group_of_pair`` says for each product pair which
    group holds it, -1 for none. ``total`` counts all groups at the threshold that the products
    let through, those put apart by a verdict included, and ``decided`` those with nothing left
    to say.
    """

    board: Board
    query: GroupQuery
    groups: tuple[DuplicateGroup, ...]
    states: NDArray[np.int8]
    group_of_pair: IdArray
    total: int
    decided: int


def list_groups(
    board: Board, query: GroupQuery, product_ids: IdArray | None = None
) -> GroupListing:
    """``product_ids`` are those that the query's filter lets through, None for all. A second
    at 100,000 groups; for a lane."""
    if query.shown is Shown.USEFUL:
        groups = [_pair_group(board.pairs, row) for row in board.most_useful(MOST_USEFUL)]
    else:
        groups = [*board.groups_at(query.threshold)]
        groups += [_pair_group(board.pairs, row) for row in _put_apart(board, query.threshold)]
    groups = _with_products(groups, product_ids)
    states = group_states(groups, board.pairs.verdicts)
    total = len(groups)
    decided = int(np.count_nonzero(states == STATES.index(GroupState.DECIDED)))
    wanted = _wanted(query.shown)
    if wanted is not None:
        kept = np.flatnonzero(np.isin(states, [STATES.index(state) for state in wanted]))
        groups = [groups[place] for place in kept.tolist()]
        states = states[kept]
    return GroupListing(
        board,
        query,
        tuple(groups),
        states,
        _group_of_pair(groups, len(board.pairs)),
        total,
        decided,
    )


def group_states(groups: Sequence[DuplicateGroup], verdicts: NDArray[np.int8]) -> NDArray[np.int8]:
    """The places in STATES of groups whose pairs have these verdicts."""
    if not groups:
        return np.zeros(0, np.int8)
    rows, starts = _flat([group.pair_rows for group in groups])
    said = verdicts[rows]
    is_open = np.logical_or.reduceat(said == UNDECIDED, starts)
    is_later = np.logical_or.reduceat(said == LATER, starts)
    states = np.full(len(groups), STATES.index(GroupState.DECIDED), np.int8)
    states[is_later] = STATES.index(GroupState.LATER)
    states[is_open] = STATES.index(GroupState.OPEN)
    return states


def _wanted(shown: Shown) -> tuple[GroupState, ...] | None:
    return {
        Shown.TO_DECIDE: (GroupState.OPEN,),
        Shown.LATER: (GroupState.LATER,),
        Shown.DECIDED: (GroupState.DECIDED,),
        Shown.ALL: None,
        Shown.USEFUL: (GroupState.OPEN, GroupState.LATER),
    }[shown]


def _put_apart(board: Board, threshold: float) -> list[int]:
    """Pairs that a verdict took out of every group, so that they can be seen and taken back."""
    pairs = board.pairs
    is_apart = np.isin(pairs.verdicts, APART) & (pairs.same >= threshold)
    rows = np.flatnonzero(is_apart)
    order: list[int] = rows[np.argsort(-pairs.same[rows], kind="stable")].tolist()
    return order


def _pair_group(pairs: ProductPairs, row: int) -> DuplicateGroup:
    chance = float(pairs.same[row])
    ends = (int(pairs.product_a[row]), int(pairs.product_b[row]))
    is_decided = int(pairs.verdicts[row]) not in (UNDECIDED, LATER)
    return DuplicateGroup(ends, chance, chance, (int(row),), ends[0], is_decided)


def _with_products(
    groups: list[DuplicateGroup], product_ids: IdArray | None
) -> list[DuplicateGroup]:
    if product_ids is None or not groups:
        return groups
    members, starts = _flat([group.product_ids for group in groups])
    kept = np.logical_or.reduceat(np.isin(members, product_ids), starts)
    return [groups[place] for place in np.flatnonzero(kept).tolist()]


def _group_of_pair(groups: Sequence[DuplicateGroup], n_pairs: int) -> IdArray:
    found = np.full(n_pairs, -1, np.int64)
    if groups:
        lists = [group.pair_rows for group in groups]
        rows, _ = _flat(lists)
        found[rows] = np.repeat(np.arange(len(lists)), [len(each) for each in lists])
    return found


def _flat(lists: Sequence[tuple[int, ...]]) -> tuple[IdArray, IdArray]:
    """All in one array, and where each of them starts; none is empty."""
    sizes = np.array([len(each) for each in lists], np.int64)
    values = np.fromiter(chain.from_iterable(lists), np.int64, int(sizes.sum()))
    return values, np.cumsum(sizes) - sizes
