"""A catalogue of six products to prefer among."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_app.domain.products import Column, FieldKind, ProductFields
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue, create_catalogue, open_catalogue


@pytest.fixture(scope="session")
def empty_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template") / "catalogue"
    create_catalogue(folder, "Jars").close()
    return folder


@pytest.fixture
def catalogue(tmp_path: Path, empty_folder: Path) -> Iterator[SqliteCatalogue]:
    opened = open_catalogue(shutil.copytree(empty_folder, tmp_path / "catalogue"))
    opened.products.add_column(Column("refill", "Refill", FieldKind.FLAG))
    for fields in (
        ProductFields("A", brand="Nivo", category="Jars", availability="In stock", price=5.0),
        ProductFields("B", brand="nivo", category="Lids", availability="Sold out"),
        ProductFields("C", brand="Ordo", category="jars", availability="in stock"),
        ProductFields("D", brand="Ordo", extra={"refill": True}),
    ):
        opened.products.add(fields)
    yield opened
    opened.close()
