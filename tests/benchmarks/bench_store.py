"""How fast the catalogue database answers at 100,000 products with one picture each.

``python -m tests.benchmarks.bench_store [--products N]`` prints milliseconds as JSON.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from desktop_app.domain.filters import Condition, Operator, ProductFilter, SortOrder
from desktop_app.domain.imports import ImportRequest, SourceKind
from desktop_app.domain.products import Column, FieldKind, PictureState, ProductFields
from desktop_app.domain.storage import Content, ReadPicture
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue, create_catalogue

IMPORT_BATCH = 10_000
READ_BATCH = 64
MODEL = "bench:1"
DIMENSION = 1280
ADJECTIVES = ["amber", "frosted", "tall", "slim", "matte", "clear", "square", "round", "mini"]
NOUNS = ["bottle", "jar", "pump", "dropper", "compact", "palette", "stick", "tube", "spray", "lid"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=100_000)
    count = parser.parse_args().products
    with tempfile.TemporaryDirectory() as folder:
        catalogue = create_catalogue(Path(folder) / "catalogue", "Benchmark")
        try:
            report = measure(catalogue, count)
        finally:
            catalogue.close()
    json.dump(report, sys.stdout, indent=1)
    print()


def measure(catalogue: SqliteCatalogue, count: int) -> dict[str, float]:
    """Milliseconds by what was measured: medians, or the mean of a batch."""
    report: dict[str, float] = {"products": count}
    catalogue.products.add_column(Column("volume", "Volume", FieldKind.NUMBER, "ml"))
    catalogue.products.add_column(Column("neck", "Neck finish"))
    write_ms, ids = _write_products(catalogue, count)
    report["write_products_10k"] = statistics.median(write_ms)
    read_ms = [
        _timed(lambda b=batch: catalogue.pictures.record_read(MODEL, b))
        for batch in _read_batches(count)
    ]
    report["record_read_64"] = statistics.median(read_ms)
    report["record_read_64_p95"] = float(np.percentile(read_ms, 95))
    report["record_read_64_max"] = max(read_ms)
    report |= {name: _median(action) for name, action in _reads(catalogue, ids).items()}
    report |= {name: _timed(action) for name, action in _writes(catalogue, ids).items()}
    return {name: round(value, 2) for name, value in report.items()}


def _reads(catalogue: SqliteCatalogue, ids: list[int]) -> dict[str, Callable[[], object]]:
    products, pictures, vectors = catalogue.products, catalogue.pictures, catalogue.vectors
    brand = Condition("brand", Operator.ANY_OF, ("Brand 17",))
    price = (
        Condition("price", Operator.AT_LEAST, (20.0,)),
        Condition("price", Operator.AT_MOST, (30.0,)),
    )
    volume = Condition("volume", Operator.AT_LEAST, (200.0,))
    neck = Condition("neck", Operator.ANY_OF, ("24/410",))
    by_price = SortOrder("price", descending=True)
    shuffled = list(np.random.default_rng(1).permutation(ids)[:200])
    shuffled = [int(product_id) for product_id in shuffled]
    every = ProductFilter()
    return {
        "list_ids_all_by_sku": lambda: products.list_ids(every),
        "list_ids_all_by_title": lambda: products.list_ids(every, SortOrder("title")),
        "list_ids_all_by_brand": lambda: products.list_ids(every, SortOrder("brand")),
        "list_ids_all_by_price": lambda: products.list_ids(every, by_price),
        "list_ids_all_by_extra_number": lambda: products.list_ids(every, SortOrder("volume")),
        "list_ids_text": lambda: products.list_ids(ProductFilter(text="amber bott")),
        "list_ids_text_one_letter": lambda: products.list_ids(ProductFilter(text="a")),
        "list_ids_brand": lambda: products.list_ids(ProductFilter(conditions=(brand,))),
        "list_ids_extra": lambda: products.list_ids(ProductFilter(conditions=(volume, neck))),
        "list_ids_title_contains": lambda: products.list_ids(
            ProductFilter(conditions=(Condition("title", Operator.CONTAINS, ("rost",)),))
        ),
        "list_ids_non_ascii": lambda: products.list_ids(
            ProductFilter(conditions=(Condition("brand", Operator.ANY_OF, ("Étoile",)),))
        ),
        "list_ids_state": lambda: products.list_ids(
            ProductFilter(picture_state=PictureState.READY)
        ),
        "list_ids_text_conditions_order": lambda: products.list_ids(
            ProductFilter(text="frosted b", conditions=(*price, volume)), by_price
        ),
        "cards_200": lambda: products.cards(shuffled),
        "facets_brand": lambda: products.facets("brand"),
        "facets_category": lambda: products.facets("category"),
        "facets_extra_text": lambda: products.facets("neck"),
        "facets_brand_filtered": lambda: products.facets("brand", ProductFilter(text="amber")),
        "ids_by_sku": products.ids_by_sku,
        "counts": pictures.counts,
        "content_map": pictures.content_map,
        "known_files": pictures.known_files,
        "lacking_vectors_none": lambda: pictures.lacking_vectors(MODEL),
        "pending_none": pictures.pending,
        "fingerprint": lambda: vectors.fingerprint(MODEL),
        "iterate_all_vectors": lambda: sum(len(ids) for ids, _ in vectors.iterate(MODEL)),
        "get_200_vectors": lambda: vectors.get(MODEL, shuffled),
    }


def _writes(catalogue: SqliteCatalogue, ids: list[int]) -> dict[str, Callable[[], object]]:
    products, imports = catalogue.products, catalogue.imports
    updates = [(i, {"price": 1.0, "volume": 5.0}) for i in ids[:10_000]]
    return {
        "update_products_10k": lambda: imports.update_products(updates),
        "update_fields_1": lambda: products.update_fields(ids[:1], {"title": "One"}),
        "update_fields_10k": lambda: products.update_fields(ids[:10_000], {"title": "Many"}),
        "undo_10k": catalogue.history.undo,
        "remove_all": lambda: products.remove(ids),
        "undo_remove_all": catalogue.history.undo,
    }


def _write_products(catalogue: SqliteCatalogue, count: int) -> tuple[list[float], list[int]]:
    rng = np.random.default_rng(0)
    source = 0
    durations, ids = [], []
    for start in range(0, count, IMPORT_BATCH):
        batch = [
            (_fields(i, rng), [(Path(f"/pictures/{i // 1000}/{i}.jpg"), "front", 50_000 + i, i)])
            for i in range(start, min(start + IMPORT_BATCH, count))
        ]
        source = source or _source(catalogue)
        started = time.perf_counter()
        change = catalogue.imports.write_products(source, batch)
        durations.append((time.perf_counter() - started) * 1000)
        ids += change.product_ids
    return durations, ids


def _source(catalogue: SqliteCatalogue) -> int:
    return catalogue.imports.remember_source(ImportRequest(SourceKind.FOLDER, (Path("/pictures"),)))


def _fields(i: int, rng: np.random.Generator) -> ProductFields:
    adjective, noun = rng.choice(ADJECTIVES), rng.choice(NOUNS)
    return ProductFields(
        sku=f"SKU-{i * 7919 % 1_000_003:07d}",
        title=f"{adjective.title()} {noun} {i}",
        brand=f"Brand {rng.integers(0, 400)}",
        category=str(noun),
        price=float(rng.integers(100, 9000)) / 100,
        currency="EUR",
        size=f"{rng.integers(1, 50) * 10} ml",
        availability="in stock" if rng.random() < 0.8 else "sold out",
        url=f"https://example.com/p/{i}",
        barcode=f"{4000000000000 + i}",
        notes="" if i % 10 else "Check the closure before listing this one again",
        extra={"volume": float(rng.integers(1, 50) * 10), "neck": f"{rng.integers(15, 32)}/410"},
    )


def _read_batches(count: int) -> Iterator[list[ReadPicture]]:
    rng = np.random.default_rng(0)
    thumbnail = rng.bytes(7000)
    for start in range(1, count + 1, READ_BATCH):
        ids = range(start, min(start + READ_BATCH, count + 1))
        matrix = rng.standard_normal((len(ids), DIMENSION), dtype=np.float32)
        matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
        yield [
            ReadPicture(
                i,
                PictureState.READY,
                content=Content(f"{i:032x}", 1000, 1200, i.to_bytes(8, "big"), 0xAABBCC),
                vector=vector,
                thumbnail=thumbnail,
                size_bytes=50_000,
                mtime_ns=i,
            )
            for i, vector in zip(ids, matrix, strict=True)
        ]


def _median(action: Callable[[], object], repeats: int = 5) -> float:
    return statistics.median(_timed(action) for _ in range(repeats))


def _timed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
