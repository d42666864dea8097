"""A tuned model passed on in one file."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, cast

import pytest
import safetensors
from safetensors.numpy import save_file

from desktop_app.domain.errors import ModelUnavailable
from desktop_app.domain.fusion import LOOK_ALONE
from desktop_app.domain.learned_models import LearnedModel, Projection
from desktop_app.domain.learning_ports import AdapterTeacher
from desktop_app.domain.metric_learning import RECIPES
from desktop_app.infra.metric_learning.model_files import LearnedModelFolder
from desktop_app.infra.metric_learning.tuned_exchange import TunedModelExchange
from desktop_app.infra.metric_learning.tuned_models import TUNED_FROM, unchanged
from desktop_app.infra.vision.card_files import WEIGHTS_FILE, read_card, write_card
from desktop_app.infra.vision.model_exchange import export_model, told_in, unpack_model
from desktop_app.infra.vision.weights import verify_weights, write_tensors
from desktop_app.services.learning.service import LearningService
from tests.learning.building import MODEL, Shop
from tests.learning.test_service import FlatLayout
from tests.learning.tuning_world import (
    CARD,
    RECIPE,
    TinyModels,
    library_of_one,  # noqa: F401 - a fixture
    random_weights,  # noqa: F401 - a fixture
)


@pytest.fixture
def made(tmp_path: Path, tiny_weights: dict[str, Any]) -> Path:
    folder = tmp_path / "made"
    folder.mkdir()
    digest = write_tensors(folder / WEIGHTS_FILE, tiny_weights)
    write_card(folder, dataclasses.replace(CARD, sha256=digest))
    return folder


@pytest.fixture
def exported(made: Path, tmp_path: Path) -> Path:
    file = tmp_path / "model.safetensors"
    export_model(read_card(made), made / WEIGHTS_FILE, file, {"note": "für Anna"})
    return file


def test_a_model_comes_back_byte_for_byte(made: Path, exported: Path, tmp_path: Path) -> None:
    assert told_in(exported)["note"] == "für Anna"
    out = tmp_path / "out"
    out.mkdir()
    card = unpack_model(exported, out)
    assert card == read_card(made) == read_card(out)
    assert (out / WEIGHTS_FILE).read_bytes() == (made / WEIGHTS_FILE).read_bytes()
    verify_weights(card, out / WEIGHTS_FILE)
    assert sorted(path.name for path in out.iterdir()) == ["model.json", WEIGHTS_FILE]


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "../elsewhere"},
        {"name": ".."},
        {"name": ""},
        {"architecture": "hf-hub:somebody/net"},
        {"architecture": "local-dir:/tmp"},
        {"dimension": 0},
    ],
)
def test_a_card_that_reaches_elsewhere_is_refused(
    changes: dict[str, Any], made: Path, tmp_path: Path
) -> None:
    file, out = tmp_path / "model.safetensors", tmp_path / "out"
    out.mkdir()
    export_model(dataclasses.replace(read_card(made), **changes), made / WEIGHTS_FILE, file, {})
    with pytest.raises(ModelUnavailable, match="exported"):
        unpack_model(file, out)
    assert not list(out.iterdir())


def test_the_file_is_one_that_others_can_read(exported: Path, tiny_weights: dict[str, Any]) -> None:
    with safetensors.safe_open(exported, framework="pt") as file:
        assert set(file.keys()) == set(tiny_weights)


def test_a_damaged_file_leaves_nothing_behind(exported: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    whole = exported.read_bytes()
    for data in (whole[:-1] + bytes([whole[-1] ^ 1]), whole[:-9], whole[:40], b"", b"<html>" * 9):
        exported.write_bytes(data)
        with pytest.raises(ModelUnavailable, match="exported"):
            unpack_model(exported, out)
        assert not list(out.iterdir())


def test_any_other_safetensors_file_is_refused(
    tmp_path: Path, tiny_weights: dict[str, Any]
) -> None:
    other = tmp_path / "other.safetensors"
    save_file(
        {n: t.numpy() for n, t in tiny_weights.items()}, other, {"twinshelf": "learned model 1"}
    )
    with pytest.raises(ModelUnavailable, match="exported"):
        told_in(other)


def versions_of(shop: Shop, models: TinyModels) -> LearningService:
    return LearningService(
        shop.catalogue,
        lambda: cast(AdapterTeacher, None),
        LearnedModelFolder(shop.catalogue.folder / "learned"),
        FlatLayout(),
        base_key=MODEL,
        base_name="base",
        fusion=LOOK_ALONE,
        active=lambda: "",
        tuned_files=TunedModelExchange(models.library),
    )


def tuned_version(
    models: TinyModels, made: Path, *, origin: str = f"{TUNED_FROM}tiny"
) -> tuple[LearnedModel, Projection]:
    """A version of a model that is the library's own now."""
    card = dataclasses.replace(read_card(made), name="tiny-shop-1", origin=origin)
    write_card(made, card)
    models.library.adopt(made, card)
    projection = unchanged(card.key, card.dimension)
    model = LearnedModel(
        "1",
        projection.key,
        card.key,
        card.name,
        RECIPE,
        "2030-01-01T00:00:00+00:00",
        n_products=9,
        n_pictures=30,
        note="für Anna",
    )
    return model, projection


