"""The catalogue database (sqlite3 and sqlite-utils are imported only here)."""
