"""What held-out pictures are taken for, before and after learning."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from desktop_app.domain.learned_models import CategoryTrial
from desktop_app.domain.metric_learning import UNLABELLED, AttributeLabels
from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.infra.metric_learning.trial_codec import trial_from_json, trial_to_json
from desktop_app.services.learning.category_trial import category_trial
from tests.learning.building import labelled, unit
from tests.learning.test_model_files import trial

NAMES = ("Jar", "Tube")
# Two views of each of four products; before, the lamp counts, after, the shape does.
PRODUCTS = [1, 1, 2, 2, 3, 3, 4, 4]
CATEGORIES = np.array([0, 0, 0, 0, 1, 1, 1, 1])
LAMP = np.array([0, 1, 1, 0, 0, 1, 1, 0])


def vectors(told: np.ndarray, product: np.ndarray) -> Any:
    rows = np.zeros((len(told), 8))
    rows[np.arange(len(told)), told] = 3.0
    rows[np.arange(len(told)), 2 + product] = 1.0
    return unit(rows)


BEFORE = vectors(LAMP, np.array(PRODUCTS))
AFTER = vectors(CATEGORIES, np.array(PRODUCTS))


def tried(categories: np.ndarray = CATEGORIES, **changes: Any) -> CategoryTrial | None:
    pictures = labelled(PRODUCTS, BEFORE, groups=changes.pop("groups", None))
    column = AttributeLabels(("category",), (NAMES,), categories[:, np.newaxis])
    values = {"after": AFTER, "token": CancelToken(), **changes}
    rows = values.pop("rows", np.arange(8))
    return category_trial(pictures, np.array(PRODUCTS) + 100, column, rows, **values)


def test_it_is_taken_for_what_the_most_alike_picture_of_another_product_is() -> None:
    found = tried()
    assert found is not None
    assert found.labels == NAMES
    assert found.after.tolist() == CATEGORIES.tolist() == found.actual.tolist()
    assert found.report(is_after=True).accuracy == 1
    before = found.report(is_after=False)
    assert before.matrix.sum() == 8
    assert before.accuracy < 1
    wrong = found.products_of("Jar", "Tube", is_after=False)
    assert set(wrong.tolist()) <= {101, 102}
    assert not len(found.products_of("Jar", "Tube", is_after=True))
    assert found.products_of("Tube", "Tube", is_after=True).tolist() == [103, 104]


def test_products_that_are_tied_tell_nothing_of_each_other() -> None:
    # With its only fellow tied to it, a jar can only be taken for a tube.
    found = tried(groups=[1, 1, 1, 1, 3, 3, 4, 4], rows=np.array([0, 4]))
    assert found is not None
    assert found.after.tolist() == [1, 1]
    assert found.report(is_after=True).accuracy == 0.5


def test_pictures_without_a_category_are_neither_asked_about_nor_found() -> None:
    without = CATEGORIES.copy()
    without[:2] = UNLABELLED
    found = tried(without)
    assert found is not None
    assert found.products.tolist() == [102, 102, 103, 103, 104, 104]
    assert found.after.tolist() == [1, 1, 1, 1, 1, 1]
    assert tried(np.zeros(8, np.int64)) is None
    assert tried(np.full(8, UNLABELLED)) is None
    assert tried(rows=np.array([0])) is None


def test_it_can_be_cancelled() -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        tried(token=token)


def test_trials_kept_before_there_were_categories_are_read_and_damaged_ones_refused() -> None:
    told = trial_to_json(trial())
    categories = trial_from_json(told).categories
    assert categories is not None
    assert categories.actual.tolist() == [0, 0, 1]
    older = {name: value for name, value in told.items() if name != "categories"}
    assert trial_from_json(older).categories is None
    for change in ({"actual": [0, 0]}, {"after": [0, 2, 0]}, {"products": []}, {"labels": []}):
        with pytest.raises(ValueError, match=r"not as many|a category"):
            trial_from_json({**told, "categories": {**told["categories"], **change}})
