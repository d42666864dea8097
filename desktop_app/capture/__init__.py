"""Frame sources: camera, stream and stills."""
