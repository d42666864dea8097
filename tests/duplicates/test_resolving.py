"""Plans for merging groups of duplicates, and carrying them out."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.duplicates import DuplicateGroup
from desktop_app.domain.errors import DuplicateSku, PlanOutdated
from desktop_app.domain.filters import ProductFilter
from desktop_app.domain.products import Picture, Product, ProductFields
from desktop_app.domain.resolving import KeepRule, PictureRule, ResolvePlan
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue
from desktop_app.services.duplicates.keeping import ranked
from desktop_app.services.duplicates.resolving import (
    ALL_PROTECTED,
    GONE,
    IN_ANOTHER_GROUP,
    IS_PROTECTED,
    NOT_ALL_DECIDED,
    OTHER_BARCODES,
    apply_plan,
    plan_resolution,
    products_of,
    protected_products,
)
from tests.sqlite.building import add_product, picture_ids, read_picture


def product(
    product_id: int, sku: str = "", *, made: str = "2026", shown: str = "", **fields: object
) -> Product:
    """``shown`` has one letter for each picture, equal letters for equal bytes."""
    pictures = tuple(
        Picture(
            100 * product_id + place,
            product_id,
            f"/p/{product_id}/{place}.jpg",
            content_hash=letter,
            width=10,
            height=10,
        )
        for place, letter in enumerate(shown)
    )
    return Product(
        product_id,
        ProductFields(sku or f"SKU-{product_id}", **fields),  # type: ignore[arg-type]
        pictures,
        created_at=made,
        updated_at="now",
    )


def group(*ids: int, is_decided: bool = True) -> DuplicateGroup:
    return DuplicateGroup(tuple(sorted(ids)), 0.9, 0.9, (), min(ids), is_decided)


def plan(*products: Product, **options: object) -> ResolvePlan:
    known = {each.id: each for each in products}
    return plan_resolution([group(*known)], known, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rule", "better", "worse"),
    [
        (KeepRule.MOST_COMPLETE, product(2, title="Jar", brand="A"), product(1, title="Jar")),
        (KeepRule.MOST_COMPLETE, product(2, title="Jar"), product(1, title=" ")),
        (KeepRule.LARGEST_PICTURE, product(2, shown="a"), product(1)),
        (KeepRule.NEWEST, product(2, made="2026-02"), product(1, made="2026-01")),
        (KeepRule.OLDEST, product(2, made="2025-12"), product(1, made="2026-01")),
        (KeepRule.MOST_VIEWS, product(2, shown="ab"), product(1, shown="c")),
        (KeepRule.CHEAPEST, product(2, price=0.0), product(1, price=1.0)),
        (KeepRule.CHEAPEST, product(2, price=1.0), product(1)),
        (KeepRule.LOWEST_SKU, product(2, "jar 9"), product(1, "Jar 10")),
    ],
)
def test_each_rule_tells_what_is_kept(rule: KeepRule, better: Product, worse: Product) -> None:
    order, decided_by = ranked([worse, better], [rule])
    assert (order[0].id, decided_by) == (2, rule)


def test_the_first_rule_that_tells_decides() -> None:
    one = product(1, title="Jar", shown="a")
    two = product(2, title="Jar", shown="ab")
    made = plan(one, two, rules=[KeepRule.MOST_COMPLETE, KeepRule.MOST_VIEWS]).groups[0]
    assert (made.keep_id, made.drop_ids, made.decided_by) == (2, (1,), KeepRule.MOST_VIEWS)


def test_where_no_rule_tells_the_lowest_sku_is_kept() -> None:
    made = plan(product(1, "B"), product(2, "A"), rules=[KeepRule.MOST_VIEWS]).groups[0]
    assert (made.keep_id, made.decided_by) == (2, None)


def test_empty_fields_are_filled_from_the_next_best_and_differences_are_told() -> None:
    keep = product(1, title="Jar", brand="Alpha")
    next_best = product(2, title="A jar", size="50 ml")
    last = product(3, title=" Jar ", size="50ml", notes="from the fair")
    made = plan(keep, next_best, last, rules=[KeepRule.LOWEST_SKU]).groups[0]
    assert dict(made.merge.values) == {"size": "50 ml", "notes": "from the fair"}
    assert {choice.column: choice.origin for choice in made.filled} == {"size": 2, "notes": 3}
    conflicts = {choice.column: choice.candidates for choice in made.conflicts}
    assert conflicts == {
        "title": ((1, "Jar"), (2, "A jar")),
        "size": ((2, "50 ml"), (3, "50ml")),
    }


def test_a_person_can_choose_another_value() -> None:
    made = plan(product(1, title="Jar"), product(2, title="A jar")).groups[0]
    chosen = made.with_choice("title", 2).with_choice("sku", 2)
    assert dict(chosen.merge.values) == {"title": "A jar", "sku": "SKU-2"}
    assert dict(chosen.with_choice("title", 1).merge.values) == {"sku": "SKU-2"}
    for column, origin in (("title", 9), ("brand", 2)):
        with pytest.raises(ValueError, match="value"):
            made.with_choice(column, origin)


def test_own_columns_are_filled_too() -> None:
    made = plan(product(1), product(2, extra={"neck": "24/410"}), rules=[]).groups[0]
    assert dict(made.merge.values) == {"neck": "24/410"}


def test_a_price_brings_its_currency_along() -> None:
    keep, other = product(1, currency="EUR"), product(2, price=3.0, currency="USD")
    made = plan(keep, other, rules=[]).groups[0]
    assert dict(made.merge.values) == {"price": 3.0, "currency": "USD"}
    own = plan(product(1, currency="EUR", price=2.0), other, rules=[]).groups[0]
    assert dict(own.merge.values) == {}


@pytest.mark.parametrize(
    ("rule", "moved", "left"),
    [
        (PictureRule.ALL, "abbc", ""),
        (PictureRule.NEW, "bc", "ab"),
        (PictureRule.NONE, "", "abbc"),
    ],
)
def test_pictures_move_as_asked(rule: PictureRule, moved: str, left: str) -> None:
    made = plan(
        product(1, shown="a"), product(2, shown="abbc"), rules=[KeepRule.LOWEST_SKU], pictures=rule
    ).groups[0]
    assert "".join(picture.content_hash for picture in made.moved) == moved
    assert "".join(picture.content_hash for picture in made.left) == left
    assert made.merge.left_pictures == tuple(picture.id for picture in made.left)


def test_a_product_without_pictures_takes_over_those_there_are() -> None:
    made = plan(product(1), product(2, shown="aab"), rules=[], pictures=PictureRule.NONE).groups[0]
    assert "".join(picture.content_hash for picture in made.moved) == "ab"


def test_what_speaks_against_a_merge_is_told() -> None:
    one, two = product(1, barcode="40001"), product(2, barcode="40002")
    known = {1: one, 2: two}
    made = plan_resolution([group(1, 2, is_decided=False)], known).groups[0]
    assert made.warnings == (NOT_ALL_DECIDED, OTHER_BARCODES)
    assert plan(one, product(2)).groups[0].warnings == ()


def test_protected_products_are_kept_and_never_dropped() -> None:
    worse, better, other = product(1), product(2, title="Jar", brand="A"), product(3)
    made = plan(worse, better, protected={1})
    assert (made.groups[0].keep_id, made.groups[0].drop_ids) == (1, (2,))
    both = plan(worse, better, other, protected={1, 2})
    assert (both.groups[0].keep_id, both.groups[0].drop_ids) == (2, (3,))
    assert [(left.product_ids, left.reason) for left in both.left_out] == [((1,), IS_PROTECTED)]
    # Even where the rules do not ask for it.
    against = plan(worse, better, protected={1}, rules=[KeepRule.MOST_COMPLETE])
    assert (against.groups[0].keep_id, against.groups[0].drop_ids) == (1, (2,))
    assert plan(worse, better, protected={1, 2}).left_out[0].reason == ALL_PROTECTED
    named = plan(worse, better, protected={1}, keep={0: 2})
    assert named.groups == ()
    assert named.left_out[0].reason == IS_PROTECTED


def test_folders_protect_what_is_in_them_and_nothing_else(tmp_path: Path) -> None:
    def shown(product_id: int, place: str) -> Product:
        picture = Picture(product_id, product_id, str(tmp_path / place))
        return Product(product_id, ProductFields(f"S{product_id}"), (picture,))

    products = [shown(1, "own/deep/a.jpg"), shown(2, "own-not/b.jpg"), shown(3, "c.jpg")]
    assert protected_products(products, [tmp_path / "own"]) == {1}
    assert protected_products(products, []) == set()


def test_a_product_is_in_one_merge_only_and_those_that_are_gone_in_none() -> None:
    known = {i: product(i) for i in (1, 2, 3)}
    made = plan_resolution([group(1, 2), group(2, 3), group(3, 4)], known)
    assert [merge.keep_id for merge in made.merges] == [1]
    assert [(left.product_ids, left.reason) for left in made.left_out] == [
        ((2, 3), IN_ANOTHER_GROUP),
        ((3, 4), GONE),
    ]


def test_the_kept_product_can_be_named() -> None:
    known = {1: product(1), 2: product(2, title="Jar")}
    made = plan_resolution([group(1, 2)], known, keep={0: 1})
    assert (made.groups[0].keep_id, made.groups[0].decided_by) == (1, None)
    with pytest.raises(ValueError, match="not in the group"):
        plan_resolution([group(1, 2)], known, keep={0: 3})


ids = st.lists(st.integers(1, 9), min_size=2, max_size=4, unique=True)


@given(
    st.lists(ids, max_size=5),
    st.sets(st.integers(1, 9)),
    st.sets(st.integers(1, 9)),
    st.permutations([*KeepRule]),
)
def test_every_group_keeps_one_and_no_product_is_dropped_twice(
    groups: list[list[int]], gone: set[int], protected: set[int], rules: list[KeepRule]
) -> None:
    known = {i: product(i) for i in range(1, 10) if i not in gone}
    made = plan_resolution([group(*each) for each in groups], known, rules, protected=protected)
    dropped = [i for merge in made.merges for i in merge.drop_ids]
    kept = [merge.keep_id for merge in made.merges]
    assert len(dropped + kept) == len({*dropped, *kept})
    assert not protected & {*dropped}
    assert not gone & {*dropped, *kept}
    asked = {i for each in groups for i in each}
    told = {i for left in made.left_out for i in left.product_ids}
    assert {*dropped, *kept} | told == asked


def two_jars(catalogue: SqliteCatalogue) -> tuple[int, int]:
    one = add_product(catalogue, "A", "/a.jpg", title="Jar")
    two = add_product(catalogue, "B", "/copy.jpg", "/b.jpg", size="50 ml")
    seeds = dict(
        zip(picture_ids(catalogue, one) + picture_ids(catalogue, two), (7, 7, 8), strict=True)
    )
    catalogue.pictures.record_read("m", [read_picture(i, seed) for i, seed in seeds.items()])
    return one, two


def live(catalogue: SqliteCatalogue) -> list[int]:
    return catalogue.products.list_ids(ProductFilter()).tolist()


def test_a_plan_is_carried_out_as_one_change_that_can_be_taken_back(
    catalogue: SqliteCatalogue,
) -> None:
    one, two = two_jars(catalogue)
    groups = [group(one, two)]
    made = plan_resolution(groups, products_of(catalogue, groups), [KeepRule.LOWEST_SKU])
    assert live(catalogue) == [one, two]
    change = apply_plan(catalogue, made)
    assert change.label == "Merge 2 products"
    merged = catalogue.products.get(one)
    assert (merged.fields.title, merged.fields.size) == ("Jar", "50 ml")
    assert [Path(picture.path).stem for picture in merged.pictures] == ["a", "b"]
    catalogue.history.undo()
    assert live(catalogue) == [one, two]
    assert [Path(p.path).stem for p in catalogue.products.get(two).pictures] == ["copy", "b"]


def test_an_outdated_plan_changes_nothing(catalogue: SqliteCatalogue) -> None:
    one, two = two_jars(catalogue)
    groups = [group(one, two)]
    made = plan_resolution(groups, products_of(catalogue, groups))
    catalogue.products.update_fields([two], {"size": "100 ml"})
    with pytest.raises(PlanOutdated):
        apply_plan(catalogue, made)
    assert live(catalogue) == [one, two]


def test_a_chosen_sku_that_is_taken_changes_nothing(catalogue: SqliteCatalogue) -> None:
    one, two = two_jars(catalogue)
    groups = [group(one, two)]
    known = products_of(catalogue, groups)
    made = plan_resolution(groups, known, [KeepRule.LOWEST_SKU])
    chosen = made.with_group(0, made.groups[0].with_choice("sku", two))
    apply_plan(catalogue, chosen)
    assert catalogue.products.get(one).fields.sku == "B"
    catalogue.history.undo()
    catalogue.products.update_fields([two], {"sku": "C"})
    add_product(catalogue, "B")
    fresh = plan_resolution(groups, products_of(catalogue, groups), [KeepRule.LOWEST_SKU])
    assert dict(fresh.groups[0].with_choice("sku", two).merge.values)["sku"] == "C"
    with pytest.raises((DuplicateSku, PlanOutdated)):
        apply_plan(catalogue, chosen)
    assert len(live(catalogue)) == 3
