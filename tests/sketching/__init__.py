"""Outlines as people draw them."""
