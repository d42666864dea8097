"""A supplier's list held against the catalogue, before anything is imported."""
