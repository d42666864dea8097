"""A real catalogue, the service over it, and files that need not be real pictures."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop_app.infra.sqlite.catalogue import SqliteCatalogue, create_catalogue, open_catalogue
from desktop_app.infra.tables.archive import ZipArchiveReader
from desktop_app.infra.tables.reader import FileTableReader
from desktop_app.services.importing import ImportService


@pytest.fixture(scope="session")
def empty_catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once, since that takes longer than most tests; copied, never opened."""
    folder = tmp_path_factory.mktemp("template") / "catalogue"
    create_catalogue(folder, "Jars").close()
    return folder


@pytest.fixture
def catalogue(tmp_path: Path, empty_catalogue: Path) -> Iterator[SqliteCatalogue]:
    shutil.copytree(empty_catalogue, tmp_path / "catalogue")
    opened = open_catalogue(tmp_path / "catalogue")
    yield opened
    opened.close()


@pytest.fixture
def service(catalogue: SqliteCatalogue) -> ImportService:
    return ImportService(catalogue, tables=FileTableReader(), archives=ZipArchiveReader())


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    return folder


@pytest.fixture
def put(source: Path) -> Callable[..., Path]:
    """Writes a file below the source; importing does not look into pictures."""

    def write(name: str, content: bytes | str | None = None) -> Path:
        path = source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = name if content is None else content
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    return write
