"""Measure the channel PRINT: ``python -m tests.benchmarks.bench_print --help``.

Recall of proposals alone and of proposals put in order by verification, on the private
evaluation pictures (none of them was used to learn the tables), and how long an index of many
pictures takes to answer.
"""

from __future__ import annotations

import argparse
import csv
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from desktop_app.domain.evidence import SegmentedPicture
from desktop_app.domain.images import READING_SIDE, DecodedImage, IdArray, RgbArray
from desktop_app.domain.masks import Masker, ObjectMask
from desktop_app.domain.print_features import PrintFeatures
from desktop_app.engines import Engines
from desktop_app.infra.index.print_index import PrintIndex
from desktop_app.infra.training.compositing import hand_held
from desktop_app.infra.vision.decode import PillowImageReader
from desktop_app.infra.vision.print.channel import PrintReader
from desktop_app.infra.vision.print.codebook import FOLDER
from desktop_app.paths import models_dir
from tests.conftest import SHARED_DATA

PROPOSED = 40
PACKS, PACK_SEED = 100, 20
PRINTED = 100
"""Key points from which a catalogue picture counts as one of a printed pack."""
PACK_SETS = ("cosmetic_packs", "snacks_masks")
DISTRACTOR_SETS = ("cosmetics_misc", "ikea_catalog", "bottle_catalog")


@dataclass
class Times:
    """Milliseconds by step."""

    describe: list[float] = field(default_factory=list)
    propose: list[float] = field(default_factory=list)
    compare: list[float] = field(default_factory=list)

    def medians(self) -> dict[str, float]:
        return {
            f"{name}_ms": round(statistics.median(values), 1)
            for name in ("describe", "propose", "compare")
            if (values := getattr(self, name))
        }


class Measuring:
    """Describes pictures and searches among them. Without a ``masker`` everything is object."""

    def __init__(self, channel: PrintReader, masker: Masker | None) -> None:
        self.channel = channel
        self.masker = masker
        self.reader = PillowImageReader()
        self.times = Times()

    def described(self, image: DecodedImage) -> PrintFeatures | None:
        height, width = image.rgb.shape[:2]
        mask = self.masker.mask(image) if self.masker else ObjectMask.whole(height, width)
        started = time.perf_counter()
        features = self.channel.describe(SegmentedPicture(image, mask))
        self.times.describe.append((time.perf_counter() - started) * 1e3)
        return features

    def read(self, path: Path) -> PrintFeatures | None:
        return self.described(self.reader.decode(path, max_side=READING_SIDE))

    def recall(
        self,
        gallery: Sequence[tuple[str, PrintFeatures | None]],
        queries: Sequence[tuple[str, PrintFeatures | None]],
    ) -> dict[str, float]:
        """Both are labels with features. Queries without key points count as lost."""
        known = [(row, each) for row, (_, each) in enumerate(gallery) if each is not None]
        stored = {row: self.channel.unpack(self.channel.pack(features)) for row, features in known}
        index = PrintIndex(self.channel.codebook).extended(
            np.array(list(stored), np.int64), list(stored.values())
        )
        labels = np.array([label for label, _ in gallery])
        places: dict[str, list[bool]] = {}
        for label, features in queries:
            proposed = np.empty(0, np.int64)
            ranked = proposed
            if features is not None:
                started = time.perf_counter()
                proposed, votes = index.propose(features, PROPOSED)
                proposed_at = time.perf_counter()
                scores = self.channel.compare(features, [stored[int(i)] for i in proposed])
                self.times.propose.append((proposed_at - started) * 1e3)
                self.times.compare.append((time.perf_counter() - proposed_at) * 1e3)
                ranked = proposed[np.lexsort((-votes, -np.nan_to_num(scores)))]
            for name, order in (("votes", proposed), ("verified", ranked)):
                right = labels[order] == label
                for k in (1, 5):
                    places.setdefault(f"{name}_recall_at_{k}", []).append(bool(right[:k].any()))
            in_reach = bool((labels[proposed] == label).any())
            places.setdefault(f"proposed_{PROPOSED}", []).append(in_reach)
        found = {name: round(float(np.mean(hits)), 4) for name, hits in places.items()}
        return {"gallery": len(gallery), "queries": len(queries)} | found


def manifest_recall(
    measuring: Measuring, data: Path, name: str, *, step: int = 1
) -> dict[str, float]:
    """Queries (every ``step``-th) against the gallery of one set, by SKU."""
    rows = _manifest(data / name)
    gallery, queries = ([r for r in rows if r["role"] == role] for role in ("gallery", "query"))
    return measuring.recall(
        [(row["sku"], measuring.read(data / name / row["path"])) for row in gallery],
        [(row["sku"], measuring.read(data / name / row["path"])) for row in queries[::step]],
    )


