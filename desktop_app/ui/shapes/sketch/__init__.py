"""The drawing board for outlines."""
