"""The self-test passes here, and notices what is broken."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from desktop_app import paths
from desktop_app.domain.images import DecodedImage
from desktop_app.engines import Engines
from desktop_app.infra.vision.decode import PillowImageReader
from desktop_app.services.self_test import CheckFailed, check_models, run_self_test
from desktop_app.services.workspace import Workspace

from .conftest import Place


class DimReader(PillowImageReader):
    """A decoder that darkens what it reads."""

    def decode(self, source: Path | bytes, *, max_side: int = 0) -> DecodedImage:
        image = super().decode(source, max_side=max_side)
        return replace(image, rgb=np.ascontiguousarray(image.rgb // 2))


class Broken:
    """An installation with a decoder that is wrong and catalogues that cannot be opened."""

    reader = DimReader()

    def workspace(self, folder: Path, *, create: bool = False) -> Workspace:  # noqa: ARG002
        raise RuntimeError("no engine")


def test_every_engine_works_here(place: Place) -> None:
    results = run_self_test(
        Engines(data=place.data, cache=place.cache), more_checks=[("extra", lambda: "was run")]
    )
    assert [result.detail for result in results if not result.passed] == []
    assert (results[-1].name, results[-1].detail) == ("extra", "was run")


def test_what_is_broken_is_listed_and_the_rest_still_checked() -> None:
    results = {result.name: result for result in run_self_test(Broken())}
    assert results["models"].passed
    assert "not decoded as it was written" in results["pictures"].detail
    assert results["search"].detail == "RuntimeError: no engine"
    assert [name for name, result in results.items() if result.passed] in (
        ["models"],
        ["resources", "models"],
    )


def test_damaged_weights_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(paths.models_dir(), tmp_path / "models")
    weights = next((tmp_path / "models").glob("*/*.safetensors"))
    with weights.open("r+b") as file:
        file.seek(-1, 2)
        last = file.read(1)
        file.seek(-1, 2)
        file.write(bytes([last[0] ^ 1]))
    monkeypatch.setattr(paths, "models_dir", lambda: tmp_path / "models")
    with pytest.raises(CheckFailed, match="damaged"):
        check_models()
