"""Readers of product lists: CSV, XLSX, ZIP and folder trees."""
