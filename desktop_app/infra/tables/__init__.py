"""Readers of product lists and archives, and the spreadsheet writer (openpyxl only here)."""
