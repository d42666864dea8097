"""The capture station: a product before the camera, and what it turned out to be."""
