"""A catalogue of files fine-tuned by the engines of the application, searched with what came of it,
and gone back from."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from desktop_app.domain.metric_learning import Loss
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.search import QueryPicture, SearchRequest
from desktop_app.engines import Engines
from desktop_app.services.workspace import Workspace
from tests.learning.tuning_world import (
    CARD,
    RECIPE,
    product_picture,
    random_weights,  # noqa: F401 - a fixture
)

PRODUCTS = 24

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture
def engines(tmp_path: Path, tiny_weights: dict[str, Any]) -> Iterator[Engines]:
    from desktop_app.infra.vision.card_files import WEIGHTS_FILE, write_card
    from desktop_app.infra.vision.weights import write_tensors

    folder = tmp_path / "data" / "models" / "tiny"
    folder.mkdir(parents=True)
    digest = write_tensors(folder / WEIGHTS_FILE, tiny_weights)
    write_card(folder, dataclasses.replace(CARD, sha256=digest))
    made = Engines(threads=1, data=tmp_path / "data", cache=tmp_path / "cache")
    yield made
    made.close()


@pytest.fixture
def catalogue(tmp_path: Path, engines: Engines) -> Path:
    pictures, folder = tmp_path / "pictures", tmp_path / "Corner shop"
    pictures.mkdir()
    rows = ["sku,brand,picture"]
    for product in range(PRODUCTS):
        names = [f"P{product:02}-{view}.png" for view in (0, 1)]
        for view, name in enumerate(names):
            Image.fromarray(product_picture(product, view).rgb).save(pictures / name)
        rows.append(f"P{product:02},Brand {product % 3},{';'.join(names)}")
    table = pictures / "products.csv"
    table.write_text("\n".join(rows), "utf-8")
    token = CancelToken()
    with engines.workspace(folder, create=True, model="tiny") as workspace:
        request = workspace.importing.classify([table])
        for _import in workspace.importing.apply(
            workspace.importing.preview(request, token), token
        ):
            pass
        workspace.load_index()
        for _indexing in workspace.index(token):
            pass
        assert workspace.catalogue.pictures.counts().ready == 2 * PRODUCTS
    return folder


def found(workspace: Workspace, version: str | None = None) -> tuple[str, int]:
    """By which vectors a picture of the third product is searched with, and what is first."""
    rgb = product_picture(2, 1).rgb
    request = SearchRequest(QueryPicture("q", rgb=rgb, use_mask=False))
    token = CancelToken()
    if version is None:
        results = workspace.search.search(request, token)
    else:
        results = workspace.search_with(version, request, token)
    return results.model_key, results.hits[0].product_id


def test_a_catalogue_is_tuned_searched_with_it_and_gone_back_from(
    engines: Engines, catalogue: Path
) -> None:
    recipe = dataclasses.replace(
        RECIPE, loss=Loss.GRANULARITY, attribute_weight=1.0, most_epochs=4, attributes=("brand",)
    )
    token = CancelToken()
    with engines.workspace(catalogue) as workspace:
        workspace.load_index()
        right = workspace.catalogue.products.find_by_sku("P02")
        assert right is not None
        base_key, first = found(workspace)
        assert first == right.id
        *_, last = workspace.learning.learn(recipe, token)
        assert last.model is not None
        assert last.model.base_name == "tiny-corner-shop-1"
        assert not workspace.learning.has_begun(recipe)
        # The search is as it was, until the version was read with and the catalogue opened again.
        assert workspace.model_for("1") == "tiny-corner-shop-1"
        for _step in workspace.take_up("1", token):
            pass
        assert found(workspace) == (base_key, right.id)
        key, _ = found(workspace, "1")
        assert key == last.model.base_key
    with engines.workspace(catalogue) as workspace:
        assert workspace.model_name == "tiny-corner-shop-1"
        workspace.load_index()
        assert workspace.learning.active == "1"
        assert found(workspace) == (last.model.key, right.id)
        assert found(workspace, "")[0] == base_key
        for _step in workspace.take_up("", token):
            pass
    with engines.workspace(catalogue) as workspace:
        assert (workspace.model_name, workspace.learning.active) == ("tiny", "")
        workspace.load_index()
        assert found(workspace) == (base_key, right.id)
