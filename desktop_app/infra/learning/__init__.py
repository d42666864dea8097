"""Adapters for learning on a person's own catalogue."""
