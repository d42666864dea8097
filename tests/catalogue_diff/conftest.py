"""A catalogue that was read and described, and lists to hold against it.

The pictures of one seed look the same; those that share the colour of their corner are taken
for variants (see LookJudge).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from desktop_app.domain.catalogue_diff import CatalogueDiff, DiffRow
from desktop_app.domain.duplicate_ports import ComparedPicture
from desktop_app.domain.duplicates import PairJudgement
from desktop_app.domain.filters import ProductFilter
from desktop_app.domain.products import ProductFields
from desktop_app.domain.progress import CancelToken
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue, create_catalogue
from desktop_app.infra.tables.archive import ZipArchiveReader
from desktop_app.infra.tables.reader import FileTableReader
from desktop_app.infra.vision.decode import PillowImageReader
from desktop_app.services.catalogue_diff.differ import CatalogueDiffer
from desktop_app.services.importing import ImportService
from tests.duplicates.finding_fakes import LookJudge, Stage, hashing_channels, write_twin
from tests.indexing.fakes import GRID, GridEmbedder, write_picture

EAN = "4006381333931"


def write_variant(path: Path, seed: int) -> Path:
    """A picture unlike that of the seed but for its corner."""
    colours = np.random.default_rng(seed).integers(0, 255, (GRID, GRID, 3)).astype(np.uint8)
    corner = colours[0, 0].copy()
    colours = np.ascontiguousarray(colours[::-1, ::-1])
    colours[0, 0] = corner
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(colours).resize((32, 32), Image.Resampling.NEAREST).save(path)
    return path


class SureJudge(LookJudge):
    """Has no doubt about variants."""

    def judge(self, one: ComparedPicture, others: Sequence[ComparedPicture]) -> list[PairJudgement]:
        return [
            replace(found, same=0.05, variant=0.9) if found.variant > 0.5 else found
            for found in super().judge(one, others)
        ]


class Shop:
    """The catalogue, the services over it, and where a supplier's files go."""

    def __init__(self, folder: Path, catalogue: SqliteCatalogue) -> None:
        self.catalogue = catalogue
        self.own = folder / "own"
        self.source = folder / "supplier"
        self.source.mkdir()
        self.stage = Stage(catalogue, SureJudge())
        archives = ZipArchiveReader()
        self.importing = ImportService(catalogue, tables=FileTableReader(), archives=archives)
        self.embedder = GridEmbedder()
        self.differ = CatalogueDiffer(
            catalogue,
            self.importing,
            PillowImageReader(),
            archives=archives,
            judge=lambda: self.stage.judge,
            embedder=lambda: self.embedder,
            channels=hashing_channels,
            indexes=self.stage._indexes,
            model_key=self.embedder.key,
        )
        for number in range(1, 5):
            barcode = EAN if number == 3 else ""
            self.add(ProductFields(f"A-{number}", f"Jar {number}", barcode=barcode), number)
        self.add(ProductFields("A-5", "Jar without picture"))
        self.add(ProductFields("A-6", "Lid", category="Lids"), 6)
        self.stage.read()

    def add(self, fields: ProductFields, *seeds: int) -> None:
        files = [(write_picture(self.own / f"{seed}.png", seed), "") for seed in seeds]
        self.catalogue.products.add(fields, files)

    def compare(self, path: Path, scope: ProductFilter | None = None) -> CatalogueDiff:
        plan = self.importing.preview(self.importing.classify([path]), CancelToken())
        *_, last = self.differ.compare(plan, CancelToken(), scope=scope)
        assert last.diff is not None
        return last.diff

    def sku(self, product_id: int | None) -> str:
        return self.catalogue.products.get(product_id).fields.sku if product_id else ""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    catalogue = create_catalogue(tmp_path / "catalogue", "Jars")
    yield Shop(tmp_path, catalogue)
    catalogue.close()


@pytest.fixture
def supplier_list(shop: Shop) -> Path:
    """A list with a row for everything that can become of one."""
    pictures = shop.source / "pictures"
    write_twin(pictures / "one.png", 1)
    write_picture(pictures / "two.png", 50)
    write_twin(pictures / "three.png", 3)
    write_twin(pictures / "four.png", 4)
    write_picture(pictures / "five.png", 55)
    write_variant(pictures / "six.png", 1)
    write_picture(pictures / "seven.png", 57)
    (pictures / "broken.png").write_bytes(b"no picture")
    path = shop.source / "List.csv"
    path.write_text(
        "SKU,Title,Barcode,Picture\n"
        "a-1,Jar one,,pictures/one.png\n"
        "A-2,Jar two,,pictures/two.png\n"
        f"X-3,Jar three,0{EAN},pictures/three.png\n"
        "X-4,Jar four,,pictures/four.png\n"
        "A-5,Jar five,,pictures/five.png\n"
        "X-6,Jar six,,pictures/six.png\n"
        "X-7,Jar seven,,pictures/seven.png\n"
        "X-8,Jar eight,,\n"
        "X-9,Jar nine,,pictures/broken.png\n",
        "utf-8",
    )
    return path


@pytest.fixture
def rows(shop: Shop, supplier_list: Path) -> Callable[[], dict[str, DiffRow]]:
    """Compares the list; rows by their SKU, those of missing products by the catalogue's."""

    def compare() -> dict[str, DiffRow]:
        diff = shop.compare(supplier_list)
        return {
            row.record.sku if row.record else shop.sku(row.product_id): row for row in diff.rows
        }

    return compare
