"""Learns the weights of the fusion by searching, and prints what each set gains; run once.

    python -m desktop_app.learn_fusion --photos MANIFEST ... --containers FOLDER
        --things FOLDER --to models/fusion/fusion.json

Sets of pictures with known answers are made (desktop_app.infra.training.fusion_sets), each is
read into a catalogue and searched as the window would, and the weights are fitted to what the
channels said (desktop_app.infra.training.fit_fusion). Recall is printed for each set with
weights that were learned without it, beside those of LOOK alone.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence import CHANNELS, Channel
from desktop_app.domain.fusion import CONTEXT_NAMES, context_vector
from desktop_app.domain.search import CandidateTable, QueryAnalysis
from desktop_app.engines import Engines
from desktop_app.infra.training.cutouts import Photo, read_cutouts, read_photos
from desktop_app.infra.training.fit_fusion import LearnedQuery, fit_fusion, recall_at_1
from desktop_app.infra.training.fusion_sets import Material, SetMaker
from desktop_app.infra.training.lettering import font_files
from desktop_app.infra.training.printed_packs import PackMaker
from desktop_app.paths import resources_dir

RANGE_HELP = "a product list with several views of each (default: the demo range)"
LEAST_PHOTOS = 6
"""Of a carton, so that some are left to search with."""


class Collector:
    """An Observer that keeps what was compared."""

    def __init__(self, source: str) -> None:
        self._source = source
        self.queries: list[LearnedQuery] = []

    def __call__(
        self, analysis: QueryAnalysis, table: CandidateTable, is_right: NDArray[np.bool_]
    ) -> None:
        """Queries whose answer was not compared teach nothing."""
        kept = table.is_compared
        if is_right[kept].any():
            self.queries.append(
                LearnedQuery(
                    self._source,
                    table.scores[kept],
                    context_vector(analysis.context).astype(np.float32),
                    is_right[kept],
                )
            )


def material(options: argparse.Namespace) -> Material:
    """Everything sets are made from."""
    photos = list(itertools.chain.from_iterable(map(read_photos, options.photos)))
    containers = itertools.groupby(
        read_cutouts(options.containers), key=lambda named: named[0].rpartition("_")[0]
    )
    return Material(
        packs=PackMaker([photo.rgb for photo in photos], font_files()),
        containers=[[cutout for _, cutout in views] for _, views in containers],
        things=[cutout for _, cutout in read_cutouts(options.things)],
        photos=photos,
        cartons=_cartons(photos),
    )


def collect(engines: Engines, manifests: dict[str, Path], *, model: str) -> list[LearnedQuery]:
    """Search with every set; prints what LOOK alone reaches."""
    queries = []
    for name, manifest in manifests.items():
        collector = Collector(name)
        report = engines.evaluate(manifest, model=model, observe=collector)
        alone = " ".join(
            f"{channel} {scores.recall_at_1:.3f}" for channel, scores in report.channels.items()
        )
        print(
            f"{name:22} {report.n_queries:4} queries  R@1 alone: {alone}  "
            f"{report.ms_per_query_p50:.0f} ms",
            flush=True,
        )
        queries += collector.queries
    return queries


def range_manifest(products: Path, folder: Path) -> Path:
    """The first picture of each product of a list as gallery, its other views as queries: taken
    in one light, as a studio does, so that colour can be relied on."""
    target = folder / "studio_other_view.csv"
    with (
        products.open(encoding="utf-8", newline="") as source,
        target.open("w", encoding="utf-8", newline="") as file,
    ):
        writer = csv.writer(file)
        writer.writerow(["path", "sku", "role"])
        for row in csv.DictReader(source):
            for number, name in enumerate(row["Picture"].split(";")):
                role = "query" if number else "gallery"
                writer.writerow([products.parent.resolve() / name, row["SKU"], role])
    return target


def save_queries(queries: Sequence[LearnedQuery], path: Path) -> None:
    """For fitting again without searching again."""
    np.savez_compressed(
        path,
        sources=np.array([query.source for query in queries]),
        counts=np.array([len(query.scores) for query in queries]),
        scores=np.concatenate([query.scores for query in queries]),
        is_right=np.concatenate([query.is_right for query in queries]),
        contexts=np.stack([query.context for query in queries]),
    )


def load_queries(path: Path) -> list[LearnedQuery]:
    """What :func:`save_queries` wrote."""
    with np.load(path, allow_pickle=False) as data:
        ends = np.cumsum(data["counts"])[:-1]
        parts = zip(
            data["sources"].tolist(),
            np.split(data["scores"], ends),
            data["contexts"],
            np.split(data["is_right"], ends),
            strict=True,
        )
        return [LearnedQuery(*part) for part in parts]


def report(queries: Sequence[LearnedQuery]) -> None:
    """Each set with weights learned without it: LOOK alone, all channels, and each left out."""
    sources = sorted({query.source for query in queries})
    print(f"{'left-out set':22} {'look':>6} {'fused':>6}")
    for source in sources:
        own = [query for query in queries if query.source == source]
        others = [query for query in queries if query.source != source]
        model = fit_fusion(others, recipe="")
        print(
            f"{source:22} {recall_at_1(model.only([Channel.LOOK]), own):6.3f} "
            f"{recall_at_1(model, own):6.3f}",
            flush=True,
        )


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--photos", type=Path, nargs="+", required=True, help="manifest.csv files")
    parser.add_argument("--containers", type=Path, required=True, help="rendered cut-outs")
    parser.add_argument("--things", type=Path, required=True, help="cut-outs of single things")
    parser.add_argument(
        "--range", type=Path, default=resources_dir() / "demo" / "products.csv", help=RANGE_HELP
    )
    parser.add_argument("--to", type=Path, required=True, help="the file to write")
    parser.add_argument("--sources", required=True, help="what the pictures are, for the recipe")
    parser.add_argument("--kept", type=Path, help="what was compared, written or read again (npz)")
    parser.add_argument("--gallery", type=int, default=400)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--model", default="")
    given = parser.parse_args(arguments)
    if given.kept and given.kept.exists():
        queries = load_queries(given.kept)
    else:
        engines = Engines()
        with tempfile.TemporaryDirectory(prefix="twinshelf-") as folder:
            maker = SetMaker(material(given), gallery=given.gallery, queries=given.queries)
            manifests = maker.write(Path(folder))
            manifests["studio_other_view"] = range_manifest(given.range, Path(folder))
            queries = collect(engines, manifests, model=given.model)
        engines.close()
        if given.kept:
            save_queries(queries, given.kept)
    report(queries)
    recipe = (
        f"Learned by desktop_app.learn_fusion from {len(queries)} queries: {given.sources}. "
        f"Channels {', '.join(CHANNELS)}; context {', '.join(CONTEXT_NAMES)}."
    )
    model = fit_fusion(queries, recipe=recipe)
    given.to.write_text(json.dumps(model.to_json(), indent=1) + "\n", "utf-8")
    return 0


def _cartons(photos: Sequence[Photo]) -> list[list[np.ndarray]]:
    by_sku: dict[str, list[np.ndarray]] = {}
    for photo in photos:
        if photo.category == "Packages":
            by_sku.setdefault(photo.sku, []).append(photo.rgb)
    return [own for own in by_sku.values() if len(own) >= LEAST_PHOTOS]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
