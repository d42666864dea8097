"""The list of groups: read as it is looked at, decided in place."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from desktop_app.domain.duplicates import FoundPairs, Verdict
from desktop_app.domain.products import PictureState, ProductCard
from desktop_app.domain.storage import ContentMap
from desktop_app.services.duplicates.board import Board
from desktop_app.services.duplicates.group_table import GroupTable
from desktop_app.services.duplicates.pair_table import PairFacts
from desktop_app.ui.duplicates.group_list_model import SHOWN_MEMBERS, GroupRole
from desktop_app.ui.duplicates.groups_pane import GroupsPane
from desktop_app.ui.theme import Theme
from desktop_app.workers.review_lists import GroupQuery, GroupState, Shown, list_groups
from desktop_app.workers.thumbnail_loader import ThumbnailLoader
from tests.duplicates.board_data import board, content_hash, sku

TRIPLE_AND_PAIRS = {(1, 2): 0.95, (1, 3): 0.9, (2, 3): 0.92, (4, 5): 0.97, (6, 7): 0.6}
MANY = 100_000


@pytest.fixture
def thumbnails() -> Iterator[ThumbnailLoader]:
    image = QImage(16, 16, QImage.Format.Format_RGB32)
    image.fill(QColor("teal"))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    picture = bytes(buffer.data().data())
    made = ThumbnailLoader(lambda _hash: picture)
    yield made
    made.close()


@pytest.fixture
def pane(qtbot: QtBot, theme: Theme, thumbnails: ThumbnailLoader) -> GroupsPane:
    made = GroupsPane(theme, thumbnails)
    qtbot.addWidget(made)
    made.resize(320, 640)
    made.show()
    return made


def card(product_id: int) -> ProductCard:
    return ProductCard(
        product_id,
        sku(product_id),
        thumbnail=content_hash(product_id),
        picture_count=1,
        state=PictureState.READY,
    )


def answered(pane: GroupsPane) -> list[tuple[int, ...]]:
    """What is asked for from now on; it is answered at once."""
    asked: list[tuple[int, ...]] = []

    def answer(ids: tuple[int, ...]) -> None:
        asked.append(ids)
        pane.model.receive_cards([card(each) for each in ids])

    pane.model.cards_wanted.connect(answer)
    return asked


def test_rows_fill_as_cards_and_thumbnails_come(qtbot: QtBot, pane: GroupsPane) -> None:
    asked = answered(pane)
    pane.model.set_listing(list_groups(board(TRIPLE_AND_PAIRS), GroupQuery(0.5)))
    qtbot.waitUntil(lambda: bool(asked))
    index = pane.model.index(1)
    qtbot.waitUntil(
        lambda: all(pixmap is not None for _card, pixmap in index.data(GroupRole.VIEW).members)
    )
    skus = [each.sku for each, _pixmap in index.data(GroupRole.VIEW).members]
    assert skus == ["SKU-1", "SKU-2", "SKU-3"]
    assert pane.grab().toImage().size().width() == 320


def test_a_verdict_is_told_in_place_and_counted(pane: GroupsPane) -> None:
    listing = list_groups(board(TRIPLE_AND_PAIRS), GroupQuery(0.5))
    pane.model.set_listing(listing)
    row = next(r for r in range(3) if pane.model.group(r).product_ids == (1, 2, 3))
    first, *others = pane.model.group(row).pair_rows
    pane.model.set_verdict([first], Verdict.SAME)
    assert pane.model.state(row) is GroupState.OPEN
    pane.model.set_verdict(others, Verdict.SAME)
    assert pane.model.state(row) is GroupState.DECIDED
    assert pane._progress.text() == "1 of 3 groups decided"
    assert pane.model.index(row).data(GroupRole.VIEW).verdict is Verdict.SAME
    assert pane.model.next_row(row) != row
    pane.model.set_verdict([first], None)
    assert (pane.model.state(row), pane.model.decided) == (GroupState.OPEN, 0)


def test_the_next_open_group_comes_round_to_the_first(pane: GroupsPane) -> None:
    pane.model.set_listing(list_groups(board(TRIPLE_AND_PAIRS), GroupQuery(0.5)))
    assert [pane.model.next_row(row) for row in range(3)] == [1, 2, 0]
    for row in range(3):
        pane.model.set_verdict(pane.model.group(row).pair_rows, Verdict.DIFFERENT)
    assert pane.model.next_row(0) == -1


def test_products_that_are_gone_are_not_asked_for_again(qtbot: QtBot, pane: GroupsPane) -> None:
    asked: list[tuple[int, ...]] = []
    pane.model.cards_wanted.connect(asked.append)
    pane.model.set_listing(list_groups(board({(1, 2): 0.9}), GroupQuery(0.5)))
    qtbot.waitUntil(lambda: bool(asked))
    pane.model.receive_cards([card(1)])
    qtbot.waitUntil(lambda: pane.model.known_card(1) is not None)
    pane.view.viewport().repaint()
    assert asked == [(1, 2)]


def many_pairs() -> Board:
    ids = np.arange(1, 2 * MANY + 1, dtype=np.int64)
    chances = np.linspace(0.2, 1, MANY, dtype=np.float32)
    none = np.full(MANY, np.nan, np.float32)
    found = FoundPairs(
        ids[::2],
        ids[1::2],
        chances,
        np.zeros(MANY, np.float32),
        np.full((MANY, 5), np.nan, np.float32),
        none,
        np.zeros(MANY, np.int64),
    )
    nobody = np.zeros(0, np.int64)
    facts = PairFacts(
        ContentMap(ids, ids),
        {each: content_hash(each) for each in ids.tolist()},
        {},
        [],
        (nobody, nobody),
    )
    return Board.of(found, facts)


def test_of_a_hundred_thousand_groups_only_those_in_view_are_made(
    qtbot: QtBot, pane: GroupsPane, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    group = GroupTable.group

    def counted(table: GroupTable, place: int) -> object:
        made.append(place)
        return group(table, place)

    monkeypatch.setattr(GroupTable, "group", counted)
    asked = answered(pane)
    big = many_pairs()
    pane.model.set_listing(list_groups(big, GroupQuery(0.0, Shown.ALL)))
    qtbot.waitUntil(lambda: bool(asked))
    bar = pane.view.verticalScrollBar()
    for share in (0.25, 0.5, 1.0):
        bar.setValue(round(bar.maximum() * share))
        pane.view.viewport().repaint()
    assert pane.model.rowCount() == MANY
    assert max(made) == MANY - 1
    assert len(set(made)) < 100
    assert sum(len(ids) for ids in asked) < 100 * SHOWN_MEMBERS
    pane.model.set_listing(list_groups(big, GroupQuery(0.6, Shown.ALL)))
    assert pane.model.rowCount() == big.count_at(0.6) == 50_000
