"""How well a catalogue's products are found by their own pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from desktop_app.domain.metrics import RankingScores
from desktop_app.domain.progress import Progress

FUSED = "fused"
"""The name, among those of the channels, of the ranking that a search shows."""


@dataclass(frozen=True, slots=True)
class WorstQuery:
    """A query that went wrong: a picture (``content_id``) of ``product_id`` which found
    ``first_product_id`` first, 0 where it found nothing. ``right_rank`` is where its own
    product stood, counted from 1; 0 where it was not found at all.
    """

    content_id: int
    product_id: int
    first_product_id: int
    right_rank: int


@dataclass(frozen=True, slots=True)
class Scorecard:
    """What was measured by searching with pictures whose product is known: the picture itself
    and its exact copies are taken out of the catalogue, its product is the right answer.

    ``scores`` are named FUSED for the ranking a search shows, and by the values of
    :class:`~desktop_app.domain.evidence.Channel` for each channel alone; channels that said
    nothing have none. A product that was not among the candidates counts as not found.
    ``n_products`` counts the products searched among; ``n_sampled_from`` how many pictures
    could have been searched with: where that is more than ``n_queries``, the figures are those
    of a sample. ``ms_p50`` and ``ms_p95`` are the median and the 95th percentile of the
    milliseconds from a query's picture to its ranking. ``worst`` comes by how badly it went,
    the worst first.
    """

    scores: Mapping[str, RankingScores]
    n_queries: int
    n_products: int
    ms_p50: float
    ms_p95: float
    worst: tuple[WorstQuery, ...] = ()
    n_sampled_from: int = 0

    @property
    def is_sample(self) -> bool:
        """Whether there were more pictures to search with than were."""
        return self.n_queries < self.n_sampled_from


@dataclass(frozen=True, slots=True)
class ScorecardStep:
    """A piece of measuring. The last one, and only it, carries the scorecard."""

    progress: Progress
    scorecard: Scorecard | None = None
