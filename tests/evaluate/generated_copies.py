"""Copies made of catalogue pictures, and how many of them are found.

``python -m tests.evaluate.generated_copies DATA [--pictures N] [--work FOLDER]`` prints the
figures as JSON. Each picture comes with five copies: a tenth cropped away, mirrored, upside down,
turned by 25 degrees, and stretched (the protocol of imagededup's benchmark). All are imported as
products of their own, read, looked at and compared as any catalogue is; every two pictures of one
family are a pair to be found.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from desktop_app.domain.duplicates import SAME_THRESHOLD, FoundPairs
from desktop_app.domain.imports import FolderRules, ImportRequest, SourceKind
from desktop_app.domain.pair_metrics import score_pairs
from desktop_app.domain.progress import CancelToken
from desktop_app.engines import Engines
from desktop_app.infra.vision.decode import PillowImageReader
from desktop_app.services.workspace import Workspace

SETS = (
    "cosmetic_packs",
    "cosmetics_misc",
    "bottle_catalog",
    "ikea_catalog",
    "grocery_store",
    "studio_multiview",
)
SIDE = 512
TURN_DEGREES = 25
WIDENED = 1.3


def _cropped(picture: Image.Image) -> Image.Image:
    width, height = picture.size
    return picture.crop((width // 20, height // 20, width - width // 20, height - height // 20))


def _turned(picture: Image.Image) -> Image.Image:
    return picture.rotate(TURN_DEGREES, Image.Resampling.BICUBIC, fillcolor=(255, 255, 255))


def _stretched(picture: Image.Image) -> Image.Image:
    return picture.resize((round(picture.width * WIDENED), picture.height))


COPIES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "original": lambda picture: picture,
    "cropped": _cropped,
    "mirrored": lambda picture: picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "upside-down": lambda picture: picture.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
    "turned": _turned,
    "stretched": _stretched,
}


def write_copies(data: Path, folder: Path, *, pictures: int, seed: int = 0) -> int:
    """``<number>-<copy>.jpg`` of so many pictures, evenly from all sets. Pictures that the sets
    hold twice, by their own lists, are taken once. Returns how many there are."""
    paths = _galleries(data)
    chosen = np.random.default_rng(seed).permutation(len(paths))[:pictures].tolist()
    reader = PillowImageReader()
    folder.mkdir(parents=True, exist_ok=True)
    for number, place in enumerate(chosen):
        picture = Image.fromarray(reader.decode(paths[place], max_side=SIDE).rgb)
        for name, changed in COPIES.items():
            changed(picture).save(folder / f"{number:05d}-{name}.jpg", quality=90)
    return len(chosen)


def found_copies(workspace: Workspace, folder: Path) -> dict[str, Any]:
    """Import, read, look at and compare everything in ``folder``; what was found of it."""
    token = CancelToken()
    request = ImportRequest(SourceKind.FOLDER, (folder,), FolderRules(name_pattern=""))
    plan = workspace.importing.preview(request, token)
    for _ in workspace.importing.apply(plan, token):
        pass
    workspace.load_index()
    for run in (workspace.index, workspace.enrich, workspace.duplicates.find):
        for _ in run(token):
            pass
    family: dict[int, str] = {}
    kind: dict[int, str] = {}
    contents = {h: i for i, h in workspace.catalogue.pictures.content_hashes().items()}
    for file in workspace.catalogue.pictures.known_files():
        number, _, name = Path(file.path).stem.partition("-")
        content = contents[file.content_hash]
        # A picture that looks the same mirrored is one content.
        family[content], kind[content] = number, name
    return _figures(workspace.duplicates.board().found, family, kind)


def _figures(found: FoundPairs, family: dict[int, str], kind: dict[int, str]) -> dict[str, Any]:
    sizes: dict[str, int] = {}
    for number in family.values():
        sizes[number] = sizes.get(number, 0) + 1
    expected = sum(size * (size - 1) // 2 for size in sizes.values())
    pairs = list(zip(found.content_a.tolist(), found.content_b.tolist(), strict=True))
    is_right = np.array([family[a] == family[b] for a, b in pairs])
    missing = expected - int(is_right.sum())
    scores = np.concatenate([found.same, np.zeros(missing, np.float32)])
    told = score_pairs(
        scores, np.concatenate([is_right, np.ones(missing, np.bool_)]), threshold=SAME_THRESHOLD
    )
    recalled: dict[str, int] = {}
    for (a, b), same, right in zip(pairs, found.same.tolist(), is_right.tolist(), strict=True):
        if right and same >= SAME_THRESHOLD and "original" in (kind[a], kind[b]):
            other = kind[b] if kind[a] == "original" else kind[a]
            recalled[other] = recalled.get(other, 0) + 1
    return {
        "pictures": len(sizes),
        "pairs": expected,
        "average_precision": round(told.average_precision, 4),
        "recall_at_precision_95": round(told.recall_at_precision_95, 4),
        "at_threshold": {
            "threshold": told.threshold,
            "precision": round(told.precision, 4),
            "recall": round(told.recall, 4),
        },
        "found_of_original": {n: round(c / len(sizes), 4) for n, c in sorted(recalled.items())},
    }


def _galleries(data: Path) -> list[Path]:
    again = set()
    with (data / "duplicate_sku_pairs.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["label"] == "same_picture":
                again.add(row["path_b"])
    paths: list[Path] = []
    for name in SETS:
        with (data / name / "manifest.csv").open(encoding="utf-8", newline="") as file:
            paths += [
                data / name / row["path"]
                for row in csv.DictReader(file)
                if row["role"] == "gallery" and f"{name}/{row['path']}" not in again
            ]
    return paths


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--pictures", type=int, default=1800)
    parser.add_argument("--work", type=Path, required=True, help="an empty folder to work in")
    asked = parser.parse_args()
    write_copies(asked.data, asked.work / "pictures", pictures=asked.pictures)
    engines = Engines()
    try:
        with engines.workspace(asked.work / "catalogue", create=True) as workspace:
            json.dump(found_copies(workspace, asked.work / "pictures"), sys.stdout, indent=1)
            print()
    finally:
        engines.close()


if __name__ == "__main__":
    main()
