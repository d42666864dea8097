"""Groups of products that are all likely to be one another, at any threshold.

Complete linkage over a sparse graph: two clusters merge at the lowest chance between any two of
their products, and a pair that is not in the graph counts as chance 0, so that likeness handed
on from one product to the next never makes a group (Defays 1977; complete linkage is monotone,
so a threshold is a cut through the merges). The price is told by :meth:`Grouping.crossing` and
:meth:`Grouping.missing`: where one pair among near copies was never proposed, the group splits.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import IdArray
from desktop_app.domain.linkage import Tree, agglomerate

FloatArray = NDArray[np.float64]
BondArray = NDArray[np.int8]


class Bond(IntEnum):
    """What holds of a pair whatever its chance: nothing, never in one group, always in one."""

    APART = -1
    FREE = 0
    TOGETHER = 1


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """The groups of two or more at one threshold, by place in the grouping: ``starts`` and
    ``sizes`` are runs of ``members`` (product ids), ``cohesions`` the lowest chance inside.
    ``group_of`` (nodes,) is the place of every node's group, -1 where it is alone.
    """

    members: IdArray
    starts: IdArray
    sizes: IdArray
    cohesions: FloatArray
    group_of: IdArray

    def __len__(self) -> int:
        return len(self.starts)


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """All groups of a graph of pairs, once for every threshold. Immutable; any thread.

    Products bound TOGETHER are in one group at any threshold and count as one product: what
    holds of the best pair of theirs holds of them. Products bound APART are never in one group;
    where that contradicts what is bound together, APART wins and the rows of what could not be
    bound are ``contradictions``.
    """

    first: IdArray
    second: IdArray
    chances: FloatArray
    bonds: BondArray
    product_ids: IdArray
    """The nodes (n,), rising; ``first`` and ``second`` (pairs,) are places in it."""

    contradictions: IdArray
    atoms: IdArray
    """For each node one of those it is bound together with, the same for all of them."""

    least: float
    """Pairs less likely than this make no group, at any threshold."""

    _leaves: IdArray
    """Nodes in an order in which every cluster is one run."""

    _starts: IdArray
    _sizes: IdArray
    _heights: FloatArray
    _until: FloatArray
    """By merge: its run of the leaves, the chance at which it comes about and that at which
    it is swallowed by the next, below 0 where never."""

    _rising_heights: FloatArray = field(init=False)
    _rising_until: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_rising_heights", np.sort(self._heights))
        object.__setattr__(self, "_rising_until", np.sort(self._until))

    @classmethod
    def of(
        cls,
        product_a: IdArray,
        product_b: IdArray,
        chances: NDArray[np.floating],
        bonds: BondArray | None = None,
        *,
        least: float = 0.0,
    ) -> Grouping:
        """From distinct pairs of distinct products and their chances in [0, 1], all (n,);
        ``bonds`` are those of Bond, FREE where None."""
        products, places = np.unique(np.concatenate([product_a, product_b]), return_inverse=True)
        first, second = places[: len(product_a)], places[len(product_a) :]
        heights: FloatArray = np.asarray(chances, np.float64)
        if bonds is None:
            bonds = np.zeros(len(first), np.int8)
        nodes = np.arange(len(products))
        tree = agglomerate(nodes, first, second, heights, bonds, least=least)
        return cls(
            first,
            second,
            heights,
            bonds,
            products,
            tree.unbound,
            tree.atoms,
            least,
            tree.leaves,
            tree.starts,
            tree.sizes,
            tree.heights,
            tree.until,
        )

    def with_pairs(
        self, rows: IdArray, bonds: BondArray, chances: NDArray[np.floating] | None = None
    ) -> Grouping:
        """With these bonds, and chances where given, on the pairs of ``rows``, all (m,).

        Only the clusters about these pairs are made anew, and those next to them to see
        whether they stay as they are; where one does not, those next to it in turn.
        """
        changed = replace(self, bonds=self.bonds.copy(), chances=self.chances.copy())
        changed.bonds[rows] = bonds
        if chances is not None:
            changed.chances[rows] = chances
        cluster = self._clusters()
        joins = changed._joins()
        is_redone = np.zeros(len(cluster), np.bool_)
        is_redone[cluster[self.first[rows]]] = is_redone[cluster[self.second[rows]]] = True
        while True:
            a, b = is_redone[cluster[self.first]], is_redone[cluster[self.second]]
            is_near = is_redone.copy()
            is_near[cluster[self.first[b & joins]]] = True
            is_near[cluster[self.second[a & joins]]] = True
            is_meant = is_near[cluster]
            nodes = np.flatnonzero(is_meant)
            pairs = np.flatnonzero(is_meant[self.first] & is_meant[self.second])
            tree = changed._tree(nodes, pairs)
            watched = is_meant & ~is_redone[cluster]
            disturbed = changed._disturbed(tree, nodes, watched)
            if not len(disturbed):
                return changed._with_tree(tree, nodes, pairs)
            is_redone[cluster[disturbed]] = True

    def _tree(self, nodes: IdArray, pairs: IdArray) -> Tree:
        return agglomerate(
            nodes,
            self.first[pairs],
            self.second[pairs],
            self.chances[pairs],
            self.bonds[pairs],
            least=self.least,
        )

    def _clusters(self) -> IdArray:
        """For each node a number that it shares with all it is ever in a group with."""
        group_of = self.cut(0.0).group_of
        alone = group_of < 0
        n_groups = int(group_of.max(initial=-1)) + 1
        return np.where(alone, n_groups - 1 + np.cumsum(alone), group_of)

    def _joins(self) -> NDArray[np.bool_]:
        """Which pairs may bring two clusters together."""
        is_likely = (self.chances >= self.least) | (self.bonds == Bond.TOGETHER)
        return np.asarray(is_likely & (self.bonds != Bond.APART))

    def _disturbed(self, tree: Tree, nodes: IdArray, watched: NDArray[np.bool_]) -> IdArray:
        """Those of the nodes ``watched`` that ``tree``, of ``nodes``, merges otherwise than
        before."""
        places = np.flatnonzero(watched[self._leaves[self._starts]])
        before = _merges(
            self._leaves, self._starts[places], self._sizes[places], self._heights[places]
        )
        after = _merges(nodes[tree.leaves], tree.starts, tree.sizes, tree.heights)
        told = {node for merged, _ in before ^ after for node in merged}
        found = np.array(sorted(told), np.int64)
        return found[watched[found]]

    def _with_tree(self, tree: Tree, nodes: IdArray, pairs: IdArray) -> Grouping:
        """With ``nodes``, between which are ``pairs``, merged as in ``tree``."""
        is_old = np.ones(len(self.product_ids), np.bool_)
        is_old[nodes] = False
        stays = is_old[self._leaves]
        place = np.cumsum(stays) - 1
        kept = np.flatnonzero(stays[self._starts])
        atoms = self.atoms.copy()
        atoms[nodes] = nodes[tree.atoms]
        unbound = self.contradictions
        unbound = unbound[is_old[self.first[unbound]] | is_old[self.second[unbound]]]
        n_old = int(np.count_nonzero(stays))
        return replace(
            self,
            contradictions=np.sort(np.concatenate([unbound, pairs[tree.unbound]])),
            atoms=atoms,
            _leaves=np.concatenate([self._leaves[stays], nodes[tree.leaves]]),
            _starts=np.concatenate([place[self._starts[kept]], n_old + tree.starts]),
            _sizes=np.concatenate([self._sizes[kept], tree.sizes]),
            _heights=np.concatenate([self._heights[kept], tree.heights]),
            _until=np.concatenate([self._until[kept], tree.until]),
        )

    @property
    def bounds(self) -> tuple[float, float]:
        """The lowest and highest chance at which a group comes about; (0, 1) without any."""
        if not len(self._rising_heights):
            return 0.0, 1.0
        return float(self._rising_heights[0]), float(self._rising_heights[-1])

    def count_at(self, threshold: float) -> int:
        """How many groups of two or more there are: by binary search."""
        threshold = _bounded(threshold)
        swallowed = len(self._until) - int(np.searchsorted(self._rising_until, threshold))
        made = len(self._heights) - int(np.searchsorted(self._rising_heights, threshold))
        return made - swallowed

    def cut(self, threshold: float) -> Cut:
        """The groups whose pairs are all at or above the threshold, in no telling order."""
        threshold = _bounded(threshold)
        shown = np.flatnonzero((self._heights >= threshold) & (self._until < threshold))
        starts, sizes = self._starts[shown], self._sizes[shown]
        ends = np.cumsum(sizes)
        places = np.arange(sizes.sum()) + np.repeat(starts - (ends - sizes), sizes)
        nodes = self._leaves[places]
        group_of = np.full(len(self.product_ids), -1, np.int64)
        group_of[nodes] = np.repeat(np.arange(len(shown)), sizes)
        return Cut(self.product_ids[nodes], ends - sizes, sizes, self._heights[shown], group_of)

    def crossing(self, threshold: float) -> IdArray:
        """The rows of pairs at or above the threshold that no group holds, by falling chance:
        one of the products is more like others. Pairs bound apart are none of them."""
        group_of = self.cut(threshold).group_of
        a, b = group_of[self.first], group_of[self.second]
        is_split = (a != b) | (a < 0)
        rows = np.flatnonzero(
            is_split
            & (self.chances >= max(_bounded(threshold), self.least))
            & (self.bonds != Bond.APART)
        )
        return rows[np.argsort(-self.chances[rows], kind="stable")]

    def missing(self, threshold: float, limit: int) -> list[tuple[int, int]]:
        """Pairs of product ids, ``a < b``, that are not in the graph and whose chance would
        tell whether two groups at the threshold are one, the most likely first."""
        cut = self.cut(threshold)
        known = {*zip(self.first.tolist(), self.second.tolist(), strict=True)}
        found: dict[tuple[int, int], None] = {}
        asked: set[tuple[int, int]] = set()
        for row in self.crossing(threshold).tolist():
            if len(found) >= limit:
                break
            ends = int(self.first[row]), int(self.second[row])
            sides = [self._together_with(cut, node) for node in ends]
            key = sides[0][0], sides[1][0]
            if key in asked:
                continue
            asked |= {key, key[::-1]}
            for a in sides[0]:
                for b in sides[1]:
                    if (a, b) not in known and (b, a) not in known:
                        found[min(a, b), max(a, b)] = None
        ids = self.product_ids
        return [(int(ids[a]), int(ids[b])) for a, b in list(found)[:limit]]

    def _together_with(self, cut: Cut, node: int) -> list[int]:
        """The nodes of the group of a node, itself included, rising."""
        group = int(cut.group_of[node])
        if group < 0:
            return [node]
        run = slice(int(cut.starts[group]), int(cut.starts[group] + cut.sizes[group]))
        nodes: list[int] = np.searchsorted(self.product_ids, cut.members[run]).tolist()
        return sorted(nodes)


def _merges(
    leaves: IdArray, starts: IdArray, sizes: IdArray, heights: FloatArray
) -> set[tuple[tuple[int, ...], float]]:
    """What merged, as nodes rising, and at which chance."""
    return {
        (tuple(sorted(leaves[start : start + size].tolist())), height)
        for start, size, height in zip(
            starts.tolist(), sizes.tolist(), heights.tolist(), strict=True
        )
    }


def _bounded(threshold: float) -> float:
    # What was bound together stays so at any threshold, and chance 0 never makes a group.
    return min(max(threshold, float(np.finfo(np.float32).tiny)), 1.0)
