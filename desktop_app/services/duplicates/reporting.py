"""A report on the duplicates of a catalogue: groups at a threshold with all that is known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from desktop_app.domain.duplicates import (
    VERDICTS,
    DuplicateGroup,
    PairJudgement,
    ProductPairs,
    Verdict,
)
from desktop_app.domain.evidence_ports import ORIENTATIONS
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.products import CORE_COLUMNS, ProductCard
from desktop_app.domain.reports import (
    DuplicateReport,
    IncludedGroups,
    ProductRole,
    ReportedGroup,
    ReportedPair,
    ReportedPicture,
    ReportedProduct,
    ReportFacts,
)
from desktop_app.services.duplicates.board import Board

LIKELY_VARIANT = 0.8
"""From this chance on, undecided products are reported as variants of each other. Below it, in
the demo range, most of them are only of one kind: two caps, a jar and its neighbour."""

_BATCH_GROUPS = 50
_NOT_DECIDED = (-1, VERDICTS.index(Verdict.LATER))


def duplicate_report(
    board: Board,
    threshold: float,
    *,
    catalogue: Catalogue,
    model: str,
    made_at: str,
    kept: Collection[int] = (),
    included: IncludedGroups = IncludedGroups.ALL,
) -> DuplicateReport:
    """What is thought and decided of the catalogue's duplicates at ``threshold``, of the groups
    that are ``included``.

    ``kept`` are products that a plan keeps; in a group without one it is the product most like
    all others. Variants stand with the duplicates they belong to, or in groups of their own.
    Products are read from the catalogue a few groups at a time, whenever the groups are walked.
    """
    all_groups = board.groups_at(threshold)
    groups = tuple(group for group in all_groups if included.takes(group.is_decided))
    variants = _Variants(board.pairs, all_groups, included)
    rows = np.array([row for group in groups for row in group.pair_rows], dtype=np.int64)
    precision = board.precision_at(threshold)
    facts = ReportFacts(
        catalogue=catalogue.name,
        model=model,
        threshold=threshold,
        expected_precision=precision.value,
        verdict_count=precision.n_verdicts if precision.is_learned else 0,
        group_count=len(groups),
        product_count=len({i for group in groups for i in group.product_ids}),
        pair_count=len(rows),
        decided_count=int((~np.isin(board.pairs.verdicts[rows], _NOT_DECIDED)).sum()),
        variant_group_count=len(variants.own_groups),
        made_at=made_at,
        included=included,
    )
    columns = (*CORE_COLUMNS, *catalogue.products.columns())
    return DuplicateReport(facts, columns, _Groups(board, groups, variants, catalogue, set(kept)))


@dataclass(frozen=True, slots=True)
class _Draft:
    """A group by ids and rows. ``kept`` is 0 where all are variants."""

    kept: int
    duplicates: tuple[int, ...]
    variants: tuple[int, ...]
    rows: tuple[int, ...]
    cohesion: float = 0.0
    strongest: float = 0.0
    is_decided: bool = False

    @property
    def product_ids(self) -> tuple[int, ...]:
        return (*([self.kept] if self.kept else []), *self.duplicates, *self.variants)


class _Variants:
    """Which products are variants of which: pairs decided so, and undecided ones that look so."""

    def __init__(
        self, pairs: ProductPairs, groups: Iterable[DuplicateGroup], included: IncludedGroups
    ) -> None:
        is_open = np.isin(pairs.verdicts, _NOT_DECIDED)
        looks_so = (pairs.variant >= LIKELY_VARIANT) & (pairs.variant > pairs.same)
        is_decided = pairs.verdicts == VERDICTS.index(Verdict.VARIANT)
        self._pairs = pairs
        self._rows: dict[int, list[int]] = defaultdict(list)
        grouped = {i for group in groups for i in group.product_ids}
        own: dict[int, list[int]] = {}
        together: dict[int, set[int]] = defaultdict(set)
        for row in np.flatnonzero(is_decided | (is_open & looks_so)).tolist():
            one, other = int(pairs.product_a[row]), int(pairs.product_b[row])
            self._rows[one].append(row)
            self._rows[other].append(row)
            if one in grouped or other in grouped or together[one] & together[other]:
                continue
            centre = other if other in own and one not in own else one
            own.setdefault(centre, []).append(row)
            together[one].add(centre)
            together[other].add(centre)
        drafts = (self._own(rows) for rows in own.values())
        self.own_groups = [draft for draft in drafts if included.takes(draft.is_decided)]

    def of(self, group: DuplicateGroup) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Variants of a group's products that are not in it, and the rows that say so."""
        members = set(group.product_ids)
        found: dict[int, None] = {}
        rows: dict[int, None] = {}
        for product_id in group.product_ids:
            for row in self._rows.get(product_id, ()):
                pair = {int(self._pairs.product_a[row]), int(self._pairs.product_b[row])}
                if outside := pair - members:
                    found.update(dict.fromkeys(outside))
                    rows[row] = None
        return tuple(found), tuple(rows)

    def _own(self, rows: Sequence[int]) -> _Draft:
        ids = {
            int(i) for row in rows for i in (self._pairs.product_a[row], self._pairs.product_b[row])
        }
        is_decided = not np.isin(self._pairs.verdicts[list(rows)], _NOT_DECIDED).any()
        return _Draft(0, (), tuple(sorted(ids)), tuple(rows), is_decided=is_decided)


