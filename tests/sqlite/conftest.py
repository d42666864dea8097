"""An empty catalogue in a temporary folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_app.infra.sqlite.catalogue import SqliteCatalogue, create_catalogue


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[SqliteCatalogue]:
    opened = create_catalogue(tmp_path / "catalogue", "Jars")
    yield opened
    opened.close()
