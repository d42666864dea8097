"""Learns when the capture station is sure, and prints what that means; run once.

    python -m desktop_app.learn_answers --photos MANIFEST ... --to models/fusion/answers.json

Products are held before clutter as a camera would see them: those of the demo range, of which
the catalogue has the first picture, and printed packs. Each is asked for twice, in a catalogue
that has it and as if it had not (leave one product out). From what the first hits were like it is
learned how sure each of them is (desktop_app.domain.assurance); thresholds are read off how sure
they were (desktop_app.domain.answering). The shares printed are of products whose kin, four of
five parts of them, taught the weights: each part is judged by weights learned without it.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from desktop_app.domain.answering import AnswerSample, fitted_thresholds
from desktop_app.domain.assurance import (
    AssuranceModel,
    Values,
    features_of,
    fitted_assurance,
    log_odds_of,
)
from desktop_app.domain.capture_ports import FrameLooker
from desktop_app.domain.capturing import AnswerThresholds, Burst, Shot
from desktop_app.domain.images import RgbArray
from desktop_app.domain.products import ProductFields
from desktop_app.domain.progress import CancelToken
from desktop_app.engines import Engines
from desktop_app.infra.training.compositing import RgbaArray, hand_held, studio
from desktop_app.infra.training.cutouts import cut_from_plain, read_photos
from desktop_app.infra.training.lettering import font_files
from desktop_app.infra.training.printed_packs import PackMaker
from desktop_app.paths import resources_dir
from desktop_app.services.capture.recognising import request_of

SIDE = 512
STRENGTH, FILL = (0.15, 0.7), (0.4, 0.9)
"""How far a picture is from a good one, and how much of its side the product spans: a station
takes no picture that is moving, dark, cut off or too small."""

FOLDS = 5

FAMILY = 3
"""Packs of one layout with different print: what is most easily taken for another."""

SHOTS = 2

Item = tuple[str, RgbArray, list[RgbaArray]]
"""SKU, the picture that the catalogue has, and looks of the product."""


def range_items(products: Path) -> Iterator[Item]:
    """The demo range: the first picture is the catalogue's, any is held before the camera."""
    with products.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            pictures = [_read(products.parent / name) for name in row["Picture"].split(";")]
            looks = [cut for cut in map(cut_from_plain, pictures) if cut is not None]
            if looks:
                yield row["SKU"], pictures[0], looks


