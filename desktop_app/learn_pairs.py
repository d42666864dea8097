"""Learns when two pictures show one product, from pictures with known answers; run once.

    python -m desktop_app.learn_pairs --photos MANIFEST ... --containers FOLDER
        --to models/pairs/pairs.json --sources TEXT

Pictures are made (desktop_app.infra.training.pair_sets), looked at as the catalogue looks at
its own, and measured in pairs: all pairs of one model, and each picture with those of other
models whose look is nearest. The weights are fitted to that; what they reach on pictures made
with another seed is printed and noted on the card.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from desktop_app.domain.duplicate_ports import ComparedPicture
from desktop_app.domain.duplicates import SAME_THRESHOLD
from desktop_app.domain.evidence_ports import EvidenceChannels
from desktop_app.domain.images import READING_SIDE, DecodedImage, RgbArray
from desktop_app.domain.ports import Embedder, ImageReader
from desktop_app.engines import Engines
from desktop_app.infra.training.cutouts import read_cutouts, read_photos
from desktop_app.infra.training.fit_pairs import (
    LearnedPair,
    fit_stages,
    weights_of,
    write_stages,
)
from desktop_app.infra.training.lettering import font_files
from desktop_app.infra.training.pair_sets import (
    KnownPicture,
    PairMaterial,
    Relation,
    known_pictures,
)
from desktop_app.infra.training.printed_packs import PackMaker
from desktop_app.infra.vision.colour_channel import LabColourChannel
from desktop_app.infra.vision.pairs.judge import PictureJudge
from desktop_app.infra.vision.pairs.measuring import PairMeasurer
from desktop_app.infra.vision.print.channel import PrintReader
from desktop_app.infra.vision.print.codebook import FOLDER as CODEBOOK
from desktop_app.infra.vision.shape_channel import SilhouetteShapeChannel
from desktop_app.paths import models_dir, resources_dir
from desktop_app.services.describing import describe_picture, pack_evidence

NEIGHBOURS, VERSIONS = 3, 16
"""Of each picture, and of each model."""
THUMBNAIL_SIDE, HASHED_SIDE = 256, 128
BATCH = 16


def material(options: argparse.Namespace) -> PairMaterial:
    """Everything pictures are made from."""
    photos = [photo.rgb for path in options.photos for photo in read_photos(path)]
    photos = photos[:: max(1, len(photos) // options.most_photos)]
    containers = itertools.groupby(
        read_cutouts(options.containers), key=lambda named: named[0].rpartition("_")[0]
    )
    return PairMaterial(
        packs=PackMaker(photos, font_files()),
        containers=[[cutout for _, cutout in views] for _, views in containers],
        shelf=list(_shelf(options.range)),
        photos=photos,
    )


def as_catalogued(
    pictures: Sequence[RgbArray],
    reader: ImageReader,
    embedder: Embedder,
    channels: EvidenceChannels,
) -> Iterator[ComparedPicture]:
    """What a catalogue would hold of each."""
    for start in range(0, len(pictures), BATCH):
        images = [
            reader.shrink(DecodedImage(rgb, None, rgb.shape[1], rgb.shape[0]), side=READING_SIDE)
            for rgb in map(np.ascontiguousarray, pictures[start : start + BATCH])
        ]
        vectors = embedder.embed([image.rgb for image in images])
        for place, (image, vector) in enumerate(zip(images, vectors, strict=True), start):
            small = reader.shrink(image, side=THUMBNAIL_SIDE)
            tiny = reader.shrink(small, side=HASHED_SIDE)
            evidence = describe_picture(image, channels)
            # Without the descriptors that only a query has.
            packed = pack_evidence(evidence, channels).get(channels.print.channel)
            yield ComparedPicture(
                content_id=place,
                look=vector,
                perceptual_hash=int.from_bytes(reader.perceptual_hash(tiny), "big"),
                print=None if packed is None else channels.print.unpack(packed),
                shape=evidence.shape,
                colour=evidence.colour,
                pixels=partial(reader.decode, reader.encode_thumbnail(small)),
            )


def pairs_to_compare(
    known: Sequence[KnownPicture], compared: Sequence[ComparedPicture]
) -> dict[int, list[int]]:
    """Rows to compare each row with, each pair once: all that show one product, some of the
    versions of one model, and those of other models whose look is nearest. Deterministic."""
    rng = np.random.default_rng(0)
    by_model = defaultdict(list)
    for row, picture in enumerate(known):
        by_model[picture.model].append(row)
    looks = np.stack([picture.look for picture in compared if picture.look is not None])
    partners: dict[int, set[int]] = {row: set() for row in range(len(known))}
    for rows in by_model.values():
        versions = []
        for one, other in itertools.combinations(rows, 2):
            if known[one].relation(known[other]) is Relation.VARIANT:
                versions.append((one, other))
            else:
                partners[one].add(other)
        for place in rng.permutation(len(versions))[:VERSIONS].tolist():
            one, other = versions[place]
            partners[one].add(other)
    for row, picture in enumerate(known):
        alike = looks @ looks[row]
        alike[by_model[picture.model]] = -1
        for other in np.argsort(-alike)[:NEIGHBOURS].tolist():
            partners[min(row, other)].add(max(row, other))
    return {row: sorted(others) for row, others in partners.items()}


def measured(
    known: Sequence[KnownPicture], compared: Sequence[ComparedPicture], measurer: PairMeasurer
) -> list[LearnedPair]:
    """Every pair that is to be compared."""
    learned = []
    for row, others in pairs_to_compare(known, compared).items():
        found = measurer.measure(compared[row], [compared[other] for other in others])
        for other, each in zip(others, found, strict=True):
            learned.append(LearnedPair(each, known[row].relation(known[other])))
    return learned


def figures(pairs: Sequence[LearnedPair], judge: PictureJudge) -> dict[str, Any]:
    """What the judge reaches: by relation, how many pairs there are, how many of them are
    proposed as the same, and the means of both chances."""
    judged = [(pair.relation, judge.weighed(pair.measured)) for pair in pairs]
    result: dict[str, Any] = {}
    for relation in Relation:
        own = [judgement for known, judgement in judged if known is relation]
        if own:
            result[relation.value] = {
                "pairs": len(own),
                "proposed_as_same": round(
                    float(np.mean([each.same >= SAME_THRESHOLD for each in own])), 4
                ),
                "mean_same": round(float(np.mean([each.same for each in own])), 4),
                "mean_variant": round(float(np.mean([each.variant for each in own])), 4),
            }
    return result


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--photos", type=Path, nargs="+", required=True, help="manifest.csv files")
    parser.add_argument("--containers", type=Path, required=True, help="rendered cut-outs")
    parser.add_argument(
        "--range", type=Path, default=resources_dir() / "demo" / "products.csv", help="a list"
    )
    parser.add_argument("--to", type=Path, required=True, help="the file to write")
    parser.add_argument("--sources", required=True, help="what the pictures are, for the card")
    parser.add_argument("--models", type=int, default=60, help="models of each kind of material")
    parser.add_argument("--most-photos", type=int, default=1000)
    parser.add_argument("--model", default="")
    given = parser.parse_args(arguments)
    engines = Engines()
    embedder = engines.embedder(given.model or engines.library.default_name)
    channels = engines.evidence_channels()
    reader = engines.reader
    measurer = PairMeasurer(
        PrintReader.shipped(models_dir() / CODEBOOK), SilhouetteShapeChannel(), LabColourChannel()
    )
    made = material(given)
    sets = []
    for seed in (1, 2):
        # A third as many to check with as to learn from.
        count = given.models if seed == 1 else -(-given.models // 3)
        known = list(known_pictures(made, per_source=count, seed=seed))
        compared = list(
            as_catalogued([picture.rgb for picture in known], reader, embedder, channels)
        )
        sets.append(measured(known, compared, measurer))
        print(f"{len(known)} pictures, {len(sets[-1])} pairs", flush=True)
    engines.close()
    learned, held_out = sets
    stages = fit_stages(learned)
    reached = figures(held_out, PictureJudge(weights_of(stages), measurer))
    for relation, values in reached.items():
        print(relation, values)
    card = {
        "what": "Weights of the judge of pairs, desktop_app.infra.vision.pairs.weighing.",
        "recipe": f"desktop_app.learn_pairs --models {given.models}: {given.sources}",
        "look": given.model or engines.library.default_name,
        "pairs": dict(Counter(pair.relation.value for pair in learned)),
        "threshold": SAME_THRESHOLD,
        "held_out": reached,
    }
    write_stages(stages, card, given.to)
    return 0


def _shelf(products: Path) -> Iterator[list[RgbArray]]:
    """The pictures of each product of a list."""
    reader = Engines().reader
    with products.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            names = row["Picture"].split(";")
            yield [
                reader.decode(products.parent / name, max_side=READING_SIDE).rgb for name in names
            ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
