"""Many merges at once: all of them or none, and one undo."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_app.domain.errors import DuplicateSku, PlanOutdated, ProductNotFound
from desktop_app.domain.filters import ProductFilter
from desktop_app.domain.products import Column
from desktop_app.domain.resolving import Merge
from desktop_app.domain.storage import ChangeSet
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue
from tests.sqlite.building import add_product, picture_ids


def live(catalogue: SqliteCatalogue) -> list[int]:
    return catalogue.products.list_ids(ProductFilter()).tolist()


def seen(catalogue: SqliteCatalogue, *ids: int) -> dict[int, str]:
    return {i: catalogue.products.get(i).updated_at for i in ids}


def test_many_groups_are_merged_and_brought_back_as_one_change(catalogue: SqliteCatalogue) -> None:
    catalogue.products.add_column(Column("finish", "Finish"))
    a, b, c = (add_product(catalogue, sku, f"/{sku}.jpg") for sku in "ABC")
    d, e = (add_product(catalogue, sku, f"/{sku}.jpg") for sku in "DE")
    before = catalogue.products.get_many([a, b, c, d, e])
    change = catalogue.products.merge_all(
        [
            Merge(a, (c, b), {"title": "Jar", "finish": "matt"}),
            Merge(e, (d,), {"title": "Lid"}),
        ]
    )
    assert change == ChangeSet(
        "Merge 5 products into 2", (a, c, b, e, d), structure=True, pictures=True
    )
    assert live(catalogue) == [a, e]
    merged = catalogue.products.get(a)
    assert (merged.fields.title, merged.fields.extra) == ("Jar", {"finish": "matt"})
    assert [Path(picture.path).stem for picture in merged.pictures] == ["A", "C", "B"]
    assert catalogue.products.get(e).fields.title == "Lid"
    assert catalogue.history.undo().label == change.label
    after = catalogue.products.get_many([a, b, c, d, e])
    for product_id, product in before.items():
        assert after[product_id].fields == product.fields
        assert after[product_id].pictures == product.pictures
    assert catalogue.history.redo().label == change.label
    assert live(catalogue) == [a, e]


def test_pictures_that_are_left_go_with_their_product(catalogue: SqliteCatalogue) -> None:
    a = add_product(catalogue, "A", "/a.jpg")
    b = add_product(catalogue, "B", "/copy.jpg", "/b.jpg")
    copy, other = picture_ids(catalogue, b)
    catalogue.products.merge_all([Merge(a, (b,), left_pictures=(copy,))])
    assert picture_ids(catalogue, a)[1:] == [other]
    assert catalogue.pictures.counts().total == 2
    catalogue.history.undo()
    assert picture_ids(catalogue, b) == [copy, other]


@pytest.mark.parametrize("what", ["edited", "removed"])
def test_a_plan_that_is_out_of_date_changes_nothing(catalogue: SqliteCatalogue, what: str) -> None:
    a, b, c, d = (add_product(catalogue, sku) for sku in "ABCD")
    plan = [Merge(a, (b,), seen=seen(catalogue, a, b)), Merge(c, (d,), seen=seen(catalogue, c, d))]
    if what == "edited":
        catalogue.products.update_fields([d], {"title": "Changed meanwhile"})
    else:
        catalogue.products.remove([d])
    before = live(catalogue)
    with pytest.raises(PlanOutdated, match="1 product of the plan changed"):
        catalogue.products.merge_all(plan)
    assert live(catalogue) == before


def test_what_the_plan_knows_and_is_still_so_is_merged(catalogue: SqliteCatalogue) -> None:
    a, b = (add_product(catalogue, sku) for sku in "AB")
    catalogue.products.merge_all([Merge(a, (b,), seen=seen(catalogue, a, b))])
    assert live(catalogue) == [a]


def test_one_bad_merge_stops_all(catalogue: SqliteCatalogue) -> None:
    a, b, c, _ = (add_product(catalogue, sku) for sku in "ABCX")
    good = Merge(a, (b,), {"title": "Jar"})
    for bad, error in (
        (Merge(c, (99,)), ProductNotFound),
        (Merge(c, (a,)), ValueError),
        (Merge(b, (c,)), ValueError),
        (Merge(c, (), {"sku": "x"}), DuplicateSku),
        (Merge(c, (), {"sku": "A"}), DuplicateSku),
    ):
        with pytest.raises(error):
            catalogue.products.merge_all([good, bad])
    assert len(live(catalogue)) == 4
    assert catalogue.products.get(a).fields.title == ""


def test_kept_products_may_take_numbers_of_dropped_ones(catalogue: SqliteCatalogue) -> None:
    a, b, c, d = (add_product(catalogue, sku) for sku in "ABCD")
    catalogue.products.merge_all([Merge(a, (b,), {"sku": "D"}), Merge(c, (d,), {"sku": "b"})])
    assert catalogue.products.ids_by_sku() == {"d": a, "b": c}
    catalogue.history.undo()
    assert catalogue.products.ids_by_sku() == {"a": a, "b": b, "c": c, "d": d}


def test_no_merges_are_no_change(catalogue: SqliteCatalogue) -> None:
    assert catalogue.products.merge_all([]) == ChangeSet()
    assert catalogue.history.undo_label() == ""


def test_many_products_are_had_at_once(catalogue: SqliteCatalogue) -> None:
    a, b = add_product(catalogue, "A", "/1.jpg", "/0.jpg"), add_product(catalogue, "B")
    gone = add_product(catalogue, "C")
    catalogue.products.remove([gone])
    found = catalogue.products.get_many([b, gone, a, 99])
    assert found == {a: catalogue.products.get(a), b: catalogue.products.get(b)}
