"""Learns what agreement of key points is worth; run once, after the codebook.

    python -m desktop_app.infra.training.learn_print_score FOLDER --photos FOLDER ...

Printed packs that never were, many sharing a layout or a brand, are shown as a studio does and
as a hand-held phone does. Each held pack is compared with its own studio picture and with those
of the other packs that the index proposes first, which are the ones a search has to tell apart.
A logistic model of the figures of ``agreement`` is fitted.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence import SegmentedPicture
from desktop_app.domain.images import DecodedImage, RgbArray
from desktop_app.domain.masks import MaskSource, ObjectMask
from desktop_app.domain.print_features import PrintFeatures
from desktop_app.infra.index.print_index import PrintIndex
from desktop_app.infra.training.compositing import Composite, hand_held, studio
from desktop_app.infra.training.lettering import font_files
from desktop_app.infra.training.printed_packs import PackMaker
from desktop_app.infra.vision.decode import PillowImageReader
from desktop_app.infra.vision.print.agreement import FIGURES
from desktop_app.infra.vision.print.channel import FEWEST_TO_COMPARE, SCORE_FILE, PrintReader

PRINTS_PER_LAYOUT = 4
PROPOSED = 12
SIDES = (200, 512)
RIDGE = 1.0
NEWTON_STEPS = 30
MOST_PHOTOS = 600

Rows = NDArray[np.float64]


def fitted(figures: Rows, labels: Rows) -> Rows:
    """Weights of a logistic model by Newton's method, with a ridge on all but the first.

    More agreement must never speak against a match: of the weights that come out below 0 the
    lowest is set to 0, until none is.
    """
    free = list(range(figures.shape[1]))
    while True:
        beta = np.zeros(figures.shape[1])
        beta[free] = _newton(figures[:, free], labels)
        lowest = min(free[1:], key=lambda place: beta[place], default=0)
        if lowest == 0 or beta[lowest] >= 0:
            return beta
        free.remove(lowest)


def _newton(figures: Rows, labels: Rows) -> Rows:
    beta = np.zeros(figures.shape[1])
    ridge = RIDGE * np.diag([0.0, *[1.0] * (figures.shape[1] - 1)])
    for _ in range(NEWTON_STEPS):
        chance = 1 / (1 + np.exp(-figures @ beta))
        gradient = figures.T @ (chance - labels) + ridge @ beta
        curvature = (figures.T * (chance * (1 - chance))) @ figures + ridge
        beta -= np.linalg.solve(curvature + 1e-9 * np.eye(len(beta)), gradient)
    return beta


def examples(
    reader: PrintReader, photos: Sequence[RgbArray], *, layouts: int, seed: int
) -> tuple[Rows, Rows]:
    """Figures (n, figures) and labels (n,), 1 for the same pack."""
    rng = np.random.default_rng(seed)
    maker = PackMaker(photos, font_files())
    held: list[PrintFeatures | None] = []
    shown: list[PrintFeatures | None] = []
    for layout in range(layouts):
        for _ in range(PRINTS_PER_LAYOUT):
            pack = maker.pack(layout=layout + seed * layouts, print_seed=int(rng.integers(1 << 40)))
            side = int(rng.integers(*SIDES))
            shown.append(_features(reader, studio(maker.shown(pack, rng), rng, side=side)))
            ground = photos[int(rng.integers(len(photos)))]
            held.append(_features(reader, hand_held(maker.shown(pack, rng), ground, rng, side=512)))
    known = [
        row for row, each in enumerate(shown) if each is not None and len(each) >= FEWEST_TO_COMPARE
    ]
    gallery = {row: features for row in known if (features := shown[row]) is not None}
    index = PrintIndex(reader.codebook).extended(np.array(known, np.int64), list(gallery.values()))
    figures, labels = [], []
    for row, query in enumerate(held):
        if query is None or len(query) < FEWEST_TO_COMPARE or row not in gallery:
            continue
        proposed, _ = index.propose(query, PROPOSED)
        others = [other for other in proposed.tolist() if other != row]
        for other, agreement in zip(
            [row, *others],
            reader.agreements(query, [gallery[other] for other in [row, *others]]),
            strict=True,
        ):
            figures.append(agreement.figures)
            labels.append(float(other == row))
    return np.array(figures), np.array(labels)


def _features(reader: PrintReader, view: Composite) -> PrintFeatures | None:
    """Through the true mask half of the time and none otherwise, as masks are in life."""
    height, width = view.rgb.shape[:2]
    mask = ObjectMask.whole(height, width)
    if view.mask.any() and int(view.rgb[::7, ::7].sum()) % 2:
        mask = ObjectMask(view.mask, MaskSource.NETWORK, confidence=0.8, clutter=0.5)
    return reader.describe(SegmentedPicture(DecodedImage(view.rgb, None, width, height), mask))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="learn_print_score", description=(__doc__ or "").split("\n", maxsplit=1)[0]
    )
    parser.add_argument("folder", type=Path, help="of the codebook; the weights go beside it")
    parser.add_argument("--photos", type=Path, nargs="+", required=True)
    parser.add_argument("--layouts", type=int, default=120)
    given = parser.parse_args(arguments)
    pictures = PillowImageReader()
    rng = np.random.default_rng(0)
    files = sorted(path for folder in given.photos for path in folder.rglob("*.jpg"))
    chosen = sorted(rng.choice(len(files), min(MOST_PHOTOS, len(files)), replace=False).tolist())
    photos = [pictures.decode(files[row], max_side=320).rgb for row in chosen]
    reader = PrintReader.shipped(given.folder)
    figures, labels = examples(reader, photos, layouts=given.layouts, seed=0)
    beta = fitted(figures, labels)
    held_out, truth = examples(reader, photos, layouts=given.layouts // 4, seed=1)
    chance = 1 / (1 + np.exp(-held_out @ beta))
    loss = -np.where(truth == 1, np.log(chance + 1e-9), np.log(1 - chance + 1e-9))
    result = {
        "figures": list(FIGURES),
        "weights": [round(float(value), 4) for value in beta],
        "recipe": f"learn_print_score --layouts {given.layouts}: packs drawn by the project over "
        "the photos of the codebook's card",
        "metrics": {
            "held_out_log_loss": round(float(loss.mean()), 4),
            "held_out_accuracy": round(float(((chance > 0.5) == truth).mean()), 4),
            "pairs": len(labels),
        },
    }
    (given.folder / SCORE_FILE).write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
