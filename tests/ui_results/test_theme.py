"""The theme keeps its promises in figures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton

from desktop_app import paths
from desktop_app.ui.theme import Colours, FontSize, Theme, ThemeMode
from desktop_app.ui.theme.icons import ALIASES
from desktop_app.ui.theme.stylesheet import style_sheet
from desktop_app.ui.theme.tokens import CONTRAST_PAIRS, DARK, LIGHT, contrast_ratio

BOTH = pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])


def inked(image: QImage) -> dict[str, int]:
    """How many opaque or half-opaque pixels each colour has."""
    found: dict[str, int] = {}
    for y in range(image.height()):
        for x in range(image.width()):
            pixel = image.pixelColor(x, y)
            if pixel.alpha() > 100:
                found[pixel.name()] = found.get(pixel.name(), 0) + 1
    return found


def test_contrast_of_black_on_white_is_21() -> None:
    assert contrast_ratio(QColor("black"), QColor("white")) == pytest.approx(21)
    assert contrast_ratio(QColor("#777777"), QColor("#ffffff")) == pytest.approx(4.48, abs=0.01)


@BOTH
def test_every_promised_contrast_is_kept(colours: Colours) -> None:
    poor = [
        (front, back, round(ratio, 2))
        for front, back, least in CONTRAST_PAIRS
        if (ratio := contrast_ratio(getattr(colours, front), getattr(colours, back))) < least
    ]
    assert poor == []


@BOTH
def test_the_style_sheet_has_every_value_filled_in(colours: Colours) -> None:
    names = ("check", "minus", "chevron-down", "chevron-up", "chevron-right", "x")
    files = {name: f"/{name}.svg" for name in (*names, "check-on-accent", "minus-on-accent")}
    sheet = style_sheet(colours, files, dark=colours is DARK)
    assert "$" not in sheet
    assert sheet.count("{") == sheet.count("}")
    assert not re.search(r":\s*;", sheet)


def test_switching_redresses_widgets_and_says_so_once(theme: Theme, qtbot, qapp) -> None:
    button = QPushButton("Import")
    qtbot.addWidget(button)
    field = QLineEdit()
    qtbot.addWidget(field)
    with qtbot.waitSignal(theme.changed):
        theme.set_mode(ThemeMode.DARK)
    assert theme.is_dark
    assert qapp.palette().window().color() == DARK.pane
    field.resize(80, 30)
    assert field.grab().toImage().pixelColor(40, 15) == DARK.field
    seen: list[bool] = []
    theme.changed.connect(lambda: seen.append(True))
    theme.set_mode(ThemeMode.DARK)
    assert seen == []


def test_fonts_follow_the_scale_with_tabular_figures(theme: Theme) -> None:
    font = theme.font(FontSize.TITLE, semibold=True)
    assert font.pixelSize() == 15
    assert font.weight() == 600
    assert font.featureValue(type(font).Tag("tnum")) == 1


def test_every_icon_and_alias_can_be_drawn(theme: Theme) -> None:
    names = [*theme.icons.names(), *ALIASES]
    assert len(names) > 70
    empty = [name for name in names if not inked(theme.icons.pixmap(name, 24).toImage())]
    assert empty == []


def test_an_unknown_icon_is_refused_at_once(theme: Theme) -> None:
    with pytest.raises(FileNotFoundError):
        theme.icons.icon("no-such-icon")


def test_an_icon_follows_the_theme_without_being_set_again(theme: Theme) -> None:
    icon = theme.icons.icon("square")
    assert LIGHT.text.name() in inked(icon.pixmap(QSize(16, 16), 2.0).toImage())
    theme.set_mode(ThemeMode.DARK)
    tinted = inked(icon.pixmap(QSize(16, 16), 2.0).toImage())
    assert DARK.text.name() in tinted
    assert LIGHT.text.name() not in tinted


def test_disabled_and_checked_icons_are_tinted(theme: Theme) -> None:
    icon = theme.icons.icon("square")
    size = QSize(16, 16)
    disabled = icon.pixmap(size, 2.0, QIcon.Mode.Disabled, QIcon.State.Off).toImage()
    checked = icon.pixmap(size, 2.0, QIcon.Mode.Normal, QIcon.State.On).toImage()
    assert LIGHT.text_disabled.name() in inked(disabled)
    assert LIGHT.accent_text.name() in inked(checked)


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_icons_are_rendered_at_device_resolution(theme: Theme, ratio: float) -> None:
    pixmap = theme.icons.icon("search").pixmap(QSize(20, 20), ratio)
    assert pixmap.width() == round(20 * ratio)
    assert pixmap.devicePixelRatio() == ratio


def test_icons_outlive_the_names_that_made_them(qapp: QApplication) -> None:
    icons = Theme(paths.resources_dir() / "icons", mode=ThemeMode.LIGHT).icons
    copies = [QIcon(icons.icon("trash")) for _ in range(50)]
    assert all(not copy.pixmap(16).isNull() for copy in copies)


def test_shipped_icons_carry_their_licence() -> None:
    folder = paths.resources_dir() / "icons"
    assert "ISC License" in (folder / "LICENSE.txt").read_text(encoding="utf-8")
    assert "lucide-static" in (folder / "README.md").read_text(encoding="utf-8")


def test_a_frozen_build_looks_only_where_it_was_unpacked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys._MEIPASS", str(tmp_path), raising=False)
    with pytest.raises(FileNotFoundError):
        paths.resources_dir()
    (tmp_path / "resources" / "icons").mkdir(parents=True)
    assert paths.resources_dir() == tmp_path / "resources"
    assert paths.models_dir() == tmp_path / "models"
