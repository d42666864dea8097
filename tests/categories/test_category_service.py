"""Learning the categories of a catalogue, and when it is done again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from desktop_app.domain.products import PictureState, ProductFields
from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.domain.storage import ReadPicture
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue, open_catalogue
from desktop_app.services.categories import CategoryService
from desktop_app.services.category_data import labelled_contents, sampled
from tests.categories.conftest import (
    DIMENSION,
    MODEL,
    add,
    around,
    axis,
    learn,
    service_of,
    unit,
)


def jars_and_lids(catalogue: SqliteCatalogue) -> None:
    add(catalogue, "Jars", around(axis(0), seed=1))
    add(catalogue, "Lids", around(axis(1), seed=2))


def test_the_category_of_a_picture_is_told(
    catalogue: SqliteCatalogue, service: CategoryService
) -> None:
    jars_and_lids(catalogue)
    learn(service)
    guesses = service.predict(axis(1))
    assert guesses[0].category == "Lids"
    assert 0.9 < guesses[0].probability <= 1


def test_a_picture_like_no_category_is_not_given_one(
    catalogue: SqliteCatalogue, service: CategoryService
) -> None:
    jars_and_lids(catalogue)
    learn(service)
    assert service.predict(axis(7)) == ()
    assert service.predict(-axis(0)) == ()


def test_guesses_come_by_falling_probability(
    catalogue: SqliteCatalogue, service: CategoryService
) -> None:
    for number, category in enumerate(("Jars", "Lids", "Pumps")):
        add(catalogue, category, around(axis(number), spread=0.3, seed=number), products=20)
    learn(service)
    guesses = service.predict(unit(1.0 * axis(0) + 0.8 * axis(2)))
    assert [guess.category for guess in guesses[:2]] == ["Jars", "Pumps"]
    assert guesses[0].probability >= guesses[1].probability


def test_the_report_counts_every_picture_once(
    catalogue: SqliteCatalogue, service: CategoryService
) -> None:
    jars_and_lids(catalogue)
    learn(service)
    report = service.report
    assert report is not None
    assert report.labels == ("Jars", "Lids")
    assert report.matrix.tolist() == [[8, 0], [0, 8]]
    assert (report.accuracy, report.macro_f1, report.n_pictures) == (1.0, 1.0, 16)
    assert (report.folds, report.n_sampled_from, report.column) == (5, 16, "category")


def test_the_pictures_of_every_cell_of_the_report_are_known_also_after_opening(
    catalogue: SqliteCatalogue, service: CategoryService
) -> None:
    jars_and_lids(catalogue)
    learn(service)
    opened = service_of(catalogue)
    opened.load()
    for report in (service.report, opened.report):
        assert report is not None
        cells = [
            [len(report.contents_of(actual, taken_for)) for taken_for in report.labels]
            for actual in report.labels
        ]
        assert cells == report.matrix.tolist()


def test_two_views_of_one_product_do_not_make_the_figures_look_good(
    catalogue: SqliteCatalogue, service: CategoryService
) -> None:
    """Vectors that tell products apart but not categories: remembering the other view would
    make every guess right."""
    rng = np.random.default_rng(5)
    for category in ("Jars", "Lids"):
        products = [unit(rng.standard_normal(DIMENSION)) for _ in range(40)]
        add(catalogue, category, lambda n, own=products: own[n // 2], products=40, views=2)
    learn(service)
    assert service.report is not None
    assert service.report.accuracy < 0.7


def test_rare_categories_are_left_out(catalogue: SqliteCatalogue, service: CategoryService) -> None:
    jars_and_lids(catalogue)
    add(catalogue, "Pumps", around(axis(2)), products=4, views=3)
    learn(service)
    assert service.report is not None
    assert service.report.labels == ("Jars", "Lids")


@pytest.mark.parametrize("products", [4, 8])
def test_one_category_or_too_few_products_teach_nothing(
    catalogue: SqliteCatalogue, service: CategoryService, products: int
) -> None:
    add(catalogue, "Jars", around(axis(0)))
    add(catalogue, "Lids" if products == 4 else "jars", around(axis(1)), products=products)
    steps = list(service.learn(CancelToken()))
    assert steps[-1].report is None
    assert service.report is None
    assert service.predict(axis(0)) == ()


def test_spellings_that_differ_in_case_are_one_category(catalogue: SqliteCatalogue) -> None:
    jars_and_lids(catalogue)
    add(catalogue, "JARS", around(axis(0)), products=3)
    assert labelled_contents(catalogue, "category").labels == ("Jars", "Lids")


def test_another_text_column_can_be_learned(
    catalogue: SqliteCatalogue, service: CategoryService
) -> None:
    add(catalogue, "", around(axis(0), seed=1), brand="Nivo")
    add(catalogue, "", around(axis(1), seed=2), brand="Ordo")
    service.choose_column("brand")
    learn(service)
    assert service.predict(axis(0))[0].category == "Nivo"
    assert service.report is not None
    assert service.report.column == "brand"
    assert service_of(catalogue).column == "brand"


def test_what_was_learned_is_there_again_after_opening(
    catalogue: SqliteCatalogue, service: CategoryService
) -> None:
    jars_and_lids(catalogue)
    learn(service)
    opened = service_of(catalogue)
    assert opened.report is None
    opened.load()
    assert opened.report is not None
    assert opened.report.matrix.tolist() == [[8, 0], [0, 8]]
    assert opened.predict(axis(1)) == service.predict(axis(1))
    assert list(opened.learn_if_changed(CancelToken())) == []


def test_what_another_model_learned_is_not_used(
    catalogue: SqliteCatalogue, service: CategoryService
) -> None:
    jars_and_lids(catalogue)
    learn(service)
    other = service_of(catalogue, "model:2")
    other.load()
    assert other.report is None


@pytest.mark.parametrize("damage", [b"", b"not tensors", "cut"])
def test_a_damaged_file_is_learned_again(
    catalogue: SqliteCatalogue, service: CategoryService, damage: bytes | str
) -> None:
    jars_and_lids(catalogue)
    learn(service)
    (path,) = (catalogue.folder / "index").glob("categories-*")
    path.write_bytes(path.read_bytes()[:-40] if isinstance(damage, str) else damage)
    opened = service_of(catalogue)
    opened.load()
    assert opened.report is None
    assert list(opened.learn_if_changed(CancelToken()))[-1].report is not None


def test_it_learns_again_only_when_enough_has_changed(
    catalogue: SqliteCatalogue, service: CategoryService
) -> None:
    add(catalogue, "Jars", around(axis(0), seed=1), products=30)
    add(catalogue, "Lids", around(axis(1), seed=2), products=30)
    assert list(service.learn_if_changed(CancelToken()))
    assert not list(service.learn_if_changed(CancelToken()))
    add(catalogue, "Lids", around(axis(1), seed=3), products=2)
    assert not list(service.learn_if_changed(CancelToken()))
    add(catalogue, "Lids", around(axis(1), seed=4), products=2)
    assert list(service.learn_if_changed(CancelToken()))


def test_a_renamed_category_is_learned_at_once(
    catalogue: SqliteCatalogue, service: CategoryService
) -> None:
    jars_and_lids(catalogue)
    learn(service)
    ids = [i for i, text in catalogue.products.values("category").items() if text == "Lids"]
    catalogue.products.update_fields(ids, {"category": "Caps"})
    assert list(service.learn_if_changed(CancelToken()))
    assert service.predict(axis(1))[0].category == "Caps"


def test_what_was_learned_goes_with_the_categories(
    catalogue: SqliteCatalogue, service: CategoryService
) -> None:
    jars_and_lids(catalogue)
    learn(service)
    catalogue.products.update_fields(list(catalogue.products.values("category")), {"category": ""})
    list(service.learn_if_changed(CancelToken()))
    assert service.predict(axis(1)) == ()


def test_cancelling_keeps_what_was_learned_before(
    catalogue: SqliteCatalogue, service: CategoryService
) -> None:
    jars_and_lids(catalogue)
    learn(service)
    before = service.report
    token = CancelToken()
    steps = service.learn(token)
    next(steps)
    token.cancel()
    with pytest.raises(Cancelled):
        list(steps)
    assert service.report is before


def test_a_read_only_catalogue_uses_what_was_learned_and_learns_nothing(
    catalogue: SqliteCatalogue, service: CategoryService
) -> None:
    jars_and_lids(catalogue)
    learn(service)
    opened = open_catalogue(catalogue.folder, read_only=True)
    try:
        reading = service_of(opened)
        assert list(reading.learn_if_changed(CancelToken())) == []
        reading.load()
        assert reading.predict(axis(0))[0].category == "Jars"
    finally:
        opened.close()


def test_pictures_not_read_yet_do_not_count(
    catalogue: SqliteCatalogue, service: CategoryService
) -> None:
    jars_and_lids(catalogue)
    catalogue.products.add(ProductFields("later", category="Lids"), [(Path("/in/l.jpg"), "")])
    learn(service)
    assert service.report is not None
    assert service.report.n_pictures == 16


def share(catalogue: SqliteCatalogue, owner: int, other: int) -> int:
    """Let ``other`` show the first picture of ``owner`` too; its content id."""
    picture = catalogue.products.get(owner).pictures[0]
    catalogue.pictures.add(other, [(Path(f"/in/{owner}-{other}.jpg"), "")])
    (waiting,) = catalogue.pictures.pending()
    (known,) = catalogue.pictures.known_contents([picture.content_hash], MODEL).values()
    catalogue.pictures.record_read(
        MODEL, [ReadPicture(waiting.id, PictureState.READY, content=known.content)]
    )
    return known.id


def products_of(catalogue: SqliteCatalogue, category: str) -> list[int]:
    values = catalogue.products.values("category")
    return [product_id for product_id, text in values.items() if text == category]


def test_a_picture_of_two_categories_teaches_neither(catalogue: SqliteCatalogue) -> None:
    jars_and_lids(catalogue)
    jar, *_ = products_of(catalogue, "Jars")
    lid, *_ = products_of(catalogue, "Lids")
    shared = share(catalogue, jar, lid)
    contents = labelled_contents(catalogue, "category")
    assert shared not in contents.content_ids
    assert len(contents.content_ids) == 15


def test_products_joined_by_shared_pictures_stay_on_one_side(catalogue: SqliteCatalogue) -> None:
    jars_and_lids(catalogue)
    one, two, three, *_ = products_of(catalogue, "Jars")
    share(catalogue, three, two)
    share(catalogue, two, one)
    contents = labelled_contents(catalogue, "category")
    assert len(contents.content_ids) == 16
    assert len(np.unique(contents.groups)) == 14
    assert np.unique(contents.groups, return_counts=True)[1].max() == 3


def test_only_the_large_categories_are_sampled(catalogue: SqliteCatalogue) -> None:
    add(catalogue, "Jars", around(axis(0), seed=1), products=50)
    add(catalogue, "Lids", around(axis(1), seed=2), products=10)
    contents = sampled(labelled_contents(catalogue, "category"), 30)
    assert np.bincount(contents.targets).tolist() == [20, 10]
    again = sampled(labelled_contents(catalogue, "category"), 30)
    assert again.content_ids.tolist() == contents.content_ids.tolist()