@dataclass(frozen=True, slots=True, eq=False)
class _Groups:
    """The groups of a report, read from the catalogue as they are walked."""

    board: Board
    groups: Sequence[DuplicateGroup]
    variants: _Variants
    catalogue: Catalogue
    kept: Collection[int]

    def __iter__(self) -> Iterator[ReportedGroup]:
        drafts = [*map(self._draft, self.groups), *self.variants.own_groups]
        for start in range(0, len(drafts), _BATCH_GROUPS):
            batch = drafts[start : start + _BATCH_GROUPS]
            ids = list(dict.fromkeys(i for draft in batch for i in draft.product_ids))
            reading = _Reading(self.board, self.catalogue, ids)
            for number, draft in enumerate(batch, start + 1):
                yield reading.group(number, draft)

    def _draft(self, group: DuplicateGroup) -> _Draft:
        kept = next((i for i in group.product_ids if i in self.kept), group.medoid)
        variants, variant_rows = self.variants.of(group)
        return _Draft(
            kept,
            tuple(i for i in group.product_ids if i != kept),
            variants,
            (*group.pair_rows, *variant_rows),
            group.cohesion,
            group.strongest,
            group.is_decided,
        )


class _Reading:
    """What the catalogue says of the products of a few groups."""

    def __init__(self, board: Board, catalogue: Catalogue, product_ids: Sequence[int]) -> None:
        self._board = board
        self._pictures = catalogue.pictures
        self._cards = {card.id: card for card in catalogue.products.cards(product_ids)}
        self._thumbnails: dict[str, bytes] = {}

    def group(self, number: int, draft: _Draft) -> ReportedGroup:
        """Products that went in the meantime are left out."""
        roles = {draft.kept: ProductRole.KEPT}
        roles |= dict.fromkeys(draft.duplicates, ProductRole.DUPLICATE)
        roles |= dict.fromkeys(draft.variants, ProductRole.VARIANT)
        products = [
            ReportedProduct(card, roles[i], self._main_picture(card))
            for i in draft.product_ids
            if (card := self._cards.get(i))
        ]
        same = self._board.pairs.same
        rows = sorted(draft.rows, key=lambda row: (-float(same[row]), row))
        return ReportedGroup(
            number,
            tuple(products),
            tuple(pair for row in rows if (pair := self._pair(row))),
            draft.cohesion,
            draft.strongest,
            draft.is_decided,
        )

    def _main_picture(self, card: ProductCard) -> ReportedPicture:
        return ReportedPicture(card.main_picture_path, self._thumbnail(card.thumbnail))

    def _pair(self, row: int) -> ReportedPair | None:
        pairs = self._board.pairs
        one, other = int(pairs.product_a[row]), int(pairs.product_b[row])
        if one not in self._cards or other not in self._cards:
            return None
        place = int(pairs.verdicts[row])
        return ReportedPair(
            one,
            other,
            self._judgement(row),
            None if place < 0 else VERDICTS[place],
            self._picture(int(pairs.content_a[row]), one),
            self._picture(int(pairs.content_b[row]), other),
        )

    def _judgement(self, row: int) -> PairJudgement:
        pairs, found = self._board.pairs, self._board.found
        same, variant = float(pairs.same[row]), float(pairs.variant[row])
        at = int(pairs.rows[row])
        if at < 0:
            return PairJudgement(same, variant)
        return PairJudgement(
            same,
            variant,
            tuple(float(score) for score in found.scores[at]),
            float(found.difference[at]),
            ORIENTATIONS[int(found.orientations[at])],
        )

    def _picture(self, content_id: int, product_id: int) -> ReportedPicture:
        """The file of the product with this content."""
        pictures = self._pictures.get_by_content(content_id)
        own = next((p for p in pictures if p.product_id == product_id), None)
        if own is None:
            return ReportedPicture()
        return ReportedPicture(own.path, self._thumbnail(own.content_hash))

    def _thumbnail(self, content_hash: str) -> bytes:
        if content_hash and content_hash not in self._thumbnails:
            self._thumbnails[content_hash] = self._pictures.thumbnail(content_hash) or b""
        return self._thumbnails.get(content_hash, b"")
