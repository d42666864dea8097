"""Two outlines laid on each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from desktop_app.domain.shapes import ContainerParts, LaidShapes, Part
from desktop_app.ui.shapes.compare.compared import Compared, CompareMode
from desktop_app.ui.shapes.compare.pane import ComparePane
from desktop_app.ui.shapes.compare.view import signed_ink
from desktop_app.ui.theme import Theme
from desktop_app.ui.theme.tokens import DARK, LIGHT

HIT = np.array([(-0.2, -1), (0.2, -1), (0.2, 0), (-0.2, 0)], np.float32)
QUERY = np.array([(-0.2, -1), (0.25, -1), (0.25, 0), (-0.15, 0)], np.float32)
PARTS = ContainerParts({Part.CLOSURE: (0, 0.2), Part.BODY: (0.25, 1)}, 2.5, 0.2, 0.8)
LAID = LaidShapes(
    QUERY,
    HIT,
    np.array([0, 0.05, 0.05, -0.05], np.float32),
    0.87,
    {Part.CLOSURE: 0.02, Part.BODY: 0.04},
    PARTS,
    replace(PARTS, closure_to_body=0.0, closure_height=0.0),
)


@pytest.fixture
def pane(qtbot: QtBot, theme: Theme) -> Iterator[ComparePane]:
    made = ComparePane(theme)
    qtbot.addWidget(made)
    made.resize(340, 640)
    made.show()
    yield made


def inks(pane: ComparePane, colour: QColor) -> int:
    image = pane.view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    wanted = colour.rgb()
    return sum(
        image.pixel(x, y) == wanted
        for x in range(0, image.width(), 2)
        for y in range(0, image.height() - 60, 2)
    )


def test_deviations_are_told_in_mm_where_the_height_is_known(pane: ComparePane) -> None:
    pane.show_laid(LAID, "JAR-7", height_mm=120)
    assert ("Closure", "", "2.4 mm") in pane.rows
    assert ("Body", "", "4.8 mm") in pane.rows
    assert ("Height to width", "2.50", "2.50") in pane.rows
    assert ("Closure to body width", "0.80", "–") in pane.rows
    assert "120" in pane._note.text()
    assert pane._overlap.text() == "87 % overlap"


def test_without_a_height_they_are_hundredths_of_it(pane: ComparePane) -> None:
    pane.show_laid(LAID, "JAR-7")
    assert ("Body", "", "4.0 % of height") in pane.rows
    assert "not known" in pane._note.text()


def test_onion_skin_goes_from_one_outline_to_the_other(pane: ComparePane) -> None:
    pane.show_laid(LAID, "JAR-7")
    pane.choose_mode(CompareMode.OUTLINES)
    pane._onion.setValue(0)
    only_query = inks(pane, LIGHT.accent)
    pane._onion.setValue(100)
    assert only_query > 40
    assert inks(pane, LIGHT.accent) == 0


def test_a_difference_has_signs_and_words_beside_its_colours(pane: ComparePane) -> None:
    pane.show_laid(LAID, "JAR-7", height_mm=120)
    pane.choose_mode(CompareMode.DIFFERENCE)
    assert not pane._onion_row.isVisible()
    compared = pane.view.compared
    assert compared is not None
    assert compared.figure(0.05, is_signed=True) == "+6.0 mm"
    assert compared.figure(-0.05, is_signed=True) == "−6.0 mm"
    assert compared.figure(0, is_signed=True) == "0.0 mm"
    assert compared.scale * 120 == pytest.approx(10)
    for colours in (LIGHT, DARK):
        assert signed_ink(1, colours) != signed_ink(-1, colours)
        assert signed_ink(0, colours) == colours.control
    assert inks(pane, LIGHT.warn) > 20


@pytest.mark.parametrize("mode", list(CompareMode))
def test_every_way_of_looking_is_painted_in_any_room(
    qtbot: QtBot, pane: ComparePane, mode: CompareMode
) -> None:
    pane.choose_mode(mode)
    for size in ((340, 640), (200, 300), (900, 400)):
        pane.resize(*size)
        pane.show_laid(LAID, "JAR-7 with a name much longer than its field", height_mm=1500)
        assert not pane.grab().isNull()
    bare = replace(LAID, query_parts=None, hit_parts=None, by_part={})
    pane.show_laid(bare, "")
    assert not pane.grab().isNull()


def test_there_may_be_nothing_to_compare(pane: ComparePane) -> None:
    pane.show_laid(LAID, "JAR-7")
    pane.show_unlaid("JAR-8")
    assert pane.view.compared is None and not pane._foot.isVisible()
    pane.show_nothing()
    assert pane._title.whole_text == "Compare"
    assert not pane.grab().isNull()


def test_equal_outlines_have_a_scale_all_the_same() -> None:
    same = replace(LAID, query=HIT, deviation=np.zeros(4, np.float32))
    assert Compared(same, "").scale > 0
    unknown = replace(LAID, deviation=np.full(4, np.nan, np.float32))
    assert Compared(unknown, "").scale > 0
