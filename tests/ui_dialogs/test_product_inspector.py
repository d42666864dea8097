"""The inspector shows one product or what several share, and emits edits as intents."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QLineEdit, QListWidget
from pytestqt.qtbot import QtBot

from desktop_app.domain.products import (
    Column,
    FieldKind,
    Picture,
    PictureState,
    Product,
    ProductCard,
    ProductFields,
)
from desktop_app.ui.product_inspector import ProductInspector

JAR = Product(
    7,
    ProductFields("A-1", title="Jar", brand="Aurel", extra={"height_mm": 40.0}),
    pictures=(
        Picture(1, 7, "/p/1.jpg", view="front", state=PictureState.READY, content_hash="aa"),
        Picture(2, 7, "/p/2.jpg", state=PictureState.OFFLINE, problem="The file is gone."),
    ),
)


@pytest.fixture
def inspector(qtbot: QtBot) -> ProductInspector:
    made = ProductInspector()
    qtbot.addWidget(made)
    made.set_columns((Column("height_mm", "Height", FieldKind.NUMBER, "mm"),))
    return made


def editor_of(inspector: ProductInspector, name: str) -> QLineEdit:
    return next(e for e in inspector.findChildren(QLineEdit) if e.accessibleName() == name)


def test_an_edit_names_the_product_and_the_field(qtbot: QtBot, inspector: ProductInspector) -> None:
    inspector.show_product(JAR)
    brand = editor_of(inspector, "Brand")
    assert brand.text() == "Aurel"
    with qtbot.waitSignal(inspector.fields_edited) as edited:
        brand.setText("Nivora")
        brand.editingFinished.emit()
    assert edited.args == [(7,), {"brand": "Nivora"}]


def test_extra_columns_are_edited_like_core_ones(qtbot: QtBot, inspector: ProductInspector) -> None:
    inspector.show_product(JAR)
    height = editor_of(inspector, "Height")
    with qtbot.waitSignal(inspector.fields_edited) as edited:
        height.setText("42")
        height.editingFinished.emit()
    assert edited.args == [(7,), {"height_mm": 42.0}]


def test_several_products_share_an_edit_but_never_a_sku(
    qtbot: QtBot, inspector: ProductInspector
) -> None:
    cards = [
        ProductCard(1, "A-1", title="Jar", brand="Aurel"),
        ProductCard(2, "A-2", title="Pot", brand="Aurel"),
    ]
    inspector.show_several(cards)
    assert editor_of(inspector, "Brand").text() == "Aurel"
    assert editor_of(inspector, "Title").placeholderText() == "Several values"
    assert not editor_of(inspector, "SKU").isEnabled()
    with qtbot.waitSignal(inspector.fields_edited) as edited:
        editor_of(inspector, "Title").setText("Pot")
        editor_of(inspector, "Title").editingFinished.emit()
    assert edited.args == [(1, 2), {"title": "Pot"}]


def test_pictures_show_their_state_and_get_their_thumbnails(
    qtbot: QtBot, inspector: ProductInspector
) -> None:
    with qtbot.waitSignal(inspector.thumbnail_wanted) as wanted:
        inspector.show_product(JAR)
    assert wanted.args == ["aa"]
    pictures = inspector.findChild(QListWidget)
    assert [pictures.item(row).text() for row in range(2)] == ["front", "offline"]
    assert "The file is gone." in pictures.item(1).toolTip()
    pixmap = QPixmap(8, 8)
    pixmap.fill(QColor("red"))
    inspector.set_thumbnail("aa", pixmap)
    assert not pictures.item(0).icon().isNull()
    assert pictures.item(1).icon().isNull()


def test_a_read_only_catalogue_cannot_be_edited(qtbot: QtBot, inspector: ProductInspector) -> None:
    inspector.set_read_only(True)
    inspector.show_product(JAR)
    assert all(edit.isReadOnly() for edit in inspector.findChildren(QLineEdit))
