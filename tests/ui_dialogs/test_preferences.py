"""Preferences apply at once; a model is used, installed or downloaded only when asked."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QPushButton
from pytestqt.qtbot import QtBot

from desktop_app.settings import Settings
from desktop_app.ui.preferences import ModelRow, PreferencesDialog
from desktop_app.ui.shortcuts_dialog import ShortcutGroup

SHIPPED = ModelRow("lite2", "EfficientNet-Lite2", "", "Apache-2.0", "shipped", False)
ABSENT = ModelRow("dino", "DINO ViT-S", "", "Apache-2.0", "absent", True)


@pytest.fixture
def dialog(qtbot: QtBot) -> PreferencesDialog:
    made = PreferencesDialog(Settings(), [SHIPPED, ABSENT], "lite2")
    qtbot.addWidget(made)
    made.show()
    return made


def button(dialog: PreferencesDialog, text: str) -> QPushButton:
    return next(b for b in dialog.findChildren(QPushButton) if b.text() == text)


def test_a_changed_preference_goes_out_at_once(qtbot: QtBot, dialog: PreferencesDialog) -> None:
    motion = next(c for c in dialog.findChildren(QCheckBox) if c.text() == "Reduce motion")
    with qtbot.waitSignal(dialog.settings_changed) as changed:
        motion.click()
    assert changed.args == [Settings(reduce_motion=True)]


def test_looking_closer_can_be_turned_off(qtbot: QtBot, dialog: PreferencesDialog) -> None:
    closer = next(c for c in dialog.findChildren(QCheckBox) if "closer" in c.text())
    assert closer.isChecked()
    with qtbot.waitSignal(dialog.settings_changed) as changed:
        closer.click()
    assert changed.args == [Settings(look_closer=False)]


def test_an_absent_model_is_downloaded_only_on_the_button(
    qtbot: QtBot, dialog: PreferencesDialog
) -> None:
    dialog._list.setCurrentRow(1)
    assert not button(dialog, "Use for this catalogue").isEnabled()
    with qtbot.waitSignal(dialog.download_requested) as asked:
        button(dialog, "Download").click()
    assert asked.args == ["dino"]


def test_an_installed_model_can_be_used(qtbot: QtBot, dialog: PreferencesDialog) -> None:
    installed = ModelRow("dino", "DINO ViT-S", "", "Apache-2.0", "installed", True)
    dialog._list.setCurrentRow(1)
    dialog.set_models([SHIPPED, installed], "lite2")
    with qtbot.waitSignal(dialog.model_chosen) as chosen:
        button(dialog, "Use for this catalogue").click()
    assert chosen.args == ["dino"]


def test_shortcuts_are_read_from_the_actions(qtbot: QtBot) -> None:
    undo = QAction("&Undo")
    undo.setShortcut("Ctrl+Z")
    bare = QAction("Nothing")
    group = ShortcutGroup.from_actions("Edit", [undo, bare])
    assert group.entries == (("Ctrl+Z", "Undo"),)
