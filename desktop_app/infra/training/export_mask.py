"""Makes a model folder of what :mod:`desktop_app.infra.training.train_mask` has learned so far.

    python -m desktop_app.infra.training.export_mask TRAINING_FOLDER models/u2net-lite2
        [--side 224] [--material TEXT] [--metric NAME=VALUE ...]

Writes the averaged weights (convolutions in float16, the rest in float32), the curve, and the card.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import sys
from pathlib import Path

import torch

from desktop_app.infra.training.train_mask import CURVE_FILE, STATE_FILE
from desktop_app.infra.vision.card_files import WEIGHTS_FILE
from desktop_app.infra.vision.masks.cards import LITE, MaskCard, write_mask_card
from desktop_app.infra.vision.masks.u2net_lite import MEAN, STD
from desktop_app.infra.vision.weights import write_tensors

CARD = MaskCard(
    name=LITE,
    title="U²-Net on EfficientNet-Lite2",
    summary="Finds the object where the background is not even; ships with the application.",
    architecture=LITE,
    side=224,
    licence="Apache-2.0",
    commercial_use=True,
    origin=(
        "Trained for this project: a decoder after U²-Net (Qin et al., Pattern Recognition 106, "
        "2020) from random weights on the encoder of efficientnet-lite2-products, a port of "
        "Google's EfficientNet-Lite2, tuned by the project"
    ),
    mean=MEAN,
    std=STD,
    data=(
        "the encoder before: see the card of efficientnet-lite2-products",
        "objects: containers, hands and rooms rendered and packs printed by this project, "
        "Apache-2.0",
        "objects: Fluent Emoji 3D by Microsoft, from the npm package @lobehub/fluent-emoji-3d, MIT",
        "backgrounds: user photos of garments, clothing-dataset by Alexey Grigorev, CC0",
        "backgrounds: shop photos, GroceryStoreDataset by Marcus Klasson, MIT",
    ),
)


def export(
    training: Path, folder: Path, *, side: int, material: str, metrics: dict[str, float]
) -> MaskCard:
    """Write the model folder; returns its card, which names the ``material`` learned from where
    that is not ''. Raises OSError where there is no training."""
    state = torch.load(training / STATE_FILE, weights_only=True)
    seconds, _, pictures = state["counts"]
    tensors = {
        name: value.half() if value.ndim > 1 else value.float()
        for name, value in state["averaged"].items()
        if not name.endswith("num_batches_tracked")
    }
    folder.mkdir(parents=True, exist_ok=True)
    digest = write_tensors(folder / WEIGHTS_FILE, tensors)
    shutil.copyfile(training / CURVE_FILE, folder / CURVE_FILE)
    with (training / CURVE_FILE).open(encoding="utf-8", newline="") as file:
        sides = sorted({int(row["side"]) for row in csv.DictReader(file)})
    recipe = (
        f"desktop_app.infra.training.train_mask: {int(pictures)} scenes, each seen once, in "
        f"{seconds / 60:.0f} minutes on one busy core; input of "
        f"{', then '.join(map(str, sides))} pixels; "
        "AdamW 2e-3 (encoder 4e-4) with a cosine, bfloat16, sum of six binary cross-entropies "
        "weighted at edges, averaged weights; the encoder's first stages, depth-wise convolutions "
        "and statistics as they were. One object and background in twelve held out for "
        "curve.csv. Metrics: desktop_app.infra.training.measure_masks."
    )
    if material:
        recipe += f" Learned from {material}."
    card = MaskCard.from_json(
        {**CARD.to_json(), "side": side, "sha256": digest, "recipe": recipe, "metrics": metrics}
    )
    write_mask_card(folder, card)
    return card


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="export_mask", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("training", type=Path, help="the folder of the training")
    parser.add_argument("folder", type=Path, help="the model folder to write")
    parser.add_argument("--side", type=int, default=CARD.side)
    parser.add_argument("--material", default="", help="how much of what, for the card")
    parser.add_argument("--metric", action="append", default=[], help="NAME=VALUE, for the card")
    given = parser.parse_args(arguments)
    metrics = {name: float(value) for name, value in (each.split("=") for each in given.metric)}
    card = export(
        given.training, given.folder, side=given.side, material=given.material, metrics=metrics
    )
    print(json.dumps({"name": card.name, "sha256": card.sha256}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
