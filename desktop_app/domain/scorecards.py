"""How well a catalogue's own products are found, as measured on their pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from desktop_app.domain.metrics import RankingScores
from desktop_app.domain.progress import Progress

FUSED = "fused"
"""The name, among a scorecard's scores, of the ranking a search shows; the others are the
values of :class:`~desktop_app.domain.evidence.Channel`."""

NEVER_FOUND = 0
"""The rank of a product that was not among what a query found."""


@dataclass(frozen=True, slots=True)
class WorstQuery:
    """A query that did not find its own product first.

    ``content_id`` is the picture searched with, ``product_id`` the product it shows and
    ``first_product_id`` the one that came first instead, None where nothing was found.
    ``right_rank`` is the place of the right product, counted from 1; NEVER_FOUND where it was
    not among the candidates.
    """

    content_id: int
    product_id: int
    first_product_id: int | None
    right_rank: int


@dataclass(frozen=True, slots=True)
class Scorecard:
    """What was measured on products with several pictures: each picture is searched with,
    itself and its exact copies taken out of the catalogue, and its product is the right answer.

    ``scores`` are those of FUSED, the ranking a search shows, and of each channel alone that
    said anything, by its name. A product that no channel proposed counts as not found.
    ``n_queries`` pictures of ``n_products`` products were searched with, drawn from
    ``n_sampled_from`` that could have been: the figures are of a sample where that is more.
    ``ms_p50`` and ``ms_p95`` are milliseconds of a search, everything included. ``worst`` are
    the queries whose product came last, the worst first; none that found it first.
    """

    scores: Mapping[str, RankingScores]
    n_queries: int
    n_products: int
    n_sampled_from: int
    ms_p50: float
    ms_p95: float
    worst: tuple[WorstQuery, ...]

    @property
    def is_sampled(self) -> bool:
        """Whether not every picture that could be searched with was."""
        return self.n_queries < self.n_sampled_from


@dataclass(frozen=True, slots=True)
class ScorecardStep:
    """A piece of measuring. The last one, and only it, carries the scorecard."""

    progress: Progress
    scorecard: Scorecard | None = None
