"""Running imports to their end, and standing in for the indexing that follows them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from desktop_app.domain.filters import ProductFilter
from desktop_app.domain.hashing import file_content_hash
from desktop_app.domain.imports import ImportPlan, ImportReport, ImportRequest
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.products import PictureState, Product
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.storage import Content, ReadPicture
from desktop_app.services.importing import ImportService

MODEL = "model"
DIMENSION = 4


def run_plan(service: ImportService, plan: ImportPlan) -> ImportReport:
    steps = list(service.apply(plan, CancelToken()))
    assert [step.report is not None for step in steps] == [False] * (len(steps) - 1) + [True]
    assert steps[-1].report is not None
    return steps[-1].report


def run_import(service: ImportService, *paths: Path) -> ImportReport:
    """Classify, preview and apply, as a drop on the window does."""
    return run_plan(service, service.preview(service.classify(paths), CancelToken()))


def run_request(service: ImportService, request: ImportRequest) -> ImportReport:
    return run_plan(service, service.preview(request, CancelToken()))


def run_rescan(service: ImportService, source_id: int = 1) -> ImportReport:
    steps = list(service.rescan(source_id, CancelToken()))
    assert steps[-1].report is not None
    return steps[-1].report


def read_pictures(catalogue: Catalogue) -> int:
    """Record contents and vectors of whatever is pending; returns how many were new vectors."""
    fresh = 0
    for pending in catalogue.pictures.pending(limit=10_000):
        path = Path(pending.path)
        digest = file_content_hash(path)
        known = catalogue.pictures.known_contents([digest], MODEL)
        fresh += digest not in known
        vector = np.zeros(DIMENSION, np.float32)
        vector[int(digest, 16) % DIMENSION] = 1
        status = path.stat()
        catalogue.pictures.record_read(
            MODEL,
            [
                ReadPicture(
                    pending.id,
                    PictureState.READY,
                    content=Content(digest, 8, 8, bytes(8), 0),
                    vector=vector,
                    thumbnail=b"jpeg",
                    size_bytes=status.st_size,
                    mtime_ns=status.st_mtime_ns,
                )
            ],
        )
    return fresh


def products(catalogue: Catalogue) -> list[Product]:
    return [catalogue.products.get(int(i)) for i in catalogue.products.list_ids(ProductFilter())]


def pictures_by_sku(catalogue: Catalogue) -> dict[str, list[tuple[str, str]]]:
    """(file name, view) pairs of every product, main picture first."""
    return {
        product.fields.sku: [(Path(p.path).name, p.view) for p in product.pictures]
        for product in products(catalogue)
    }
