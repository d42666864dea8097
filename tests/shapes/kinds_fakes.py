"""Searching by kind over a catalogue, as it is put together."""

from __future__ import annotations

from collections.abc import Callable

from desktop_app.domain.shape_ports import ShapeProposals
from desktop_app.infra.learning.category_files import SafetensorsCategoryFiles
from desktop_app.infra.learning.logistic import LogisticLearner
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue
from desktop_app.services.categories import CategoryService
from desktop_app.services.shapes.kind_rows import KindRowReader, KindVectors
from desktop_app.services.shapes.kinds import KIND_COLUMN, KINDS, ShapeKinds


def kinds_of(
    catalogue: SqliteCatalogue, model_key: str, proposals: Callable[[], ShapeProposals | None]
) -> ShapeKinds:
    rows = KindRowReader(catalogue, model_key, proposals)
    categories = CategoryService(
        catalogue,
        LogisticLearner(),
        SafetensorsCategoryFiles(),
        folder=catalogue.folder / "index",
        model_key=model_key,
        vectors=KindVectors(rows),
        name=KINDS,
        column=KIND_COLUMN,
    )
    return ShapeKinds(catalogue, rows, categories)
