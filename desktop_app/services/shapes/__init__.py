"""Searching by outline."""
