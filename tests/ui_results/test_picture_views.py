"""Zooming, moving together, and comparing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPixmap
from PySide6.QtWidgets import QLabel

from desktop_app.domain.products import Column, FieldKind
from desktop_app.ui.compare_window import Compared, CompareWindow
from desktop_app.ui.picture_view import FITTED, PictureView, ViewPosition
from desktop_app.workers.pixmap_cache import PixmapCache
from tests.ui_results.conftest import make_card
from tests.ui_results.evidence import STRONG


def picture(width: int = 800, height: int = 400, colour: str = "teal") -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    return image


@pytest.fixture
def view(qtbot, theme) -> PictureView:
    made = PictureView(theme)
    qtbot.addWidget(made)
    made.resize(424, 424)
    made.set_picture(picture())
    made.show()
    return made


def test_a_picture_is_fitted_whole_in_the_middle(view) -> None:
    rect = view._picture_rect()
    assert (rect.width(), rect.height()) == (400, 200)
    assert rect.center().y() == pytest.approx(view.height() / 2)
    shot = view.grab().toImage()
    assert shot.pixelColor(212, 212) == QColor("teal")
    assert shot.pixelColor(212, 60) == view._theme.colours.mat


def test_zooming_keeps_the_point_under_the_mouse(view) -> None:
    point = QPointF(100, 180)
    before = view._to_picture(point)
    view.zoom_to(4.0, point)
    after = view._to_picture(point)
    assert (after.x(), after.y()) == (pytest.approx(before.x()), pytest.approx(before.y()))


def test_one_cannot_look_past_the_edges_nor_shrink_below_fitted(view) -> None:
    view.set_position(ViewPosition(3.0, 0.0, 1.0))
    room, rect = view._room(), view._picture_rect()
    assert rect.left() == pytest.approx(room.left(), abs=1)
    assert rect.bottom() == pytest.approx(room.bottom(), abs=1)
    view.zoom_to(0.1)
    assert view.position == FITTED


def test_full_size_shows_pixel_by_pixel(view) -> None:
    view.full_size()
    assert view._picture_rect().width() == pytest.approx(800)


def test_dragging_moves_a_zoomed_picture_and_says_so(qtbot, view) -> None:
    view.zoom_to(4.0)
    before = view._picture_rect().left()
    with qtbot.waitSignal(view.position_changed):
        qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
        qtbot.mouseMove(view, QPoint(230, 200))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(230, 200))
    assert view._picture_rect().left() == pytest.approx(before + 30, abs=1)


def test_keys_zoom_and_fit(qtbot, view) -> None:
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert view.position.zoom == pytest.approx(1.4)
    qtbot.keyClick(view, Qt.Key.Key_0)
    assert view.position == FITTED


def test_a_sharper_copy_keeps_what_one_was_looking_at(view) -> None:
    view.set_position(ViewPosition(3.0, 0.4, 0.5))
    view.set_picture(picture(1600, 800), keep_position=True)
    assert view.position == ViewPosition(3.0, 0.4, 0.5)
    view.set_picture(picture())
    assert view.position == FITTED


def test_without_a_picture_nothing_zooms(view) -> None:
    view.set_picture(None)
    view.set_message("The file is away.")
    view.zoom_to(5.0)
    assert view.position == FITTED
    view.grab()


@pytest.fixture
def window(qtbot, theme) -> CompareWindow:
    made = CompareWindow(theme)
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.show()
    return made


def three(window: CompareWindow) -> None:
    window.compare(
        [
            Compared("photo.jpg", picture=picture()),
            Compared("A", make_card(1, category="Jar", extra={"height": 40.0}), 0.93),
            Compared("B", make_card(2, category="Jar", extra={"height": 42.0}), 0.88),
        ]
    )


def test_all_pictures_follow_one_unless_unlinked(qtbot, window) -> None:
    three(window)
    for path in ("/pictures/1.jpg", "/pictures/2.jpg"):
        window.set_picture(path, picture())
    first, second, third = window.views
    first.zoom_to(3.0)
    assert second.position == third.position == first.position
    window._linked.setChecked(False)
    second.fit()
    assert first.position.zoom == pytest.approx(3.0)


def test_full_pictures_are_asked_for_and_shown_where_they_belong(qtbot, window) -> None:
    asked: list[str] = []
    window.picture_requested.connect(lambda path, side: asked.append(path))
    three(window)
    assert asked == ["/pictures/1.jpg", "/pictures/2.jpg"]
    assert [view.has_picture for view in window.views] == [True, False, False]
    window.set_picture("/pictures/2.jpg", picture())
    window.set_picture_problem("/pictures/1.jpg", "The file is away.")
    assert [view.has_picture for view in window.views] == [True, False, True]


def test_differing_fields_are_marked_and_can_be_shown_alone(qtbot, window) -> None:
    window.set_extra_columns((Column("height", "Height", FieldKind.NUMBER, "mm"),))
    three(window)

    def names() -> list[str]:
        labels = (window._fields.layout().itemAtPosition(i, 0) for i in range(20))
        return [item.widget().text() for item in labels if item is not None]

    assert "≠  Height" in names()
    assert "Category" in names()
    window._only_differences.setChecked(True)
    assert "Category" not in names()
    assert "≠  SKU" in names()


def test_what_speaks_for_a_result_stands_above_its_fields(qtbot, window) -> None:
    card = make_card(1)
    window.compare(
        [
            Compared("Query", picture=picture()),
            Compared("A", card=card, score=0.9, evidence=STRONG),
        ]
    )
    cells = [
        [window._fields.layout().itemAtPosition(line, place).widget().text() for place in (0, 1, 2)]
        for line in range(2)
    ]
    assert cells[0] == ["Match: print", "", "Very strong"]
    assert cells[1] == ["Match: surface", "", "Alike"]


def test_the_fields_stand_below_their_pictures(qtbot, window) -> None:
    three(window)
    qtbot.waitUntil(lambda: window.views[0].x() > 0)
    for place, view in enumerate(window.views):
        field = window._fields.layout().itemAtPosition(0, place + 1).widget()
        assert abs(field.mapTo(window, QPoint()).x() - view.x()) <= 2


def test_comparing_again_replaces_the_pictures(qtbot, window) -> None:
    three(window)
    window.compare([Compared("A", make_card(1)), Compared("B", make_card(2))])
    assert len(window.views) == 2
    shown = [label.text() for label in window.findChildren(QLabel) if label.isVisible()]
    assert "photo.jpg" not in shown
    with pytest.raises(ValueError, match="nothing"):
        window.compare([])


def test_escape_closes_the_comparison(qtbot, window) -> None:
    three(window)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()


def test_a_pixmap_made_from_something_else_counts_as_absent(qapp) -> None:
    cache: PixmapCache[str] = PixmapCache(1000)
    cache.put("a", QPixmap(4, 4), made_from=1)
    assert cache.get("a", made_from=2) is None
    assert cache.get("a", made_from=1) is not None
    cache.put("b", QPixmap(20, 20))
    assert "a" not in cache
    assert len(cache) == 1
