"""Cosmetic packaging as parametric designs, and the invented brands that dress it."""
