"""Everything a review of likely duplicates stands on, for any threshold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.duplicates import (
    VERDICTS,
    DuplicateGroup,
    FoundPairs,
    PairKey,
    ProductPairs,
    Verdict,
)
from desktop_app.domain.grouping import Bond, Grouping
from desktop_app.domain.images import IdArray
from desktop_app.domain.precision import (
    LEAST_OF_EACH,
    ChanceCurve,
    ExpectedPrecision,
    fitted_curve,
)
from desktop_app.services.duplicates.group_table import DECIDED, GroupTable, group_table
from desktop_app.services.duplicates.pair_table import PairFacts, PairTable, pair_table

LEAST_CHANCE = 0.05
"""Pairs less likely than this are in no group: most are variants that were found as such."""

CELLS = 10
"""Pairs to ask about are spread over so many ranges of chance."""

_SAME = VERDICTS.index(Verdict.SAME)
_LATER = VERDICTS.index(Verdict.LATER)
_APART = (VERDICTS.index(Verdict.VARIANT), VERDICTS.index(Verdict.DIFFERENT))


class Board:
    """Product pairs with what was said of them, and the groups they make. Immutable; any
    thread. Rows are places in ``pairs``, whose products stay the same for every board that
    :meth:`with_verdicts` gives.
    """

    def __init__(
        self,
        found: FoundPairs,
        facts: PairFacts,
        table: PairTable,
        pairs: ProductPairs,
        grouping: Grouping,
    ) -> None:
        self._found = found
        self._facts = facts
        self._table = table
        self._pairs = pairs
        self._grouping = grouping

    @classmethod
    def of(cls, found: FoundPairs, facts: PairFacts) -> Board:
        table = pair_table(found, facts)
        pairs = table.product_pairs()
        grouping = Grouping.of(
            pairs.product_a, pairs.product_b, pairs.same, _bonds(pairs), least=LEAST_CHANCE
        )
        return cls(found, facts, table, pairs, grouping)

    @property
    def pairs(self) -> ProductPairs:
        return self._pairs

    @property
    def found(self) -> FoundPairs:
        return self._found

    @property
    def crowded(self) -> tuple[int, ...]:
        """Contents left out because so many products show them that they tell none apart,
        such as a picture that says there is no picture."""
        return self._table.crowded

    @property
    def contradictions(self) -> tuple[int, ...]:
        """Rows said to be the same whose products other verdicts keep apart."""
        return tuple(self._grouping.contradictions.tolist())

    @property
    def bounds(self) -> tuple[float, float]:
        """The lowest and the highest chance at which a group comes about."""
        return self._grouping.bounds

    def count_at(self, threshold: float) -> int:
        """How many groups :meth:`groups_at` gives, in microseconds."""
        return self._grouping.count_at(threshold)

    def groups_at(self, threshold: float) -> tuple[DuplicateGroup, ...]:
        """The groups of pairs that are open or said to be the same, all at or above the
        threshold, strongest first; see Grouping. No product is in two of them."""
        return self.table_at(threshold).groups()

    def table_at(self, threshold: float) -> GroupTable:
        """:meth:`groups_at` without an object for each."""
        return group_table(self._grouping, self._pairs, threshold)

    def said_same(self) -> tuple[DuplicateGroup, ...]:
        """The groups of products that a person said are the same, directly or through others,
        whatever else is likely: what can be merged. All of them are decided."""
        grouping = self._grouping
        is_one = grouping.atoms[grouping.first] == grouping.atoms[grouping.second]
        a, b = self._pairs.product_a, self._pairs.product_b
        only = Grouping.of(a, b, np.where(is_one, self._pairs.same, 0), grouping.bonds)
        table = group_table(only, self._pairs, 1.0)
        return replace(table, is_decided=np.ones(len(table), np.bool_)).groups()

    def crossing_at(self, threshold: float) -> list[int]:
        """Rows at or above the threshold that no group holds, the most likely first: one of
        their products is more like another. They come up once that one is decided."""
        rows: list[int] = self._grouping.crossing(threshold).tolist()
        return rows

    def missing_edges(self, threshold: float, limit: int) -> list[tuple[int, int]]:
        """Product pairs, by rising id, that were never proposed and keep apart what may be
        one group at this threshold, the most likely first: worth judging. Excluded pairs and
        pairs of products without a likeness to judge may be among them."""
        return self._grouping.missing(threshold, limit)

    def precision_at(self, threshold: float) -> ExpectedPrecision:
        """The expected share of duplicates among all pairs at or above the threshold, where
        what was decided counts as decided. Without pairs there, that at the threshold."""
        rising, expected = self._expected
        first = int(np.searchsorted(rising, np.float32(threshold)))
        if first < len(rising):
            value = float(expected[first])
        else:
            value = float(self._curve(np.array([threshold]))[0])
        return ExpectedPrecision(value, self._is_learned, len(self._judged_rows))

    def most_useful(self, limit: int) -> list[int]:
        """Rows of open pairs whose verdict would teach most, the most useful first.

        Those where the chance is least certain (Lewis and Gale 1994), fewer from a range of
        chance about which much was said already, spread over products and ranges. What was
        put off is not asked again.
        """
        is_asked = ~self._is_known & (self._pairs.verdicts != _LATER) & (self._pairs.rows >= 0)
        rows = np.flatnonzero(is_asked)
        chances = self._curve(self._pairs.same[rows])
        cells = _cells(chances)
        told = _cells(self._curve(self._pairs.same[self._judged_rows]))
        n_told = np.bincount(told, minlength=CELLS)
        use = chances * (1 - chances) / np.sqrt(1 + n_told[cells])
        order = np.argsort(-use, kind="stable")
        of_cells = [np.flatnonzero(cells[order] == cell)[: 4 * limit] for cell in range(CELLS)]
        order = order[np.sort(np.concatenate(of_cells))]
        return self._spread(rows[order], cells[order], limit)

    def with_verdicts(self, rows: Sequence[int], verdict: Verdict | None) -> Board:
        """As it is once this was said of every found pair between the products of ``rows``
        (None takes back what was said), and so of other products that show the same
        pictures. What is connected with them is grouped anew, all else is kept."""
        table = self._table.with_verdict(self._table.entries_of(rows), verdict)
        pairs = table.product_pairs()
        pairs = _with_products_of(pairs, self._pairs)
        bonds = _bonds(pairs)
        is_changed = (bonds != self._grouping.bonds) | (pairs.same != self._pairs.same)
        changed = np.flatnonzero(is_changed)
        grouping = self._grouping
        if len(changed):
            grouping = grouping.with_pairs(changed, bonds[changed], pairs.same[changed])
        return Board(self._found, self._facts, table, pairs, grouping)

    def keys(self, rows: Sequence[int]) -> list[PairKey]:
        """What verdicts on the products of these rows are stored under."""
        return self._table.keys(self._table.entries_of(rows), self._facts)

    @cached_property
    def _is_known(self) -> NDArray[np.bool_]:
        """By row: decided, or following from what was said to be the same."""
        atoms = self._grouping.atoms
        follows = atoms[self._grouping.first] == atoms[self._grouping.second]
        return np.asarray(np.isin(self._pairs.verdicts, DECIDED) | follows)

    @cached_property
    def _judged_rows(self) -> IdArray:
        """Decided rows that the judge had an opinion on."""
        return np.flatnonzero(np.isin(self._pairs.verdicts, DECIDED) & (self._pairs.rows >= 0))

    @cached_property
    def _is_learned(self) -> bool:
        is_same = self._pairs.verdicts[self._judged_rows] == _SAME
        n_same = int(np.count_nonzero(is_same))
        return min(n_same, len(is_same) - n_same) >= LEAST_OF_EACH

    @cached_property
    def _curve(self) -> ChanceCurve:
        if not self._is_learned:
            return ChanceCurve()
        rows = self._judged_rows
        return fitted_curve(self._pairs.same[rows], self._pairs.verdicts[rows] == _SAME)

    @cached_property
    def _expected(self) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """Rising chances, and the expected precision of the pairs from each of them on."""
        pairs = self._pairs
        chances = np.where(pairs.rows < 0, 1.0, self._curve(pairs.same))
        chances[self._is_known] = 1.0
        chances[np.isin(pairs.verdicts, _APART)] = 0.0
        order = np.argsort(pairs.same, kind="stable")
        falling = np.cumsum(chances[order][::-1]) / np.arange(1, len(order) + 1)
        return pairs.same[order], falling[::-1]

    def _spread(self, rows: IdArray, cells: IdArray, limit: int) -> list[int]:
        """The first ``limit`` rows, but no product twice and no cell more than its share while
        there are others."""
        chosen: list[int] = []
        left = list(
            zip(
                rows.tolist(),
                cells.tolist(),
                self._pairs.product_a[rows].tolist(),
                self._pairs.product_b[rows].tolist(),
                strict=True,
            )
        )
        share = max(1, limit // 4)
        of_cell = [0] * CELLS
        used: set[int] = set()
        while left and len(chosen) < limit:
            passed = []
            for candidate in left:
                row, cell, a, b = candidate
                if len(chosen) == limit or a in used or b in used or of_cell[cell] >= share:
                    passed.append(candidate)
                    continue
                chosen.append(row)
                used |= {a, b}
                of_cell[cell] += 1
            if share == limit:
                used.clear()
            share, left = limit, passed
        return chosen


def _cells(chances: NDArray[np.float64]) -> IdArray:
    return np.minimum((chances * CELLS).astype(np.int64), CELLS - 1)


def _bonds(pairs: ProductPairs) -> NDArray[np.int8]:
    bonds = np.full(len(pairs), Bond.FREE, np.int8)
    bonds[pairs.verdicts == _SAME] = Bond.TOGETHER
    bonds[np.isin(pairs.verdicts, _APART)] = Bond.APART
    return bonds


def _with_products_of(pairs: ProductPairs, known: ProductPairs) -> ProductPairs:
    """The same arrays, not only equal ones, so that boards of one review can be told."""
    return ProductPairs(
        known.product_a,
        known.product_b,
        pairs.content_a,
        pairs.content_b,
        pairs.same,
        pairs.variant,
        pairs.rows,
        pairs.verdicts,
    )
