"""Scorecards, measured in the search lane; a person's searches go between the queries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from desktop_app.domain.errors import ProductNotFound
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.products import Picture, ProductCard
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.scorecards import Scorecard, ScorecardStep, WorstQuery
from desktop_app.services.scorecard_export import write_scorecard_csv
from desktop_app.workers.lane import Job, Lane


class ScorecardMaker(Protocol):
    """Measures how well a catalogue's products are found."""

    def measure(self, token: CancelToken) -> Iterator[ScorecardStep]:
        """Raises Cancelled, and UserFacingError where there is nothing to measure."""
        ...


@dataclass(frozen=True, slots=True)
class WorstCase:
    """A query that went wrong, ready to be shown. ``thumbnail`` is the content hash of the
    picture searched with, ``right_thumbnail`` that of another picture of its product, which
    should have been found; products that are no longer there are None."""

    query: WorstQuery
    thumbnail: str
    right_thumbnail: str
    right: ProductCard | None
    first: ProductCard | None


@dataclass(frozen=True, slots=True)
class MeasuredCard:
    """A scorecard with its worst queries ready to be shown."""

    scorecard: Scorecard
    worst: tuple[WorstCase, ...] = ()


class Measurer(QObject):
    """Measures one scorecard at a time.

    Signals: ``progressed`` (Progress), ``measured`` (MeasuredCard), ``failed``
    (UserFacingError), ``stopped`` when it was cancelled, ``saved`` (file name).
    """

    progressed = Signal(object)
    measured = Signal(object)
    failed = Signal(object)
    stopped = Signal()
    saved = Signal(str)

    def __init__(
        self,
        lane: Lane,
        catalogue: Catalogue,
        maker: ScorecardMaker,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._lane = lane
        self._catalogue = catalogue
        self._maker = maker
        self._job: Job | None = None

    @property
    def is_measuring(self) -> bool:
        return self._job is not None

    def measure(self) -> None:
        """Ask for ``measured``, ``failed`` or ``stopped``; nothing while that is under way."""
        if self._job is not None:
            return

        def run(token: CancelToken) -> Iterator[ScorecardStep | MeasuredCard]:
            for step in self._maker.measure(token):
                yield step
                if step.scorecard is not None:
                    yield MeasuredCard(step.scorecard, self._cases(step.scorecard))

        self._job = self._lane.run(
            run,
            on_step=self._step,
            on_done=lambda _none: self._end(),
            on_failed=self._fail,
            on_cancelled=self._cancelled,
        )

    def cancel(self) -> None:
        """Stop measuring; nothing is kept."""
        if self._job is not None:
            self._lane.cancel(self._job)

    def save(self, card: MeasuredCard, path: Path) -> None:
        """Write a scorecard as CSV; ``saved`` or ``failed`` follows."""
        cases = (product for case in card.worst for product in (case.right, case.first))
        skus = {product.id: product.sku for product in cases if product is not None}
        self._lane.call(
            lambda _token: write_scorecard_csv(card.scorecard, skus, path),
            on_done=lambda _none: self.saved.emit(path.name),
            on_failed=self.failed.emit,
        )

    def _step(self, value: ScorecardStep | MeasuredCard) -> None:
        if isinstance(value, MeasuredCard):
            self._end()
            self.measured.emit(value)
        else:
            self.progressed.emit(value.progress)

    def _end(self) -> None:
        self._job = None

    def _fail(self, error: object) -> None:
        self._end()
        self.failed.emit(error)

    def _cancelled(self) -> None:
        self._end()
        self.stopped.emit()

    def _cases(self, scorecard: Scorecard) -> tuple[WorstCase, ...]:
        """In the lane: what is to be shown of the worst queries."""
        worst = scorecard.worst
        ids = {i for query in worst for i in (query.product_id, query.first_product_id) if i}
        cards = {card.id: card for card in self._catalogue.products.cards(sorted(ids))}
        cases = []
        for query in worst:
            pictures = self._pictures(query.product_id)
            same = [each for each in pictures if each.content_id == query.content_id]
            others = [each for each in pictures if each.content_id != query.content_id]
            cases.append(
                WorstCase(
                    query,
                    same[0].content_hash if same else "",
                    others[0].content_hash if others else "",
                    cards.get(query.product_id),
                    cards.get(query.first_product_id),
                )
            )
        return tuple(cases)

    def _pictures(self, product_id: int) -> tuple[Picture, ...]:
        try:
            return self._catalogue.products.get(product_id).pictures
        except ProductNotFound:
            return ()
