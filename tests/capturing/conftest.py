"""A catalogue of plain pictures, searched by their colours, behind a capture station."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_app.infra.sqlite.catalogue import create_catalogue
from tests.capturing.building import Station


@pytest.fixture(scope="session")
def empty_station_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: making a catalogue waits for the disk a dozen times."""
    folder = tmp_path_factory.mktemp("template") / "catalogue"
    create_catalogue(folder, "Counter").close()
    return folder


@pytest.fixture
def station(tmp_path: Path, empty_station_folder: Path) -> Iterator[Station]:
    """Six products that look unlike each other."""
    opened = Station(shutil.copytree(empty_station_folder, tmp_path / "catalogue"))
    opened.fill(tmp_path / "pictures", 6)
    yield opened
    opened.catalogue.close()
