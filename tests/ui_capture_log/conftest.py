"""A theme and the capture panes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale
from pytestqt.qtbot import QtBot

from desktop_app import paths
from desktop_app.ui.theme import Theme


@pytest.fixture(autouse=True)
def english_figures() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    yield
    QLocale.setDefault(before)


@pytest.fixture
def theme(qtbot: QtBot) -> Theme:
    return Theme(paths.resources_dir() / "icons")
