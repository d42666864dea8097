"""The process itself: logging, crash hooks, single instance."""
