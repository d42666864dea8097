"""A theme for every test that shows widgets."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from desktop_app import paths
from desktop_app.ui.theme import Theme, ThemeMode


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    made = Theme(paths.resources_dir() / "icons", mode=ThemeMode.LIGHT)
    made.apply(qapp)
    return made
