from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_app.infra.sqlite.catalogue import SqliteCatalogue, create_catalogue, open_catalogue


@pytest.fixture(scope="session")
def empty_catalogue_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: making a catalogue waits for the disk a dozen times."""
    folder = tmp_path_factory.mktemp("template") / "catalogue"
    create_catalogue(folder, "Jars").close()
    return folder


@pytest.fixture
def catalogue(tmp_path: Path, empty_catalogue_folder: Path) -> Iterator[SqliteCatalogue]:
    opened = open_catalogue(shutil.copytree(empty_catalogue_folder, tmp_path / "catalogue"))
    yield opened
    opened.close()
