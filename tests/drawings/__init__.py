"""Outlines in files of drawing programs."""
