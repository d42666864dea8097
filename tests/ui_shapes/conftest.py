"""A dressed application for everything that paints."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from desktop_app import paths
from desktop_app.ui.theme import Theme, ThemeMode


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
