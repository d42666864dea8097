"""Several pictures of one item as one query."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.domain.images import CropBox
from desktop_app.domain.products import ProductCard
from desktop_app.domain.search import QueryPicture
from desktop_app.ui.picture_batch import MOST_TOGETHER, PictureBatch
from desktop_app.ui.product_mime import products_to_mime
from desktop_app.ui.query_pane import QueryPane


def pictures(*names: str) -> tuple[QueryPicture, ...]:
    return tuple(QueryPicture(name, path=Path(f"/shelf/{name}")) for name in names)


def labels(found: tuple[QueryPicture, ...]) -> list[str]:
    return [each.label for each in found]


def files(*names: str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(f"/shelf/{name}") for name in names])
    return mime


def drop(pane: QueryPane, mime: QMimeData, *, ctrl: bool = False) -> None:
    keys = Qt.KeyboardModifier.ControlModifier if ctrl else Qt.KeyboardModifier.NoModifier
    button, copy = Qt.MouseButton.LeftButton, Qt.DropAction.CopyAction
    QApplication.sendEvent(pane, QDragEnterEvent(QPoint(50, 50), copy, mime, button, keys))
    QApplication.sendEvent(pane, QDropEvent(QPointF(50, 50), copy, mime, button, keys))


def test_one_after_another_nothing_goes_along() -> None:
    batch = PictureBatch(pictures("a", "b", "c"))
    assert batch.also == ()
    assert labels(batch.at(1).together(True).also) == ["a", "c"]


def test_a_further_picture_joins_the_one_in_view_once() -> None:
    batch = PictureBatch(pictures("a", "b")).at(1).with_more(pictures("c", "b", "c"))
    assert labels(batch.pictures) == ["b", "c"]
    assert batch.is_together
    assert labels(batch.with_more(pictures("d")).also) == ["c", "d"]


def test_there_is_an_end_to_pictures_together() -> None:
    many = pictures(*(str(n) for n in range(30)))
    assert len(PictureBatch(many[:1]).with_more(many).pictures) == MOST_TOGETHER
    assert not PictureBatch(many).together(True).is_together


@pytest.mark.parametrize(
    ("removed", "in_view"), [(0, "b"), (1, "c"), (2, "b")], ids=["before", "itself", "after"]
)
def test_a_removed_picture_leaves_the_view_or_gives_way_to_the_next(
    removed: int, in_view: str
) -> None:
    batch = PictureBatch(pictures("a", "b", "c"), 1, is_together=True).without(removed)
    assert batch is not None
    assert batch.current.label == in_view
    single = batch.without(0)
    assert single is not None
    assert not single.is_together
    assert single.without(0) is None


def test_dropped_pictures_go_together_on_request(pane: QueryPane, qtbot: QtBot) -> None:
    drop(pane, files("a.jpg", "b.jpg", "c.jpg"))
    assert pane.also == ()
    assert not pane.together.isVisible()
    with qtbot.waitSignal(pane.query_changed) as changed:
        pane.commands.together.trigger()
    assert changed.args[0].label == "a.jpg"
    assert labels(pane.also) == ["b.jpg", "c.jpg"]
    assert pane.together.isVisible()
    assert pane.together.count == 3
    with qtbot.waitSignal(pane.query_changed):
        pane.commands.together.trigger()
    assert pane.also == ()
    assert not pane.together.isVisible()


def test_dropping_with_ctrl_adds_to_the_query(pane: QueryPane, qtbot: QtBot) -> None:
    drop(pane, files("a.jpg"))
    with qtbot.waitSignal(pane.query_changed) as changed:
        drop(pane, files("b.jpg"), ctrl=True)
    assert changed.args[0].label == "a.jpg"
    assert labels(pane.also) == ["b.jpg"]
    drop(pane, files("c.jpg"))
    assert pane.also == ()


def test_dropping_with_ctrl_into_an_empty_pane_searches_with_all(pane: QueryPane) -> None:
    drop(pane, files("a.jpg", "b.jpg"), ctrl=True)
    assert labels(pane.also) == ["b.jpg"]


def test_products_dropped_with_ctrl_are_asked_to_be_added(pane: QueryPane, qtbot: QtBot) -> None:
    drop(pane, files("a.jpg"))
    with (
        qtbot.waitSignal(pane.products_added) as added,
        qtbot.assertNotEmitted(pane.products_dropped),
    ):
        drop(pane, products_to_mime([ProductCard(7, "A-7")]), ctrl=True)
    assert added.args[0] == (7,)


def test_further_pictures_are_chosen_by_keyboard_too(
    pane: QueryPane, answers: dict[str, list[Path]]
) -> None:
    drop(pane, files("a.jpg"))
    answers["pictures"] = [Path("/shelf/b.png")]
    pane.commands.add.trigger()
    assert labels(pane.also) == ["b.png"]


def test_small_pictures_are_asked_for_once_and_shown(
    pane: QueryPane, picture: Callable[..., QImage]
) -> None:
    asked: list[QueryPicture] = []
    pane.tile_requested.connect(asked.append)
    drop(pane, files("a.jpg", "b.jpg"))
    pane.commands.together.trigger()
    assert labels(tuple(asked)) == ["a.jpg", "b.jpg"]
    dark = pane.together.grab().toImage()
    for each in asked:
        pane.set_tile(each, picture(40, 40))
    assert pane.together.grab().toImage() != dark
    pane.commands.together.trigger()
    pane.commands.together.trigger()
    assert len(asked) == 2


def test_a_tile_brings_its_picture_into_view_with_its_crop(
    pane: QueryPane, qtbot: QtBot, picture: Callable[..., QImage]
) -> None:
    drop(pane, files("a.jpg", "b.jpg"))
    pane.commands.together.trigger()
    assert pane.query is not None
    pane.set_preview(pane.query, picture())
    pane._canvas.set_crop(CropBox(0.1, 0.1, 0.5, 0.5))
    with qtbot.waitSignal(pane.query_changed) as changed:
        pane.together.click(1)
    assert changed.args[0].label == "b.jpg"
    assert pane.also[0].crop == CropBox(0.1, 0.1, 0.5, 0.5)
    with qtbot.waitSignal(pane.query_changed) as changed:
        pane.commands.previous.trigger()
    assert changed.args[0].crop == CropBox(0.1, 0.1, 0.5, 0.5)


def test_tiles_are_removed_with_their_button_or_the_delete_key(
    pane: QueryPane, qtbot: QtBot
) -> None:
    drop(pane, files("a.jpg", "b.jpg", "c.jpg"))
    pane.commands.together.trigger()
    with qtbot.waitSignal(pane.query_changed):
        pane.together._tiles[2]._remove.click()
    assert labels(pane.also) == ["b.jpg"]
    with qtbot.waitSignal(pane.query_changed) as changed:
        qtbot.keyClick(pane.together._tiles[0], Qt.Key.Key_Delete)
    assert changed.args[0].label == "b.jpg"
    assert pane.also == ()
    assert not pane.together.isVisible()


def test_a_camera_frame_is_its_own_small_picture(pane: QueryPane) -> None:
    frame = np.zeros((20, 20, 3), np.uint8)
    pane.set_query(QueryPicture("frame", rgb=frame))
    pane.add_pictures(pictures("a.jpg"))
    assert pane.query is not None
    assert pane.query.rgb is frame
    assert pane.together.count == 2
