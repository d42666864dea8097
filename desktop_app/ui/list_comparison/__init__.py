"""A list of a supplier held against the catalogue: what is known, new, changed or missing."""
