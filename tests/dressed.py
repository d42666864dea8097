"""Fixtures of everything that paints: a dressed application, figures as in English, thumbnails.

A package takes them up by importing them in its conftest."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from PIL import Image
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app import paths
from desktop_app.ui.theme import Theme, ThemeMode
from desktop_app.workers.thumbnail_loader import ThumbnailLoader


@pytest.fixture(autouse=True)
def english_figures(qapp: QApplication) -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    yield
    QLocale.setDefault(before)


@pytest.fixture(scope="package")
def theme(qapp: QApplication) -> Iterator[Theme]:
    """One theme for the package: dressing an application costs more than most tests."""
    made = Theme(paths.resources_dir() / "icons", mode=ThemeMode.LIGHT)
    made.apply(qapp)
    yield made
    qapp.setStyleSheet("")


@pytest.fixture
def thumbnails(qtbot: QtBot) -> Iterator[ThumbnailLoader]:
    """Every picture has the same small thumbnail."""
    picture = io.BytesIO()
    Image.new("RGB", (24, 32), "red").save(picture, "JPEG")
    loader = ThumbnailLoader(lambda _hash: picture.getvalue())
    yield loader
    loader.close()
