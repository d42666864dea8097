"""Measure searching by outline: ``python -m tests.benchmarks.bench_shapes FOLDER``.

FOLDER is what ``python -m desktop_app.infra.rendering.shape_benchmark`` rendered. Every query
picture asks for its own profile among the gallery: candidates by the index, put in order by
laying them on the query, as the product searches. ``--exact-masks`` takes the object from the
rendered mask, as if a person had marked it. A near-variant counts as told apart where the
query's own profile scores higher; recall is among all others. The embedding of the whole
picture is measured beside it.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from desktop_app.domain.evidence import ShapeFeatures
from desktop_app.domain.images import READING_SIDE
from desktop_app.domain.masks import MaskSource, ObjectMask
from desktop_app.domain.ports import Embedder
from desktop_app.engines import Engines
from desktop_app.infra.index.shape_index import ShapeIndex
from desktop_app.infra.vision.shape.comparer import OutlineComparer
from desktop_app.infra.vision.shape.vectors import query_vectors, vectors_of
from desktop_app.services.shapes.search import COMPARED

COMPARER = OutlineComparer()


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """One picture of the benchmark as it was read."""

    profile: str
    variant_of: str
    variant_kind: str
    split: str
    shape: ShapeFeatures | None
    look: NDArray[np.float32]


class Reading:
    """Reads pictures of one folder."""

    def __init__(self, folder: Path, engines: Engines, *, exact: bool) -> None:
        self._folder = folder
        self._reader = engines.reader
        self._embedder: Embedder = engines.embedder(engines.library.default_name)
        self._masker = engines.masker()
        self._exact = exact

    def __call__(self, row: dict[str, str]) -> Shown:
        image = self._reader.decode(self._folder / row["path"], max_side=READING_SIDE)
        if self._exact:
            alpha = np.array(Image.open(self._folder / row["mask"]).convert("L"))
            mask = ObjectMask(alpha, MaskSource.DRAWN, confidence=1.0, clutter=0.0)
        else:
            mask = self._masker.mask(image)
        return Shown(
            row["profile"],
            row["variant_of"],
            row["variant_kind"],
            row["split"],
            COMPARER.of_mask(mask, image.rgb),
            self._embedder.embed([image.rgb])[0],
        )


class Gallery:
    """The pictures that are searched."""

    def __init__(self, shown: Sequence[Shown]) -> None:
        self.shown = shown
        self.place = {each.profile: number for number, each in enumerate(shown)}
        self.variants: dict[str, list[int]] = {}
        for number, each in enumerate(shown):
            if each.variant_of:
                self.variants.setdefault(each.variant_of, []).append(number)
        known = [number for number, each in enumerate(shown) if each.shape is not None]
        vectors, rows = vectors_of([shape for each in shown if (shape := each.shape) is not None])
        self._index = ShapeIndex(np.array(known, np.int64)[rows], vectors, query_vectors)
        self._looks = np.stack([each.look for each in shown])

    def by_outline(self, query: Shown) -> NDArray[np.float64]:
        """The score of each picture, -1 where it was not proposed."""
        scores = np.full(len(self.shown), -1.0)
        if query.shape is not None:
            ids, _ = self._index.propose(query.shape, COMPARED, turns=False)
            others = [shape for i in ids.tolist() if (shape := self.shown[i].shape) is not None]
            scores[ids] = COMPARER.compare(query.shape, others, turns=False).scores
        return np.nan_to_num(scores, nan=-1.0)

    def by_look(self, query: Shown) -> NDArray[np.float64]:
        return np.asarray(self._looks @ query.look, np.float64)


def measured(gallery: Gallery, queries: Sequence[Shown], by_look: bool) -> dict[str, object]:
    """Recall and the share of near-variants told apart, in all and by kind."""
    first = fifth = asked = 0
    told: dict[str, list[bool]] = {}
    for query in queries:
        own = gallery.place.get(query.profile)
        if own is None:
            continue
        asked += 1
        scores = gallery.by_look(query) if by_look else gallery.by_outline(query)
        variants = gallery.variants.get(query.profile, [])
        for variant in variants:
            kind = gallery.shown[variant].variant_kind
            told.setdefault(kind, []).append(bool(scores[own] > scores[variant]))
        better = scores > scores[own] if scores[own] >= 0 else np.ones(len(scores), np.bool_)
        better[variants] = False
        first += int(np.count_nonzero(better)) == 0
        fifth += int(np.count_nonzero(better)) < 5
    every = [claim for claims in told.values() for claim in claims]
    return {
        "queries": asked,
        "recall_at_1": round(first / max(1, asked), 3),
        "recall_at_5": round(fifth / max(1, asked), 3),
        "near_variants": len(every),
        "told_apart": round(float(np.mean(every)), 3) if every else None,
        "by_kind": {kind: round(float(np.mean(claims)), 3) for kind, claims in told.items()},
    }


def main() -> int:
    """Prints the figures as JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--exact-masks", action="store_true", help="take the rendered masks")
    parser.add_argument("--queries", type=int, default=0, help="of each split (0: all)")
    asked = parser.parse_args()
    with (asked.folder / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    engines = Engines()
    read = Reading(asked.folder, engines, exact=asked.exact_masks)
    gallery = Gallery([read(row) for row in rows if row["role"] == "gallery"])
    found: dict[str, object] = {"gallery": len(gallery.shown), "exact_masks": asked.exact_masks}
    for split in sorted({row["split"] for row in rows if row["role"] == "query"}):
        chosen = [row for row in rows if row["role"] == "query" and row["split"] == split]
        step = max(1, len(chosen) // asked.queries) if asked.queries else 1
        queries = [read(row) for row in chosen[::step]]
        found[split] = {
            "outline": measured(gallery, queries, by_look=False),
            "embedding": measured(gallery, queries, by_look=True),
        }
    engines.close()
    json.dump(found, sys.stdout, indent=1)
    print()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
