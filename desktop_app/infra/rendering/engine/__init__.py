"""Geometry, light and pictures; knows nothing of cosmetics."""
