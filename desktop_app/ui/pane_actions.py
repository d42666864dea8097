"""Actions with an icon, and a tooltip that tells their shortcut."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QIcon, QKeySequence
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from desktop_app.ui.theme import ICON_SIZE, Theme


def make_action(
    owner: QWidget,
    theme: Theme,
    text: str,
    *,
    icon: str,
    shortcut: str = "",
    everywhere: bool = False,
) -> QAction:
    """An action of ``owner``. Its shortcut works while the focus is inside ``owner``, or
    ``everywhere`` in the window.
    """
    action = QAction(theme.icons.icon(icon), text, owner)
    plain = text.replace("&", "")
    action.setToolTip(plain)
    if shortcut:
        keys = QKeySequence(shortcut)
        action.setShortcut(keys)
        native = keys.toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{plain} ({native})")
    action.setShortcutContext(
        Qt.ShortcutContext.WindowShortcut
        if everywhere
        else Qt.ShortcutContext.WidgetWithChildrenShortcut
    )
    owner.addAction(action)
    return action


def icon_button(action: QAction, *, size: int = 16) -> QToolButton:
    """A flat button for an action: only its icon, the rest in the tooltip."""
    button = QToolButton()
    button.setDefaultAction(action)
    button.setIconSize(QSize(size, size))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    button.setAccessibleName(action.text().replace("&", ""))
    return button


def mode_button(icon: QIcon, words: str, tip: str) -> QToolButton:
    """A flat button that is down while what it says is in front."""
    button = QToolButton()
    button.setIcon(icon)
    button.setIconSize(ICON_SIZE)
    button.setText(words)
    button.setToolTip(tip)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setCheckable(True)
    return button


def worded_button(icon: QIcon, words: str) -> QPushButton:
    """A button with an icon before its words."""
    button = QPushButton(icon, "")
    reword(button, words)
    return button


def reword(button: QPushButton, words: str) -> None:
    """Give a button that was made by :func:`worded_button` other words."""
    # The style leaves four pixels between icon and words, which is not enough.
    button.setText(f" {words}")
    button.setAccessibleName(words)
