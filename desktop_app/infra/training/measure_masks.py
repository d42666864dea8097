"""Measures masks on pictures whose objects are known.

    python -m desktop_app.infra.training.measure_masks --masked FOLDER --alpha FOLDER
        --backgrounds PICTURES [PICTURES ...] [--sheet worst.png]

``--masked`` has a manifest with a column ``mask``, ``--alpha`` one whose pictures are partly
transparent. Prints, as JSON, the mean IoU of the masks on the pictures as they are (the latter
before even grey) and on composites before those of the backgrounds that training held out.
``--model`` names another model folder, ``--sheet`` a picture of the worst, mask beside truth.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from desktop_app import paths
from desktop_app.domain.images import DecodedImage
from desktop_app.domain.masks import MaskSource, ObjectMask
from desktop_app.infra.training.mask_material import BACKGROUND_SIDE, is_held_out, read_pictures
from desktop_app.infra.training.mask_scores import (
    KnownPicture,
    MaskScore,
    composited,
    scores,
    with_alpha,
    with_masks,
)
from desktop_app.infra.vision.card_files import WEIGHTS_FILE
from desktop_app.infra.vision.export import IR_FILE
from desktop_app.infra.vision.masks.cards import SHIPPED, read_mask_card
from desktop_app.infra.vision.masks.export import write_mask_ir
from desktop_app.infra.vision.masks.masker import PictureMasker
from desktop_app.infra.vision.masks.saliency import OpenVinoSaliency
from desktop_app.infra.vision.opencv import cv

_TILE, _SHOWN = 192, 16


def measured(
    masker: PictureMasker, sets: dict[str, list[KnownPicture]]
) -> tuple[dict[str, dict[str, float]], dict[str, list[MaskScore]]]:
    """Figures and scores by name of the set."""
    figures, found = {}, {}
    for name, pictures in sets.items():
        seconds: list[float] = []

        def timed(image: DecodedImage, seconds: list[float] = seconds) -> ObjectMask:
            started = time.process_time()
            mask = masker.mask(image)
            seconds.append(time.process_time() - started)
            return mask

        found[name] = scores(pictures, timed)
        overlaps = np.array([score.iou for score in found[name]])
        confidences = np.array([score.mask.confidence for score in found[name]])
        by_network = [score.mask.source is MaskSource.NETWORK for score in found[name]]
        figures[name] = {
            "pictures": len(overlaps),
            "mean_iou": round(float(overlaps.mean()), 4),
            "share_below_half": round(float((overlaps < 0.5).mean()), 4),
            "share_by_network": round(float(np.mean(by_network)), 4),
            "mean_confidence": round(float(confidences.mean()), 4),
            "cpu_ms": round(1000 * float(np.median(seconds)), 1),
        }
    return figures, found


def sheet(found: dict[str, list[MaskScore]]) -> np.ndarray:
    """The worst of every set in a row of pictures, over truth, over mask."""
    rows = []
    for of_set in found.values():
        columns = []
        for score in of_set[:_SHOWN]:
            planes = [score.picture.truth, score.mask.alpha]
            tiles = [score.picture.rgb, *(cv.cvtColor(each, cv.COLOR_GRAY2RGB) for each in planes)]
            columns.append(np.vstack([_tile(each) for each in tiles]))
        rows.append(np.hstack(columns))
    width = max(row.shape[1] for row in rows)
    return np.vstack([np.pad(row, ((0, 8), (0, width - row.shape[1]), (0, 0))) for row in rows])


def _tile(picture: np.ndarray) -> np.ndarray:
    height, width = picture.shape[:2]
    scale = _TILE / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    tile = np.full((_TILE, _TILE, 3), 96, np.uint8)
    tile[: size[1], : size[0]] = cv.resize(picture, size, interpolation=cv.INTER_AREA)
    return tile


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="measure_masks", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--masked", type=Path, required=True)
    parser.add_argument("--alpha", type=Path, required=True)
    parser.add_argument("--backgrounds", type=Path, nargs="+", required=True)
    parser.add_argument("--model", type=Path, help="defaults to the shipped one")
    parser.add_argument("--sheet", type=Path)
    given = parser.parse_args(arguments)
    cv.setNumThreads(1)
    side = 2 * BACKGROUND_SIDE
    unseen = list(read_pictures(given.backgrounds, side=side, wanted=is_held_out).values())
    masked, alpha = with_masks(given.masked), with_alpha(given.alpha)
    sets = {
        "masked": masked,
        "alpha_on_grey": alpha,
        "masked_on_photos": list(composited(masked, unseen)),
        "alpha_on_photos": list(composited(alpha, unseen)),
    }
    folder = given.model or paths.models_dir() / SHIPPED
    card = read_mask_card(folder)
    with tempfile.TemporaryDirectory() as scratch:
        write_mask_ir(card, folder / WEIGHTS_FILE, Path(scratch))
        network = OpenVinoSaliency(card, Path(scratch) / IR_FILE, threads=1)
        figures, found = measured(PictureMasker(lambda: network, weights_key=card.key), sets)
    print(json.dumps(figures, indent=2))
    if given.sheet:
        cv.imwrite(str(given.sheet), sheet(found)[:, :, ::-1])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
