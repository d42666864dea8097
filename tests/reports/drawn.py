"""A catalogue with duplicates and variants, and a board that tells of them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from desktop_app.domain.duplicates import (
    VERDICTS,
    DuplicateGroup,
    FoundPairs,
    ProductPairs,
    Verdict,
)
from desktop_app.domain.evidence import CHANNELS
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.products import PictureState, ProductFields
from desktop_app.domain.storage import Content, ReadPicture

CJK = "保湿クリーム 五十毫升 보습 크림"
FORMULA = '=HYPERLINK("http://evil.example","x")'
WEB = "https://s.example/a?b=1&c=2"
SCRIPT = "<script>alert(1)</script> & Sons"
LONG = "Very long title of a jar with a wide mouth and a domed lid, " * 6

PRODUCTS: tuple[ProductFields, ...] = (
    ProductFields("A-1", "Cream jar 50 ml", "Linden", "Jars", 12.5, "EUR", url=WEB),
    ProductFields("A-2", FORMULA, "Linden", "Jars", 1299.0, "EUR", url="javascript:alert(1)"),
    ProductFields("A-3", SCRIPT, "Linden", "Jars"),
    ProductFields("A-9", "Cream jar 50 ml, blue", "Linden", "Jars"),
    ProductFields("B-1", CJK, "Øresund", "Tubes", 3.0),
    ProductFields("B-2", LONG, "Øresund", "Tubes"),
    ProductFields("C-1", "Lid, red", "", "Lids"),
    ProductFields("C-2", "Lid, green", "", "Lids"),
)


@dataclass(frozen=True, slots=True)
class Precision:
    value: float
    is_learned: bool
    n_verdicts: int


@dataclass(frozen=True, slots=True, eq=False)
class DrawnBoard:
    """A board whose groups are given."""

    pairs: ProductPairs
    found: FoundPairs
    groups: tuple[DuplicateGroup, ...]
    precision: Precision = Precision(0.95, True, 40)

    def groups_at(self, threshold: float) -> tuple[DuplicateGroup, ...]:
        return tuple(group for group in self.groups if group.cohesion >= threshold)

    def precision_at(self, threshold: float) -> Precision:
        return self.precision if threshold > 0 else replace(self.precision, value=0.5)


def jpeg(seed: int, size: tuple[int, int] = (192, 256)) -> bytes:
    """A small picture of a jar."""
    picture = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    width, height = size
    colour = (40 + 37 * seed % 200, 90 + 61 * seed % 150, 160)
    draw.rounded_rectangle((width // 5, height // 3, width * 4 // 5, height - 10), 16, fill=colour)
    draw.rectangle((width // 4, height // 5, width * 3 // 4, height // 3), fill=(60, 60, 60))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()


def fill(
    catalogue: Catalogue, folder: Path, products: Sequence[ProductFields] = PRODUCTS
) -> dict[str, int]:
    """Add the products, each with one picture that was read; returns ids by SKU. The content
    id of a product's picture is its place from 1. B-1 and B-2 show one file."""
    ids: dict[str, int] = {}
    for number, fields in enumerate(products, 1):
        seed = 5 if fields.sku == "B-2" else number
        path = folder / f"bild #{seed} ä.jpg"
        path.write_bytes(jpeg(seed))
        (ids[fields.sku],) = catalogue.products.add(fields, [(path, "front")]).product_ids
        (picture,) = catalogue.products.get(ids[fields.sku]).pictures
        content = Content(f"{seed:032x}", 192, 256, seed.to_bytes(8, "big"), 0x808080)
        read = ReadPicture(
            picture.id, PictureState.READY, content=content, thumbnail=jpeg(seed), size_bytes=1
        )
        catalogue.pictures.record_read("model:1", [read])
    return ids


def content_of(catalogue: Catalogue, product_id: int) -> int:
    content_id = catalogue.products.get(product_id).pictures[0].content_id
    assert content_id is not None
    return content_id


def board(catalogue: Catalogue, ids: dict[str, int]) -> DrawnBoard:
    """A-1, A-2 and A-3 are likely one product, A-9 was decided to be a variant of A-1; B-1 and
    B-2 show one file and were decided to be the same; C-1 and C-2 look like variants."""
    told = (
        ("A-1", "A-2", 0.98, 0.01, None),
        ("A-1", "A-3", 0.91, 0.02, Verdict.LATER),
        ("A-1", "A-9", 0.30, 0.60, Verdict.VARIANT),
        ("A-2", "A-3", 0.86, 0.03, None),
        ("B-1", "B-2", 1.0, 0.0, Verdict.SAME),
        ("C-1", "C-2", 0.20, 0.75, None),
    )
    contents = {sku: content_of(catalogue, number) for sku, number in ids.items()}
    rows = [-1 if contents[a] == contents[b] else at for at, (a, b, *_) in enumerate(told)]
    scores = np.full((len(told), len(CHANNELS)), np.nan, dtype=np.float32)
    scores[:, 1] = [0.95, 0.9, 0.7, 0.85, 1.0, 0.6]
    scores[:, 2] = [0.99, 0.4, np.nan, 0.5, 1.0, np.nan]
    same = np.array([t[2] for t in told], dtype=np.float32)
    variant = np.array([t[3] for t in told], dtype=np.float32)
    pairs = ProductPairs(
        product_a=np.array([ids[t[0]] for t in told]),
        product_b=np.array([ids[t[1]] for t in told]),
        content_a=np.array([contents[t[0]] for t in told]),
        content_b=np.array([contents[t[1]] for t in told]),
        same=same,
        variant=variant,
        rows=np.array(rows),
        verdicts=np.array([-1 if t[4] is None else VERDICTS.index(t[4]) for t in told], np.int8),
    )
    found = FoundPairs(
        content_a=pairs.content_a,
        content_b=pairs.content_b,
        same=same,
        variant=variant,
        scores=scores,
        difference=np.array([0.02, 0.1, np.nan, 0.2, 0.0, 0.3], dtype=np.float32),
        orientations=np.array([0, 0, 0, 6, 0, 0]),
    )
    jars = tuple(ids[sku] for sku in ("A-1", "A-2", "A-3"))
    tubes = (ids["B-1"], ids["B-2"])
    groups = (
        DuplicateGroup(tubes, 1.0, 1.0, (4,), tubes[0], is_decided=True),
        DuplicateGroup(jars, 0.86, 0.98, (0, 1, 3), jars[0]),
    )
    return DrawnBoard(pairs, found, groups)
