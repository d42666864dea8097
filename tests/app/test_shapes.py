"""Asking by outline in the real window: from products, drawings and the board."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from desktop_app.domain.filters import Condition, Operator
from desktop_app.domain.products import Column, FieldKind
from desktop_app.domain.progress import Progress
from desktop_app.domain.shape_kinds import KindShapeResults
from desktop_app.domain.shapes import DrawnOutline, ShapeMethod
from desktop_app.domain.sizes import SizeKind
from desktop_app.domain.sketch_templates import TEMPLATES
from desktop_app.infra.learning.shape_map_files import NpzShapeMapStore
from desktop_app.infra.sqlite.catalogue import create_catalogue
from desktop_app.infra.vision.shape.comparer import OutlineComparer
from desktop_app.settings import Settings
from desktop_app.ui.rail import Workspaces
from desktop_app.ui.shapes.page import ShapesMode, ShapesPage, ShapesState
from desktop_app.workers.long_work import WorkKind, WorkStatus
from tests.app.conftest import Stage
from tests.shape_map.families import Range

FORMS = {
    "bottle": [
        *((38, 5), (62, 5), (62, 25), (58, 25), (80, 45), (80, 195)),
        *((20, 195), (20, 45), (42, 25), (38, 25)),
    ],
    "jar": [(8, 90), (92, 90), (92, 115), (88, 115), (88, 190), (12, 190), (12, 115), (8, 115)],
    "tube": [(15, 10), (85, 10), (65, 165), (65, 192), (35, 192), (35, 165)],
}
EACH = 3


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path) -> Iterator[Stage]:
    """The window with a catalogue of EACH containers of every form, not open yet."""
    catalogue = create_catalogue(tmp_path / "app" / "shelf", "shelf")
    range_ = Range(catalogue, NpzShapeMapStore(tmp_path / "unused"), tmp_path / "in")
    comparer = OutlineComparer()
    range_.add(
        [
            comparer.of_outline(DrawnOutline(np.array(points, np.float32) * (1 + 0.01 * n, 1)))
            for points in FORMS.values()
            for n in range(EACH)
        ]
    )
    catalogue.close()
    made = Stage(qtbot, tmp_path / "app", Settings(look_closer=False))
    yield made
    made.close()


def sku_of(form: str, number: int) -> str:
    return f"P{EACH * list(FORMS).index(form) + number + 1:04}"


def opened(stage: Stage) -> ShapesPage:
    """The page in front, with every outline known."""
    stage.open("shelf")
    page = stage.window.shapes
    stage.window.show_workspace(Workspaces.SHAPES)
    stage.until(lambda: page.state is ShapesState.DRAW)
    return page


def found(stage: Stage) -> list[str]:
    """The SKUs found, in order."""
    model = stage.window.shapes.results.views.model
    cards = [model.card(row) for row in range(model.rowCount())]
    return [card.sku for card in cards if card is not None]


def forms(stage: Stage, count: int) -> list[str]:
    """The form of each of the first products found."""
    return [list(FORMS)[(int(sku[1:]) - 1) // EACH] for sku in found(stage)[:count]]


def product(stage: Stage, form: str, number: int = 0) -> int:
    workspace = stage.session.workspace
    assert workspace is not None
    skus = workspace.catalogue.products.values("sku")
    wanted = sku_of(form, number)
    return next(product_id for product_id, sku in skus.items() if sku == wanted)


def test_until_the_outlines_are_loaded_the_page_says_so(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = stage.window.shapes
    states: list[ShapesState] = []
    show = page.show_state

    def noted(state: ShapesState) -> None:
        states.append(state)
        show(state)

    monkeypatch.setattr(page, "show_state", noted)
    stage.window.show_workspace(Workspaces.SHAPES)
    assert page.state is ShapesState.NO_CATALOGUE
    opened(stage)
    assert states[0] is ShapesState.OPENING
    assert set(states) == {ShapesState.OPENING, ShapesState.LOADING, ShapesState.DRAW}


def test_the_first_outlines_are_searched_while_others_are_still_read(stage: Stage) -> None:
    page, keeper = opened(stage), stage.session.keeper
    assert keeper is not None
    page.show_state(ShapesState.NOT_DESCRIBED)
    keeper.work_changed.emit(WorkStatus(WorkKind.INDEX, Progress("", 1, 2)))
    assert not stage.window.shaping._look_soon.isActive()
    keeper.work_changed.emit(WorkStatus(WorkKind.ENRICH, Progress("", 1, 2)))
    stage.until(lambda: page.state is ShapesState.DRAW)


def test_a_problem_of_the_board_is_not_told_above_the_map(stage: Stage, tmp_path: Path) -> None:
    page = opened(stage)
    empty = tmp_path / "empty.svg"
    empty.write_text('<svg xmlns="http://www.w3.org/2000/svg"></svg>', encoding="utf-8")
    page.file_dropped.emit(empty)
    stage.until(page.problem.isVisible)
    page.choose_mode(ShapesMode.MAP)
    assert not page.problem.isVisible()
    stage.problems.clear()


def test_from_a_product_to_its_form_and_by_dragging_to_another(stage: Stage) -> None:
    page = opened(stage)
    flow = stage.window.shaping
    page.product_dropped.emit(product(stage, "bottle", 1))
    stage.until(lambda: len(found(stage)) == 8 and forms(stage, 2) == ["bottle"] * 2)
    assert sku_of("bottle", 1) not in found(stage)
    assert flow.query is not None and flow.query.shape is not None
    assert page.asked == f"Shape of {sku_of('bottle', 1)}"

    # A node dragged asks with the changed outline, without a button.
    board = page.editor.canvas
    index = max(range(len(board.sketch.nodes)), key=lambda i: board.sketch.nodes[i].y)
    node = board.sketch.nodes[index]
    start = board.frame.to_screen(node.x, node.y).toPoint()
    stage.qtbot.mousePress(board, Qt.MouseButton.LeftButton, pos=start)
    stage.qtbot.mouseMove(board, start + QPoint(30, 0))
    stage.until(lambda: flow.query is not None and flow.query.outline is not None)
    assert flow.query is not None and flow.query.outline is not None
    widest = float(np.ptp(flow.query.outline.points[:, 0]))
    stage.qtbot.mouseMove(board, start + QPoint(60, 0))
    stage.qtbot.mouseRelease(board, Qt.MouseButton.LeftButton, pos=start + QPoint(60, 0))
    stage.until(lambda: _width(flow.query.outline) > widest)
    stage.until(lambda: flow.results is not None and len(flow.results.hits) == 9)
    # Undone, it is the product's own silhouette again that is asked with.
    board.undo()
    stage.until(lambda: flow.query is not None and flow.query.shape is not None)
    stage.until(lambda: len(found(stage)) == 8)
    assert not stage.problems


def _width(outline: DrawnOutline | None) -> float:
    return 0.0 if outline is None else float(np.ptp(outline.points[:, 0]))


def test_more_is_listed_by_the_button_and_the_view_stays(stage: Stage) -> None:
    page = opened(stage)
    flow, pane = stage.window.shaping, page.results
    page.product_dropped.emit(product(stage, "bottle", 0))
    stage.until(lambda: len(found(stage)) == 8)
    more = pane.findChild(QToolButton, "show-more")
    assert not more.isVisible()  # nothing is left out
    assert flow.query is not None
    flow.ask(replace(flow.query, limit=3))
    stage.until(lambda: len(found(stage)) == 3)
    first = found(stage)
    pane.views.go_to(1)
    current = pane.current_id
    more.click()
    stage.until(lambda: len(found(stage)) == 8)
    assert found(stage)[:3] == first
    assert pane.current_id == current
    assert not more.isVisible()


def test_by_kind_only_products_can_be_searched_and_the_page_says_so(
    stage: Stage, tmp_path: Path
) -> None:
    page = opened(stage)
    flow, workspace = stage.window.shaping, stage.session.workspace
    assert workspace is not None
    page.method.setFocus()
    menu = page.method.menu()
    menu.popup(page.mapToGlobal(QPoint(0, 0)))
    stage.qtbot.keyClick(menu, Qt.Key.Key_Down)
    while menu.activeAction().text() != "Kind of shape":
        stage.qtbot.keyClick(menu, Qt.Key.Key_Down)
    stage.qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert page.method.method is ShapeMethod.KIND
    page.product_dropped.emit(product(stage, "bottle", 0))
    stage.until(lambda: isinstance(flow.results, KindShapeResults))
    assert page.asked == f"Shape of {sku_of('bottle', 0)}"
    drawn = tmp_path / "jar.svg"
    workspace.drawings.write(drawn, [("jar", DrawnOutline(np.array(FORMS["jar"], np.float32)))])
    page.file_dropped.emit(drawn)
    stage.until(lambda: forms(stage, 3) == ["jar"] * 3)
    assert page.asked == "Shape in jar.svg (what is drawn is searched by outline)"
    page.method.choose(ShapeMethod.OUTLINE)
    assert page.asked == "Shape in jar.svg"
    assert not stage.problems


def test_a_hit_is_compared_and_opened(stage: Stage) -> None:
    page = opened(stage)
    page.product_dropped.emit(product(stage, "tube", 0))
    stage.until(lambda: forms(stage, 2) == ["tube"] * 2)
    page.results.views.go_to(0)
    stage.until(lambda: page.compare.view.compared is not None)
    compared = page.compare.view.compared
    assert compared is not None and compared.laid.overlap > 0.95
    card = page.results.views.current_card
    assert card is not None
    page.results.products.open_requested.emit(card)
    assert stage.window.rail.current is Workspaces.PRODUCTS
    stage.until(lambda: stage.listed() == [card.sku])


def test_a_drawing_asks_and_what_is_found_is_saved(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(stage)
    workspace = stage.session.workspace
    assert workspace is not None
    drawn = tmp_path / "jar.svg"
    outline = DrawnOutline(np.array(FORMS["jar"], np.float32), 0.5)
    workspace.drawings.write(drawn, [("jar", outline)])
    page.file_dropped.emit(drawn)
    stage.until(lambda: forms(stage, 3) == ["jar"] * 3)
    assert page.editor.sketch.size_mm == pytest.approx((42, 50), rel=0.03)

    target = tmp_path / "saved.pdf"
    choose = "desktop_app.ui.flows.outline_files_flow.QFileDialog.getSaveFileName"
    monkeypatch.setattr(choose, lambda *_args: (str(target), ""))
    page.menu.sheet_wanted.emit()
    stage.until(target.exists)
    target = tmp_path / "own.svg"
    page.menu.outline_wanted.emit()
    stage.until(target.exists)
    again = workspace.drawings.read(target)
    assert float(np.ptp(again.points[:, 1])) * again.mm_per_unit == pytest.approx(50, rel=0.03)

    broken = tmp_path / "broken.dxf"
    broken.write_text("no drawing")
    page.file_dropped.emit(broken)
    stage.until(lambda: not page.problem.isHidden())
    assert forms(stage, 3) == ["jar"] * 3


def test_sizes_narrow_what_is_found(stage: Stage) -> None:
    page = opened(stage)
    workspace, keeper = stage.session.workspace, stage.session.keeper
    assert workspace is not None and keeper is not None
    height = Column("height", "Height", FieldKind.NUMBER, "mm")
    keeper.edit(lambda: workspace.catalogue.products.add_column(height))
    for number in range(3):
        keeper.update_fields([product(stage, "bottle", number)], {"height": 100.0 + 10 * number})
    sizes = page.results.sizes
    stage.until(lambda: SizeKind.HEIGHT in sizes.columns)
    last = product(stage, "bottle", 2)
    stage.until(lambda: bool(workspace.catalogue.products.get(last).fields.extra))
    page.product_dropped.emit(product(stage, "bottle", 0))
    row = sizes.row(SizeKind.HEIGHT)
    stage.until(lambda: row.around.text() == "Around 100 mm")
    row.plus_minus.setValue(15)
    row.around.click()
    stage.until(lambda: found(stage) == [sku_of("bottle", 1)])
    assert stage.window.browsing.filter.conditions == (
        Condition("height", Operator.AT_LEAST, (85.0,)),
        Condition("height", Operator.AT_MOST, (115.0,)),
    )
    assert [chip.text for chip in page.results.filters.chips] == ["Height: 85–115 mm"]
    page.results.filters.chips[0].removed.emit()
    stage.until(lambda: len(found(stage)) == 8)
    assert row.least.value() == 0


def test_what_is_not_ready_says_so(stage: Stage) -> None:
    page = stage.window.shapes
    stage.window.commands.shapes.trigger()
    assert stage.window.rail.current is Workspaces.SHAPES
    assert page.state is ShapesState.NO_CATALOGUE
    stage.open("empty")
    stage.until(lambda: page.state is ShapesState.NOT_DESCRIBED)
    # Drawn meanwhile, it is asked with as soon as anything is known.
    page.editor.open_sketch(TEMPLATES[0].sketch)
    stage.session.close_catalogue()
    assert page.state is ShapesState.NO_CATALOGUE
    assert not stage.problems
