"""Catalogues to learn from."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_app.infra.sqlite.catalogue import create_catalogue, open_catalogue
from tests.learning.building import Shop


@pytest.fixture(scope="session")
def empty_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template") / "catalogue"
    create_catalogue(folder, "Learning").close()
    return folder


@pytest.fixture
def shop(tmp_path: Path, empty_folder: Path) -> Iterator[Shop]:
    catalogue = open_catalogue(shutil.copytree(empty_folder, tmp_path / "catalogue"))
    yield Shop(catalogue)
    catalogue.close()
