"""From pairs of pictures to pairs of products: who shows what, what was said, what is excluded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.duplicates import (
    VERDICTS,
    FoundPairs,
    PairKey,
    ProductPairs,
    StoredVerdict,
    Verdict,
)
from desktop_app.domain.images import IdArray
from desktop_app.domain.storage import ContentMap

MOST_SHOWING = 50
"""A picture that more products show than this says nothing of any two of them."""

_NOTHING = -1
_SAME = VERDICTS.index(Verdict.SAME)
_N_VERDICTS = len(VERDICTS)


@dataclass(frozen=True, slots=True, eq=False)
class PairFacts:
    """What turns found pairs into product pairs.

    ``hashes`` are content hashes by content id, ``skus`` SKUs by product id. ``excluding`` are
    groups of products that are never asked about among themselves, as aligned arrays (m,) of
    product ids and of numbers that name the group; a product may be in several.
    """

    contents: ContentMap
    hashes: Mapping[int, str]
    skus: Mapping[int, str]
    verdicts: Sequence[StoredVerdict] = ()
    excluding: tuple[IdArray, IdArray] = field(
        default_factory=lambda: (np.zeros(0, np.int64), np.zeros(0, np.int64))
    )


@dataclass(frozen=True, eq=False)
class PairTable:
    """Every found pair between any two products: *entries* (m,), by rising products, then by
    falling chance.

    ``content_a`` is shown by ``product_a``. ``rows`` are places in the found pairs, -1 where
    both products show one file. ``said`` (m,) orders what was said by time: places in VERDICTS
    plus a multiple of their number, the greater the later; -1 for nothing. ``crowded`` are
    contents left out because more than MOST_SHOWING products show them.
    """

    product_a: IdArray
    product_b: IdArray
    content_a: IdArray
    content_b: IdArray
    rows: IdArray
    same: NDArray[np.float32]
    variant: NDArray[np.float32]
    said: IdArray
    crowded: tuple[int, ...]

    @cached_property
    def begins(self) -> IdArray:
        """Where the entries of each product pair begin."""
        is_new = np.ones(len(self.product_a), np.bool_)
        is_new[1:] = (self.product_a[1:] != self.product_a[:-1]) | (
            self.product_b[1:] != self.product_b[:-1]
        )
        return np.flatnonzero(is_new)

    def entries_of(self, pair_rows: Sequence[int]) -> IdArray:
        """The entries of these product pairs."""
        ends = np.append(self.begins[1:], len(self.product_a))
        runs = [np.arange(self.begins[row], ends[row]) for row in pair_rows]
        return np.concatenate(runs) if runs else np.zeros(0, np.int64)

    def product_pairs(self) -> ProductPairs:
        """See ProductPairs. The best pair that waits for a verdict stands for its products;
        where none waits, the best. What was last said to be the same stays so, whatever
        pictures come."""
        begins = self.begins
        if not len(begins):
            return self._pairs(begins, begins, np.zeros(0, np.int8))
        last = np.maximum.reduceat(self.said, begins)
        verdicts = np.where(last < 0, _NOTHING, last % _N_VERDICTS)
        waits = np.where(self.said < 0, np.arange(len(self.said)), len(self.said))
        first_waiting = np.minimum.reduceat(waits, begins)
        is_whole = (first_waiting == len(self.said)) | (verdicts == _SAME)
        shown = np.where(is_whole, begins, first_waiting)
        return self._pairs(begins, shown, np.where(is_whole, verdicts, _NOTHING).astype(np.int8))

    def with_verdict(self, entries: IdArray, verdict: Verdict | None) -> PairTable:
        """With this said last of these entries, and of all others of the same contents."""
        told = _NOTHING
        if verdict is not None:
            latest = int(self.said.max(initial=0)) // _N_VERDICTS + 1
            told = latest * _N_VERDICTS + VERDICTS.index(verdict)
        rows = self.rows[entries]
        is_meant = np.zeros(int(self.rows.max(initial=-1)) + 2, np.bool_)
        is_meant[rows] = True
        is_meant[-1] = False  # one file shown by two products is about those two
        meant = is_meant[self.rows]
        meant[entries] = True
        return replace(self, said=np.where(meant, told, self.said))

    def keys(self, entries: IdArray, facts: PairFacts) -> list[PairKey]:
        """What verdicts on these entries are about, each once."""
        found = zip(
            self.content_a[entries].tolist(),
            self.content_b[entries].tolist(),
            self.product_a[entries].tolist(),
            self.product_b[entries].tolist(),
            strict=True,
        )
        keys = (
            PairKey.of(
                facts.hashes[content_a],
                facts.hashes[content_b],
                facts.skus[product_a],
                facts.skus[product_b],
            )
            for content_a, content_b, product_a, product_b in found
        )
        return list(dict.fromkeys(keys))

    def _pairs(self, begins: IdArray, shown: IdArray, verdicts: NDArray[np.int8]) -> ProductPairs:
        return ProductPairs(
            self.product_a[begins],
            self.product_b[begins],
            self.content_a[shown],
            self.content_b[shown],
            self.same[shown],
            self.variant[shown],
            self.rows[shown],
            verdicts,
        )


def pair_table(found: FoundPairs, facts: PairFacts) -> PairTable:
    """All pairs between two products that are not excluded."""
    contents, starts, counts = np.unique(
        facts.contents.content_ids, return_index=True, return_counts=True
    )
    is_crowded = counts > MOST_SHOWING
    shown = np.where(is_crowded, 0, counts)
    at_a, n_a = _showing(contents, starts, shown, found.content_a)
    at_b, n_b = _showing(contents, starts, shown, found.content_b)
    of_pair, one, other = _combined(at_a, n_a, at_b, n_b)
    of_content, left, right = _combined(starts, shown, starts, shown)
    products = facts.contents.product_ids
    n_shared = len(of_content)
    a = np.concatenate([products[one], products[left]])
    b = np.concatenate([products[other], products[right]])
    content_a = np.concatenate([found.content_a[of_pair], contents[of_content]])
    content_b = np.concatenate([found.content_b[of_pair], contents[of_content]])
    rows = np.concatenate([of_pair, np.full(n_shared, _NOTHING, np.int64)])
    same = np.concatenate([found.same[of_pair], np.ones(n_shared, np.float32)])
    variant = np.concatenate([found.variant[of_pair], np.zeros(n_shared, np.float32)])
    # Of one file each two products once; of two files a pair either way round.
    kept = (a != b) & ((rows >= 0) | (a < b))
    is_turned = a > b
    a, b = np.where(is_turned, b, a), np.where(is_turned, a, b)
    content_a, content_b = (
        np.where(is_turned, content_b, content_a),
        np.where(is_turned, content_a, content_b),
    )
    kept &= ~_agree(a, b, *facts.excluding)
    order = np.flatnonzero(kept)
    order = order[
        np.lexsort((content_b[order], content_a[order], -same[order], b[order], a[order]))
    ]
    table = PairTable(
        a[order],
        b[order],
        content_a[order],
        content_b[order],
        rows[order],
        same[order],
        variant[order],
        np.full(len(order), _NOTHING, np.int64),
        tuple(contents[is_crowded].tolist()),
    )
    return replace(table, said=_said(table, found, facts))


def _showing(
    contents: IdArray, starts: IdArray, counts: IdArray, wanted: IdArray
) -> tuple[IdArray, IdArray]:
    """For each wanted content where the products that show it begin, and how many they are."""
    if not len(contents):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), np.int64)
    places = np.searchsorted(contents, wanted).clip(max=len(contents) - 1)
    is_known = contents[places] == wanted
    return starts[places], np.where(is_known, counts[places], 0)


def _combined(
    at_a: IdArray, n_a: IdArray, at_b: IdArray, n_b: IdArray
) -> tuple[IdArray, IdArray, IdArray]:
    """Every member of a run with every one of its partner: which two runs, and both places."""
    sizes = n_a * n_b
    ends = np.cumsum(sizes)
    of = np.repeat(np.arange(len(sizes)), sizes)
    within = np.arange(int(sizes.sum())) - np.repeat(ends - sizes, sizes)
    return of, at_a[of] + within // n_b[of], at_b[of] + within % n_b[of]


def _agree(a: IdArray, b: IdArray, products: IdArray, groups: IdArray) -> NDArray[np.bool_]:
    """Which pairs of products have a group in common."""
    if not len(products):
        return np.zeros(len(a), np.bool_)
    members = np.unique(np.stack([products, groups]), axis=1)
    own, starts, counts = np.unique(members[0], return_index=True, return_counts=True)
    at, n = _showing(own, starts, counts, a)
    of, place, _ = _combined(at, n, np.zeros_like(at), np.ones_like(at))
    span = int(groups.max()) + 1
    held = members[0] * span + members[1]
    asked = b[of] * span + members[1][place]
    found = np.searchsorted(held, asked).clip(max=len(held) - 1)
    agree = np.zeros(len(a), np.bool_)
    agree[of[held[found] == asked]] = True
    return agree


def _said(table: PairTable, found: FoundPairs, facts: PairFacts) -> IdArray:
    """What was said of each entry; see PairTable."""
    times = {at: rank for rank, at in enumerate(sorted({v.decided_at for v in facts.verdicts}))}
    contents = {digest: content_id for content_id, digest in facts.hashes.items()}
    of_found = np.full(len(found) + 1, _NOTHING, np.int64)  # the last is that of no row
    of_file: dict[tuple[str, str, str], int] = {}
    a, b, told = [], [], []
    for stored in facts.verdicts:
        key = stored.key
        value = times[stored.decided_at] * _N_VERDICTS + VERDICTS.index(stored.verdict)
        if key.hash_a == key.hash_b:
            of_file[key.hash_a, key.sku_a, key.sku_b] = value
            continue
        ends = contents.get(key.hash_a), contents.get(key.hash_b)
        if ends[0] is not None and ends[1] is not None:
            a.append(min(ends[0], ends[1]))
            b.append(max(ends[0], ends[1]))
            told.append(value)
    if told and len(found):
        span = int(found.content_b.max()) + 1
        held = found.content_a * span + found.content_b
        low, high = np.array(a, np.int64), np.array(b, np.int64)
        places = np.searchsorted(held, low * span + high).clip(max=len(held) - 1)
        is_found = (found.content_a[places] == low) & (found.content_b[places] == high)
        of_found[places[is_found]] = np.array(told, np.int64)[is_found]
    said = of_found[table.rows]
    if of_file:
        for entry in np.flatnonzero(table.rows < 0).tolist():
            key = PairKey.of(
                *(facts.hashes[int(table.content_a[entry])],) * 2,
                facts.skus[int(table.product_a[entry])],
                facts.skus[int(table.product_b[entry])],
            )
            said[entry] = of_file.get((key.hash_a, key.sku_a, key.sku_b), _NOTHING)
    return said
