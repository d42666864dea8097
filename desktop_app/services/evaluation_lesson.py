"""What a manifest has to teach an adapter: pictures as a search would see them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.errors import UnreadableImage
from desktop_app.domain.images import READING_SIDE, FloatMatrix
from desktop_app.domain.learned_models import Projection
from desktop_app.domain.masks import Masker
from desktop_app.domain.metric_learning import LabelledPictures
from desktop_app.domain.ports import Catalogue, Embedder, ImageReader
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.search import QueryPicture
from desktop_app.services.evaluation_gallery import EvaluationGallery
from desktop_app.services.evaluation_manifest import LabelledPicture
from desktop_app.services.learning.calibrating import grouped_best
from desktop_app.services.query_pictures import read_view
from desktop_app.services.query_reading import look_views, mask_of_query

FOLDS = 4
"""Of so many parts of the products each is left out once, to know how far to go."""

HELD_SHARE = 5
"""Of the other products one photo in so many is kept back meanwhile."""


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """Pictures to learn from, as rows: one for each of the gallery, and as many for each other
    picture (a *photo*) as there are views of it that a search would embed.

    ``pictures.content_ids`` are those of the catalogue for the gallery's; photos are numbered
    from -1 downwards, all rows of one alike. Products are numbered by their label's place in
    ``labels``. ``problems`` says why photos could not be read, by path.
    """

    pictures: LabelledPictures
    labels: tuple[str, ...]
    problems: dict[str, str]

    @property
    def is_photo(self) -> NDArray[np.bool_]:
        claims: NDArray[np.bool_] = self.pictures.content_ids < 0
        return claims

    @property
    def n_photos(self) -> int:
        return len(np.unique(self.pictures.content_ids[self.is_photo]))

    @property
    def n_products(self) -> int:
        """Those with photos."""
        return len(np.unique(self.pictures.products[self.is_photo]))


@dataclass(frozen=True, slots=True, eq=False)
class LessonParts:
    """Rows of a lesson, rising: ``taught`` from, of products that are left out
    (``validation``), and ``held`` back of products that are taught. Gallery pictures are never
    held back."""

    taught: NDArray[np.intp]
    validation: NDArray[np.intp]
    held: NDArray[np.intp]


class LessonReader:
    """Reads photos as :class:`~desktop_app.services.query_reading.QueryReader` reads a query."""

    def __init__(
        self, catalogue: Catalogue, reader: ImageReader, embedder: Embedder, masker: Masker
    ) -> None:
        self._catalogue = catalogue
        self._reader = reader
        self._embedder = embedder
        self._masker = masker

    def read(
        self,
        gallery: EvaluationGallery,
        photos: Sequence[LabelledPicture],
        token: CancelToken,
        *,
        without: Collection[str] = (),
    ) -> Lesson:
        """Everything with a label that is not among ``without``. Raises Cancelled."""
        problems: dict[str, str] = {}
        numbers: dict[str, int] = {}
        products: list[int] = []
        contents: list[int] = []
        vectors: list[FloatMatrix] = []

        def add(label: str, content_id: int, rows: FloatMatrix) -> None:
            number = numbers.setdefault(label, len(numbers))
            products.extend([number] * len(rows))
            contents.extend([content_id] * len(rows))
            vectors.append(rows)

        for label, content_id, rows in self._gallery_rows(gallery):
            if label and label not in without:
                add(label, content_id, rows)
        for number, photo in enumerate(photos, start=1):
            token.checkpoint()
            if photo.label and photo.label not in without:
                try:
                    add(photo.label, -number, self.views_of(photo))
                except UnreadableImage as error:
                    problems[str(photo.path)] = str(error)
        of_products = np.array(products, np.int64)
        pictures = LabelledPictures(
            np.array(contents, np.int64),
            of_products,
            of_products,
            np.concatenate(vectors) if vectors else np.empty((0, 0), np.float32),
        )
        return Lesson(pictures, tuple(numbers), problems)

    def views_of(self, photo: LabelledPicture) -> FloatMatrix:
        """The vectors that a search with this picture would compare. Raises UnreadableImage."""
        picture = QueryPicture(photo.path.name, path=photo.path)
        image = read_view(
            picture, catalogue=self._catalogue, reader=self._reader, side=READING_SIDE
        )
        mask = mask_of_query(image, picture, self._masker)
        return self._embedder.embed(look_views(image.rgb, mask))

    def _gallery_rows(self, gallery: EvaluationGallery) -> list[tuple[str, int, FloatMatrix]]:
        shown = self._catalogue.pictures.content_map()
        found = []
        for content_id, product_id in zip(
            shown.content_ids.tolist(), shown.product_ids.tolist(), strict=True
        ):
            _, rows = self._catalogue.vectors.get(self._embedder.key, [content_id])
            if rows.any():
                found.append((gallery.picture_of(product_id).label, content_id, rows))
        return found


def split_lesson(lesson: Lesson, fold: int = 0, *, seed: int = 0) -> LessonParts:
    """Products with photos are taught or left out as a whole; of FOLDS folds each leaves out
    others. Equal lessons are split alike."""
    rng = np.random.default_rng(seed)
    pictures, is_photo = lesson.pictures, lesson.is_photo
    products = rng.permutation(np.unique(pictures.products[is_photo]))
    left_out = products[fold::FOLDS]
    is_validation = np.isin(pictures.products, left_out)
    held: list[int] = []
    for product in np.setdiff1d(products, left_out).tolist():
        own = np.unique(pictures.content_ids[(pictures.products == product) & is_photo])
        held += rng.permutation(own)[: len(own) // HELD_SHARE].tolist()
    is_held = np.isin(pictures.content_ids, held)
    return LessonParts(
        np.flatnonzero(~is_validation & ~is_held),
        np.flatnonzero(is_validation),
        np.flatnonzero(is_held),
    )


@dataclass(frozen=True, slots=True, eq=False)
class PhotoScores:
    """Photos (p,) beside the gallery's pictures (g,): LOOK's scores ``look`` (p, g), the best of
    each photo's views, and ``is_right`` (p, g) where both are of one product."""

    look: FloatMatrix
    is_right: NDArray[np.bool_]


def photo_scores(
    lesson: Lesson, rows: NDArray[np.intp], projection: Projection | None = None
) -> PhotoScores:
    """Of the photos among ``rows`` whose product has a gallery picture, seen through
    ``projection``."""
    pictures, is_photo = lesson.pictures, lesson.is_photo
    shown = np.flatnonzero(~is_photo)
    rows = rows[is_photo[rows] & np.isin(pictures.products[rows], pictures.products[shown])]
    rows = rows[np.argsort(pictures.content_ids[rows], kind="stable")]
    _, first, photo_of = np.unique(
        pictures.content_ids[rows], return_index=True, return_inverse=True
    )
    is_right = pictures.products[rows[first]][:, np.newaxis] == pictures.products[shown]
    if not len(rows):
        return PhotoScores(np.empty(is_right.shape, np.float32), is_right)
    vectors = pictures.vectors if projection is None else projection(pictures.vectors)
    look = grouped_best(vectors[rows] @ vectors[shown].T, photo_of, len(first))
    return PhotoScores(look, is_right)
