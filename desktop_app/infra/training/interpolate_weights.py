"""Between the weights a tuning run started from and those it found: the mixture that ships.

    python -m desktop_app.infra.training.interpolate_weights RUN_FOLDER MODEL_FOLDER \
        --photos MANIFEST ... --rendered FOLDER --cutouts FOLDER

Tuning makes a network better at what it was tuned for and worse at everything else; on the straight
line between both sets of weights most of the gain comes before most of the loss (Wortsman et al.,
"Robust fine-tuning of zero-shot models", CVPR 2022, equation 1). Each mixture is measured on
held-out things; chosen is the one with the best mean recall among those that keep at least
``--keep`` of what the start knew of kinds of things (precision among ten by kind of garment).

The mixture is written to MODEL_FOLDER with a card made from that of ``--model`` and with the run's
``curve.csv``; the table of mixtures goes to ``mixtures.csv`` beside it.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from desktop_app.infra.training.held_out import Measured, append_row, measure
from desktop_app.infra.training.training_shelves import HeldOut, Sources, gather
from desktop_app.infra.training.tune_backbone import MEASURED_SIDE, Run
from desktop_app.infra.vision.card_files import WEIGHTS_FILE, read_card, write_card
from desktop_app.infra.vision.weights import read_tensors, write_tensors

SHARES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


def mixed(
    start: Mapping[str, Tensor], end: Mapping[str, Tensor], share: float
) -> dict[str, Tensor]:
    """``share`` of ``end`` and the rest of ``start``, as float16; what is not of floating point
    is the start's. Raises KeyError where the end lacks a tensor."""
    return {
        name: tensor.float().lerp(end[name].float(), share).half()
        if tensor.is_floating_point()
        else tensor
        for name, tensor in start.items()
    }


def chosen(found: Mapping[float, Measured], *, keep: float) -> float:
    """The share with the best mean recall among those that keep enough; see the module."""
    least = keep * found[0.0].category_precision_at_10
    kept = [share for share, of in found.items() if of.category_precision_at_10 >= least]
    return max(kept, key=lambda share: found[share].mean_recall)


def measure_mixtures(
    model: Path, end: Mapping[str, Tensor], held_out: Sequence[HeldOut], scratch: Path
) -> dict[float, Measured]:
    """What each of SHARES finds."""
    run = Run(scratch, model, threads=torch.get_num_threads())
    start = read_tensors(model / WEIGHTS_FILE)
    found = {}
    for share in SHARES:
        run.put(mixed(start, end, share))
        found[share] = measure(run.embed, held_out)
        print(share, found[share], flush=True)
    return found


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--name", default="efficientnet-lite2-products")
    parser.add_argument("--title", default="EfficientNet-Lite2 for products")
    parser.add_argument("--summary", default="Tuned to find single products; ships with the app.")
    parser.add_argument("--recipe", default="", help="what it was tuned on, for the card")
    parser.add_argument("--model", type=Path, default=Path("models/efficientnet-lite2-imagenet"))
    parser.add_argument("--photos", type=Path, nargs="+", required=True)
    parser.add_argument("--rendered", type=Path)
    parser.add_argument("--cutouts", type=Path)
    parser.add_argument("--fonts", type=Path)
    parser.add_argument("--keep", type=float, default=0.95)
    parser.add_argument("--share", type=float, help="use this one and measure nothing")
    options = parser.parse_args(arguments)
    end = read_tensors(options.run / "best.safetensors")
    options.out.mkdir(parents=True, exist_ok=True)
    share = options.share
    if share is None:
        sources = Sources(tuple(options.photos), options.rendered, options.cutouts, options.fonts)
        held_out = gather(sources, seed=0, layouts=0, side=MEASURED_SIDE).held_out
        found = measure_mixtures(options.model, end, held_out, options.run)
        share = chosen(found, keep=options.keep)
        table = options.out / "mixtures.csv"
        table.unlink(missing_ok=True)
        for of, measured in found.items():
            append_row(table, {"share": f"{of:.1f}"}, measured)
    start = read_tensors(options.model / WEIGHTS_FILE)
    digest = write_tensors(options.out / WEIGHTS_FILE, mixed(start, end, share))
    card = replace(
        read_card(options.model),
        name=options.name,
        title=options.title,
        summary=options.summary,
        sha256=digest,
        recipe=options.recipe,
        metrics={},
    )
    write_card(options.out, card)
    shutil.copyfile(options.run / "curve.csv", options.out / "curve.csv")
    print(f"{share} of the tuned weights: {card.key}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
