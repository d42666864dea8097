"""The log of captures: listed, paged, deleted with a way back, and counted."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop_app.domain.capturing import CaptureRecord, Decision, Outcome, StockLine
from desktop_app.ui.capture.log_pane import LogPane
from desktop_app.ui.capture.log_words import decision_text, stock_text, time_text, what_text
from desktop_app.ui.capture.stock_view import StockView
from desktop_app.ui.item_models.stock_model import PIECES
from desktop_app.ui.theme import Theme

FOUND = CaptureRecord(
    3,
    "2026-01-02T10:03:04.000+00:00",
    Outcome.FOUND,
    Decision.ACCEPTED,
    0.97,
    7,
    "JAR-1",
    "Amber jar",
    pieces=2,
)
LEFT = CaptureRecord(
    2, "2026-01-02T10:02:00.000+00:00", Outcome.NOT_FOUND, Decision.LEFT, 0.1, None, "", ""
)
GONE = replace(FOUND, id=1, product_id=None, sku="OLD-1", title="")


@pytest.fixture
def pane(qtbot: QtBot, theme: Theme) -> Iterator[LogPane]:
    made = LogPane(theme)
    qtbot.addWidget(made)
    made.resize(380, 500)
    made.show()
    yield made
    made.close_down()


def rows(pane: LogPane) -> list[str]:
    return [pane.records.index(row, 0).data() for row in range(pane.records.rowCount())]


def test_an_empty_log_says_so(pane: LogPane) -> None:
    assert pane._stack.currentWidget() is pane._empty
    assert not pane.export_action.isEnabled()
    assert not pane.remove_action.isEnabled()


def test_records_are_listed_with_what_came_of_them(pane: LogPane) -> None:
    pane.set_records([FOUND, LEFT, GONE], 1204)
    assert rows(pane) == ["JAR-1 · Amber jar", "Not in the catalogue", "OLD-1"]
    assert pane._count.text() == "1,204 captures"
    told = pane.records.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "Found · 2 pieces" in told
    pane.grab()


def test_a_picture_arrives_later(qtbot: QtBot, pane: LogPane) -> None:
    data = io.BytesIO()
    Image.new("RGB", (40, 60), "red").save(data, "JPEG")
    pane.use_pictures(lambda record_id: data.getvalue() if record_id == 3 else b"")
    pane.set_records([FOUND, LEFT], 2)
    index = pane.records.index(0, 0)
    qtbot.waitUntil(lambda: index.data(Qt.ItemDataRole.DecorationRole) is not None, timeout=60_000)
    assert pane.records.index(1, 0).data(Qt.ItemDataRole.DecorationRole) is None
    pane.grab()


def test_new_records_come_on_top_and_changed_ones_stay_in_place(pane: LogPane) -> None:
    pane.set_records([LEFT], 1)
    pane.put(FOUND)
    assert rows(pane)[0] == "JAR-1 · Amber jar"
    pane.put(replace(LEFT, sku="NEW-1", decision=Decision.ENROLLED))
    assert rows(pane) == ["JAR-1 · Amber jar", "NEW-1"]
    assert pane._count.text() == "2 captures"


def test_older_records_are_asked_for_once(qtbot: QtBot, pane: LogPane) -> None:
    asked: list[int] = []
    pane.more_wanted.connect(asked.append)
    pane.set_records([FOUND, LEFT], 3)
    pane.records.fetchMore(pane.view.rootIndex())
    pane.records.fetchMore(pane.view.rootIndex())
    assert asked == [2]
    pane.add_older([GONE])
    assert len(rows(pane)) == 3
    assert not pane.records.canFetchMore(pane.view.rootIndex())


def test_where_older_records_are_gone_no_more_are_asked_for(pane: LogPane) -> None:
    pane.set_records([FOUND], 3)
    pane.add_older([])
    assert not pane.records.canFetchMore(pane.view.rootIndex())


def test_delete_tells_which_and_offers_them_back(qtbot: QtBot, pane: LogPane) -> None:
    pane.set_records([FOUND, LEFT, GONE], 3)
    pane.view.selectAll()
    pane.view.setFocus()
    with qtbot.waitSignal(pane.remove_wanted) as wanted:
        pane.remove_action.trigger()
    assert wanted.args == [[3, 2, 1]]
    pane.tell_removed(3)
    assert "3 captures were deleted" in pane.notice.words
    with qtbot.waitSignal(pane.restore_wanted):
        pane.notice._buttons[0].click()
    assert pane.notice.words == ""


def test_keys_open_the_product_and_count_pieces(qtbot: QtBot, pane: LogPane) -> None:
    pane.set_records([FOUND, LEFT, GONE], 3)
    pane.view.selectRow(0)
    with qtbot.waitSignal(pane.product_wanted) as opened:
        qtbot.keyClick(pane.view, Qt.Key.Key_Return)
    assert opened.args == [7]
    with qtbot.waitSignal(pane.pieces_wanted) as more:
        qtbot.keyClick(pane.view, Qt.Key.Key_Plus)
    assert more.args == [FOUND, 3]
    pane.put(replace(FOUND, pieces=3))
    with qtbot.waitSignal(pane.pieces_wanted) as fewer:
        qtbot.keyClick(pane.view, Qt.Key.Key_Minus)
    assert fewer.args == [replace(FOUND, pieces=3), 2]


def test_what_names_no_product_has_no_pieces(qtbot: QtBot, pane: LogPane) -> None:
    pane.set_records([FOUND, LEFT, GONE], 3)
    pane.view.selectRow(1)
    assert not pane.pieces.isEnabled()
    assert not pane.open_action.isEnabled()
    with qtbot.assertNotEmitted(pane.pieces_wanted):
        qtbot.keyClick(pane.view, Qt.Key.Key_Plus)
    pane.view.selectRow(2)
    assert pane.pieces.isEnabled()
    assert not pane.open_action.isEnabled()


def test_what_is_chosen_stays_chosen_when_the_log_is_read_again(pane: LogPane) -> None:
    pane.set_records([FOUND, LEFT], 2)
    pane.view.selectRow(1)
    newer = replace(FOUND, id=9)
    pane.set_records([newer, FOUND, LEFT], 3)
    assert [record.id for record in pane.view.chosen] == [LEFT.id]


def test_words() -> None:
    assert decision_text(FOUND) == "Found"
    assert decision_text(replace(FOUND, outcome=Outcome.PERHAPS)) == "Perhaps, taken"
    assert decision_text(replace(LEFT, decision=Decision.ENROLLED)) == "Not found, enrolled"
    rejected = replace(FOUND, decision=Decision.REJECTED, sku="", title="")
    assert what_text(rejected) == "The answer was wrong"
    assert time_text("nonsense") == ""
    lines = [StockLine("A", "", 1200, FOUND.taken_at), StockLine("B", "", 4, FOUND.taken_at)]
    assert stock_text(lines, "") == "1,204 pieces of 2 SKUs"
    assert stock_text([], "") == ""


def test_the_stock_is_counted_and_begun_anew(qtbot: QtBot, theme: Theme) -> None:
    view = StockView(theme)
    qtbot.addWidget(view)
    view.show()
    assert view._stack.currentWidget() is view._empty
    assert not view.start_button.isEnabled()
    view.set_lines([StockLine("A", "Jar", 1200, FOUND.taken_at, 7)], FOUND.taken_at)
    assert view.lines.index(0, PIECES).data() == "1,200"
    assert "1,200 pieces of 1 SKU since" in view._count.text()
    view.table.selectRow(0)
    view.set_lines([StockLine("A", "Jar", 1201, FOUND.taken_at, 7)], FOUND.taken_at)
    assert view.table.selectionModel().selectedRows(), "a new figure leaves the choice alone"
    with qtbot.waitSignal(view.product_wanted) as opened:
        qtbot.keyClick(view.table, Qt.Key.Key_Return)
    assert opened.args == [7]
    with qtbot.waitSignal(view.start_wanted):
        view.start_button.click()
    view.tell_started()
    with qtbot.waitSignal(view.resume_wanted):
        view.notice._buttons[0].click()
    with qtbot.waitSignal(view.export_wanted):
        view.export_action.trigger()
    view.grab()
