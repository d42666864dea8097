"""The map of outlines: its view, what is said about it, and the list beside it."""
