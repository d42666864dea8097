"""Outlines in files of drawing programs: SVG, DXF and pictures of drawings."""
