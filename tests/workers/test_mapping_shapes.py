"""The map of outlines in the lanes: after everything else, steered, taken up again, read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from desktop_app.domain.filters import Condition, Operator, ProductFilter
from desktop_app.infra.learning import shape_layout
from desktop_app.infra.learning.shape_map_files import NpzShapeMapStore
from desktop_app.infra.sqlite.catalogue import SqliteCatalogue
from desktop_app.services.shapes.map_reading import MappedPicture, ShownMap, located
from desktop_app.services.shapes.mapping import MapState
from desktop_app.workers.lane import Lane
from desktop_app.workers.long_work import WorkKind
from desktop_app.workers.mapping import Mapper
from tests.indexing.conftest import catalogue, empty_catalogue_folder
from tests.shape_map.families import FAMILIES, Range, shapes
from tests.workers.test_enriching_unasked import Gate, Steered

__all__ = ["catalogue", "empty_catalogue_folder"]

PICTURES = 30
FOREVER = 1_000_000


class Mapped(Steered):
    """Drawn outlines with everything read, and what the map's worker told."""

    def __init__(self, qtbot: QtBot, lane: Lane, catalogue: SqliteCatalogue, folder: Path) -> None:
        self.range = Range(catalogue, NpzShapeMapStore(folder), folder)
        self.content_ids = self.range.add(shapes(PICTURES)[0])
        super().__init__(qtbot, lane, catalogue, Gate(), proposals=lambda: self.range.proposals)
        self.keeper.enrich_unasked(False)  # the outlines drawn are to stay
        self.keeper.mapped.connect(lambda: self.order.append("mapped"))
        self.mapper = Mapper(self.workspace, searching=lane, browsing=lane, writing=lane)

    def state(self) -> MapState:
        with self.qtbot.waitSignal(self.mapper.looked, timeout=60_000) as looked:
            self.mapper.look()
        return looked.args[0]

    def wait_until_mapped(self, times: int = 1) -> None:
        # Loading what learns takes its time in a lane that gives way to all others.
        self.qtbot.waitUntil(lambda: self.order.count("mapped") == times, timeout=120_000)


@pytest.fixture
def mapped(
    qtbot: QtBot, catalogue: SqliteCatalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Mapped]:
    monkeypatch.setattr(shape_layout, "EXAGGERATED_ROUNDS", 60)
    monkeypatch.setattr(shape_layout, "ROUNDS", 200)
    lane = Lane("index")
    made = Mapped(qtbot, lane, catalogue, tmp_path / "drawn")
    yield made
    lane.close()


def test_the_map_is_made_when_asked_and_after_all_else(mapped: Mapped) -> None:
    mapped.keeper.idle.connect(mapped.keeper.map_shapes)
    mapped.keeper.start()
    mapped.wait_until_mapped()
    assert mapped.order.index("mapped") > mapped.order.index("idle")
    assert WorkKind.MAP in {status.kind for status in mapped.shown if status is not None}
    assert mapped.shown[-1] is None
    state = mapped.state()
    assert state.outlines == PICTURES and state.lacking == 0 and state.shape_map is not None


def test_nobody_makes_a_map_unasked(mapped: Mapped) -> None:
    mapped.keeper.start()
    mapped.wait(lambda: "idle" in mapped.order)
    assert mapped.state().shape_map is None and mapped.state().lacking == PICTURES


def test_a_stopped_map_is_taken_up_again(mapped: Mapped, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shape_layout, "ROUNDS", FOREVER)
    mapped.keeper.map_shapes()
    mapped.wait(lambda: any(s is not None and s.kind is WorkKind.MAP for s in mapped.shown))
    assert mapped.keeper.is_mapping
    mapped.keeper.stop_mapping()
    mapped.wait_until_mapped()
    assert not mapped.keeper.is_mapping and mapped.state().shape_map is None
    monkeypatch.setattr(shape_layout, "ROUNDS", 200)
    mapped.keeper.map_shapes()
    mapped.wait_until_mapped(2)
    assert mapped.state().shape_map is not None


