"""A test made of catalogue pictures: printed packs as a phone in a hand would take them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from desktop_app.domain.images import DecodedImage, RgbArray
from desktop_app.domain.masks import ObjectMask
from desktop_app.infra.training.compositing import hand_held
from desktop_app.infra.vision.decode import PillowImageReader
from desktop_app.infra.vision.masks.plain import plain_background_mask
from desktop_app.infra.vision.opencv import cv2

PACK_SETS = ("cosmetic_packs", "snacks_masks")
DISTRACTOR_SETS = ("cosmetics_misc", "studio_multiview", "ikea_catalog", "cosmetic_packs")
CLUTTER_SETS = (("office_caltech10", "query"), ("grocery_store", "train"))
"""Desks and rooms by webcam, and shop shelves."""
PHOTO_SIDE = 448
PACK_FILLS = (0.5, 0.95)
"""Of the photo's side: who asks about a pack holds it up."""
LEAST_KEY_POINTS = 60
"""Below that a pack is blank but for a word, and there is no print to know it by."""


def write_packs_in_hand(
    data: Path, folder: Path, *, packs: int = 100, distractors: int = 1000, seed: int = 0
) -> Path:
    """Write the photos and a manifest below ``folder``; returns the manifest. The gallery is
    the packs' own pictures and ``distractors`` others; queries are the packs cut out, warped,
    relit, blurred, partly hidden and set before a desk or shop shelves. Packs of which the
    gallery holds the same picture, or one like it, under another SKU are not asked for: they
    have more than one right answer."""
    rng = np.random.default_rng(seed)
    reader = PillowImageReader()
    ambiguous = _ambiguous(data)
    own = [
        path
        for name in PACK_SETS
        for path in _pictures(data, name, {"gallery"})
        if path not in ambiguous
    ]
    clutter = [path for name, role in CLUTTER_SETS for path in _pictures(data, name, {role})]
    chosen: list[Path] = []
    photos: list[Path] = []
    for place in rng.permutation(len(own)).tolist():
        image = reader.decode(own[place], max_side=512)
        mask = plain_background_mask(image.rgb)
        if mask is None or not mask.is_usable or _key_points(image, mask) < LEAST_KEY_POINTS:
            continue
        background = reader.decode(clutter[int(rng.integers(len(clutter)))], max_side=512).rgb
        cutout = _enlarged(image, mask)
        photo = hand_held(
            cutout,
            background,
            rng,
            side=PHOTO_SIDE,
            strength=float(rng.uniform(0.6, 1.1)),
            fill=PACK_FILLS,
        )
        photos.append(folder / f"photo-{len(photos):03}.png")
        Image.fromarray(photo.rgb).save(photos[-1], compress_level=1)
        chosen.append(own[place])
        if len(chosen) == packs:
            break
    others = [path for name in DISTRACTOR_SETS for path in _pictures(data, name, {"gallery"})]
    others = [path for path in others if path not in set(chosen)][:distractors]
    with (folder / "manifest.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["path", "sku", "role"])
        writer.writerows([path, path.stem, "gallery"] for path in (*chosen, *others))
        writer.writerows(
            [photo, path.stem, "query"] for photo, path in zip(photos, chosen, strict=True)
        )
    return folder / "manifest.csv"


def _pictures(data: Path, name: str, roles: set[str]) -> list[Path]:
    return list(_listed(data / name, roles))


def _listed(folder: Path, roles: set[str]) -> Iterator[Path]:
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["role"] in roles:
                yield folder / row["path"]


def _ambiguous(data: Path) -> set[Path]:
    with (data / "duplicate_sku_pairs.csv").open(encoding="utf-8", newline="") as file:
        return {
            data / row[column] for row in csv.DictReader(file) for column in ("path_a", "path_b")
        }


def _key_points(image: DecodedImage, mask: ObjectMask) -> int:
    """Those of OpenCV's SIFT inside the object."""
    inside = cv2.erode((mask.alpha > 127).astype(np.uint8), np.ones((9, 9), np.uint8))
    return len(cv2.SIFT.create().detect(cv2.cvtColor(image.rgb, cv2.COLOR_RGB2GRAY), inside))


def _enlarged(image: DecodedImage, mask: ObjectMask) -> RgbArray:
    """The cut-out (h, w, 4), cropped to the object, as large as the photo."""
    box = mask.box
    height, width = mask.alpha.shape
    rows = slice(int(box.top * height), int(np.ceil(box.bottom * height)))
    columns = slice(int(box.left * width), int(np.ceil(box.right * width)))
    cutout = Image.fromarray(np.dstack([image.rgb, mask.alpha])[rows, columns])
    scale = PHOTO_SIDE / max(cutout.size)
    size = (round(cutout.width * scale), round(cutout.height * scale))
    return np.asarray(cutout.resize(size, Image.Resampling.BICUBIC))
