"""Which kind of container a picture shows, and its object in grey."""
