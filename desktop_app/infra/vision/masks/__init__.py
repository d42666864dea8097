"""Finding the object of a picture: transparency, even backgrounds, and a saliency network."""
