"""Products, their fields and their pictures.

A *product* is one SKU with fields and 1..n *pictures*. A picture is a file known to the
catalogue; its bytes are its *content*, shared by every picture with equal bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

FieldValue = str | float | bool | None


class FieldKind(StrEnum):
    """What a column holds: free text, a number (float), a yes/no flag, or an ISO 8601 date."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Column:
    """A field every product may have. ``unit`` (such as ``mm``) is shown after numbers."""

    name: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    unit: str = ""


CORE_COLUMNS: tuple[Column, ...] = (
    Column("sku", "SKU"),
    Column("title", "Title"),
    Column("brand", "Brand"),
    Column("category", "Category"),
    Column("price", "Price", FieldKind.NUMBER),
    Column("currency", "Currency"),
    Column("size", "Size"),
    Column("availability", "Availability"),
    Column("url", "Link"),
    Column("barcode", "Barcode"),
    Column("notes", "Notes"),
)
CORE_NAMES: frozenset[str] = frozenset(column.name for column in CORE_COLUMNS)


@dataclass(frozen=True, slots=True)
class ProductFields:
    """What is known of a product apart from its pictures.

    ``extra`` maps the names of the catalogue's own columns to values of the column's kind.
    """

    sku: str
    title: str = ""
    brand: str = ""
    category: str = ""
    price: float | None = None
    currency: str = ""
    size: str = ""
    availability: str = ""
    url: str = ""
    barcode: str = ""
    notes: str = ""
    extra: Mapping[str, FieldValue] = field(default_factory=dict)

    def value(self, name: str) -> FieldValue:
        """The value of a core or extra column; None where the product has none."""
        if name in CORE_NAMES:
            core: FieldValue = getattr(self, name)
            return core
        return self.extra.get(name)


class PictureState(StrEnum):
    """Where a picture stands: waiting to be read, searchable, unreadable, or absent from disk."""

    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture file of a product.

    ``path`` is absolute (sources are resolved when read). ``content_id`` is None until the
    file was read once. ``problem`` says why ``state`` is FAILED or OFFLINE. ``width`` and
    ``height`` are pixels after EXIF orientation, 0 until read.
    """

    id: int
    product_id: int
    path: str
    view: str = ""
    position: int = 0
    state: PictureState = PictureState.PENDING
    problem: str = ""
    content_id: int | None = None
    content_hash: str = ""
    width: int = 0
    height: int = 0
    size_bytes: int = 0
    mtime_ns: int = 0


@dataclass(frozen=True, slots=True)
class Product:
    """A live product with its pictures, main picture first."""

    id: int
    fields: ProductFields
    pictures: tuple[Picture, ...] = ()
    bookmarked: bool = False
    created_at: str = ""
    updated_at: str = ""


@dataclass(frozen=True, slots=True)
class ProductCard:
    """What a list row or a grid card shows of a product.

    ``thumbnail`` is the content hash of the main picture ('' before it was read) and
    ``mean_colour`` its mean as 0xRRGGBB, the placeholder until the thumbnail is loaded.
    ``state`` is the worst state among the product's pictures. ``extra`` as in ProductFields.
    While a search is shown the picture is the one that matched: then ``is_other_view`` says
    that it is not the main one, and ``view`` what it is called.
    """

    id: int
    sku: str
    title: str = ""
    brand: str = ""
    category: str = ""
    price: float | None = None
    currency: str = ""
    size: str = ""
    availability: str = ""
    url: str = ""
    barcode: str = ""
    notes: str = ""
    extra: Mapping[str, FieldValue] = field(default_factory=dict)
    bookmarked: bool = False
    picture_count: int = 0
    state: PictureState = PictureState.PENDING
    thumbnail: str = ""
    mean_colour: int = 0xE6E6E6
    main_picture_path: str = ""
    is_other_view: bool = False
    view: str = ""

    def value(self, name: str) -> FieldValue:
        """The value of a core or extra column; None where the product has none."""
        if name in CORE_NAMES:
            core: FieldValue = getattr(self, name)
            return core
        return self.extra.get(name)
