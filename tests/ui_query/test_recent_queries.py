"""Recent queries: newest first, pictures later, one click shows the results again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QImage, QPixmap
from pytestqt.qtbot import QtBot

from desktop_app.domain.search import RecentQuery
from desktop_app.ui.item_models.recent_queries_model import DetailRole
from desktop_app.ui.query_pane import QueryPane


def encoded(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPG")
    return bytes(buffer.data().data())


@pytest.fixture
def queries(picture: Callable[..., QImage]) -> list[RecentQuery]:
    now = datetime.now(UTC)
    ages = (timedelta(), timedelta(minutes=5), timedelta(hours=3), timedelta(days=40))
    return [
        RecentQuery(
            number,
            (now - age).isoformat(),
            f"query {number}",
            encoded(picture()),
            tuple((product, 0.5) for product in range(number + 1)),
        )
        for number, age in enumerate(ages)
    ]


def test_they_are_hidden_until_there_are_some(pane: QueryPane, queries: list[RecentQuery]) -> None:
    assert not pane.recents.isVisible()
    pane.set_recent_queries(queries)
    assert pane.recents.isVisible()
    pane.set_recent_queries([])
    assert not pane.recents.isVisible()


def test_a_click_or_enter_chooses_one(
    pane: QueryPane, queries: list[RecentQuery], qtbot: QtBot
) -> None:
    pane.set_recent_queries(queries)
    view = pane.recents.view
    place = view.visualRect(view.model().index(1, 0)).center()
    with qtbot.waitSignal(pane.recent_chosen) as chosen:
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args[0] is queries[1]
    view.setCurrentIndex(view.model().index(2, 0))
    with qtbot.waitSignal(pane.recent_chosen) as chosen:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert chosen.args[0] is queries[2]


def test_they_tell_how_long_ago_and_how_many(pane: QueryPane, queries: list[RecentQuery]) -> None:
    pane.set_recent_queries(queries)
    model = pane.recents.view.model()
    details = [model.index(row, 0).data(DetailRole) for row in range(4)]
    assert details[:3] == [
        "just now · 1 product",
        "5 min ago · 2 products",
        "3 h ago · 3 products",
    ]
    assert details[3].endswith("4 products")


def test_a_strange_date_is_left_out(pane: QueryPane) -> None:
    pane.set_recent_queries([RecentQuery(1, "yesterday", "x", b"", ())])
    assert pane.recents.view.model().index(0, 0).data(DetailRole) == "0 products"


def test_thumbnails_arrive_by_themselves(
    pane: QueryPane, queries: list[RecentQuery], qtbot: QtBot
) -> None:
    pane.set_recent_queries(queries)
    model = pane.recents.view.model()
    with qtbot.waitSignal(
        model.dataChanged,
        check_params_cb=lambda first, _last, roles: (
            first.row() == 3 and roles == [Qt.ItemDataRole.DecorationRole]
        ),
    ):
        assert model.index(3, 0).data(Qt.ItemDataRole.DecorationRole) is None
    assert isinstance(model.index(3, 0).data(Qt.ItemDataRole.DecorationRole), QPixmap)


def test_forgetting_them_is_asked_for(
    pane: QueryPane, queries: list[RecentQuery], qtbot: QtBot
) -> None:
    pane.set_recent_queries(queries)
    with qtbot.waitSignal(pane.recents_clear_requested):
        pane.recents.clear_action.trigger()


def test_in_the_strip_they_are_a_row_of_pictures(
    pane: QueryPane, queries: list[RecentQuery]
) -> None:
    pane.set_recent_queries(queries)
    pane.set_compact(True)
    pane.resize(600, 148)
    view = pane.recents.view
    first, second = (view.visualRect(view.model().index(row, 0)) for row in (0, 1))
    assert first.top() == second.top()
    assert second.left() > first.right()


def test_the_same_queries_again_leave_the_list_where_it_is(
    pane: QueryPane, queries: list[RecentQuery], qtbot: QtBot
) -> None:
    pane.set_recent_queries(queries)
    model = pane.recents.view.model()
    with qtbot.assertNotEmitted(model.modelReset):
        pane.set_recent_queries(list(queries))
    with qtbot.waitSignal(model.modelReset):
        pane.set_recent_queries(queries[:2])


def test_another_catalogue_s_queries_have_their_own_pictures(
    pane: QueryPane, queries: list[RecentQuery], qtbot: QtBot
) -> None:
    pane.set_recent_queries(queries)
    model = pane.recents.view.model()
    qtbot.waitUntil(lambda: model.index(0, 0).data(Qt.ItemDataRole.DecorationRole) is not None)
    pane.set_recent_queries([RecentQuery(0, "2020-01-01T00:00:00+00:00", "other", b"", ())])
    assert model.index(0, 0).data(Qt.ItemDataRole.DecorationRole) is None
