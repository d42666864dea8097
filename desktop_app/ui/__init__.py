"""Widgets, item models, delegates and theme."""
