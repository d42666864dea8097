"""A dressed application for everything that paints."""

from tests.dressed import english_figures, theme

__all__ = ["english_figures", "theme"]
