"""The map under mouse and keyboard, its lists, and what it asks for."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.domain.progress import Progress
from desktop_app.ui.point_map.gestures import MapTool
from desktop_app.ui.point_map.scene import Rows
from desktop_app.ui.shape_map.pane import ShapeMapPane
from desktop_app.ui.shape_map.tool_bar import BY_OUTLINE
from desktop_app.ui.shape_map.view import MapView
from desktop_app.ui.shape_map.words import MapPaneState, mostly_text
from desktop_app.ui.theme import Theme
from desktop_app.workers.thumbnail_loader import ThumbnailLoader
from tests.ui_shape_map.maps import card, grid, pictures, shown_map


@pytest.fixture
def pane(qtbot: QtBot, theme: Theme, thumbnails: ThumbnailLoader) -> Iterator[ShapeMapPane]:
    made = ShapeMapPane(theme, thumbnails)
    qtbot.addWidget(made)
    made.resize(1000, 640)
    made.show_map(shown_map(grid(), free=True))
    made.show_state(MapPaneState.MAP)
    made.show()
    made.pictures_wanted.connect(lambda ids: made.add_pictures(pictures(ids)))
    yield made


def _at(view: MapView, row: int) -> QPoint:
    return QPointF(*view.camera.point(*map(float, view.scene.places[row]))).toPoint()


def _drag(qtbot: QtBot, view: MapView, *points: QPoint, shift: bool = False) -> None:
    keys = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, keys, points[0])
    for point in points[1:]:
        qtbot.mouseMove(view, point)
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, keys, points[-1])


def _around(view: MapView, rows: Rows, margin: int = 12) -> list[QPoint]:
    points = [_at(view, int(row)) for row in rows]
    left, right = min(p.x() for p in points) - margin, max(p.x() for p in points) + margin
    top, bottom = min(p.y() for p in points) - margin, max(p.y() for p in points) + margin
    return [QPoint(left, top), QPoint(right, top), QPoint(right, bottom), QPoint(left, bottom)]


@pytest.mark.parametrize("state", [s for s in MapPaneState if s is not MapPaneState.MAP])
def test_where_there_is_no_map_it_says_why(pane: ShapeMapPane, state: MapPaneState) -> None:
    pane.show_state(state)
    assert not pane.view.isVisible() and not pane.tools.isVisible()
    assert pane._nothing._title.text()
    assert pane._make.isVisible() is (state is MapPaneState.NOT_MADE)


def test_the_map_is_asked_for_where_it_was_not_made(qtbot: QtBot, pane: ShapeMapPane) -> None:
    pane.show_state(MapPaneState.NOT_MADE)
    with qtbot.waitSignal(pane.map_wanted) as asked:
        pane._make.click()
    assert asked.args == [False]


def test_a_click_makes_a_picture_current_and_a_double_click_opens_it(
    qtbot: QtBot, pane: ShapeMapPane
) -> None:
    view = pane.view
    with qtbot.waitSignal(pane.card_wanted) as wanted:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=_at(view, 8))
    assert view.current_row == 8 and wanted.args == [(109,)]
    pane.take_cards([card(109)])
    assert "SKU-109" in view.accessibleDescription()
    with qtbot.waitSignal(pane.products_wanted) as opened:
        qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=_at(view, 8))
    assert opened.args[0] == "SKU-109" and opened.args[1].tolist() == [109]


def test_a_rectangle_selects_what_it_holds_and_the_products_are_shown(
    qtbot: QtBot, pane: ShapeMapPane
) -> None:
    view = pane.view
    pane.tools.choose_tool(MapTool.RECTANGLE)
    corners = _around(view, np.array([7, 8, 13, 14]))
    _drag(qtbot, view, corners[0], corners[2])
    assert view.selected_rows.tolist() == [7, 8, 13, 14]
    with qtbot.waitSignal(pane.products_wanted) as wanted:
        pane.tools._show.click()
    assert wanted.args[1].tolist() == [108, 109, 114, 115]


def test_a_lasso_selects_what_it_holds(qtbot: QtBot, pane: ShapeMapPane) -> None:
    view = pane.view
    pane.tools.choose_tool(MapTool.LASSO)
    corners = _around(view, np.array([0, 1, 6, 7]))
    _drag(qtbot, view, *corners, corners[0])
    assert view.selected_rows.tolist() == [0, 1, 6, 7]
    _drag(qtbot, view, QPoint(3, 3), QPoint(8, 3), QPoint(8, 8))
    assert not len(view.selected_rows) and not pane.tools._show.isEnabled()


def test_shift_drags_a_rectangle_with_any_tool(qtbot: QtBot, pane: ShapeMapPane) -> None:
    corners = _around(pane.view, np.array([3, 4]))
    _drag(qtbot, pane.view, corners[0], corners[2], shift=True)
    assert pane.view.selected_rows.tolist() == [3, 4]


def test_dragging_moves_the_map_and_nothing_is_selected(qtbot: QtBot, pane: ShapeMapPane) -> None:
    view = pane.view
    before = _at(view, 14)
    _drag(qtbot, view, QPoint(200, 200), QPoint(230, 215), QPoint(260, 240))
    assert _at(view, 14) - before == QPoint(60, 40)
    assert not len(view.selected_rows) and view.current_row == -1


def test_the_wheel_zooms_about_the_pointer(pane: ShapeMapPane) -> None:
    view = pane.view
    at, scale = _at(view, 14), view.camera.scale
    event = QWheelEvent(
        QPointF(at),
        QPointF(view.mapToGlobal(at)),
        QPoint(),
        QPoint(0, 240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)
    assert view.camera.scale > 1.5 * scale
    assert (_at(view, 14) - at).manhattanLength() <= 2


def test_everything_is_reached_with_the_keyboard(qtbot: QtBot, pane: ShapeMapPane) -> None:
    view = pane.view
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Right)
    first = view.current_row
    assert first >= 0
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert view.current_row == first - 1
    qtbot.keyClick(view, Qt.Key.Key_Space)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert view.selected_rows.tolist() == [first - 1, first + 5]
    scale = view.camera.scale
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert view.camera.scale > scale
    x = view.camera.x
    qtbot.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert view.camera.x > x and view.current_row == first + 5
    qtbot.keyClick(view, Qt.Key.Key_0)
    assert view.camera.scale == pytest.approx(scale)
    with qtbot.waitSignal(pane.products_wanted):
        qtbot.keyClick(view, Qt.Key.Key_Return)
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert view.current_row == -1 and not len(view.selected_rows)


def test_the_menu_offers_what_can_be_done(qtbot: QtBot, pane: ShapeMapPane) -> None:
    assert pane.menu().isEmpty()
    pane.view.set_current(8)
    actions = {action.text(): action for action in pane.menu().actions()}
    with qtbot.waitSignal(pane.outline_wanted) as wanted:
        actions["Search with this outline"].trigger()
    assert wanted.args == [9]
    actions["Select its family"].trigger()
    assert pane.view.selected_rows.tolist() == [
        row for row in range(36) if pane.view.scene.places[row, 0] <= 0
    ]


def test_a_family_in_the_list_is_gone_to(qtbot: QtBot, pane: ShapeMapPane) -> None:
    pane.resize(1200, 640)
    lists = pane.lists
    qtbot.waitUntil(lambda: not lists.clusters.item(0).icon().isNull())
    assert lists.clusters.item(0).text().startswith("18 pictures")
    lists.clusters.itemClicked.emit(lists.clusters.item(1))
    view = pane.view
    points = view.camera.to_view(view.scene.places)
    inside = ((points >= 0) & (points <= (view.width(), view.height()))).all(axis=1)
    assert inside[view.scene.places[:, 0] > 0].all()
    assert view.camera.x > 0.3


def test_a_free_place_is_gone_to_and_its_outline_taken_to_the_board(
    qtbot: QtBot, pane: ShapeMapPane
) -> None:
    lists = pane.lists
    assert lists.free_places.count() == 1
    assert "80 %" in lists.free_places.item(0).text()
    pane.take_cards([card(101)])
    assert "SKU-101" in lists.free_places.item(0).text()
    lists.free_places.itemActivated.emit(lists.free_places.item(0))
    assert pane.tools.free_places.isChecked()
    assert pane.view.camera.x == pytest.approx(0, abs=1e-6)
    with qtbot.waitSignal(pane.drawing_wanted) as wanted:
        lists._sketch.click()
    assert len(wanted.args[0].points) == 4


def test_what_a_map_says_of_its_pictures(pane: ShapeMapPane) -> None:
    shown = pane.shown
    assert shown is not None
    assert mostly_text(shown, 0) == "all Bottles"
    assert pane.tools.state == "36 pictures · 36 products"
    pane.show_lacking(2, shown.shape_map)
    assert "2 pictures not on the map yet" in pane.tools.state
    assert not pane.tools.layout_anew.isVisible()


def test_colours_by_a_column_have_a_legend(qtbot: QtBot, pane: ShapeMapPane) -> None:
    assert not pane.legend.isVisible()
    pane.tools.set_columns([("category", "Category")])
    assert pane.tools.column == BY_OUTLINE
    pane.tools.grouping.setCurrentIndex(1)
    with qtbot.waitSignal(pane.grouping_chosen) as chosen:
        pane.tools.grouping.activated.emit(1)
    assert chosen.args == ["category"]
    pane.show_map(shown_map(grid()))
    assert pane.legend.isVisible() and pane.legend.names == ("Bottles", "Jars")


def test_a_map_brought_up_to_date_leaves_view_and_selection(pane: ShapeMapPane) -> None:
    view = pane.view
    view.select(np.array([3, 4]))
    view.set_current(4)
    view.zoom_in()
    camera = view.camera
    more = np.vstack([grid(), [[0.05, 0.05]]]).astype(np.float32)
    pane.show_map(shown_map(more, laid_out=36))
    assert view.camera == camera
    assert view.selected_rows.tolist() == [3, 4] and view.current_row == 4
    pane.show_map(shown_map(more[:, ::-1].copy(), laid_out=37))
    assert view.camera != camera


def test_outlines_come_as_they_are_needed_and_pictures_when_near(
    qtbot: QtBot, theme: Theme, thumbnails: ThumbnailLoader
) -> None:
    pane = ShapeMapPane(theme, thumbnails)
    qtbot.addWidget(pane)
    pane.resize(900, 600)
    asked: list[int] = []

    def answer(content_ids: tuple[int, ...]) -> None:
        asked.extend(content_ids)
        pane.add_pictures(pictures(content_ids))

    pane.pictures_wanted.connect(answer)
    pane.show_map(shown_map(grid()))
    pane.show_state(MapPaneState.MAP)
    pane.show()
    qtbot.waitUntil(lambda: set(asked) == set(range(1, 37)))
    qtbot.waitUntil(lambda: thumbnails.pixmap("hash1") is not None)
    for _ in range(8):
        pane.view.zoom_in()
    assert len(asked) == len(set(asked))


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_every_level_can_be_painted(pane: ShapeMapPane, ratio: float) -> None:
    from PySide6.QtGui import QImage, QPainter

    view = pane.view
    pane.tools.free_places.setChecked(True)
    pane.set_marker((0.1, 0.1))
    view.set_current(3)
    size = view.size() * ratio
    for zoom in (0.2, 1, 4, 30, 2000):
        image = QImage(size, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        painter = QPainter(image)
        camera = view.camera.zoomed(zoom, 200, 200)
        while not view._painter.paint(painter, camera, ratio, has_focus=True):
            pass
        painter.end()
        assert image.pixelColor(1, 1) == view._painter._theme.colours.content


def test_the_card_under_the_pointer(qtbot: QtBot, pane: ShapeMapPane) -> None:
    with qtbot.waitSignal(pane.card_wanted) as wanted:
        pane.view.hovered.emit(8, QPoint(40, 40))
    assert wanted.args == [(109,)]
    pane.take_cards([card(109)])
    assert pane.hover_card.isVisible()
    assert pane.hover_card.words == ("SKU-109", "Product 109")
    pane.view.hovered.emit(-1, QPoint())
    assert not pane.hover_card.isVisible()


def test_progress_tells_how_far_it_is(qtbot: QtBot, pane: ShapeMapPane) -> None:
    pane.show_progress(Progress("Laying out", 250, 1000, elapsed_s=10.0))
    assert pane.progress.isVisible()
    assert "25 %" in pane.progress.words and "0:30 left" in pane.progress.words
    with qtbot.waitSignal(pane.stop_wanted):
        pane.progress.stop_wanted.emit()
    pane.show_progress(None)
    assert not pane.progress.isVisible()


def test_a_narrow_window_keeps_the_map(pane: ShapeMapPane) -> None:
    pane.resize(600, 500)
    assert not pane.lists.isVisible() and pane.view.isVisible()


def test_both_themes_repaint(pane: ShapeMapPane, theme: Theme) -> None:
    from desktop_app.ui.theme import ThemeMode

    light = pane.view.grab().toImage().pixelColor(2, 2)
    theme.set_mode(ThemeMode.DARK)
    try:
        assert pane.view.grab().toImage().pixelColor(2, 2) != light
    finally:
        theme.set_mode(ThemeMode.LIGHT)
