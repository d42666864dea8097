"""The grid computes where cards are and touches only those in view."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPixmap, QWheelEvent
from PySide6.QtWidgets import QApplication

from desktop_app.ui.card_layout import CARD_WIDTHS, CardLayout, GridGeometry
from desktop_app.ui.item_models.product_list_model import ProductListModel
from desktop_app.ui.item_models.selection import selected_rows
from desktop_app.ui.picture_tiles import PictureTiles, fitted
from desktop_app.ui.product_delegate import ProductDelegate
from desktop_app.ui.product_grid import ProductGrid
from desktop_app.ui.product_table import ProductTable
from desktop_app.ui.theme import Theme
from tests.ui_results.conftest import Store, ids_of, make_card


class CountingModel(ProductListModel):
    """Notes which rows are asked about, and how often."""

    calls = 0
    rows: set[int]

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        self.calls += 1
        self.rows.add(index.row())
        return super().data(index, role)


@pytest.fixture
def model(loader) -> CountingModel:
    made = CountingModel(loader)
    made.rows = set()
    return made


@pytest.fixture
def store(model) -> Store:
    return Store(model, make=make_card)


@pytest.fixture
def grid(qtbot, theme: Theme, model, store) -> Iterator[ProductGrid]:
    delegate = ProductDelegate(theme)
    made = ProductGrid(model, delegate, theme)
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.show()
    qtbot.waitExposed(made)
    yield made


@pytest.mark.parametrize("width", [100, 333, 700, 1601])
@pytest.mark.parametrize("card_width", [88, 184, 360])
def test_every_cell_is_found_where_it_is_and_lies_inside(width: int, card_width: int) -> None:
    geometry = GridGeometry(57, width, card_width)
    rects = [geometry.rect(row) for row in range(57)]
    for row, rect in enumerate(rects):
        assert geometry.row_at(rect.center()) == row
        assert geometry.row_at(rect.topLeft()) == row
        assert rect.left() >= 0
        assert rect.right() < max(width, card_width)
        assert rect.bottom() < geometry.content_height
    assert not any(a.intersects(b) for a, b in itertools.pairwise(rects))


def test_rows_between_two_heights_are_exactly_those_that_touch() -> None:
    geometry = GridGeometry(1000, 800, 184)
    for top in (0, 5, 300, 2000):
        band = QRect(0, top, 800, 400)
        touched = {row for row in range(1000) if geometry.rect(row).intersects(band)}
        assert touched <= set(geometry.rows_between(top, top + 399))
        assert len(geometry.rows_between(top, top + 399)) <= len(touched) + 2 * geometry.columns


def test_there_is_nowhere_to_go_in_an_empty_grid() -> None:
    geometry = GridGeometry(0, 800, 184)
    assert geometry.content_height == 0
    assert geometry.row_at(QPoint(50, 50)) == -1
    assert len(geometry.rows_between(0, 100)) == 0


def test_small_cards_leave_out_the_lower_lines_and_parts_never_overlap_the_edge() -> None:
    for width in CARD_WIDTHS:
        cell = GridGeometry(1, width + 24, width).rect(0)
        layout = CardLayout.of(cell)
        assert cell.contains(layout.card)
        assert layout.card.contains(layout.mat)
        assert layout.mat.contains(layout.bookmark)
        lowest = layout.first_line if layout.is_compact else layout.third_line
        assert layout.card.bottom() >= lowest.bottom()


def test_half_a_million_products_open_and_scroll_touching_only_those_in_view(
    qtbot, grid, model, store
) -> None:
    model.set_products(ids_of(500_000))
    qtbot.waitUntil(lambda: len(store.asked) > 0)
    for share in (0.25, 0.5, 0.99, 1.0):
        bar = grid.verticalScrollBar()
        bar.setValue(round(bar.maximum() * share))
        QApplication.processEvents()
    seen = len(grid.visible_rows())
    assert seen < 40
    # Five places were looked at; each may be painted again as cards and pictures come.
    assert len(model.rows) < 5 * 2 * seen + 64
    assert sum(len(asked) for asked in store.asked) <= 5 * 2 * 64
    assert model.calls < 20_000
    assert grid.visible_rows().stop == 500_000


def test_the_table_too_touches_only_rows_in_view(qtbot, theme, model, store) -> None:
    model.set_products(ids_of(100_000))
    table = ProductTable(model, ProductDelegate(theme), theme)
    qtbot.addWidget(table)
    table.resize(800, 600)
    table.show()
    qtbot.waitUntil(lambda: len(store.asked) > 0)
    table.scrollToBottom()
    QApplication.processEvents()
    assert len(model.rows) < 100
    assert table.visible_rows().stop == 100_000


def test_painting_again_at_rest_fetches_nothing_new(qtbot, grid, model, store, loader) -> None:
    model.set_products(ids_of(1000))
    qtbot.waitUntil(lambda: len(store.asked) > 0)
    qtbot.waitUntil(lambda: all(loader.pixmap(f"hash-{i}") for i in ids_of(1000)[:8]))
    asked = len(store.asked)
    model.calls = 0
    grid.viewport().repaint()
    assert len(store.asked) == asked
    assert model.calls <= 5 * len(grid.visible_rows())


def test_arrow_keys_move_in_two_dimensions_and_stop_at_the_ends(qtbot, grid, model) -> None:
    model.set_products(ids_of(23))
    columns = grid.geometry_of_cards.columns
    assert columns > 2
    grid.setCurrentIndex(model.index(0, 0))
    for key, row in (
        (Qt.Key.Key_Left, 0),
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_Down, 1 + columns),
        (Qt.Key.Key_Up, 1),
        (Qt.Key.Key_Up, 1),
        (Qt.Key.Key_End, 22),
        (Qt.Key.Key_Down, 22),
        (Qt.Key.Key_Home, 0),
    ):
        qtbot.keyClick(grid, key)
        assert grid.currentIndex().row() == row, key


def test_the_current_card_is_brought_into_view(qtbot, grid, model) -> None:
    model.set_products(ids_of(5000))
    grid.setCurrentIndex(model.index(0, 0))
    qtbot.keyClick(grid, Qt.Key.Key_End)
    assert grid.viewport().rect().contains(grid.visualRect(model.index(4999, 0)))
    qtbot.keyClick(grid, Qt.Key.Key_Home)
    assert grid.verticalScrollBar().value() <= 24


def chosen(grid: ProductGrid) -> list[int]:
    return selected_rows(grid.selectionModel().selection()).tolist()


def test_shift_selects_the_run_between_and_ctrl_adds_one(qtbot, grid, model) -> None:
    model.set_products(ids_of(40))
    left, shift, ctrl = (
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.ShiftModifier,
        Qt.KeyboardModifier.ControlModifier,
    )

    def click(row: int, *modifier: Qt.KeyboardModifier) -> None:
        place = CardLayout.of(grid.visualRect(model.index(row, 0))).first_line.center()
        qtbot.mouseClick(grid.viewport(), left, *modifier, pos=place)

    click(6)
    click(1, shift)
    assert chosen(grid) == [1, 2, 3, 4, 5, 6]
    click(8, shift)
    assert chosen(grid) == [6, 7, 8]
    click(2, ctrl)
    assert chosen(grid) == [2, 6, 7, 8]
    click(3)
    assert chosen(grid) == [3]
    qtbot.keyClick(grid, Qt.Key.Key_Right, shift)
    assert chosen(grid) == [3, 4]
    qtbot.keyClick(grid, Qt.Key.Key_A, ctrl)
    assert chosen(grid) == list(range(40))


def test_the_buttons_on_a_card_act_without_selecting(qtbot, grid, model, store) -> None:
    model.set_products(ids_of(10))
    layout = CardLayout.of(grid.visualRect(model.index(4, 0)))
    with qtbot.waitSignal(grid.bookmark_clicked) as marked:
        qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=layout.bookmark.center())
    with qtbot.waitSignal(grid.query_clicked) as searched:
        qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=layout.query.center())
    assert (marked.args, searched.args) == ([4], [4])
    assert chosen(grid) == []


def test_a_change_of_size_keeps_the_place(qtbot, grid, model) -> None:
    model.set_products(ids_of(5000))
    grid.setCurrentIndex(model.index(2500, 0))
    top = grid.visualRect(model.index(2500, 0)).top()
    grid.set_card_width(120)
    assert abs(grid.visualRect(model.index(2500, 0)).top() - top) <= 1
    grid.set_card_width(10_000)
    assert grid.card_width == CARD_WIDTHS.stop - 1


def test_the_wheel_with_ctrl_changes_the_size_and_says_so(qtbot, grid, model) -> None:
    model.set_products(ids_of(50))
    before = grid.card_width
    event = QWheelEvent(
        QPointF(50, 50),
        QPointF(50, 50),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    with qtbot.waitSignal(grid.card_width_changed) as changed:
        QApplication.sendEvent(grid.viewport(), event)
    assert changed.args == [before + 15]


def test_a_narrower_window_keeps_the_first_card_in_view(grid, model) -> None:
    model.set_products(ids_of(5000))
    grid.scrollTo(model.index(3000, 0), grid.ScrollHint.PositionAtTop)
    grid.resize(500, 700)
    assert 3000 in grid.visible_rows() or 2999 in grid.visible_rows()


def test_pictures_are_fitted_whole_and_white_becomes_the_mat(qapp) -> None:
    box = QRect(0, 0, 100, 100)
    assert fitted(QPixmap(200, 100).size(), box) == QRect(0, 25, 100, 50)
    white = QPixmap(40, 20)
    white.fill(QColor("white"))
    tiles = PictureTiles()
    tiles.begin_frame()
    mat = QColor("#d4d4da")
    tile = tiles.tile(white, "a", size=box.size(), ratio=2.0, mat=mat)
    assert tile.width() == 200
    assert tile.devicePixelRatio() == 2.0
    assert tile.toImage().pixelColor(100, 100) == mat
    assert tile.toImage().pixelColor(0, 0).alpha() == 0


def test_scaling_pictures_stops_when_the_frame_is_used_up(qapp, monkeypatch) -> None:
    clock = iter(range(1000))
    monkeypatch.setattr(
        "desktop_app.ui.picture_tiles.time.perf_counter", lambda: float(next(clock))
    )
    picture = QPixmap(8, 8)
    tiles = PictureTiles()

    def tile(key: str) -> QPixmap | None:
        size = QRect(0, 0, 20, 20).size()
        return tiles.tile(picture, key, size=size, ratio=1.0, mat=QColor("white"))

    tiles.begin_frame()
    assert tile("a") is not None
    assert tile("b") is None
    assert tile("a") is not None
    assert tiles.is_behind
    tiles.begin_frame()
    assert tile("b") is not None
    assert not tiles.is_behind


def test_the_pill_explains_the_confidence_and_the_card_its_fields(qtbot, grid, model) -> None:
    import numpy as np

    model.set_products(ids_of(1), np.array([0.87], np.float32))
    card_id = int(ids_of(1)[0])
    model.receive_cards([make_card(card_id, title="A <b>jar</b>", category="Jar")])
    delegate = grid.itemDelegate()
    index = model.index(0, 0)
    layout = CardLayout.of(grid.visualRect(index))
    pill = layout.first_line.topRight() + QPoint(-6, 8)
    said = delegate.explanation(index, grid.visualRect(index), pill)
    assert "87 %" in said
    assert "about 87 were the same item" in said
    details = delegate.explanation(index, grid.visualRect(index), layout.mat.center())
    assert "A &lt;b&gt;jar&lt;/b&gt;" in details
    assert "Category" in details
    mark = delegate.explanation(index, grid.visualRect(index), layout.bookmark.center())
    assert mark == "Bookmark (B)"
