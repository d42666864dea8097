"""The packaged application: built as for a release, then tested by itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from desktop_app.domain.progress import CancelToken
from desktop_app.infra.metric_learning.laying_out import ProcessEmbeddingLayout
from desktop_app.infra.metric_learning.tuning import ProcessNetworkTuner
from desktop_app.infra.vision.model_library import ModelLibrary
from tests.learning.tuning_world import RECIPE, labelled, picture_of

PROJECT = Path(__file__).resolve().parents[2]
BUILD_TIMEOUT_S = 1500
CHECKS = {"resources", "models", "pictures", "import", "indexing", "search", "tables", "window"}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(BUILD_TIMEOUT_S + 600)]


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder that a release ships; more than a gigabyte, so it is removed at the end."""
    if sys.platform == "linux" and shutil.which("objdump") is None:
        pytest.skip("PyInstaller needs objdump (binutils)")
    root = tmp_path_factory.mktemp("packaging")
    places = ["--distpath", str(root / "dist"), "--workpath", str(root / "work")]
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    try:
        built = subprocess.run(
            [*command, *places, "build.spec"],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=BUILD_TIMEOUT_S,
            check=False,
        )
        assert built.returncode == 0, built.stderr[-4000:]
        shutil.rmtree(root / "work")
        yield root / "dist" / "Twinshelf"
    finally:
        shutil.rmtree(root, ignore_errors=True)


def run(packaged: Path, tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the console executable somewhere else, with no trace of the checkout."""
    elsewhere = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [packaged / "twinshelf-cli", *arguments],
        cwd=tmp_path,
        env=elsewhere | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def test_the_packaged_application_passes_its_self_test(packaged: Path, tmp_path: Path) -> None:
    places = ["--data", str(tmp_path / "data"), "--cache", str(tmp_path / "cache")]
    tested = run(packaged, tmp_path, "--self-test", *places)
    assert tested.returncode == 0, tested.stdout + tested.stderr
    lines = [line.split() for line in tested.stdout.splitlines()]
    assert {mark for mark, *_ in lines} == {"ok"}
    assert {name for _, name, *_ in lines} >= CHECKS


def test_the_packaged_window_paints_before_any_engine_is_imported(
    packaged: Path, tmp_path: Path
) -> None:
    started = run(packaged, tmp_path, "--first-paint")
    assert started.returncode == 0, started.stderr
    word, processor_ms, *engines = started.stdout.split()
    assert (word, engines) == ("painted", [])
    assert float(processor_ms) > 0


def test_the_packaged_application_tunes_its_network(packaged: Path, tmp_path: Path) -> None:
    recipe = replace(RECIPE, most_epochs=1, stages=3)
    library = ModelLibrary(PROJECT / "models", tmp_path / "user", tmp_path / "cache")
    command = [str(packaged / "twinshelf-cli"), "--tune-model"]
    tuner = ProcessNetworkTuner(library, catalogue="Shop", device="cpu", command=command)
    *_, last = tuner.tune(
        recipe,
        labelled(range(1, 9)),
        labelled(range(9, 13)),
        picture_of,
        base_name=library.default_name,
        folder=tmp_path / "run",
        token=CancelToken(),
    )
    assert last.folder == tmp_path / "user" / f"{library.default_name}-shop-1"
    assert library.card(last.name).dimension == 512


def test_the_packaged_application_lays_pictures_out(packaged: Path) -> None:
    vectors = np.random.default_rng(0).normal(size=(40, 8)).astype(np.float32)
    command = [str(packaged / "twinshelf-cli"), "--lay-out-pictures"]
    for places in ProcessEmbeddingLayout(command=command).lay_out(vectors, vectors, CancelToken()):
        assert places.shape == (40, 2)
        assert np.isfinite(places).all()


def test_the_release_brings_its_licences(packaged: Path) -> None:
    found = {path.name for path in (packaged / "_internal").iterdir()}
    assert {"LICENSE", "THIRD_PARTY_NOTICES.md"} <= found
