"""Which groups of likely duplicates are shown for review, and how far each is decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

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
from desktop_app.services.duplicates.group_table import GroupTable

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
    table: GroupTable
    states: NDArray[np.int8]
    group_of_pair: IdArray
    total: int
    decided: int

    def __len__(self) -> int:
        return len(self.table)

    def group(self, place: int) -> DuplicateGroup:
        """One of them."""
        return self.table.group(place)

    @property
    def groups(self) -> tuple[DuplicateGroup, ...]:
        """All of them; slow where there are many."""
        return self.table.groups()


def list_groups(
    board: Board, query: GroupQuery, product_ids: IdArray | None = None
) -> GroupListing:
    """``product_ids`` are those that the query's filter lets through, None for all. Some
    tenths of a second at 100,000 groups, in arrays: as many objects would stop every thread
    whenever Python looks for garbage."""
    if query.shown is Shown.USEFUL:
        rows = np.array(board.most_useful(MOST_USEFUL), np.int64)
        table = _of_pairs(board.pairs, rows)
    else:
        apart = _of_pairs(board.pairs, _put_apart(board, query.threshold))
        table = _joined(board.table_at(query.threshold), apart)
    if product_ids is not None and len(table):
        is_shown = np.isin(table.members, product_ids)
        kept = np.logical_or.reduceat(is_shown, table.member_starts[:-1])
        table = _taken(table, np.flatnonzero(kept))
    states = group_states(table.rows, table.row_starts, board.pairs.verdicts)
    total = len(table)
    decided = int(np.count_nonzero(states == STATES.index(GroupState.DECIDED)))
    wanted = _wanted(query.shown)
    if wanted is not None:
        kept = np.flatnonzero(np.isin(states, [STATES.index(state) for state in wanted]))
        table, states = _taken(table, kept), states[kept]
    group_of_pair = np.full(len(board.pairs), -1, np.int64)
    group_of_pair[table.rows] = np.repeat(np.arange(len(table)), np.diff(table.row_starts))
    return GroupListing(board, query, table, states, group_of_pair, total, decided)


def group_states(rows: IdArray, starts: IdArray, verdicts: NDArray[np.int8]) -> NDArray[np.int8]:
    """The places in STATES of groups whose pairs have these verdicts; ``starts`` (n + 1,) are
    runs of ``rows``, none of them empty."""
    if len(starts) < 2:
        return np.zeros(0, np.int8)
    said, begins = verdicts[rows], starts[:-1]
    is_open = np.logical_or.reduceat(said == UNDECIDED, begins)
    is_later = np.logical_or.reduceat(said == LATER, begins)
    states = np.full(len(begins), STATES.index(GroupState.DECIDED), np.int8)
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


def _put_apart(board: Board, threshold: float) -> IdArray:
    """Pairs that a verdict took out of every group, so that they can be seen and taken back."""
    pairs = board.pairs
    rows = np.flatnonzero(np.isin(pairs.verdicts, APART) & (pairs.same >= threshold))
    return rows[np.argsort(-pairs.same[rows], kind="stable")]


def _of_pairs(pairs: ProductPairs, rows: IdArray) -> GroupTable:
    """Every pair as a group of its own."""
    count = len(rows)
    first, second = pairs.product_a[rows], pairs.product_b[rows]
    chances = pairs.same[rows]
    return GroupTable(
        np.stack([first, second], axis=1).ravel(),
        np.arange(count + 1) * 2,
        rows,
        np.arange(count + 1),
        chances.astype(np.float64),
        chances,
        first,
        ~np.isin(pairs.verdicts[rows], (UNDECIDED, LATER)),
    )


def _joined(first: GroupTable, second: GroupTable) -> GroupTable:
    return GroupTable(
        np.concatenate([first.members, second.members]),
        np.concatenate([first.member_starts[:-1], second.member_starts + len(first.members)]),
        np.concatenate([first.rows, second.rows]),
        np.concatenate([first.row_starts[:-1], second.row_starts + len(first.rows)]),
        np.concatenate([first.cohesion, second.cohesion]),
        np.concatenate([first.strongest, second.strongest]),
        np.concatenate([first.medoid, second.medoid]),
        np.concatenate([first.is_decided, second.is_decided]),
    )


def _taken(table: GroupTable, places: IdArray) -> GroupTable:
    """Some of the groups, in the order of ``places``."""
    return GroupTable(
        *_runs(table.members, table.member_starts, places),
        *_runs(table.rows, table.row_starts, places),
        table.cohesion[places],
        table.strongest[places],
        table.medoid[places],
        table.is_decided[places],
    )


def _runs(values: IdArray, starts: IdArray, places: IdArray) -> tuple[IdArray, IdArray]:
    """These runs, and where they start then."""
    sizes = np.diff(starts)[places]
    begins = np.concatenate([[0], np.cumsum(sizes)])
    source = np.arange(int(begins[-1])) + np.repeat(starts[:-1][places] - begins[:-1], sizes)
    return values[source], begins
