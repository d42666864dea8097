"""A benchmark of shape search, rendered.

``python -m desktop_app.infra.rendering.shape_benchmark FOLDER --profiles 1000``

Every profile is a container of a shape of its own, shown three times, each time in another
brand's colours, materials and print: a packshot for the gallery, a packshot from another
studio and a hand-held photo as queries. Some profiles have a near-variant in the gallery, in
the same dressing as the profile itself: a shape that differs in one measure only.

``manifest.csv`` lists the pictures there are: ``path``, ``sku``, ``category``, ``role``
(gallery, query), ``split`` (studio, handheld), ``profile``, ``variant_of`` (the profile that
this one nearly is), ``variant_kind``, ``width`` and ``height`` of the picture, ``width_mm``
and ``height_mm`` of the outline, ``design``, ``mask`` (the exact one, white where the container
shows). What is there already is kept, so that a run can be ended and taken up again.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from desktop_app.domain.shapes import OutlinePoints
from desktop_app.infra.rendering.generator.looks import Shot, hand_held, packshot_of, studio
from desktop_app.infra.rendering.generator.profiles import distinct_recipes
from desktop_app.infra.rendering.generator.recipes import (
    ContainerRecipe,
    make,
    outline_of,
    restyled,
)
from desktop_app.infra.rendering.generator.variants import (
    LEAST_SHOWN,
    VariantKind,
    near_variant,
    outline_difference,
)

COLUMNS = (
    "path", "sku", "category", "role", "split", "profile", "variant_of", "variant_kind",
    "width", "height", "width_mm", "height_mm", "design", "mask",
)  # fmt: skip
GALLERY, QUERY = "gallery", "query"
STUDIO, HAND_HELD = "studio", "handheld"
_EVERY = 50
"""The manifest is written after so many pictures."""


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A picture to be made: of a recipe, under a name, seen one way."""

    recipe: ContainerRecipe
    profile: str
    role: str
    split: str
    seed: int
    outline: OutlinePoints
    variant_of: str = ""
    variant_kind: str = ""

    @property
    def path(self) -> str:
        folder = GALLERY if self.role == GALLERY else self.split
        return f"{folder}/{self.profile}.jpg"

    @property
    def mask(self) -> str:
        return f"masks/{self.path.removesuffix('.jpg')}.png"

    def shot(self, size: int) -> Shot:
        container = make(self.recipe)
        if self.role == GALLERY:
            return packshot_of(container, size=size)
        if self.split == STUDIO:
            return studio(container, seed=self.seed, size=size)
        return hand_held(container, seed=self.seed, size=size)


def entries(profiles: int, *, seed: int, variants: int, held: int) -> Iterator[Entry]:
    """Every picture of the benchmark: those of each profile in turn, with the near-variants of
    some; two thirds of the hand-held queries come at the end."""
    late: list[Entry] = []
    made, in_hand = 0, 0
    for number, (recipe, outline) in enumerate(distinct_recipes(profiles, seed)):
        name, own = f"p{number:05d}", _own_seed(seed, number)
        second = restyled(recipe, own + 1)
        yield Entry(recipe, name, GALLERY, STUDIO, own, outline)
        yield Entry(second, name, QUERY, STUDIO, own + 1, outline)
        if made < (number + 1) * variants // profiles:
            kind = tuple(VariantKind)[made % len(VariantKind)]
            variant = near_variant(recipe, kind)
            varied = outline_of(variant)
            if outline_difference(outline, varied) >= LEAST_SHOWN:
                made += 1
                called = f"{name}-{kind.value}"
                yield Entry(variant, called, GALLERY, STUDIO, own, varied, name, kind.value)
        if in_hand < (number + 1) * held // profiles:
            third = restyled(recipe, own + 2, unlike=(second.dressing,))
            entry = Entry(third, name, QUERY, HAND_HELD, own + 2, outline)
            if in_hand % 3 == 0:
                yield entry
            else:
                late.append(entry)
            in_hand += 1
    yield from late


def _own_seed(seed: int, number: int) -> int:
    return seed * 100_003 + number * 7


def build(
    folder: Path,
    wanted: Iterable[Entry],
    *,
    size: int,
    say: Callable[[str], None] = print,
) -> int:
    """Render what is missing of the wanted pictures; returns how many there are then."""
    rows: list[dict[str, str]] = []
    started, made = time.perf_counter(), 0
    for entry in wanted:
        if not (folder / entry.path).exists():
            shot = entry.shot(size)
            _save(shot.mask(), folder / entry.mask, quality=None)
            _save(shot.rgb, folder / entry.path, quality=shot.jpeg_quality)
            made += 1
        rows.append(_row(entry, size))
        if made and made % _EVERY == 0:
            write_manifest(folder, rows)
            say(f"{len(rows)} pictures, {(time.perf_counter() - started) / made:.2f} s for one")
    write_manifest(folder, rows)
    return len(rows)


def write_manifest(folder: Path, rows: Sequence[dict[str, str]]) -> None:
    """Replace the manifest, so that whoever reads it meanwhile sees the old or the new one."""
    temporary = folder / "manifest.csv.part"
    with temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    temporary.replace(folder / "manifest.csv")


def _row(entry: Entry, size: int) -> dict[str, str]:
    width, height = (float(side) for side in np.ptp(entry.outline, axis=0))
    values = (
        entry.path,
        entry.profile.upper(),
        entry.recipe.container_class.value,
        entry.role,
        entry.split,
        entry.profile,
        entry.variant_of,
        entry.variant_kind,
        str(size),
        str(size),
        f"{width:.1f}",
        f"{height:.1f}",
        entry.recipe.design,
        entry.mask,
    )
    return dict(zip(COLUMNS, values, strict=True))


def _save(pixels: NDArray[np.uint8], path: Path, *, quality: int | None) -> None:
    """Write a PNG, or a JPEG of that quality, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".part")
    picture = Image.fromarray(pixels)
    if quality is None:
        picture.save(temporary, format="PNG", optimize=True)
    else:
        picture.save(temporary, format="JPEG", quality=quality)
    temporary.replace(path)


def main() -> None:
    """Entry point of the command."""
    parser = argparse.ArgumentParser(description="Render a benchmark of shape search.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--profiles", type=int, default=1000, help="shapes in the gallery")
    parser.add_argument("--variants", type=int, help="near-variants among them (a fifth)")
    parser.add_argument("--held", type=int, help="hand-held queries (one for each shape)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", type=int, default=224, help="side of a picture in pixels")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    wanted = entries(
        asked.profiles,
        seed=asked.seed,
        variants=asked.profiles // 5 if asked.variants is None else asked.variants,
        held=asked.profiles if asked.held is None else asked.held,
    )
    count = build(asked.folder, wanted, size=asked.size)
    print(f"{asked.folder}: {count} pictures")


if __name__ == "__main__":
    main()
