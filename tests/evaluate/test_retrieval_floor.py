"""The shipped model on real pictures: what it must reach before anything better is built."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_app.domain.images import FloatMatrix, IdArray
from desktop_app.domain.progress import CancelToken
from desktop_app.infra.index.snapshot import FaissSnapshot
from desktop_app.infra.vision.decode import PillowImageReader
from desktop_app.infra.vision.model_library import ModelLibrary
from desktop_app.services.evaluate import evaluate_manifest

MODELS = Path(__file__).resolve().parents[2] / "models"


def faiss_index(model_key: str, ids: IdArray, vectors: FloatMatrix) -> FaissSnapshot:
    return FaissSnapshot(model_key).extended(ids, vectors)


@pytest.mark.slow
@pytest.mark.real_data
def test_products_are_found_by_photo_and_by_another_view(shared_data: Path, tmp_path: Path) -> None:
    library = ModelLibrary(MODELS, tmp_path / "user", tmp_path / "cache")
    embedder = library.embedder(library.default_name)
    found = {
        name: evaluate_manifest(
            shared_data / name / "manifest.csv",
            reader=PillowImageReader(),
            embedder=embedder,
            index_factory=faiss_index,
            label=label,
            token=CancelToken(),
        ).scores
        for name, label in (
            ("grocery_store", ""),
            ("studio_multiview", ""),
            ("office_caltech10", "category"),
        )
    }
    assert found["grocery_store"].recall_at_1 >= 0.57
    assert found["studio_multiview"].recall_at_1 >= 0.46
    assert found["office_caltech10"].precision_at_10 >= 0.83
