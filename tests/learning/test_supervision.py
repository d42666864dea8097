"""What a catalogue tells of its products is taken for what it is, and no more."""

from __future__ import annotations

import numpy as np
import pytest

from desktop_app.domain.duplicates import Verdict
from desktop_app.domain.metric_learning import UNLABELLED
from desktop_app.domain.products import Column, FieldKind
from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.services.learning.attributes import fitting_columns
from desktop_app.services.learning.supervision import Supervision, supervise
from tests.learning.building import DIMENSION, MODEL, Shop, unit


def views(count: int, seed: int = 0) -> np.ndarray:
    return unit(np.random.default_rng(seed).normal(size=(count, DIMENSION)))


def told(shop: Shop, **options: object) -> Supervision:
    return supervise(shop.catalogue, MODEL, CancelToken(), **options)  # type: ignore[arg-type]


def products_of(supervision: Supervision) -> dict[int, int]:
    pictures = supervision.pictures
    return dict(zip(pictures.content_ids.tolist(), pictures.products.tolist(), strict=True))


def test_every_picture_is_told_with_its_product_and_its_vector(shop: Shop) -> None:
    vectors = views(5)
    a, b = shop.add("A", vectors[:3]), shop.add("B", vectors[3:])
    pictures = told(shop).pictures
    assert pictures.products.tolist() == [a, a, a, b, b]
    assert pictures.groups.tolist() == [a, a, a, b, b]
    np.testing.assert_allclose(pictures.vectors, vectors, atol=2e-3)
    assert len(pictures.different) == 0


def test_copies_within_a_product_count_once(shop: Shop) -> None:
    a = shop.add("A", views(3), looks=(7, 7, 8))
    pictures = told(shop).pictures
    assert pictures.products.tolist() == [a, a]


def test_products_called_the_same_are_one_and_stay_so_by_their_own_id(shop: Shop) -> None:
    a, b, c = shop.add("A", views(1, 1)), shop.add("B", views(2, 2)), shop.add("C", views(1, 3))
    shop.say(a, b, Verdict.SAME)
    shop.say(b, c, Verdict.SAME)
    supervision = told(shop)
    assert set(supervision.pictures.products.tolist()) == {a}
    assert supervision.shown_by.tolist() == [a, b, b, c]
    assert (supervision.n_same, supervision.n_different) == (2, 0)


def test_copies_of_products_called_the_same_count_once(shop: Shop) -> None:
    a, b = shop.add("A", views(2, 1), looks=(5, 6)), shop.add("B", views(1, 2), looks=(5,))
    shop.say(a, b, Verdict.SAME)
    assert told(shop).pictures.products.tolist() == [a, a]


@pytest.mark.parametrize("verdict", [Verdict.DIFFERENT, Verdict.VARIANT])
def test_what_was_called_different_is_told_and_not_torn_apart(shop: Shop, verdict: Verdict) -> None:
    a, b = shop.add("A", views(2, 1)), shop.add("B", views(2, 2))
    shop.say(b, a, verdict)
    supervision = told(shop)
    assert supervision.pictures.different.tolist() == [[a, b]]
    assert set(supervision.pictures.groups.tolist()) == {a}
    assert set(supervision.pictures.products.tolist()) == {a, b}
    assert supervision.n_different == 1


def test_what_was_put_off_says_nothing(shop: Shop) -> None:
    a, b = shop.add("A", views(2, 1)), shop.add("B", views(2, 2))
    shop.say(a, b, Verdict.LATER)
    pictures = told(shop).pictures
    assert pictures.groups.tolist() == [a, a, b, b]
    assert len(pictures.different) == 0


def test_of_two_products_that_show_one_file_a_verdict_is_about_those(shop: Shop) -> None:
    a, b = shop.add("A", views(2, 1)), shop.add("B", views(1, 2))
    shop.share(a, b)
    shop.say(a, b, Verdict.SAME)
    pictures = told(shop).pictures
    assert pictures.products.tolist() == [a, a, a]


