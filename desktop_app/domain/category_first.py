"""Category first: the search of "multimodal fused search" for cosmetic packaging, and its steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from desktop_app.domain.container_classes import ContainerClass
from desktop_app.domain.search import CategoryGuess
from desktop_app.domain.shapes import ShapeResults


@dataclass(frozen=True, slots=True)
class PipelineSteps:
    """Which steps after the grey nearest neighbours are taken; the method is both."""

    within_class: bool = True
    by_overlap: bool = True


WHOLE_PIPELINE = PipelineSteps()


@dataclass(frozen=True, slots=True)
class CategoryFirstTiming:
    """Milliseconds: ``read_ms`` from the file to class, grey vector and silhouette, ``rank_ms``
    for the nearest neighbours, ``overlap_ms`` for laying silhouettes over each other."""

    read_ms: float = 0.0
    rank_ms: float = 0.0
    overlap_ms: float = 0.0

    @property
    def total_ms(self) -> float:
        return self.read_ms + self.rank_ms + self.overlap_ms


@dataclass(frozen=True, slots=True, eq=False)
class CategoryFirstResults(ShapeResults):
    """What was found among the contents of the predicted class alone.

    Hits that were re-ranked come first, by falling overlap; their score is (1 + overlap) / 2.
    The others follow by rising grey distance d, with the score (1 - d / 2) / 2. ``distance`` of
    hits is NaN: outlines are not compared point by point. ``searched_products`` have a class,
    ``allowed_products`` are those the filter left of the predicted one.

    ``container`` is the predicted class, None before anything was published; ``guesses`` are
    the likely ones by falling probability; ``grey_distances`` the Euclidean distance of the
    grey vectors by product, in [0, 2]; ``backbone`` names the network they are of.
    """

    container: ContainerClass | None = None
    guesses: tuple[CategoryGuess, ...] = ()
    grey_distances: Mapping[int, float] = field(default_factory=dict)
    backbone: str = ""
    timing: CategoryFirstTiming = CategoryFirstTiming()
