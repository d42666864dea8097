"""A catalogue is learned, tried and kept; what does not help is refused; nothing is taken up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from desktop_app.domain.duplicates import Verdict
from desktop_app.domain.errors import CatalogueReadOnly, UserFacingError
from desktop_app.domain.fusion import LOOK_ALONE
from desktop_app.domain.images import FloatMatrix
from desktop_app.domain.learned_models import Held, LearnedModel, LearnStep, Refusal, Trial
from desktop_app.domain.metric_learning import RECIPES, Recipe
from desktop_app.domain.products import Column
from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.infra.metric_learning.model_files import LearnedModelFolder
from desktop_app.infra.metric_learning.teacher import TorchAdapterTeacher
from desktop_app.infra.sqlite.catalogue import open_catalogue
from desktop_app.services.learning.learned_search import ACTIVE_SETTING
from desktop_app.services.learning.service import LearningService
from desktop_app.services.learning.splitting import LEAST_PRODUCTS
from tests.learning.building import MODEL, Shop, studio_and_shelf, unit

QUICK = replace(RECIPES[0], most_epochs=60, patience=4, products_per_batch=32, most_s=0.0)


class FlatLayout:
    """Two columns of the vectors: what lies how is the business of the real one's tests."""

    def lay_out(
        self, before: FloatMatrix, after: FloatMatrix, token: CancelToken
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        token.checkpoint()
        start = 5 * before[:, :2]
        return start, np.asarray((start + 5 * after[:, :2]) / 2, np.float32)


@pytest.fixture
def service_of() -> Callable[[Shop], LearningService]:
    def make(shop: Shop) -> LearningService:
        catalogue = shop.catalogue
        return LearningService(
            catalogue,
            lambda: TorchAdapterTeacher(threads=1),
            LearnedModelFolder(catalogue.folder / "learned", read_only=catalogue.read_only),
            FlatLayout(),
            base_key=MODEL,
            base_name="base",
            fusion=LOOK_ALONE,
            active=lambda: catalogue.saved.setting(ACTIVE_SETTING),
        )

    return make


ServiceOf = Callable[[Shop], LearningService]


def learn(service: LearningService, recipe: Recipe = QUICK) -> tuple[LearnedModel, Trial]:
    *others, last = service.learn(recipe, CancelToken())
    assert all(step.model is None and step.trial is None for step in others)
    done = [step.progress.done for step in (*others, last)]
    assert done == sorted(done)
    assert last.progress.done == last.progress.total
    assert last.model is not None
    assert last.trial is not None
    return last.model, last.trial


def test_what_helps_is_offered_and_kept_with_all_that_came_of_it(
    shop: Shop, service_of: ServiceOf
) -> None:
    shop.stock(*studio_and_shelf(48, 3))
    service = service_of(shop)
    model, trial = learn(service)
    assert trial.refusal is None
    assert (model.version, model.parent, model.is_offered) == ("1", "", True)
    assert model.reason == trial.reason
    assert (model.base_key, model.base_name) == (MODEL, "base")
    unseen, seen = trial.comparisons[Held.UNSEEN], trial.comparisons[Held.SEEN]
    assert unseen.recall_gain.low > 0
    assert seen.after.recall_at_1.value >= seen.before.recall_at_1.value
    assert unseen.before.n_products >= 12
    assert model.figures["unseen_recall_at_1_after"] == unseen.after.recall_at_1.value
    assert len(trial.curve) > 1
    assert trial.hard
    assert trial.taught_s > 0
    assert service.versions() == (model,)
    kept = service.trial("1")
    assert kept is not None
    assert (kept.comparisons, kept.curve, kept.hard) == (
        trial.comparisons,
        trial.curve,
        trial.hard,
    )
    layout = service.layout("1")
    assert layout is not None
    assert len(layout.content_ids) == 144
    assert np.abs(layout.before).max() <= 1
    assert np.abs(layout.after).max() <= 1
    # Calibrated: nearer is more likely the same.
    assert model.look is not None
    assert model.look.log_odds[-1] > model.look.log_odds[0]
    # Nothing is taken up unasked.
    assert service.active == ""
    assert shop.catalogue.saved.setting(ACTIVE_SETTING) == ""


def test_shuffled_labels_are_refused_and_kept_for_the_record(
    shop: Shop, service_of: ServiceOf
) -> None:
    products, vectors = studio_and_shelf(48, 3)
    shop.stock(np.random.default_rng(1).permutation(products), vectors)
    service = service_of(shop)
    model, trial = learn(service)
    assert trial.refusal is Refusal.NO_BETTER
    assert not model.is_offered
    assert service.versions() == (model,)


def test_of_equal_catalogues_equal_models_are_learned(shop: Shop, service_of: ServiceOf) -> None:
    shop.stock(*studio_and_shelf(24, 3))
    service = service_of(shop)
    brief = replace(QUICK, most_epochs=6)
    first, second = learn(service, brief)[0], learn(service, brief)[0]
    assert (first.version, second.version) == ("1", "2")
    assert first.key == second.key
    assert first.figures == second.figures
    assert first.look == second.look


def test_the_version_in_use_is_what_the_next_one_was_learned_after(
    shop: Shop, service_of: ServiceOf
) -> None:
    shop.stock(*studio_and_shelf(24, 2))
    service = service_of(shop)
    learn(service, replace(QUICK, most_epochs=3))
    shop.catalogue.saved.set_setting(ACTIVE_SETTING, "1")
    model, _ = learn(service, replace(QUICK, most_epochs=3))
    assert (model.version, model.parent) == ("2", "1")
    with pytest.raises(UserFacingError, match="in use"):
        service.remove("1")
    service.remove("2")
    assert [known.version for known in service.versions()] == ["1"]


def test_too_few_products_are_told_and_nothing_is_kept(shop: Shop, service_of: ServiceOf) -> None:
    shop.stock(*studio_and_shelf(LEAST_PRODUCTS - 4, 3))
    service = service_of(shop)
    assert service.prospects().n_lacking == 4
    *_, last = service.learn(QUICK, CancelToken())
    assert last.model is None
    assert last.trial is not None
    assert last.trial.refusal is Refusal.TOO_FEW
    assert "4 more are needed" in last.trial.reason
    assert service.versions() == ()


def test_prospects_tell_what_there_is_to_learn_from(shop: Shop, service_of: ServiceOf) -> None:
    rng = np.random.default_rng(0)
    service = service_of(shop)
    nothing = service.prospects()
    assert (nothing.n_products, nothing.n_pictures, nothing.n_lacking) == (0, 0, LEAST_PRODUCTS)
    ids = [
        shop.add(f"P{number}", unit(rng.normal(size=(2, 32))), brand=("Ada", "Bo")[number % 2])
        for number in range(LEAST_PRODUCTS + 2)
    ]
    shop.add("single", unit(rng.normal(size=(1, 32))))
    shop.say(ids[0], ids[1], Verdict.SAME)
    shop.say(ids[2], ids[3], Verdict.DIFFERENT)
    found = service.prospects()
    assert found.n_products == LEAST_PRODUCTS + 1
    assert found.n_pictures == 2 * (LEAST_PRODUCTS + 2)
    assert (found.n_same, found.n_different) == (1, 1)
    assert found.attributes == {"brand": 2}
    assert found.n_lacking == 0


def test_a_recipe_for_columns_uses_those_that_are_advised_or_those_it_names(
    shop: Shop, service_of: ServiceOf
) -> None:
    products, vectors = studio_and_shelf(24, 2)
    shop.catalogue.products.add_column(Column("split", "Split"))
    for number in range(24):
        shop.add(
            f"P{number}",
            vectors[products == number],
            brand=("Ada", "Bo")[number % 2],
            category=("Jar", "Tube", "Pump")[number % 3],
            extra={"split": ("train", "test")[number // 12]},
        )
    service = service_of(shop)
    assert set(service.prospects().attributes) == {"brand", "category", "split"}
    assert service.prospects().advised == ("category", "brand")
    recipe = replace(
        next(recipe for recipe in RECIPES if recipe.name == "adapter-granularity"), most_epochs=3
    )
    assert learn(service, recipe)[0].recipe.attributes == ("category", "brand")
    named = replace(recipe, attributes=("category",))
    assert learn(service, named)[0].recipe.attributes == ("category",)
    with pytest.raises(UserFacingError, match="no column colour"):
        learn(service, replace(recipe, attributes=("colour",)))


def test_cancelling_keeps_nothing_wherever_it_comes(shop: Shop, service_of: ServiceOf) -> None:
    shop.stock(*studio_and_shelf(24, 2))
    service = service_of(shop)

    def stages() -> Iterator[str]:
        seen: list[str] = []
        for step in service.learn(replace(QUICK, most_epochs=2), CancelToken()):
            if step.progress.stage not in seen:
                seen.append(step.progress.stage)
        yield from seen

    for stage in list(stages()):
        kept = len(service.versions())
        token = CancelToken()
        steps: Iterator[LearnStep] = service.learn(replace(QUICK, most_epochs=2), token)
        if stage == "Keeping what was learned":
            continue
        with pytest.raises(Cancelled):
            for step in steps:
                if step.progress.stage == stage:
                    token.cancel()
        assert len(service.versions()) == kept


def test_a_catalogue_for_reading_only_learns_nothing(shop: Shop, service_of: ServiceOf) -> None:
    shop.stock(*studio_and_shelf(24, 2))
    shop.catalogue.close()
    shop.catalogue = open_catalogue(shop.catalogue.folder, read_only=True)
    service = service_of(shop)
    assert service.prospects().n_products == 24
    with pytest.raises(CatalogueReadOnly):
        next(service.learn(QUICK, CancelToken()))


def test_what_was_exported_is_taken_by_another_catalogue(
    shop: Shop, service_of: ServiceOf, tmp_path: Path
) -> None:
    shop.stock(*studio_and_shelf(24, 2))
    service = service_of(shop)
    learn(service, replace(QUICK, most_epochs=3))
    service.annotate("1", "spring")
    service.export("1", tmp_path / "spring.safetensors")
    taken = service.import_from(tmp_path / "spring.safetensors")
    assert (taken.version, taken.note) == ("2", "spring")
    assert "not tried on this one" in taken.reason
    assert service.trial("2") is None
