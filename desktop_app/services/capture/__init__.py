"""The capture station: when a picture is taken, and what it turns out to be."""
