"""The look of the application: tokens, palette, style sheet and icons.

Make one :class:`Theme` at start, ``theme.apply(app)`` it, and pass it to every widget that
draws for itself or shows icons::

    button.setIcon(theme.icons.icon("crop"))      # follows the theme by itself
    painter.fillRect(rect, theme.colours.mat)     # QColor, current theme
    theme.changed.connect(self.update)            # only for what you cached

Plain Qt widgets need nothing: the palette and the style sheet dress them. Dynamic properties
choose among the designed variants, see :mod:`desktop_app.ui.theme.stylesheet`.
"""

from desktop_app.ui.theme.icons import ICON_SIZE, ICON_SIZE_BESIDE_TEXT, Icons
from desktop_app.ui.theme.theme import Theme, ThemeMode
from desktop_app.ui.theme.tokens import RADIUS, Colours, FontSize, Space

__all__ = [
    "ICON_SIZE",
    "ICON_SIZE_BESIDE_TEXT",
    "RADIUS",
    "Colours",
    "FontSize",
    "Icons",
    "Space",
    "Theme",
    "ThemeMode",
]
