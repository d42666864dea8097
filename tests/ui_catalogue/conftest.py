"""A catalogue with a little of everything."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from desktop_app import paths
from desktop_app.domain.filters import Condition, Facet, Operator, ProductFilter, SavedFilter
from desktop_app.domain.storage import PictureCounts
from desktop_app.ui.scopes import ScopeContents
from desktop_app.ui.theme import Theme, ThemeMode

CHEAP = ProductFilter(conditions=(Condition("price", Operator.AT_MOST, (20.0,)),))


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    made = Theme(paths.resources_dir() / "icons", mode=ThemeMode.LIGHT)
    made.apply(qapp)
    return made


@pytest.fixture
def contents() -> ScopeContents:
    return ScopeContents(
        products=9,
        categories=(Facet("jars", 5), Facet("Bottles", 3), Facet("", 1)),
        brands=(Facet("Nordlys", 4), Facet("Aurelia", 5)),
        saved_filters=(SavedFilter(4, "Cheap", CHEAP),),
        bookmarked=2,
        pictures=PictureCounts(pending=1, ready=6, failed=2, offline=1),
    )
