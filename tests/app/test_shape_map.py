"""The map of outlines in the window: made, browsed, and what is asked from it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from desktop_app.infra.learning import shape_layout
from desktop_app.infra.learning.shape_map_files import NpzShapeMapStore
from desktop_app.infra.sqlite.catalogue import create_catalogue
from desktop_app.services.shapes.mapping import MapState
from desktop_app.settings import Settings
from desktop_app.ui.rail import Workspaces
from desktop_app.ui.shape_map.pane import ShapeMapPane
from desktop_app.ui.shape_map.words import MapPaneState
from desktop_app.ui.shapes.page import ShapesMode
from tests.app.conftest import Stage
from tests.shape_map.families import Range, shapes

PICTURES = 24


@pytest.fixture
def drawn(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """The window with a catalogue of drawn outlines, not open yet."""
    monkeypatch.setattr(shape_layout, "EXAGGERATED_ROUNDS", 60)
    monkeypatch.setattr(shape_layout, "ROUNDS", 200)
    catalogue = create_catalogue(tmp_path / "app" / "shelf", "shelf")
    range_ = Range(catalogue, NpzShapeMapStore(tmp_path / "unused"), tmp_path / "in")
    range_.add(shapes(PICTURES)[0])
    catalogue.close()
    made = Stage(qtbot, tmp_path / "app", Settings(look_closer=False))
    yield made
    made.close()


def _make_map(stage: Stage, pane: ShapeMapPane) -> None:
    """Loading what learns takes its time in a lane that gives way to all others."""
    stage.until(lambda: pane.state is MapPaneState.NOT_MADE)
    pane.map_wanted.emit(False)
    stage.qtbot.waitUntil(lambda: pane.state is MapPaneState.MAP, timeout=120_000)


def _open_map(stage: Stage) -> ShapeMapPane:
    window = stage.window
    window.show_workspace(Workspaces.SHAPES)
    window.shapes.choose_mode(ShapesMode.MAP)
    stage.open("shelf")
    return window.shape_map


def test_a_map_is_laid_out_and_what_is_chosen_on_it_is_listed(drawn: Stage) -> None:
    pane = _open_map(drawn)
    _make_map(drawn, pane)
    assert pane.tools.state == f"{PICTURES} pictures · {PICTURES} products"
    drawn.until(lambda: not pane.lists.clusters.item(0).icon().isNull())
    shown = pane.shown
    assert shown is not None
    family = np.flatnonzero(shown.cluster_of == 0)
    pane.view.select(family)
    pane._show_products()
    assert drawn.window.rail.current is Workspaces.PRODUCTS
    listed = drawn.window.results.model.product_ids
    assert sorted(listed.tolist()) == sorted(shown.product_ids[family].tolist())


def test_an_outline_of_the_map_is_searched_with_and_marked(drawn: Stage) -> None:
    pane = _open_map(drawn)
    _make_map(drawn, pane)
    shown = pane.shown
    assert shown is not None
    pane.view.set_current(7)
    pane._want_outline()
    shaping = drawn.window.shaping
    drawn.until(lambda: shaping.results is not None and len(shaping.results.hits) > 0)
    assert drawn.window.shapes.mode is ShapesMode.DRAW
    drawn.window.shapes.choose_mode(ShapesMode.MAP)
    drawn.until(lambda: pane.view._painter.marker is not None)
    marker = pane.view._painter.marker
    assert marker is not None
    nearest = int(np.linalg.norm(shown.places - marker, axis=1).argmin())
    assert nearest % 5 == 7 % 5


def test_a_map_is_found_again_and_gone_with_its_catalogue(drawn: Stage) -> None:
    pane = _open_map(drawn)
    _make_map(drawn, pane)
    drawn.session.close_catalogue()
    assert pane.state is MapPaneState.NO_CATALOGUE and pane.shown is None
    drawn.open("shelf")
    drawn.until(lambda: pane.state is MapPaneState.MAP)


def test_an_empty_catalogue_says_that_no_outlines_are_known(drawn: Stage) -> None:
    pane = _open_map(drawn)
    drawn.open("another")
    drawn.until(lambda: pane.state is MapPaneState.NOT_DESCRIBED)


def test_new_pictures_are_placed_by_themselves_but_not_against_a_stop(
    drawn: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    pane = _open_map(drawn)
    _make_map(drawn, pane)
    flow, keeper = drawn.window.mapping, drawn.session.keeper
    workspace = drawn.session.workspace
    assert keeper is not None and workspace is not None
    begun: list[bool] = []
    monkeypatch.setattr(keeper, "map_shapes", lambda *, anew=False: begun.append(anew))
    shape_map = workspace.mapping.shape_map
    for lacking in (3, 3, 4, 0, 3):
        flow._take_state(MapState(PICTURES, lacking, shape_map))
    assert begun == [False, False, False]
    assert "3 pictures not on the map yet" in pane.tools.state
