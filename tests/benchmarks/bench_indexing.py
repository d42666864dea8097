"""Measure indexing with the shipped model: ``python -m tests.benchmarks.bench_indexing FOLDER``."""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desktop_app import paths
from desktop_app.domain.images import PICTURE_SUFFIXES
from desktop_app.domain.ports import Catalogue, IndexStore
from desktop_app.infra.index.faiss_index import FaissIndexStore
from desktop_app.infra.sqlite.catalogue import create_catalogue
from desktop_app.infra.vision.decode import PillowImageReader
from desktop_app.infra.vision.model_library import ModelLibrary
from desktop_app.services.bench_indexing import measure_indexing


@contextmanager
def scratch() -> Iterator[tuple[Catalogue, IndexStore]]:
    """An empty catalogue and its index in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="bench-indexing-") as name:
        folder = Path(name)
        catalogue = create_catalogue(folder / "catalogue", "Bench")
        try:
            yield catalogue, FaissIndexStore(folder / "index")
        finally:
            catalogue.close()


def main() -> None:
    """Print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="pictures, looked for in its sub-folders too")
    parser.add_argument(
        "--model", default="", help="the name of a model (default: the shipped one)"
    )
    parser.add_argument("--limit", type=int, default=0, help="this many pictures, at random")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=0, help="of the model (default: all)")
    options = parser.parse_args()
    found = sorted(p for p in options.folder.rglob("*") if p.suffix.lower() in PICTURE_SUFFIXES)
    if options.limit:
        found = random.Random(0).sample(found, min(options.limit, len(found)))
    library = ModelLibrary(
        paths.models_dir(),
        paths.user_data_dir() / "models",
        paths.cache_dir() / "models",
        threads=options.threads,
    )
    embedder = library.embedder(options.model or library.default_name)
    figures = measure_indexing(
        found,
        reader=PillowImageReader(),
        embedder=embedder,
        open_scratch=scratch,
        rounds=options.rounds,
    )
    embedder.close()
    json.dump(figures, sys.stdout)
    print()


if __name__ == "__main__":
    main()
