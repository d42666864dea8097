"""A catalogue with duplicates and variants, and a board that tells of them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from desktop_app.domain.duplicates import (
    Exclusions,
    FoundPair,
    PairJudgement,
    PairKey,
    Verdict,
)
from desktop_app.domain.evidence import UPRIGHT, Orientation
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.products import PictureState, ProductFields
from desktop_app.domain.storage import Content, ReadPicture
from desktop_app.services.duplicates.board import Board
from desktop_app.services.duplicates.pair_facts import read_facts

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


def board(catalogue: Catalogue, ids: dict[str, int]) -> Board:
    """A-1, A-2 and A-3 are likely one product, A-9 was decided to be a variant of A-1; B-1 and
    B-2 show one file and were decided to be the same; C-1 and C-2 look like variants."""
    contents = {sku: content_of(catalogue, number) for sku, number in ids.items()}
    nan = float("nan")
    told = (
        ("A-1", "A-2", 0.98, 0.01, (nan, 0.95, 0.99, nan, nan), 0.02, UPRIGHT),
        ("A-1", "A-3", 0.91, 0.02, (nan, 0.9, 0.4, nan, nan), 0.1, UPRIGHT),
        ("A-1", "A-9", 0.30, 0.60, (nan, 0.7, nan, nan, nan), nan, UPRIGHT),
        ("A-2", "A-3", 0.86, 0.03, (nan, 0.85, 0.5, nan, nan), 0.2, Orientation(True, 2)),
        ("C-1", "C-2", 0.10, 0.85, (nan, 0.6, nan, nan, nan), 0.3, UPRIGHT),
    )
    pairs = [
        FoundPair(contents[a], contents[b], PairJudgement(same, variant, scores, differs, lies))
        for a, b, same, variant, scores, differs, lies in told
    ]
    catalogue.pairs.record("drawn", sorted(set(contents.values())), pairs)
    decided = (
        (("A-1", "A-3"), Verdict.LATER),
        (("A-1", "A-9"), Verdict.VARIANT),
        (("B-1", "B-2"), Verdict.SAME),
    )
    for skus, verdict in decided:
        (one, other) = (catalogue.products.get(ids[sku]).pictures[0].content_hash for sku in skus)
        catalogue.verdicts.decide([PairKey.of(one, other, *skus)], verdict)
    return Board.of(catalogue.pairs.load("drawn"), read_facts(catalogue, Exclusions()))
