"""Learns when the capture station is sure, and prints what that means; run once.

    python -m desktop_app.learn_answers --photos MANIFEST ... --to models/fusion/answers.json

Products are held before clutter as a camera would see them: those of the demo range, of which
the catalogue has the first picture, and printed packs. Each is asked for twice, in a catalogue
that has it and as if it had not (leave one product out, of the demo range with all that share
its name; packs that differ in their print stay). From what the first hits were like it is
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
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
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
from desktop_app.domain.search import Hit, SearchRequest
from desktop_app.engines import Engines
from desktop_app.infra.training.compositing import RgbaArray, hand_held, studio
from desktop_app.infra.training.cutouts import cut_from_plain, read_photos
from desktop_app.infra.training.lettering import font_files
from desktop_app.infra.training.printed_packs import PackMaker
from desktop_app.paths import resources_dir
from desktop_app.services.capture.recognising import LISTED
from desktop_app.services.workspace import Workspace

SIDE = 512
STRENGTH, FILL = (0.15, 0.7), (0.4, 0.9)
"""How far a picture is from a good one, and how much of its side the product spans: a station
takes no picture that is moving, dark, cut off or too small."""

FOLDS = 5

FAMILY = 3
"""Packs of one layout with different print: what is most easily taken for another."""

SHOTS = 2


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """A product: the picture that the catalogue has, and looks of it. Products of one ``kin``
    differ in colour or in a single measure: with one of them unknown and another known, not even
    a person could tell that it is not that one."""

    sku: str
    picture: RgbArray
    looks: Sequence[RgbaArray]
    kin: str


def range_items(products: Path) -> Iterator[Item]:
    """The demo range: the first picture is the catalogue's, any is held before the camera."""
    with products.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            pictures = [_read(products.parent / name) for name in row["Picture"].split(";")]
            looks = [cut for cut in map(cut_from_plain, pictures) if cut is not None]
            if looks:
                kin = f"{row['Brand']} {row['Title'].partition(',')[0]}"
                yield Item(row["SKU"], pictures[0], looks, kin)


def pack_items(maker: PackMaker, count: int, rng: np.random.Generator) -> Iterator[Item]:
    """Printed packs, those of a family after one another."""
    for number in range(count):
        pack = maker.pack(layout=number // FAMILY, print_seed=number)
        shown = studio(maker.shown(pack, rng), rng, side=384).rgb
        sku = f"pack-{number:04}"
        yield Item(sku, shown, [maker.shown(pack, rng) for _ in range(SHOTS)], sku)


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """One product that was held before the camera, with one shot more in each row: FEATURES of
    the first hit of a catalogue that has it (n, 4), whether that was right (n,), and FEATURES of
    the first hit of a catalogue that has neither it nor its kin (n, 4)."""

    known: Values
    is_right: NDArray[np.bool_]
    unknown: Values


def fill(workspace: Workspace, items: Sequence[Item], folder: Path) -> None:
    """Make the items the products of an empty catalogue; their pictures go into ``folder``."""
    token = CancelToken()
    for item in items:
        path = folder / f"{item.sku}.png"
        Image.fromarray(item.picture).save(path, compress_level=1)
        workspace.catalogue.products.add(ProductFields(item.sku), [(path, "")])
    workspace.load_index()
    for _step in workspace.index(token):
        pass
    for _described in workspace.enrich(token):
        pass


def ask_for(
    engines: Engines,
    workspace: Workspace,
    items: Sequence[Item],
    clutter: Sequence[RgbArray],
    rng: np.random.Generator,
    *,
    count: int,
) -> Iterator[Asked]:
    """Hold ``count`` of the items before the camera of a station that knows all of them."""
    looker = engines.frame_looker()
    ids = workspace.catalogue.products.ids_by_sku()
    kin: dict[str, list[int]] = defaultdict(list)
    for item in items:
        kin[item.kin].append(ids[item.sku.casefold()])
    for place in rng.permutation(len(items))[:count].tolist():
        item = items[place]
        burst = _held(item.looks, clutter, looker, rng)
        pictures = workspace.capturing.pictures_of(burst)
        known, is_right, unknown = [], [], []
        for shots in range(1, len(pictures) + 1):
            request = SearchRequest(pictures[0], also=pictures[1:shots], limit=LISTED)
            hits = _search(workspace, request)
            without = _search(workspace, replace(request, exclude_products=tuple(kin[item.kin])))
            known.append(features_of(hits)[0])
            is_right.append(hits[0].product_id == ids[item.sku.casefold()])
            unknown.append(features_of(without)[0])
        yield Asked(np.array(known), np.array(is_right), np.array(unknown))


def _search(workspace: Workspace, request: SearchRequest) -> tuple[Hit, ...]:
    return workspace.search.search(request, CancelToken()).hits


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
    rows = np.concatenate([rows for each in asked for rows in (each.known, each.unknown)])
    is_right = np.concatenate(
        [said for each in asked for said in (each.is_right, np.zeros(len(each.unknown), np.bool_))]
    )
    return fitted_assurance(rows, is_right)


def sampled_out_of_fold(asked: Sequence[Asked]) -> AnswerSample:
    """How sure first hits were at their surest, since the station takes the first sure one,
    judged by weights learned without them."""
    known, unknown, wrong = [], [], 0
    for fold in range(FOLDS):
        model = learned_from([each for n, each in enumerate(asked) if n % FOLDS != fold])
        for each in asked[fold::FOLDS]:
            unknown.append(float(model.log_odds(each.unknown).max()))
            if each.is_right.any():
                known.append(float(model.log_odds(each.known[each.is_right]).max()))
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
        with (
            tempfile.TemporaryDirectory(prefix="twinshelf-") as folder,
            engines.workspace(Path(folder) / "catalogue", create=True, model=given.model) as opened,
        ):
            fill(opened, items, Path(folder))
            rng = np.random.default_rng([7, number])
            asked[name] = list(ask_for(engines, opened, items, clutter, rng, count=given.count))
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
