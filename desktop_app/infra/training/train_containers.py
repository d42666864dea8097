"""Trains the classifier of containers on rendered cut-outs; resumable, deterministic.

    python -m desktop_app.infra.training.train_containers FOLDER --cutouts FOLDER:VIEWS ...
        --clutter MANIFESTS [--judge FOLDER:VIEWS ...] [--export MODEL_FOLDER]

Cut-outs are those of :mod:`.container_cutouts`, which lists them in ``cutouts.csv``. Each is seen
in so many grey VIEWS (:mod:`.container_views`), whose features by the shipped network are made
once and kept in FOLDER. A sixth of the products is held out to judge the head by, unless it is
judged by the cut-outs of ``--judge``, of products that no other folder shows; a twelfth tells when
to stop. A second head, which is not kept, is taught without a sixth of the designs. What is done
already is not done again. ``--export`` writes weights (float16) and the card with the report
into a model folder.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save

from desktop_app import paths
from desktop_app.domain.categories import CategoryReport, folds_by_group
from desktop_app.domain.container_classes import CONTAINER_CLASSES
from desktop_app.domain.containers import ContainerModelReport
from desktop_app.domain.images import RgbArray
from desktop_app.infra.training.container_features import (
    PAIR,
    LabelledFeatures,
    cached_features,
)
from desktop_app.infra.training.container_head import Epoch, HeadRecipe, TaughtHead, teach
from desktop_app.infra.training.container_views import read_list
from desktop_app.infra.training.cutouts import read_photos
from desktop_app.infra.vision.backbones import DEFAULT_MODEL
from desktop_app.infra.vision.containers.backbone import in_bands
from desktop_app.infra.vision.containers.grey_view import VIEW_VERSION
from desktop_app.infra.vision.containers.head import (
    CARD_FILE,
    LAYERS,
    WEIGHTS_FILE,
    ClassifierCard,
    ContainerHead,
)
from desktop_app.infra.vision.model_library import ModelLibrary

PARTS, HELD_OUT = 12, 2
"""Groups are dealt into PARTS; the first HELD_OUT of them judge, the next tells when to stop."""

MOST_CLUTTER = 400
CURVE_FILE = "curve.csv"
RECIPE = (
    "Dense 1024, dropout 0.5, dense 512, softmax over the fifteen classes, rectified in between, "
    "on {dimension} features of grey views in thirds of their height by {backbone}. Stochastic "
    "gradient descent with Nesterov momentum {momentum}, learning rate {rate}, divided by ten "
    "after {patience} epochs without a lower held-out loss, ended after {stop_after}, by "
    "desktop_app.infra.training.train_containers: {cutouts} cut-outs of {products} products in "
    "{designs} designs, {views} views in all, before paper or in a hand, in perspective, partly "
    "hidden, in other light, blurred, compressed, and cut out again by a mask with faults."
)


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A head, and what it took the held-out cut-outs for: as they are, and in all views."""

    head: ContainerHead
    plain: CategoryReport
    all_views: CategoryReport


def judged(
    data: LabelledFeatures,
    groups: NDArray[np.int64],
    folder: Path,
    recipe: HeadRecipe,
    *,
    judging: LabelledFeatures | None = None,
) -> Judged:
    """A head that saw none of the groups it is judged by, or nothing of ``judging``; kept in
    ``folder`` once it is taught."""
    folder.mkdir(parents=True, exist_ok=True)
    part_of = folds_by_group(data.targets, groups, PARTS)
    stopping = part_of == HELD_OUT
    held_out = part_of < HELD_OUT if judging is None else np.zeros(len(part_of), np.bool_)
    path = folder / WEIGHTS_FILE
    if path.is_file():
        flat = [load_file(path)[name] for name in LAYERS]
        head = ContainerHead(tuple(zip(flat[::2], flat[1::2], strict=True)))
    else:
        head = _taught(data, ~(held_out | stopping), stopping, folder, recipe).head
        flat = [array for layer in head.layers for array in layer]
        path.write_bytes(save(dict(zip(LAYERS, map(np.ascontiguousarray, flat), strict=True))))
    if judging is not None:
        data, held_out = judging, np.ones(len(judging.targets), np.bool_)
    found = Judged(head, _report(head, data, held_out, first=True), _report(head, data, held_out))
    print(f"{folder.name}: {found.plain.accuracy:.4f}, all views {found.all_views.accuracy:.4f}")
    return found


def _report(
    head: ContainerHead, data: LabelledFeatures, chosen: NDArray[np.bool_], *, first: bool = False
) -> CategoryReport:
    labels = [container.value for container in CONTAINER_CLASSES]
    return CategoryReport.of(labels, confusion(head, data, chosen, first=first), folds=1)


def confusion(
    head: ContainerHead, data: LabelledFeatures, chosen: NDArray[np.bool_], *, first: bool = False
) -> NDArray[np.int64]:
    """Which classes the views of the chosen rows, or the ``first`` of each, are taken for; rows
    are what they are."""
    features, targets = data.rows(chosen)
    if first:
        features = features[:, :1]
    flat = features.reshape(-1, features.shape[2])
    taken_for = head.probabilities(flat).argmax(axis=1)
    count = len(CONTAINER_CLASSES)
    matrix = np.zeros((count, count), np.int64)
    np.add.at(matrix, (np.repeat(targets, features.shape[1]), taken_for), 1)
    return matrix


