"""A catalogue opened as the application opens it, searched with a version of what was learned."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from desktop_app.domain.errors import ModelUnavailable
from desktop_app.domain.learned_models import LearnedModel
from desktop_app.domain.metric_learning import RECIPES
from desktop_app.domain.products import ProductFields
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.search import QueryPicture, SearchRequest
from desktop_app.infra.metric_learning.projection_tensors import projection_from
from desktop_app.services.workspace import Workspace
from tests.app.conftest import QuickEngines
from tests.search.fakes import flat

COLOURS = {"RED": (250, 20, 20), "GREEN": (20, 250, 20), "BLUE": (20, 20, 250)}


@pytest.fixture
def engines(tmp_path: Path) -> Iterator[QuickEngines]:
    made = QuickEngines(tmp_path / "app")
    yield made
    made.close()


def run(steps: Iterator[object]) -> int:
    return sum(1 for _step in steps)


def add(workspace: Workspace, folder: Path, sku: str, colour: tuple[int, int, int]) -> None:
    path = folder / f"{sku}.png"
    Image.fromarray(flat(*colour, width=32, height=32)).save(path)
    workspace.catalogue.products.add(ProductFields(sku), [(path, "")])
    run(workspace.index(CancelToken()))


def keep(engines: QuickEngines, workspace: Workspace) -> str:
    """Keep a version that has an eye for red above all."""
    card = engines.library.card(workspace.model_name)
    weights = np.array([1.0, 0.05, 0.05], np.float32)
    linear = np.zeros((card.dimension, card.dimension), np.float32)
    for place in range(card.dimension):
        linear[place, place] = weights[place % 3]
    files = engines.learned_models(workspace.catalogue)
    projection = projection_from(
        {
            "linear": linear,
            "hidden": np.empty((0, card.dimension), np.float32),
            "hidden_bias": np.empty(0, np.float32),
            "output": np.empty((card.dimension, 0), np.float32),
        },
        card.key,
    )
    model = LearnedModel(
        files.next_version(),
        projection.key,
        card.key,
        card.name,
        RECIPES[0],
        "2030-01-01T00:00:00+00:00",
        n_products=3,
        n_pictures=3,
    )
    return files.save(model, projection).version


def request(*rgb: int) -> SearchRequest:
    return SearchRequest(QueryPicture("q", rgb=flat(*rgb, width=32, height=32)))


def key_of(workspace: Workspace) -> str:
    return workspace.search.search(request(250, 20, 20), CancelToken()).model_key


def test_a_version_is_taken_up_kept_and_given_up(engines: QuickEngines, tmp_path: Path) -> None:
    token, folder = CancelToken(), tmp_path / "shelf"
    with engines.workspace(folder, create=True) as workspace:
        workspace.load_index()
        for sku, colour in COLOURS.items():
            add(workspace, tmp_path, sku, colour)
        base_key = key_of(workspace)
        version = keep(engines, workspace)
        learned = workspace.learning.versions()[0].key
        with pytest.raises(ModelUnavailable):
            run(workspace.take_up("99", token))
        assert run(workspace.take_up(version, token)) >= 1
        assert key_of(workspace) == learned
        # Both are asked whatever is in use.
        for each, key in (("", base_key), (version, learned)):
            assert workspace.search_with(each, request(250, 20, 20), token).model_key == key
        assert len(workspace.search.search(request(250, 20, 20), token).hits) == 3
        add(workspace, tmp_path, "ROSE", (250, 20, 90))
        assert len(workspace.search.search(request(250, 20, 20), token).hits) == 4
    with engines.workspace(folder) as workspace:
        assert workspace.load_index() == ""
        assert (workspace.learned.active, key_of(workspace)) == (version, learned)
        run(workspace.take_up("", token))
        assert (workspace.learned.active, key_of(workspace)) == ("", base_key)
    with engines.workspace(folder) as workspace:
        workspace.load_index()
        assert key_of(workspace) == base_key


def test_a_damaged_version_is_told_of_at_opening(engines: QuickEngines, tmp_path: Path) -> None:
    token, folder = CancelToken(), tmp_path / "shelf"
    with engines.workspace(folder, create=True) as workspace:
        workspace.load_index()
        add(workspace, tmp_path, "RED", COLOURS["RED"])
        base_key = key_of(workspace)
        run(workspace.take_up(keep(engines, workspace), token))
    for file in (folder / "learned").rglob("*.safetensors"):
        file.write_bytes(file.read_bytes()[:-8] + b"\0" * 8)
    with engines.workspace(folder) as workspace:
        assert "does without" in workspace.load_index()
        assert key_of(workspace) == base_key
        assert workspace.catalogue.vectors.models().keys() == {base_key}
