"""From what a person searches with to the pixels that are compared."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.errors import UnreadableImage, UserFacingError
from desktop_app.domain.images import DecodedImage
from desktop_app.domain.ports import Catalogue, ImageReader
from desktop_app.domain.products import Product
from desktop_app.domain.search import QueryPicture


def load_query_picture(
    picture: QueryPicture, *, catalogue: Catalogue, reader: ImageReader, max_side: int = 0
) -> DecodedImage:
    """The picture before it is turned and cropped, shrunk to fit ``max_side`` (0: as large as
    it is). Raises UnreadableImage.

    A picture of the catalogue is read from any of its files, or else from its thumbnail.
    """
    if picture.path is not None:
        return reader.decode(picture.path, max_side=max_side)
    if picture.encoded is not None:
        return reader.decode(picture.encoded, max_side=max_side)
    if picture.content_id is not None:
        return _load_content(picture.content_id, catalogue, reader, max_side)
    assert picture.rgb is not None
    height, width = picture.rgb.shape[:2]
    image = DecodedImage(picture.rgb, None, width, height)
    return reader.shrink(image, side=max_side) if 0 < max_side < max(height, width) else image


def read_view(
    picture: QueryPicture, *, catalogue: Catalogue, reader: ImageReader, side: int
) -> DecodedImage:
    """The picture as it is searched with: turned, then cropped, of about ``side`` pixels if
    the file is that large. Its original size is that of the view. Raises UnreadableImage."""
    crop = picture.crop
    share = max(crop.right - crop.left, crop.bottom - crop.top)
    image = load_query_picture(
        picture, catalogue=catalogue, reader=reader, max_side=math.ceil(side / share)
    )
    rgb = view_of(image.rgb, picture)
    alpha = None if image.alpha is None else view_of(image.alpha, picture)
    height, width = rgb.shape[:2]
    return DecodedImage(rgb, alpha, width, height)


def query_of_product(product: Product) -> QueryPicture:
    """A product's main picture as a query. Raises UserFacingError where it has none."""
    if not product.pictures:
        raise UserFacingError(
            f"{product.fields.sku} has no picture to search with.",
            remedy="Add a picture to the product, or search with another one.",
        )
    picture = product.pictures[0]
    if picture.content_id is None:
        return QueryPicture(product.fields.sku, path=Path(picture.path))
    return QueryPicture(product.fields.sku, content_id=picture.content_id)


def view_of(pixels: NDArray[np.uint8], picture: QueryPicture) -> NDArray[np.uint8]:
    """``pixels`` (height, width, ...) turned, then cropped, as ``picture`` says; a crop keeps
    at least one pixel."""
    turned = np.rot90(pixels, -picture.quarter_turns)
    height, width = turned.shape[:2]
    crop = picture.crop
    columns = _pixels(crop.left, crop.right, width)
    rows = _pixels(crop.top, crop.bottom, height)
    return np.ascontiguousarray(turned[rows, columns])


def _pixels(begin: float, end: float, size: int) -> slice:
    """The pixels that a stretch touches, at least one."""
    first = min(math.floor(begin * size), size - 1)
    return slice(first, max(math.ceil(end * size), first + 1))


def _load_content(
    content_id: int, catalogue: Catalogue, reader: ImageReader, max_side: int
) -> DecodedImage:
    pictures = catalogue.pictures.get_by_content(content_id)
    problem: UnreadableImage | None = None
    for path in dict.fromkeys(known.path for known in pictures):
        try:
            return reader.decode(Path(path), max_side=max_side)
        except UnreadableImage as error:
            problem = error
    for content_hash in dict.fromkeys(known.content_hash for known in pictures):
        thumbnail = catalogue.pictures.thumbnail(content_hash) if content_hash else None
        if thumbnail is not None:
            return reader.decode(thumbnail, max_side=max_side)
    raise UnreadableImage(
        "None of the files of this picture can be read.",
        remedy="Connect the drive they are on, or search with another picture.",
        details=str(problem or f"no live picture has content {content_id}"),
    ) from problem
