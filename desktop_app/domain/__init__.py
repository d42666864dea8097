"""Entities, values and ports: the standard library and numpy only."""
