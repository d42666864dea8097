"""Learns when the capture station is sure, and prints what that means; run once.

    python -m desktop_app.learn_answers --photos MANIFEST ... --to models/fusion/answers.json

Products of the demo range, of which the catalogue has the first picture, are held before a shelf
and before photos. Each is asked for twice: in a catalogue that has it, and in the same as if it
had no product of that brand, so that it is unknown. From what the first hits were like it is
learned how sure each of them is (desktop_app.domain.assurance); thresholds are read off how sure
they were (desktop_app.domain.answering), each fifth of the products judged by weights learned
without it. Printed is also how often a product is taken for another of its brand where only its
own kin (other colours, other measures) is unknown: such goods are more easily confused.
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
from PIL import Image

from desktop_app.domain.answering import AnswerSample, fitted_thresholds
from desktop_app.domain.assurance import (
    AssuranceModel,
    Values,
    features_of,
    fitted_assurance,
    log_odds_of,
)
from desktop_app.domain.capturing import Burst, Shot
from desktop_app.domain.images import RgbArray
from desktop_app.domain.products import ProductFields
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.search import Hit, SearchRequest
from desktop_app.engines import Engines
from desktop_app.infra.training.compositing import RgbaArray, hand_held
from desktop_app.infra.training.cutouts import cut_from_plain, read_photos
from desktop_app.paths import resources_dir
from desktop_app.services.capture.recognising import LISTED
from desktop_app.services.workspace import Workspace

SIDE = 512
STRENGTH, FILL = (0.05, 0.4), (0.45, 0.9)
"""How far a picture is from a good one, and how much of its side the product spans: a station
takes no picture that is moving, dark, cut off or too small."""

FOLDS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """A product: the picture that the catalogue has, looks of it, and with which others it shares
    a brand, and name as well (``kin``)."""

    sku: str
    picture: RgbArray
    looks: Sequence[RgbaArray]
    brand: str
    kin: str


def range_items(products: Path) -> Iterator[Item]:
    """The demo range: the first picture is the catalogue's, any is held before the camera."""
    with products.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            pictures = [_read(products.parent / name) for name in row["Picture"].split(";")]
            looks = [cut for cut in map(cut_from_plain, pictures) if cut is not None]
            if looks:
                kin = f"{row['Brand']} {row['Title'].partition(',')[0]}"
                yield Item(row["SKU"], pictures[0], looks, row["Brand"], kin)


@dataclass(frozen=True, slots=True, eq=False)
class Backgrounds:
    """What products are held before: the rendered shelf in half of the cases, else a photo."""

    shelf: RgbArray
    photos: Sequence[RgbArray]

    def drawn(self, rng: np.random.Generator) -> RgbArray:
        """One by chance."""
        if rng.random() < 0.5:
            return self.shelf
        return self.photos[int(rng.integers(len(self.photos)))]


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """One product that was held before the camera: FEATURES (4,) of the first hit of a catalogue
    that has it and whether that was right, and of one that lacks its brand, or only its kin."""

    known: Values
    is_right: bool
    unknown: Values
    without_kin: Values


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
    backgrounds: Backgrounds,
    rng: np.random.Generator,
    *,
    count: int,
) -> Iterator[Asked]:
    """Hold ``count`` of the items before the camera of a station that knows all of them."""
    looker = engines.frame_looker()
    ids = workspace.catalogue.products.ids_by_sku()
    groups: dict[str, list[int]] = defaultdict(list)
    for item in items:
        groups[f"brand {item.brand}"].append(ids[item.sku.casefold()])
        groups[f"kin {item.kin}"].append(ids[item.sku.casefold()])
    for place in rng.permutation(len(items))[:count].tolist():
        item = items[place]
        look = item.looks[int(rng.integers(len(item.looks)))]
        strength = float(rng.uniform(*STRENGTH))
        rgb = hand_held(
            look, backgrounds.drawn(rng), rng, side=SIDE, strength=strength, fill=FILL
        ).rgb
        looker.reset()
        burst = Burst((Shot(rgb, looker.look(rgb, 0.0), 0.0),))
        request = SearchRequest(workspace.capturing.pictures_of(burst)[0], limit=LISTED)
        hits = _search(workspace, request)
        unknown, kin = (
            _search(workspace, replace(request, exclude_products=tuple(groups[name])))
            for name in (f"brand {item.brand}", f"kin {item.kin}")
        )
        yield Asked(
            features_of(hits)[0],
            hits[0].product_id == ids[item.sku.casefold()],
            features_of(unknown)[0],
            features_of(kin)[0],
        )


def _search(workspace: Workspace, request: SearchRequest) -> tuple[Hit, ...]:
    return workspace.search.search(request, CancelToken()).hits


def learned_from(asked: Sequence[Asked]) -> AssuranceModel:
    """Weights that tell right first hits from wrong ones and from those for unknown products."""
    rows = np.array([row for each in asked for row in (each.known, each.unknown)])
    return fitted_assurance(rows, np.array([r for each in asked for r in (each.is_right, False)]))


def sampled_out_of_fold(asked: Sequence[Asked]) -> tuple[AnswerSample, Values]:
    """How sure first hits were, judged by weights learned without them; and the same of those
    with only their kin unknown."""
    known, unknown, kin, wrong = [], [], [], 0
    for fold in range(FOLDS):
        model = learned_from([each for n, each in enumerate(asked) if n % FOLDS != fold])
        for each in asked[fold::FOLDS]:
            right, strange, alike = model.log_odds(
                np.array([each.known, each.unknown, each.without_kin])
            ).tolist()
            unknown.append(strange)
            kin.append(alike)
            if each.is_right:
                known.append(right)
            else:
                wrong += 1
    return AnswerSample(np.array(known), np.array(unknown), wrong), np.array(kin)


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
    parser.add_argument("--count", type=int, default=120, help="products held")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--model", default="")
    given = parser.parse_args(arguments)
    photos = [photo.rgb for manifest in given.photos for photo in read_photos(manifest)]
    backgrounds = Backgrounds(_read(resources_dir() / "demo" / "capture" / "shelf.jpg"), photos)
    items = list(range_items(given.range))
    engines = Engines(threads=given.threads)
    with (
        tempfile.TemporaryDirectory(prefix="twinshelf-") as folder,
        engines.workspace(Path(folder) / "catalogue", create=True, model=given.model) as opened,
    ):
        fill(opened, items, Path(folder))
        rng = np.random.default_rng(7)
        asked = list(ask_for(engines, opened, items, backgrounds, rng, count=given.count))
    engines.close()
    model = learned_from(asked)
    sample, kin = sampled_out_of_fold(asked)
    thresholds = fitted_thresholds(sample)
    found = log_odds_of(thresholds.found)
    print(model.to_json(), thresholds)
    print(
        f"{len(asked)} products, R@1 {len(sample.known) / len(asked):.3f}; unknown ones found "
        f"{(sample.unknown >= found).mean():.3f}, {(kin >= found).mean():.3f} where others of "
        "the brand are known"
    )
    recipe = (
        f"Learned by desktop_app.learn_answers from {len(asked)} rendered products held before "
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
