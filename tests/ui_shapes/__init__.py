"""The workspace for shapes."""
