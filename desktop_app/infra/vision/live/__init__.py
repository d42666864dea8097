"""Looking at a camera's frames while they come, and evening their light out."""
