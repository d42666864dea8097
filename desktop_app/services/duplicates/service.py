"""Duplicates of one catalogue: found, looked over, decided on, and exchanged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from desktop_app.domain.duplicates import Exclusions, Verdict
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.storage import ChangeSet
from desktop_app.services.duplicates.board import Board
from desktop_app.services.duplicates.finding import FindStep, PairFinder
from desktop_app.services.duplicates.pair_facts import read_facts
from desktop_app.services.duplicates.verdict_files import (
    VerdictMerge,
    merged,
    read_verdicts,
    write_verdicts,
)


class DuplicatesService:
    """What a window or a command needs to review duplicates.

    :meth:`find`, :meth:`decide` and :meth:`take_verdicts` belong to the one writing thread;
    the others may be called from any.
    """

    def __init__(self, catalogue: Catalogue, finder: PairFinder) -> None:
        self._catalogue = catalogue
        self._finder = finder

    def find(self, token: CancelToken) -> Iterator[FindStep]:
        """See :meth:`PairFinder.run`."""
        return self._finder.run(token)

    def is_lacking(self) -> bool:
        """Whether there are pictures to compare. Raises ModelUnavailable."""
        return self._finder.is_lacking()

    def count(self) -> tuple[int, int]:
        """How many contents were compared, and how many there are. Raises ModelUnavailable."""
        return self._catalogue.pairs.count(self._finder.version)

    def board(self, exclusions: Exclusions = Exclusions()) -> Board:  # noqa: B008 - immutable
        """Everything found and decided so far. Takes about a second with 100,000 pairs.
        Raises ModelUnavailable."""
        found = self._catalogue.pairs.load(self._finder.version)
        return Board.of(found, read_facts(self._catalogue, exclusions))

    def decide(
        self, board: Board, pair_rows: Sequence[int], verdict: Verdict | None, *, by: str = ""
    ) -> ChangeSet:
        """Say ``verdict`` of every found pair between the products of these rows of the
        board, or take back what was said with None, as one change. Undoable."""
        count = f"{len(pair_rows)} pair" + ("" if len(pair_rows) == 1 else "s")
        label = f"Clear {count}" if verdict is None else f"Mark {count} as {verdict.value}"
        return self._catalogue.verdicts.decide(board.keys(pair_rows), verdict, by=by, label=label)

    def export_verdicts(self, path: Path) -> int:
        """Write every verdict to a file; returns how many. Raises UserFacingError, StorageFull
        on a full disk."""
        verdicts = self._catalogue.verdicts.all()
        write_verdicts(path, verdicts, catalogue=self._catalogue.name, skus=self.skus_by_hash())
        return len(verdicts)

    def read_verdicts(self, path: Path) -> VerdictMerge:
        """What taking over the verdicts of a file would do; nothing is changed. Raises
        UnreadableVerdicts."""
        return merged(self._catalogue.verdicts.all(), read_verdicts(path))

    def take_verdicts(self, merge: VerdictMerge, *, prefer_other: bool) -> ChangeSet:
        """Take over what is new of a file, and with ``prefer_other`` also what conflicts, as
        one change. What was decided here since the file was read counts. Undoable."""
        now = merged(self._catalogue.verdicts.all(), merge.others)
        taken = [*now.added]
        if prefer_other:
            taken += [conflict.other for conflict in now.conflicts]
        label = f"Take over {len(taken)} verdict" + ("" if len(taken) == 1 else "s")
        return self._catalogue.verdicts.take_over(taken, label=label)

    def skus_by_hash(self) -> dict[str, list[str]]:
        """The SKUs of the products that show a content now, by its hash: what verdicts are
        about, in words."""
        hashes = self._catalogue.pictures.content_hashes()
        skus = self._catalogue.products.values("sku")
        contents = self._catalogue.pictures.content_map()
        shown: dict[str, list[str]] = defaultdict(list)
        for content_id, product_id in zip(
            contents.content_ids.tolist(), contents.product_ids.tolist(), strict=True
        ):
            shown[hashes[content_id]].append(skus.get(product_id, ""))
        return shown
