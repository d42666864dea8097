from __future__ import annotations

from pathlib import Path

import pytest

from desktop_app.infra.learning.shape_map_files import NpzShapeMapStore
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue
from tests.indexing.conftest import catalogue, empty_catalogue_folder
from tests.shape_map.families import Range

__all__ = ["catalogue", "empty_catalogue_folder"]


@pytest.fixture
def outlines(catalogue: SqliteCatalogue, tmp_path: Path) -> Range:
    """An empty catalogue to be filled with outlines."""
    store = NpzShapeMapStore(tmp_path / "index")
    return Range(catalogue, store, tmp_path / "pictures")
