"""Random sequences of changes, undo and redo against a model in plain Python."""

from __future__ import annotations

import tempfile
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from desktop_app.domain.errors import DuplicateSku
from desktop_app.domain.filters import ProductFilter
from desktop_app.domain.products import Column, FieldKind, ProductFields
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue, create_catalogue

SKUS = st.sampled_from(["a", "A", "b", "É", "é", "c", "d"])
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from(["", "x", "X", "long title"]),
        "price": st.sampled_from([None, 0.1, 12.0]),
        "volume": st.sampled_from([None, 1 / 3, 5.0]),
        "vegan": st.sampled_from([None, True, False]),
    },
)
CORE = ("title", "price")


@dataclass
class Model:
    """Live products by id: SKU, fields, bookmark, and picture names in order."""

    products: dict[int, dict[str, Any]] = field(default_factory=dict)

    def sku_is_taken(self, sku: str, but: set[int] = frozenset()) -> bool:  # type: ignore[assignment]
        return any(
            product["sku"].casefold() == sku.casefold()
            for product_id, product in self.products.items()
            if product_id not in but
        )


class CatalogueMachine(RuleBasedStateMachine):
    """The catalogue and the model must look alike after every step."""

    catalogue: SqliteCatalogue

    @initialize()
    def start(self) -> None:
        self.scratch = tempfile.TemporaryDirectory()
        self.catalogue = create_catalogue(Path(self.scratch.name) / "c", "Model")
        self.catalogue.products.add_column(Column("volume", "Volume", FieldKind.NUMBER))
        self.catalogue.products.add_column(Column("vegan", "Vegan", FieldKind.FLAG))
        self.model = Model()
        self.past: list[Model] = []
        self.future: list[Model] = []
        self.next_picture = 0

    def teardown(self) -> None:
        if hasattr(self, "catalogue"):
            self.catalogue.close()
            self.scratch.cleanup()

    def names(self, count: int) -> list[str]:
        start, self.next_picture = self.next_picture, self.next_picture + count
        return [f"/p/{i}.jpg" for i in range(start, start + count)]

    def pick(self, data: st.DataObject) -> int:
        return data.draw(st.sampled_from(sorted(self.model.products)))

    def changed(self, after: Model) -> None:
        if after != self.model:
            self.past.append(self.model)
            self.model = after
            self.future.clear()

    @rule(sku=SKUS, values=VALUES, count=st.integers(0, 2))
    def add(self, sku: str, values: dict[str, Any], count: int) -> None:
        names = self.names(count)
        extra = {k: v for k, v in values.items() if k not in CORE and v is not None}
        core = {k: v for k, v in values.items() if k in CORE}
        pictures = [(Path(name), "") for name in names]
        try:
            change = self.catalogue.products.add(ProductFields(sku, extra=extra, **core), pictures)
        except DuplicateSku:
            assert self.model.sku_is_taken(sku)
            return
        assert not self.model.sku_is_taken(sku)
        after = deepcopy(self.model)
        after.products[change.product_ids[0]] = {
            "sku": sku, "title": "", "price": None, "bookmarked": False, "pictures": names,
        } | core | extra  # fmt: skip
        self.changed(after)

    @precondition(lambda self: self.model.products)
    @rule(data=st.data(), values=VALUES, sku=st.none() | SKUS)
    def update(self, data: st.DataObject, values: dict[str, Any], sku: str | None) -> None:
        ids = list({self.pick(data), self.pick(data)})
        if sku is not None:
            values = values | {"sku": sku}
        try:
            self.catalogue.products.update_fields(ids, values)
        except DuplicateSku:
            assert sku is not None
            assert len(ids) > 1 or self.model.sku_is_taken(sku, set(ids))
            return
        after = deepcopy(self.model)
        for product_id in ids:
            self.set_values(after.products[product_id], values)
        self.changed(after)

    @precondition(lambda self: self.model.products)
    @rule(data=st.data(), bookmarked=st.booleans())
    def bookmark(self, data: st.DataObject, bookmarked: bool) -> None:
        product_id = self.pick(data)
        self.catalogue.products.set_bookmarked([product_id], bookmarked)
        after = deepcopy(self.model)
        after.products[product_id]["bookmarked"] = bookmarked
        self.changed(after)

    @precondition(lambda self: self.model.products)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        product_id = self.pick(data)
        self.catalogue.products.remove([product_id])
        after = deepcopy(self.model)
        del after.products[product_id]
        self.changed(after)

    @precondition(lambda self: len(self.model.products) > 1)
    @rule(data=st.data(), values=VALUES)
    def merge(self, data: st.DataObject, values: dict[str, Any]) -> None:
        keep, *drops = data.draw(st.permutations(sorted(self.model.products)))[:3]
        values = values | {"sku": self.model.products[drops[0]]["sku"]}
        self.catalogue.products.merge(keep, drops, values)
        after = deepcopy(self.model)
        for drop in drops:
            after.products[keep]["pictures"] += after.products.pop(drop)["pictures"]
        self.set_values(after.products[keep], values)
        self.changed(after)

    @precondition(lambda self: any(p["pictures"] for p in self.model.products.values()))
    @rule(data=st.data(), main=st.booleans())
    def choose_or_remove_picture(self, data: st.DataObject, main: bool) -> None:
        with_pictures = sorted(i for i, p in self.model.products.items() if p["pictures"])
        product_id = data.draw(st.sampled_from(with_pictures))
        pictures = self.catalogue.products.get(product_id).pictures
        index = data.draw(st.integers(0, len(pictures) - 1))
        after = deepcopy(self.model)
        name = after.products[product_id]["pictures"].pop(index)
        if main:
            self.catalogue.products.set_main_picture(pictures[index].id)
            after.products[product_id]["pictures"].insert(0, name)
        else:
            self.catalogue.pictures.remove([pictures[index].id])
        self.changed(after)

    @rule()
    def undo(self) -> None:
        change = self.catalogue.history.undo()
        assert bool(change.label) == bool(self.past)
        if self.past:
            self.future.append(self.model)
            self.model = self.past.pop()

    @rule()
    def redo(self) -> None:
        change = self.catalogue.history.redo()
        assert bool(change.label) == bool(self.future)
        if self.future:
            self.past.append(self.model)
            self.model = self.future.pop()

    @invariant()
    def the_catalogue_looks_like_the_model(self) -> None:
        products = self.catalogue.products
        ids = products.list_ids(ProductFilter()).tolist()
        found = {}
        for product in map(products.get, ids):
            found[product.id] = {
                "sku": product.fields.sku,
                "title": product.fields.title,
                "price": product.fields.price,
                "bookmarked": product.bookmarked,
                "pictures": [p.path for p in product.pictures],
                **product.fields.extra,
            }
        expected = {
            product_id: product
            | {"pictures": [str(Path(name).absolute()) for name in product["pictures"]]}
            for product_id, product in self.model.products.items()
        }
        assert found == expected
        assert sorted(found) == sorted(products.ids_by_sku().values())
        total = sum(len(product["pictures"]) for product in expected.values())
        assert self.catalogue.pictures.counts().total == total

    @staticmethod
    def set_values(product: dict[str, Any], values: dict[str, Any]) -> None:
        for name, value in values.items():
            if value is None and name not in CORE:
                product.pop(name, None)
            else:
                product[name] = value


CatalogueMachine.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestHistoryAgainstAModel = CatalogueMachine.TestCase
