"""A query, what it found, and what the figures mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence import (
    Channel,
    ChannelWeights,
    HitEvidence,
    Orientation,
    PictureEvidence,
    QueryContext,
)
from desktop_app.domain.filters import ProductFilter
from desktop_app.domain.fusion import ScoreMatrix
from desktop_app.domain.images import CropBox, IdArray, RgbArray

DEFAULT_LIMIT = 60


@dataclass(frozen=True, slots=True, eq=False)
class QueryPicture:
    """The picture a person searches with: exactly one of ``path``, ``encoded`` (the bytes of
    a picture file), ``rgb`` (for instance a camera frame) or ``content_id`` (a picture of
    the catalogue).

    ``crop`` is taken after ``quarter_turns`` clockwise turns of 90 degrees. ``drawn_mask`` is
    the object as a person marked it: (height, width) uint8, 255 inside, of the turned and
    cropped view at any scale. With ``use_mask`` false the view is taken as it is, background
    and all.
    """

    label: str
    path: Path | None = None
    encoded: bytes | None = None
    rgb: RgbArray | None = None
    content_id: int | None = None
    crop: CropBox = field(default_factory=CropBox)
    quarter_turns: int = 0
    drawn_mask: NDArray[np.uint8] | None = None
    use_mask: bool = True

    def __post_init__(self) -> None:
        sources = (self.path, self.encoded, self.rgb, self.content_id)
        if sum(source is not None for source in sources) != 1:
            raise ValueError("a query picture has exactly one source")


@dataclass(frozen=True, slots=True, eq=False)
class SearchRequest:
    """A query with what narrows it. ``limit`` counts products. Hits below
    ``minimum_score`` (confidence) and ``exclude_products`` are left out.

    ``also`` holds further pictures of the same item. ``more_like`` and ``less_like`` name
    products the person pointed at; they move the query in LOOK. ``weights`` are the sliders.
    ``exclude_contents`` are not compared with the query at all: a search goes as if the
    catalogue had no such pictures (for measuring: the query must not find itself).
    """

    picture: QueryPicture
    filter: ProductFilter = field(default_factory=ProductFilter)
    limit: int = DEFAULT_LIMIT
    minimum_score: float = -1.0
    exclude_products: tuple[int, ...] = ()
    also: tuple[QueryPicture, ...] = ()
    more_like: tuple[int, ...] = ()
    less_like: tuple[int, ...] = ()
    weights: ChannelWeights = field(default_factory=ChannelWeights)
    exclude_contents: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ViewScore:
    """One picture of a hit. ``score`` as in :class:`Hit`."""

    content_id: int
    score: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A product found.

    ``score`` is the confidence, in [0, 1], that the product's best matching picture shows the
    item of the query. ``views`` holds that picture first and the product's other matching
    pictures after it, by falling score. ``evidence`` is that of the best one.
    """

    product_id: int
    score: float
    views: tuple[ViewScore, ...]
    evidence: HitEvidence = field(default_factory=HitEvidence)

    @property
    def content_id(self) -> int:
        """The best matching picture."""
        return self.views[0].content_id


@dataclass(frozen=True, slots=True)
class SearchTiming:
    """Milliseconds spent in each step of a search. ``describe_ms`` is for the mask and the
    features of print, shape and colour, ``compare_ms`` for comparing candidates in them."""

    decode_ms: float = 0.0
    describe_ms: float = 0.0
    embed_ms: float = 0.0
    filter_ms: float = 0.0
    rank_ms: float = 0.0
    compare_ms: float = 0.0

    @property
    def total_ms(self) -> float:
        return (
            self.decode_ms
            + self.describe_ms
            + self.embed_ms
            + self.filter_ms
            + self.rank_ms
            + self.compare_ms
        )


@dataclass(frozen=True, slots=True)
class CategoryGuess:
    """A category the query may be of. ``probability`` in [0, 1]."""

    category: str
    probability: float


@dataclass(frozen=True, slots=True, eq=False)
class QueryAnalysis:
    """What was found out about the query itself.

    ``evidence`` is of its first picture, with the mask, aligned with the view searched with.
    ``trust`` says how much each channel counted for this query (1: as on average).
    ``categories`` come by falling probability, none where the catalogue has no categories.
    """

    evidence: PictureEvidence
    context: QueryContext
    trust: Mapping[Channel, float]
    categories: tuple[CategoryGuess, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class CandidateTable:
    """Every picture that was compared with the query, so that other weights can rank them
    without a new query.

    Rows are (content, product) pairs: a content that two products show has two. ``scores``
    has a column for each channel; ``bonus`` are log-odds of rules and of the category.
    ``is_compared`` is false for the tail of a very long list, known in LOOK alone.
    ``orientations`` names those contents that match mirrored or turned.
    """

    content_ids: IdArray
    product_ids: IdArray
    scores: ScoreMatrix
    bonus: NDArray[np.float64]
    is_compared: NDArray[np.bool_]
    orientations: Mapping[int, Orientation] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class SearchResults:
    """Hits by falling score; ties by product id.

    ``searched_products`` is the number of products with a searchable picture, and
    ``allowed_products`` how many of them the filter left. ``analysis`` and ``candidates`` are
    None where nothing could be searched.
    """

    request: SearchRequest
    hits: tuple[Hit, ...]
    model_key: str
    searched_products: int
    allowed_products: int
    timing: SearchTiming = field(default_factory=SearchTiming)
    analysis: QueryAnalysis | None = None
    candidates: CandidateTable | None = None


@dataclass(frozen=True, slots=True)
class RecentQuery:
    """A query kept in the catalogue with what it found then.

    ``thumbnail`` is a small JPEG of the query as searched (turned and cropped);
    ``hits`` are (product id, score) pairs by falling score.
    """

    id: int
    asked_at: str
    label: str
    thumbnail: bytes
    hits: tuple[tuple[int, float], ...]
