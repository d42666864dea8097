"""Complete linkage over a sparse graph, without a matrix of all pairs.

Pairs are taken by falling chance. The last pair to be taken between two clusters is their
lowest, so they merge when as many pairs were taken between them as they can have: each pair is
looked at once, and merging moves the counts of the cluster with fewer neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import IdArray

FloatArray = NDArray[np.float64]

NEVER = -1.0
"""The chance at which a cluster that is never swallowed would be."""


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """What merged into what. ``leaves`` (n,) are nodes in an order in which every cluster is
    one run. By merge: the ``starts`` and ``sizes`` of its run, the ``heights`` (chances) at
    which it came about, and ``until`` which height it was not part of a larger one (NEVER
    where it stayed). ``unbound`` are the rows of pairs that could not be bound together, and
    ``atoms`` (n,) name for each node one of those it is bound together with.
    """

    leaves: IdArray
    starts: IdArray
    sizes: IdArray
    heights: FloatArray
    until: FloatArray
    unbound: IdArray
    atoms: IdArray


def agglomerate(
    nodes: IdArray,
    first: IdArray,
    second: IdArray,
    chances: FloatArray,
    bonds: NDArray[np.int8],
    *,
    least: float = 0.0,
) -> Tree:
    """The clusters of distinct ``nodes`` (n,), which keep their order where the clusters leave
    it open; the leaves are places in ``nodes``. Pairs are (m,): two of the nodes, the chance in
    [0, 1], and 1 where they are bound together, -1 apart, 0 neither. Those with a chance below
    ``least``, or of 0, count as if they were not there."""
    n = len(nodes)
    place = np.zeros(int(nodes.max(initial=-1)) + 1, np.int64)
    place[nodes] = np.arange(n)
    first, second = place[first], place[second]
    forest = _Forest(n)
    unbound = _bind(forest, first, second, bonds)
    atom = np.fromiter(map(forest.root, range(n)), np.int64, n)
    low, high, falling = _atom_pairs(atom[first], atom[second], chances, bonds, least)
    weights = [1] * n
    taken: list[dict[int, int]] = [{} for _ in range(n)]
    root = forest.root
    for one, other, chance in zip(low.tolist(), high.tolist(), falling.tolist(), strict=True):
        a, b = root(one), root(other)
        count = taken[a].get(b, 0) + 1
        if count < weights[a] * weights[b]:
            taken[a][b] = taken[b][a] = count
            continue
        if len(taken[a]) < len(taken[b]):
            a, b = b, a
        counts = taken[a]
        counts.pop(b, None)
        for c, more in taken[b].items():
            if c != a:
                theirs = taken[c]
                del theirs[b]
                counts[c] = theirs[a] = counts.get(c, 0) + more
        taken[b] = {}
        weights[a] += weights[b]
        forest.join(a, b, chance)
    return forest.tree(unbound, atom)


class _Forest:
    """Clusters as they merge: disjoint sets with their nodes as linked lists."""

    def __init__(self, n: int) -> None:
        self._parent = list(range(n))
        self._tail = list(range(n))
        self._next = [-1] * n
        self._head = list(range(n))
        self._size = [1] * n
        self._merge_of = [-1] * n
        self._heads: list[int] = []
        self._sizes: list[int] = []
        self._heights: list[float] = []
        self._until: list[float] = []

    def root(self, node: int) -> int:
        parent = self._parent
        while parent[node] != node:
            parent[node] = node = parent[parent[node]]
        return node

    def join(self, a: int, b: int, height: float) -> None:
        """Make root ``b`` part of root ``a``."""
        self._parent[b] = a
        self._next[self._tail[a]] = self._head[b]
        self._tail[a] = self._tail[b]
        self._size[a] += self._size[b]
        for merge in (self._merge_of[a], self._merge_of[b]):
            if merge >= 0:
                self._until[merge] = height
        self._merge_of[a] = len(self._heads)
        self._heads.append(self._head[a])
        self._sizes.append(self._size[a])
        self._heights.append(height)
        self._until.append(NEVER)

    def tree(self, unbound: IdArray, atoms: IdArray) -> Tree:
        n = len(self._parent)
        leaves: list[int] = []
        for node in range(n):
            # A list begins at the head of the root that holds it.
            if self._head[self.root(node)] != node:
                continue
            while node >= 0:
                leaves.append(node)
                node = self._next[node]  # noqa: PLW2901
        position = np.empty(n, np.int64)
        position[leaves] = np.arange(n)
        return Tree(
            np.array(leaves, np.int64),
            position[np.array(self._heads, np.int64)],
            np.array(self._sizes, np.int64),
            np.array(self._heights, np.float64),
            np.array(self._until, np.float64),
            unbound,
            atoms,
        )


def _bind(forest: _Forest, first: IdArray, second: IdArray, bonds: NDArray[np.int8]) -> IdArray:
    """Join what is bound together, in the order of the rows, unless that would join what is
    bound apart; the rows that were left."""
    apart: dict[int, set[int]] = {}
    rows = np.flatnonzero(bonds < 0)
    for a, b in zip(first[rows].tolist(), second[rows].tolist(), strict=True):
        apart.setdefault(a, set()).add(b)
        apart.setdefault(b, set()).add(a)
    left = []
    rows = np.flatnonzero(bonds > 0)
    for row, one, other in zip(
        rows.tolist(), first[rows].tolist(), second[rows].tolist(), strict=True
    ):
        a, b = forest.root(one), forest.root(other)
        if a == b:
            continue
        if b in apart.get(a, ()):
            left.append(row)
            continue
        forest.join(a, b, 1.0)
        for c in apart.pop(b, ()):
            apart[c].remove(b)
            apart[c].add(a)
            apart.setdefault(a, set()).add(c)
    return np.array(left, np.int64)


def _atom_pairs(
    first: IdArray,
    second: IdArray,
    chances: FloatArray,
    bonds: NDArray[np.int8],
    least: float,
) -> tuple[IdArray, IdArray, FloatArray]:
    """The best pair between any two atoms, by falling chance, without those that cannot be in
    one group."""
    low, high = np.minimum(first, second), np.maximum(first, second)
    order = np.lexsort((-chances, high, low))
    order = order[low[order] != high[order]]
    low, high, chances = low[order], high[order], chances[order]
    is_new = np.ones(len(order), np.bool_)
    is_new[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    begins = np.flatnonzero(is_new)
    if not len(begins):
        return low, high, chances
    is_likely = (chances[begins] >= least) & (chances[begins] > 0)
    is_open = (np.minimum.reduceat(bonds[order], begins) >= 0) & is_likely
    kept = begins[is_open]
    falling = kept[np.argsort(-chances[kept], kind="stable")]
    return low[falling], high[falling], chances[falling]