def test_edits_go_between_the_steps(mapped: Mapped, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shape_layout, "ROUNDS", FOREVER)
    mapped.keeper.map_shapes()
    mapped.wait(lambda: any(s is not None and s.kind is WorkKind.MAP for s in mapped.shown))
    product_id = int(mapped.catalogue.pictures.content_map().product_ids[0])
    with mapped.qtbot.waitSignal(mapped.keeper.edited, timeout=60_000):
        mapped.keeper.set_bookmarked([product_id], True)
    assert mapped.keeper.is_mapping
    mapped.keeper.pause()
    assert mapped.keeper.status is not None and mapped.keeper.status.paused
    mapped.keeper.cancel()
    mapped.wait_until_mapped()


def test_what_is_shown_follows_the_products(mapped: Mapped) -> None:
    mapped.keeper.map_shapes()
    mapped.wait_until_mapped()
    shape_map = mapped.state().shape_map
    assert shape_map is not None
    with mapped.qtbot.waitSignal(mapped.mapper.shown, timeout=60_000) as told:
        mapped.mapper.show(shape_map, "category", ProductFilter())
    shown: ShownMap = told.args[0]
    assert shown.content_ids.tolist() == mapped.content_ids
    assert {group.name for group in shown.groups} == {"c0", "c1", "c2"}
    assert sum(group.size for group in shown.groups) == PICTURES
    medoids = [cluster.medoid for cluster in shape_map.clusters]
    first = shown.content_ids[np.argsort(shown.ranks)[: len(medoids)]]
    assert sorted(first.tolist()) == sorted(medoids)
    assert sorted(shown.ranks.tolist()) == list(range(PICTURES))
    mapped.catalogue.products.remove([int(shown.product_ids[0])])
    with mapped.qtbot.waitSignal(mapped.mapper.shown, timeout=60_000) as told:
        mapped.mapper.show(shape_map, "sku", ProductFilter())
    fewer: ShownMap = told.args[0]
    assert fewer.content_ids.tolist() == mapped.content_ids[1:]
    first_kind = ProductFilter(conditions=(Condition("category", Operator.ANY_OF, ("c1",)),))
    with mapped.qtbot.waitSignal(mapped.mapper.shown, timeout=60_000) as told:
        mapped.mapper.show(shape_map, "category", first_kind)
    assert [group.name for group in told.args[0].groups] == ["c1"]
    assert told.args[0].content_ids.tolist() == mapped.content_ids[3::3]


def test_outlines_and_cards_are_read(mapped: Mapped) -> None:
    with mapped.qtbot.waitSignal(mapped.mapper.pictures_read, timeout=60_000) as told:
        mapped.mapper.read_pictures([mapped.content_ids[0], 10_000])
    known, unknown = told.args[0]
    assert isinstance(known, MappedPicture) and known.outline is not None and known.content_hash
    assert np.hypot(*known.outline.T).max() == pytest.approx(1, abs=1e-3)
    assert unknown.outline is None and unknown.content_hash == ""
    shown = mapped.catalogue.pictures.content_map()
    with mapped.qtbot.waitSignal(mapped.mapper.cards_read, timeout=60_000) as told:
        mapped.mapper.read_cards([int(shown.product_ids[0])])
    assert [card.sku for card in told.args[0]] == ["P0001"]


def test_a_query_is_marked_in_its_family(mapped: Mapped) -> None:
    mapped.keeper.map_shapes()
    mapped.wait_until_mapped()
    shape_map = mapped.state().shape_map
    assert shape_map is not None
    (query,) = shapes(1, seed=5)[0]
    place = located(query, shape_map, mapped.range.proposals)
    assert place is not None
    nearest = int(np.linalg.norm(shape_map.places - place, axis=1).argmin())
    assert nearest % len(FAMILIES) == 0