def pack_recall(
    measuring: Measuring,
    data: Path,
    backgrounds: Sequence[RgbArray],
    *,
    packs: int = PACKS,
    distractors: Sequence[str] = DISTRACTOR_SETS,
) -> dict[str, float]:
    """Packs held before cluttered photos, against all pictures of PACK_SETS and others."""
    rng = np.random.default_rng(PACK_SEED)
    gallery, cutouts = [], []
    for name in (*PACK_SETS, *distractors):
        for row in _manifest(data / name):
            path = data / name / row["path"]
            image = measuring.reader.decode(path, max_side=READING_SIDE)
            features = measuring.described(image)
            gallery.append((str(path), features))
            if name in PACK_SETS and features is not None and len(features) >= PRINTED:
                cutouts.append(
                    (str(path), image, data / name / row["mask"] if "mask" in row else None)
                )
    queries = []
    chosen = np.linspace(0, len(cutouts) - 1, min(packs, len(cutouts))).astype(int)
    for place in chosen.tolist():
        label, image, mask_file = cutouts[place]
        alpha = _cutout_alpha(measuring, image, mask_file)
        ground = backgrounds[int(rng.integers(len(backgrounds)))]
        rgba = np.dstack([image.rgb, alpha])
        held = hand_held(rgba, ground, rng, side=READING_SIDE).rgb
        queries.append((label, measuring.described(DecodedImage(held, None, *held.shape[1::-1]))))
    return measuring.recall(gallery, queries)


def index_speed(
    measuring: Measuring, features: Sequence[PrintFeatures], *, pictures: int, queries: int = 40
) -> dict[str, float]:
    """An index of ``pictures``, the given ones over and over with their codes changed."""
    rng = np.random.default_rng(0)
    index = PrintIndex(measuring.channel.codebook)
    built = time.perf_counter()
    batch: list[PrintFeatures] = []
    ids: list[int] = []
    for content_id in range(pictures):
        batch.append(_varied(features[content_id % len(features)], rng))
        ids.append(content_id)
        if len(batch) == 4096 or content_id == pictures - 1:
            index = index.extended(np.array(ids, np.int64), batch)
            batch, ids = [], []
    built = time.perf_counter() - built
    allowed: IdArray = np.arange(0, pictures, 3, dtype=np.int64)
    timed: dict[str, Callable[[PrintFeatures], object]] = {
        "propose": lambda query: index.propose(query, PROPOSED),
        "propose_filtered": lambda query: index.propose(query, PROPOSED, allowed=allowed),
    }
    figures: dict[str, float] = {"pictures": pictures, "build_s": round(built, 1)}
    for name, action in timed.items():
        spent = []
        for query in features[:queries]:
            started = time.perf_counter()
            action(query)
            spent.append((time.perf_counter() - started) * 1e3)
        figures[f"{name}_p50_ms"] = round(float(np.percentile(spent, 50)), 1)
        figures[f"{name}_p95_ms"] = round(float(np.percentile(spent, 95)), 1)
    figures["points"] = sum(part.points for part in index.parts)
    figures["index_mb"] = round(sum(part.segment.bytes_held for part in index.parts) / 2**20, 1)
    return figures


def _varied(features: PrintFeatures, rng: np.random.Generator) -> PrintFeatures:
    """Others of the same kind: half of the bytes of every code are another point's."""
    codes = features.codes.copy()
    moved = rng.random(codes.shape[1]) < 0.5
    codes[:, moved] = codes[rng.permutation(len(codes))][:, moved]
    return PrintFeatures(
        features.points,
        features.scales,
        features.angles,
        codes,
        features.width,
        features.height,
    )


def _cutout_alpha(measuring: Measuring, image: DecodedImage, mask_file: Path | None) -> np.ndarray:
    height, width = image.rgb.shape[:2]
    if mask_file is not None:
        mask = measuring.reader.decode(mask_file, max_side=max(height, width)).rgb[:, :, 0]
        if mask.shape == (height, width):
            return np.where(mask > 127, 255, 0).astype(np.uint8)
    if image.alpha is not None:
        return image.alpha
    found = measuring.masker.quick_mask(image) if measuring.masker else None
    return np.full((height, width), 255, np.uint8) if found is None else found.alpha


def _manifest(folder: Path) -> list[dict[str, str]]:
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def clutter(train: Path, *, count: int = 60) -> list[RgbArray]:
    """Photos that are in no evaluation set."""
    reader = PillowImageReader()
    paths = sorted((train / "clothing_user").rglob("*.jpg"))
    chosen = np.linspace(0, len(paths) - 1, count).astype(int)
    return [reader.decode(paths[place]).rgb for place in chosen]


def main() -> None:
    """Print a line of JSON for each set."""
    parser = argparse.ArgumentParser(description=__doc__)
    sets = ("grocery_store", "studio_multiview", "packs", "speed")
    parser.add_argument("--sets", nargs="+", choices=sets, default=list(sets))
    parser.add_argument("--data", type=Path, default=SHARED_DATA)
    parser.add_argument("--train", type=Path, default=SHARED_DATA.parent / "train")
    parser.add_argument("--pictures", type=int, default=100_000, help="in the index for speed")
    parser.add_argument("--step", type=int, default=1, help="take every n-th query")
    parser.add_argument("--whole", action="store_true", help="without masks")
    options = parser.parse_args()
    masker = None if options.whole else Engines(threads=1).masker()
    channel = PrintReader.shipped(models_dir() / FOLDER)
    for name in options.sets:
        measuring = Measuring(channel, masker)
        if name == "packs":
            figures = pack_recall(measuring, options.data, clutter(options.train))
        elif name == "speed":
            rows = _manifest(options.data / "studio_multiview")[:400]
            read = [measuring.read(options.data / "studio_multiview" / r["path"]) for r in rows]
            known = [features for features in read if features is not None]
            figures = index_speed(measuring, known, pictures=options.pictures)
        else:
            figures = manifest_recall(measuring, options.data, name, step=options.step)
        json.dump({"set": name, **figures, **measuring.times.medians()}, sys.stdout)
        print(flush=True)


if __name__ == "__main__":
    main()
