"""A query, what it found, and what the figures mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from desktop_app.domain.filters import ProductFilter
from desktop_app.domain.images import CropBox, RgbArray

DEFAULT_LIMIT = 60


@dataclass(frozen=True, slots=True, eq=False)
class QueryPicture:
    """The picture a person searches with: exactly one of ``path``, ``encoded`` (the bytes of
    a picture file), ``rgb`` (for instance a camera frame) or ``content_id`` (a picture of
    the catalogue).

    ``crop`` is taken after ``quarter_turns`` clockwise turns of 90 degrees.
    """

    label: str
    path: Path | None = None
    encoded: bytes | None = None
    rgb: RgbArray | None = None
    content_id: int | None = None
    crop: CropBox = field(default_factory=CropBox)
    quarter_turns: int = 0

    def __post_init__(self) -> None:
        sources = (self.path, self.encoded, self.rgb, self.content_id)
        if sum(source is not None for source in sources) != 1:
            raise ValueError("a query picture has exactly one source")


@dataclass(frozen=True, slots=True, eq=False)
class SearchRequest:
    """A query with what narrows it. ``limit`` counts products. Hits below
    ``minimum_score`` (cosine similarity) and ``exclude_products`` are left out.
    """

    picture: QueryPicture
    filter: ProductFilter = field(default_factory=ProductFilter)
    limit: int = DEFAULT_LIMIT
    minimum_score: float = -1.0
    exclude_products: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ViewScore:
    """One picture of a hit. ``score`` as in :class:`Hit`."""

    content_id: int
    score: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A product found.

    ``score`` is the cosine similarity of the query and the product's best matching picture,
    in [-1, 1], higher is more alike. ``views`` holds that picture first and the product's
    other matching pictures after it, by falling score.
    """

    product_id: int
    score: float
    views: tuple[ViewScore, ...]

    @property
    def content_id(self) -> int:
        """The best matching picture."""
        return self.views[0].content_id


@dataclass(frozen=True, slots=True)
class SearchTiming:
    """Milliseconds spent in each step of a search."""

    decode_ms: float = 0.0
    embed_ms: float = 0.0
    filter_ms: float = 0.0
    rank_ms: float = 0.0

    @property
    def total_ms(self) -> float:
        return self.decode_ms + self.embed_ms + self.filter_ms + self.rank_ms


@dataclass(frozen=True, slots=True, eq=False)
class SearchResults:
    """Hits by falling score; ties by product id.

    ``searched_products`` is the number of products with a searchable picture, and
    ``allowed_products`` how many of them the filter left.
    """

    request: SearchRequest
    hits: tuple[Hit, ...]
    model_key: str
    searched_products: int
    allowed_products: int
    timing: SearchTiming = field(default_factory=SearchTiming)


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
