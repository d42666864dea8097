"""The groups at one threshold as arrays, so that a hundred thousand of them can be listed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.duplicates import VERDICTS, DuplicateGroup, ProductPairs, Verdict
from desktop_app.domain.grouping import Grouping
from desktop_app.domain.images import IdArray

DECIDED = tuple(VERDICTS.index(v) for v in VERDICTS if v is not Verdict.LATER)


@dataclass(frozen=True, slots=True, eq=False)
class GroupTable:
    """Groups (n,), strongest first, then the most cohesive, then by their first product.

    ``member_starts`` (n + 1,) are runs of ``members``, rising within each; ``row_starts``
    (n + 1,) runs of ``rows``, places in the product pairs, rising too. The others as in
    DuplicateGroup.
    """

    members: IdArray
    member_starts: IdArray
    rows: IdArray
    row_starts: IdArray
    cohesion: NDArray[np.float64]
    strongest: NDArray[np.float32]
    medoid: IdArray
    is_decided: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.cohesion)

    def group(self, place: int) -> DuplicateGroup:
        """One of them."""
        members = self.members[self.member_starts[place] : self.member_starts[place + 1]]
        rows = self.rows[self.row_starts[place] : self.row_starts[place + 1]]
        return DuplicateGroup(
            tuple(members.tolist()),
            float(self.cohesion[place]),
            float(self.strongest[place]),
            tuple(rows.tolist()),
            int(self.medoid[place]),
            bool(self.is_decided[place]),
        )

    def groups(self) -> tuple[DuplicateGroup, ...]:
        """All of them."""
        members, rows = self.members.tolist(), self.rows.tolist()
        starts, row_starts = self.member_starts.tolist(), self.row_starts.tolist()
        return tuple(
            DuplicateGroup(
                tuple(members[starts[place] : starts[place + 1]]),
                cohesion,
                strongest,
                tuple(rows[row_starts[place] : row_starts[place + 1]]),
                medoid,
                is_decided,
            )
            for place, (cohesion, strongest, medoid, is_decided) in enumerate(
                zip(
                    self.cohesion.tolist(),
                    self.strongest.tolist(),
                    self.medoid.tolist(),
                    self.is_decided.tolist(),
                    strict=True,
                )
            )
        )


def group_table(grouping: Grouping, pairs: ProductPairs, threshold: float) -> GroupTable:
    """The groups at a threshold; ``grouping`` is of these pairs, row by row."""
    cut = grouping.cut(threshold)
    group_of = cut.group_of
    a, b = grouping.first, grouping.second
    inside = np.flatnonzero((group_of[a] >= 0) & (group_of[a] == group_of[b]))
    # Stable: rows stay rising within each group.
    rows = inside[np.argsort(group_of[a[inside]], kind="stable")]
    n = len(cut)
    row_starts = np.searchsorted(group_of[a[rows]], np.arange(n + 1))
    member_group = np.repeat(np.arange(n), cut.sizes)
    by_id = np.lexsort((cut.members, member_group))
    members = cut.members[by_id]
    begins = row_starts[:-1]
    if not n:
        strongest, is_decided = np.zeros(0, np.float32), np.zeros(0, np.bool_)
    else:
        strongest = np.maximum.reduceat(pairs.same[rows], begins)
        is_decided = np.logical_and.reduceat(np.isin(pairs.verdicts[rows], DECIDED), begins)
    medoid = _medoids(grouping, rows, members, member_group)
    order = np.lexsort((members[cut.starts], -cut.cohesions, -strongest))
    return GroupTable(
        *_runs(members, np.append(cut.starts, len(members)), order),
        *_runs(rows, row_starts, order),
        cut.cohesions[order],
        strongest[order],
        medoid[order],
        is_decided[order],
    )


def _medoids(grouping: Grouping, rows: IdArray, members: IdArray, member_group: IdArray) -> IdArray:
    """By group the product with the greatest sum of chances with the others, the lowest id
    of several."""
    n_nodes = len(grouping.product_ids)
    chances = grouping.chances[rows]
    likeness = np.bincount(grouping.first[rows], chances, n_nodes)
    likeness += np.bincount(grouping.second[rows], chances, n_nodes)
    nodes = np.searchsorted(grouping.product_ids, members)
    best = np.lexsort((members, -likeness[nodes], member_group))
    is_first = np.ones(len(best), np.bool_)
    is_first[1:] = member_group[best][1:] != member_group[best][:-1]
    return members[best[is_first]]


def _runs(values: IdArray, starts: IdArray, order: IdArray) -> tuple[IdArray, IdArray]:
    """Runs in another order, and where they start then."""
    sizes = np.diff(starts)[order]
    new = np.concatenate([[0], np.cumsum(sizes)])
    places = np.arange(int(new[-1])) + np.repeat(starts[:-1][order] - new[:-1], sizes)
    return values[places], new
