"""Merging groups of duplicates: a plan that can be looked at, then one change."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence, Set
from pathlib import Path

from desktop_app.domain.duplicates import DuplicateGroup
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.products import CORE_COLUMNS, FieldValue, Picture, Product
from desktop_app.domain.resolving import (
    USUAL_RULES,
    FieldChoice,
    GroupPlan,
    KeepRule,
    LeftOut,
    PictureRule,
    ResolvePlan,
)
from desktop_app.domain.storage import ChangeSet
from desktop_app.services.duplicates.keeping import field_values, ranked

NOT_ALL_DECIDED = "Not every pair of this group has a verdict."
OTHER_BARCODES = "The barcodes differ: these may be different products."
GONE = "Some of these products are no longer in the catalogue."
IN_ANOTHER_GROUP = "Some of these products are in another group of the plan."
ALL_PROTECTED = "All of these products are protected."
IS_PROTECTED = "Protected products are never dropped."

_PRICE, _CURRENCY = "price", "currency"
_ORDER = {column.name: place for place, column in enumerate(CORE_COLUMNS)}


def plan_resolution(
    groups: Sequence[DuplicateGroup],
    products: Mapping[int, Product],
    rules: Sequence[KeepRule] = USUAL_RULES,
    *,
    protected: Set[int] = frozenset(),
    pictures: PictureRule = PictureRule.NEW,
    keep: Mapping[int, int] | None = None,
) -> ResolvePlan:
    """What would become of these groups, in their order; nothing is changed.

    ``products`` holds those of the groups that are live. Those of ``protected`` are never
    dropped, and kept before all others. ``keep`` names by place of the group a product that is
    kept whatever the rules say; ValueError where it is not in the group. A group is left out
    where a product of it is gone, is in an earlier group, or nothing can be dropped.
    """
    planned: list[GroupPlan] = []
    left_out: list[LeftOut] = []
    used: set[int] = set()
    for place, group in enumerate(groups):
        ids = group.product_ids
        if not used.isdisjoint(ids):
            left_out.append(LeftOut(ids, IN_ANOTHER_GROUP))
            continue
        if not all(product_id in products for product_id in ids):
            left_out.append(LeftOut(ids, GONE))
            continue
        # Before all other rules: otherwise nothing could be merged into a better product.
        order, rule = ranked([products[i] for i in ids], (KeepRule.PROTECTED, *rules), protected)
        chosen = (keep or {}).get(place)
        if chosen is not None:
            if chosen not in ids:
                raise ValueError(f"product {chosen} is not in the group")
            order.sort(key=lambda product: product.id != chosen)
        drops = [product for product in order[1:] if product.id not in protected]
        stay = tuple(product.id for product in order[1:] if product.id in protected)
        if not drops:
            left_out.append(LeftOut(ids, ALL_PROTECTED if set(ids) <= protected else IS_PROTECTED))
            continue
        if stay:
            left_out.append(LeftOut(stay, IS_PROTECTED))
        used.update(ids)
        planned.append(
            _group_plan(group, order[0], drops, rule if chosen is None else None, pictures)
        )
    return ResolvePlan(tuple(planned), tuple(left_out))


def apply_plan(catalogue: Catalogue, plan: ResolvePlan) -> ChangeSet:
    """Merge all groups of the plan as one change. Undoable; no file is touched. Raises
    PlanOutdated where a product is gone or changed since, DuplicateSku where a SKU chosen for
    a kept product is taken; nothing is changed then."""
    return catalogue.products.merge_all(plan.merges)


def products_of(catalogue: Catalogue, groups: Iterable[DuplicateGroup]) -> dict[int, Product]:
    """Those of the groups that are live, by id."""
    ids = {product_id for group in groups for product_id in group.product_ids}
    return catalogue.products.get_many(sorted(ids))


def protected_products(products: Iterable[Product], folders: Iterable[Path]) -> set[int]:
    """Those with a picture in one of these folders or beneath."""
    prefixes = tuple(_normal(folder).rstrip(os.sep) + os.sep for folder in folders)
    return {
        product.id
        for product in products
        if any(_normal(picture.path).startswith(prefixes) for picture in product.pictures)
    }


def _normal(path: str | Path) -> str:
    return os.path.normcase(os.path.abspath(path))  # noqa: PTH100 - links stay as they are


def _group_plan(
    group: DuplicateGroup,
    keep: Product,
    drops: Sequence[Product],
    decided_by: KeepRule | None,
    rule: PictureRule,
) -> GroupPlan:
    moved, left = _pictures(keep, drops, rule)
    fields = _fields(keep, drops)
    warnings = [] if group.is_decided else [NOT_ALL_DECIDED]
    if any(choice.column == "barcode" and choice.is_conflict for choice in fields):
        warnings.append(OTHER_BARCODES)
    return GroupPlan(
        keep.id,
        tuple(product.id for product in drops),
        fields,
        moved,
        left,
        {product.id: product.updated_at for product in (keep, *drops)},
        decided_by,
        tuple(warnings),
    )


def _fields(keep: Product, drops: Sequence[Product]) -> tuple[FieldChoice, ...]:
    """The kept product's own values, else those of the first that has one."""
    values = {product.id: field_values(product) for product in (keep, *drops)}
    columns = {name for known in values.values() for name in known}
    choices = {}
    for column in sorted(columns, key=lambda name: (_ORDER.get(name, len(_ORDER)), name)):
        candidates: dict[FieldValue, int] = {}
        for product_id, known in values.items():
            if column in known:
                candidates.setdefault(_compared(known[column]), product_id)
        chosen = tuple((i, values[i][column]) for i in candidates.values())
        choices[column] = FieldChoice(column, chosen, chosen[0][0])
    return tuple(_with_currency_of_price(choices, values).values())


def _compared(value: FieldValue) -> FieldValue:
    """Spaces around a text make no other value."""
    return value.strip() if isinstance(value, str) else value


def _with_currency_of_price(
    choices: dict[str, FieldChoice], values: Mapping[int, Mapping[str, FieldValue]]
) -> dict[str, FieldChoice]:
    """A price that is taken over brings its currency along."""
    price, currency = choices.get(_PRICE), choices.get(_CURRENCY)
    if price is None or currency is None:
        return choices
    wanted = values[price.origin].get(_CURRENCY)
    for product_id, value in currency.candidates:
        if wanted is not None and _compared(value) == _compared(wanted):
            choices[_CURRENCY] = FieldChoice(_CURRENCY, currency.candidates, product_id)
    return choices


def _pictures(
    keep: Product, drops: Sequence[Product], rule: PictureRule
) -> tuple[tuple[Picture, ...], tuple[Picture, ...]]:
    """Those the kept product takes over, and those it does not."""
    shown = {picture.content_hash for picture in keep.pictures if picture.content_hash}
    moved: list[Picture] = []
    left: list[Picture] = []
    for picture in (picture for product in drops for picture in product.pictures):
        is_known = bool(picture.content_hash) and picture.content_hash in shown
        is_taken = {
            PictureRule.ALL: True,
            PictureRule.NEW: not is_known,
            PictureRule.NONE: not keep.pictures and not is_known,
        }[rule]
        if is_taken:
            shown.add(picture.content_hash)
        (moved if is_taken else left).append(picture)
    return tuple(moved), tuple(left)
