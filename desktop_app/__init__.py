"""Twinshelf: find the product in a catalogue that looks like the picture in your hand."""

__version__ = "0.1.0"
