"""Use cases, free of Qt and of concrete engines."""