def test_a_tuned_version_is_passed_on_with_its_model(
    shop: Shop, models: TinyModels, made: Path, tmp_path: Path
) -> None:
    service = versions_of(shop, models)
    service._files.save(*tuned_version(models, made))
    file = tmp_path / "passed on.safetensors"
    service.export("1", file)
    # Where the model is there already, the version alone is new.
    again = service.import_from(file)
    assert (again.version, again.base_name, again.note) == ("2", "tiny-shop-1", "für Anna")
    assert len(list(models.user_dir.glob("*/model.json"))) == 1
    # Elsewhere it comes along, and what is called the same there is left alone.
    models.library.remove("tiny-shop-1")
    other = models.user_dir / "tiny-shop-1"
    other.mkdir()
    write_card(other, dataclasses.replace(CARD, name="tiny-shop-1", sha256="0" * 64))
    there = service.import_from(file)
    assert (there.version, there.base_name) == ("3", "tiny-shop-1-2")
    card, weights = models.library.located("tiny-shop-1-2")
    assert there.base_key == card.key
    verify_weights(card, weights)
    assert service._files.projection("3").base_key == card.key


def test_an_adapter_is_still_taken_for_what_it_is(
    shop: Shop, models: TinyModels, made: Path, tmp_path: Path
) -> None:
    service = versions_of(shop, models)
    model, projection = tuned_version(models, made)
    service._files.save(dataclasses.replace(model, recipe=RECIPES[0]), projection)
    file = tmp_path / "adapter.safetensors"
    service.export("1", file)
    assert service.import_from(file).version == "2"
    models.library.remove("tiny-shop-1")
    service._files.save(dataclasses.replace(model, version="3"), projection)
    with pytest.raises(ModelUnavailable, match="tiny-shop-1"):
        service.export("3", file)


def test_the_model_goes_with_the_last_version_of_it(
    shop: Shop, models: TinyModels, made: Path
) -> None:
    service = versions_of(shop, models)
    tuned, projection = tuned_version(models, made)
    weights = models.library.located("tiny-shop-1")[1]
    service._files.save(tuned, projection)
    beside = dataclasses.replace(tuned, version="2", recipe=RECIPES[0])
    service._files.save(beside, projection)
    # Another version stands on it.
    assert not service.remove("1")
    assert weights.is_file()
    service._files.save(dataclasses.replace(tuned, version="3"), projection)
    assert not service.remove("2")
    assert service.remove("3")
    assert not weights.exists()
    assert not service.versions()


@pytest.mark.parametrize("setting", ["model", "model_before_learned"])
def test_a_model_that_the_catalogue_is_read_with_stays(
    setting: str, shop: Shop, models: TinyModels, made: Path
) -> None:
    service = versions_of(shop, models)
    service._files.save(*tuned_version(models, made))
    shop.catalogue.saved.set_setting(setting, "tiny-shop-1")
    assert not service.remove("1")
    assert models.library.located("tiny-shop-1")


def test_a_model_that_did_not_come_of_learning_is_never_deleted(
    shop: Shop, models: TinyModels, made: Path
) -> None:
    service = versions_of(shop, models)
    tuned, projection = tuned_version(models, made, origin="Somebody else's")
    service._files.save(tuned, projection)
    assert not service.remove("1")
    assert models.library.located("tiny-shop-1")
