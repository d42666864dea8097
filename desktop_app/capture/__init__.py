"""Frame sources: cameras, streams, videos and stills give frames, newest only."""