def test_a_shared_picture_belongs_to_neither_and_ties_both(shop: Shop) -> None:
    a, b = shop.add("A", views(3, 1)), shop.add("B", views(2, 2))
    shop.share(a, b)
    pictures = told(shop).pictures
    shared = shop.contents(a)[0]
    assert shared not in pictures.content_ids
    assert pictures.products.tolist() == [a, a, b, b]
    assert set(pictures.groups.tolist()) == {a}


def test_a_picture_that_stands_for_missing_ones_ties_nothing(shop: Shop) -> None:
    ids = [shop.add(f"P{number}", views(1, number)) for number in range(60)]
    shop.share(ids[0], *ids[1:])
    pictures = told(shop).pictures
    assert sorted(pictures.groups.tolist()) == ids[1:]


def test_copies_shown_by_two_products_tie_them(shop: Shop) -> None:
    a, b = shop.add("A", views(2, 1), looks=(5, 6)), shop.add("B", views(2, 2), looks=(5, 7))
    pictures = told(shop).pictures
    assert pictures.products.tolist() == [a, a, b, b]
    assert set(pictures.groups.tolist()) == {a}


def test_products_with_one_picture_are_there_for_others_to_differ_from(shop: Shop) -> None:
    a, b = shop.add("A", views(2)), shop.add("B", views(1))
    assert told(shop).pictures.products.tolist() == [a, a, b]


def test_pictures_without_a_vector_are_left_out(shop: Shop) -> None:
    shop.add("A", views(2))
    assert len(supervise(shop.catalogue, "another model", CancelToken()).pictures) == 0


def test_of_too_many_pictures_the_same_are_drawn_and_pairs_stay_pairs(shop: Shop) -> None:
    for number in range(12):
        shop.add(f"S{number}", views(1, number))
    for number in range(12):
        shop.add(f"M{number}", views(6, 100 + number))
    drawn = told(shop, most_pictures=40)
    assert 36 <= len(drawn.pictures) <= 40
    _, counts = np.unique(drawn.pictures.products, return_counts=True)
    assert (counts == 1).sum() == 8
    assert (counts[counts > 1] >= 2).all()
    assert (counts > 1).sum() == 12
    again = told(shop, most_pictures=40)
    assert again.pictures.content_ids.tolist() == drawn.pictures.content_ids.tolist()
    few = told(shop, most_pictures=15)
    assert len(few.pictures) <= 15
    assert (np.unique(few.pictures.products, return_counts=True)[1] >= 2).sum() == 6


def test_columns_are_told_with_what_is_not_known(shop: Shop) -> None:
    shop.catalogue.products.add_column(Column("colour", "Colour"))
    a = shop.add("A", views(1, 1), brand="Ada", extra={"colour": "Red"})
    b = shop.add("B", views(2, 2), brand="ADA ")
    c = shop.add("C", views(1, 3), brand="Bo", extra={"colour": "red"})
    d = shop.add("D", views(1, 4), brand="bo", extra={"colour": "Green"})
    attributes = told(shop, columns=("brand", "colour")).pictures.attributes
    assert attributes.columns == ("brand", "colour")
    assert [name.casefold() for name in attributes.names[0]] == ["ada", "bo"]
    assert len(attributes.names[1]) == 1
    assert attributes.values.tolist() == [
        [0, 0],
        [0, UNLABELLED],
        [0, UNLABELLED],
        [1, 0],
        [1, UNLABELLED],
    ]
    assert a < b < c < d


def test_columns_whose_values_products_share_are_proposed(shop: Shop) -> None:
    shop.catalogue.products.add_column(Column("colour", "Colour"))
    shop.catalogue.products.add_column(Column("volume", "Volume", FieldKind.NUMBER))
    for number in range(12):
        shop.add(
            f"P{number}",
            views(1, number),
            brand=("Ada", "Bo")[number % 2],
            category="Jar",
            extra={"colour": ("red", "green", "blue")[number % 3], "volume": float(number % 2)},
        )
    fitting = fitting_columns(shop.catalogue.products)
    assert {name: len(set(of.values())) for name, of in fitting.items()} == {
        "brand": 2,
        "colour": 3,
    }
    assert all(len(of) == 12 for of in fitting.values())


def test_gathering_can_be_cancelled(shop: Shop) -> None:
    shop.add("A", views(2))
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        supervise(shop.catalogue, MODEL, token)