def pack_items(maker: PackMaker, count: int, rng: np.random.Generator) -> Iterator[Item]:
    """Printed packs, those of a family after one another."""
    for number in range(count):
        pack = maker.pack(layout=number // FAMILY, print_seed=number)
        shown = studio(maker.shown(pack, rng), rng, side=384).rgb
        yield f"pack-{number:04}", shown, [maker.shown(pack, rng) for _ in range(SHOTS)]


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """One product that was held before the camera: FEATURES of the first hit of a catalogue
    that has it and whether that was right, and of the first hit of one that has it not."""

    known: Values
    is_right: bool
    unknown: Values


def ask_for(
    engines: Engines,
    items: Sequence[Item],
    clutter: Sequence[RgbArray],
    rng: np.random.Generator,
    *,
    count: int,
    folder: Path,
    model: str,
) -> list[Asked]:
    """Hold ``count`` of the items before the camera of a station that knows all of them."""
    token = CancelToken()
    looker = engines.frame_looker()
    asked = []
    with engines.workspace(folder / "catalogue", create=True, model=model) as workspace:
        for sku, picture, _ in items:
            path = folder / f"{sku}.png"
            Image.fromarray(picture).save(path, compress_level=1)
            workspace.catalogue.products.add(ProductFields(sku), [(path, "")])
        workspace.load_index()
        for _step in workspace.index(token):
            pass
        for _described in workspace.enrich(token):
            pass
        ids = workspace.catalogue.products.ids_by_sku()
        for place in rng.permutation(len(items))[:count].tolist():
            sku, _, looks = items[place]
            product_id = ids[sku.casefold()]
            request = request_of(_held(looks, clutter, looker, rng))
            hits = workspace.search.search(request, token).hits
            without = replace(request, exclude_products=(product_id,))
            others = workspace.search.search(without, token).hits
            asked.append(
                Asked(
                    features_of(hits)[0],
                    hits[0].product_id == product_id,
                    features_of(others)[0],
                )
            )
    return asked


def _held(
    looks: Sequence[RgbaArray],
    clutter: Sequence[RgbArray],
    looker: FrameLooker,
    rng: np.random.Generator,
) -> Burst:
    shots = []
    for number in range(SHOTS):
        look = looks[int(rng.integers(len(looks)))]
        background = clutter[int(rng.integers(len(clutter)))]
        strength = float(rng.uniform(*STRENGTH))
        rgb = hand_held(look, background, rng, side=SIDE, strength=strength, fill=FILL).rgb
        looker.reset()
        shots.append(Shot(rgb, looker.look(rgb, 0.0), float(number)))
    return Burst(tuple(sorted(shots, key=lambda shot: -shot.view.sharpness)))


def learned_from(asked: Sequence[Asked]) -> AssuranceModel:
    """Weights that tell right first hits from wrong ones and from those for unknown products."""
    rows = np.array([row for each in asked for row in (each.known, each.unknown)])
    is_right = np.array([said for each in asked for said in (each.is_right, False)])
    return fitted_assurance(rows, is_right)


def sampled_out_of_fold(asked: Sequence[Asked]) -> AnswerSample:
    """How sure first hits were, judged by weights learned without them."""
    known, unknown, wrong = [], [], 0
    for fold in range(FOLDS):
        model = learned_from([each for n, each in enumerate(asked) if n % FOLDS != fold])
        for each in asked[fold::FOLDS]:
            unknown.append(float(model.log_odds(each.unknown[None])[0]))
            if each.is_right:
                known.append(float(model.log_odds(each.known[None])[0]))
            else:
                wrong += 1
    return AnswerSample(np.array(known), np.array(unknown), wrong)


def report(name: str, asked: Sequence[Asked], thresholds: AnswerThresholds) -> None:
    """Print how a set does."""
    sample = sampled_out_of_fold(asked)
    found, perhaps = log_odds_of(thresholds.found), log_odds_of(thresholds.perhaps)
    count = len(asked)
    print(
        f"{name:8} {count} products  R@1 {len(sample.known) / count:.3f}  "
        f"found {(sample.known >= found).sum() / count:.3f}  "
        f"unknown: found {(sample.unknown >= found).mean():.3f}, "
        f"offered {(sample.unknown >= perhaps).mean():.3f}",
        flush=True,
    )


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--photos", type=Path, nargs="+", required=True, help="manifest.csv files")
    parser.add_argument(
        "--range",
        type=Path,
        default=resources_dir() / "demo" / "products.csv",
        help="a product list",
    )
    parser.add_argument("--to", type=Path, required=True, help="the file to write")
    parser.add_argument("--sources", default="", help="what the photos are, for the recipe")
    parser.add_argument("--packs", type=int, default=300)
    parser.add_argument("--count", type=int, default=200, help="products held, of each set")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--model", default="")
    given = parser.parse_args(arguments)
    clutter = [photo.rgb for manifest in given.photos for photo in read_photos(manifest)]
    sets: dict[str, list[Item]] = {
        "range": list(range_items(given.range)),
        "packs": list(
            pack_items(PackMaker(clutter, font_files()), given.packs, np.random.default_rng(1))
        ),
    }
    engines = Engines(threads=given.threads)
    asked: dict[str, list[Asked]] = {}
    for number, (name, items) in enumerate(sets.items()):
        with tempfile.TemporaryDirectory(prefix="twinshelf-") as folder:
            asked[name] = ask_for(
                engines,
                items,
                clutter,
                np.random.default_rng([7, number]),
                count=given.count,
                folder=Path(folder),
                model=given.model,
            )
    engines.close()
    # Folds are drawn across the sets.
    joined = [each for own in asked.values() for each in own]
    order = np.random.default_rng(0).permutation(len(joined)).tolist()
    joined = [joined[place] for place in order]
    model, sample = learned_from(joined), sampled_out_of_fold(joined)
    thresholds = fitted_thresholds(sample)
    for name, own in asked.items():
        report(name, own, thresholds)
    print(model.to_json(), thresholds)
    recipe = (
        f"Learned by desktop_app.learn_answers from {len(joined)} rendered products held before "
        f"clutter{': ' if given.sources else ''}{given.sources}."
    )
    written = {"recipe": recipe, "model": model.to_json(), "sample": sample.to_json()}
    given.to.write_text(json.dumps(written, indent=1) + "\n", "utf-8")
    return 0


def _read(path: Path) -> RgbArray:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"), np.uint8)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