def _taught(
    data: LabelledFeatures,
    seen: NDArray[np.bool_],
    stopping: NDArray[np.bool_],
    folder: Path,
    recipe: HeadRecipe,
) -> TaughtHead:
    with (folder / CURVE_FILE).open("w", encoding="utf-8", newline="") as file:
        curve = csv.writer(file, lineterminator="\n")
        curve.writerow(("epoch", "loss", "held_out_loss", "held_out_accuracy", "learning_rate"))

        def write(epoch: Epoch) -> None:
            figures = (epoch.loss, epoch.held_out_loss, epoch.held_out_accuracy)
            rounded = [f"{figure:.4f}" for figure in figures]
            curve.writerow((epoch.number, *rounded, f"{epoch.learning_rate:g}"))
            file.flush()

        return teach(*data.rows(seen), data.rows(stopping), recipe, tell=write)


def export(
    folder: Path, head: ContainerHead, card: ClassifierCard, *, curve: Path | None = None
) -> ClassifierCard:
    """Write weights and card, which gets their hash; returns it."""
    folder.mkdir(parents=True, exist_ok=True)
    flat = [array for layer in head.layers for array in layer]
    arrays = {
        name: np.ascontiguousarray(array.astype(np.float16))
        for name, array in zip(LAYERS, flat, strict=True)
    }
    data = save(arrays)
    (folder / WEIGHTS_FILE).write_bytes(data)
    values = card.to_json() | {"sha256": hashlib.sha256(data).hexdigest()}
    text = json.dumps(values, indent=1, ensure_ascii=False) + "\n"
    (folder / CARD_FILE).write_text(text, encoding="utf-8")
    if curve is not None:
        (folder / CURVE_FILE).write_bytes(curve.read_bytes())
    return ClassifierCard.from_json(values)


def read_clutter(manifests: Sequence[Path]) -> list[RgbArray]:
    """Photos to set cut-outs into, evenly picked."""
    photos = [photo.rgb for manifest in manifests for photo in read_photos(manifest)]
    return photos[:: max(1, -(-len(photos) // MOST_CLUTTER))]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="train_containers", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("folder", type=Path, help="where the training goes on from")
    parser.add_argument(
        "--cutouts", type=_folder_and_views, nargs="+", required=True, metavar="FOLDER:VIEWS"
    )
    parser.add_argument(
        "--judge", type=_folder_and_views, nargs="+", default=[], metavar="FOLDER:VIEWS"
    )
    parser.add_argument("--clutter", type=Path, nargs="+", required=True, help="manifests")
    parser.add_argument("--export", type=Path, help="model folder")
    parser.add_argument("--data", action="append", default=[], help="what it was trained on")
    given = parser.parse_args(arguments)
    data, card = _features(given, given.cutouts)
    judging = _features(given, given.judge)[0] if given.judge else None
    recipe = HeadRecipe()
    run = given.folder / f"run-{_name_of(data)}"
    by_product = judged(data, data.products, run / "by-product", recipe, judging=judging)
    by_design = judged(data, data.designs, run / "by-design", recipe)
    if given.export is None:
        return 0
    described = RECIPE.format(
        dimension=data.features.shape[2],
        backbone=card.split("@")[0],
        momentum=recipe.momentum,
        rate=recipe.learning_rate,
        patience=recipe.patience,
        stop_after=recipe.stop_after,
        cutouts=data.n_cutouts,
        products=data.n_products,
        designs=int(data.designs.max()) + 1,
        views=data.features.shape[0] * PAIR,
    )
    origin = (
        f"Measured on {by_product.plain.n_pictures} pictures; with the faults of masks and photos "
        f"in hands {by_product.all_views.accuracy:.1%}."
    )
    report = ContainerModelReport(by_product.plain, by_design.plain, origin)
    figures = {
        "held_out_all_views_accuracy": round(by_product.all_views.accuracy, 4),
        "unseen_designs_all_views_accuracy": round(by_design.all_views.accuracy, 4),
    }
    described_card = ClassifierCard(
        *(card, VIEW_VERSION, "", "Apache-2.0", described, tuple(given.data), report), figures
    )
    export(given.export, by_product.head, described_card, curve=run / "by-product" / CURVE_FILE)
    return 0


def _features(
    given: argparse.Namespace, folders: Sequence[tuple[Path, int]]
) -> tuple[LabelledFeatures, str]:
    """With the key of the network that made them."""
    cutouts = [cutout for folder, views in folders for cutout in read_list(folder, views)]
    library = ModelLibrary(paths.models_dir(), paths.models_dir(), paths.cache_dir() / "models")
    card = in_bands(library.card(DEFAULT_MODEL))
    embedder = library.embedder(DEFAULT_MODEL, read_as=in_bands)
    try:
        data = cached_features(
            cutouts,
            read_clutter(given.clutter),
            embedder,
            given.folder / "features",
            side=card.preprocessing.side,
            tell=lambda words: print(words, flush=True),
        )
    finally:
        embedder.close()
    return data, card.key


def _folder_and_views(text: str) -> tuple[Path, int]:
    """Raises ValueError where the number is missing or odd."""
    folder, _, count = text.rpartition(":")
    if not folder or int(count) < PAIR or int(count) % PAIR:
        raise ValueError
    return Path(folder), int(count)


def _name_of(data: LabelledFeatures) -> str:
    """Changes with what is learned from, so that folds of other data are not taken for these."""
    digest = hashlib.sha256(data.features[:, 0].astype(np.float16).tobytes())
    digest.update(data.targets.tobytes() + str(data.features.shape).encode())
    return digest.hexdigest()[:10]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
