"""Where Qt meets the services: lanes, thumbnail loading, image conversion."""
