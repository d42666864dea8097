from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from desktop_app.domain.errors import UnreadableImage
from desktop_app.domain.ports import Catalogue, IndexStore
from desktop_app.infra.index.numpy_index import NumpyIndexStore
from desktop_app.infra.sqlite.catalogue import open_catalogue
from desktop_app.infra.vision.decode import PillowImageReader
from desktop_app.services.bench_enriching import measure_enriching
from desktop_app.services.bench_indexing import OpenScratch
from desktop_app.services.evidence_publishing import EvidencePublisher
from tests.enriching.fakes import DictPrintStore, fake_channels
from tests.indexing.fakes import GridEmbedder, write_picture


@pytest.fixture
def open_scratch(tmp_path: Path, empty_catalogue_folder: Path) -> OpenScratch:
    @contextmanager
    def opened() -> Iterator[tuple[Catalogue, IndexStore]]:
        folder = shutil.copytree(empty_catalogue_folder, tmp_path / "scratch")
        catalogue = open_catalogue(folder)
        yield catalogue, NumpyIndexStore()
        catalogue.close()
        shutil.rmtree(folder)

    return opened


def measure(paths: list[Path], open_scratch: OpenScratch) -> dict[str, object]:
    return measure_enriching(
        paths,
        reader=PillowImageReader(),
        embedder=GridEmbedder(),
        channels=fake_channels,
        publisher=lambda catalogue: EvidencePublisher(catalogue.evidence, DictPrintStore()),
        open_scratch=open_scratch,
    )


def test_speed_shares_and_sizes_are_measured(tmp_path: Path, open_scratch: OpenScratch) -> None:
    found = measure([write_picture(tmp_path / f"{n}.png", n) for n in range(12)], open_scratch)
    assert found["pictures"] == 12
    assert found["end_to_end_per_s"] > 0  # type: ignore[operator]
    share = found["share"]
    assert isinstance(share, dict)
    assert set(share) == {"decode", "mask", "print", "shape", "colour"}
    assert sum(share.values()) == pytest.approx(1, abs=0.01)
    three = {"mean": 3, "max": 3}
    vector = GridEmbedder.dimension * 2 + 8
    assert found["bytes"] == {
        "print": three,
        "shape": three,
        "colour": {"mean": 0, "max": 0},
        "all": {"mean": vector + 6, "max": vector + 6},
    }


def test_measuring_needs_a_readable_picture(tmp_path: Path, open_scratch: OpenScratch) -> None:
    with pytest.raises(UnreadableImage):
        measure([tmp_path / "gone.png"], open_scratch)
