"""Comparing objects by their outlines."""
