"""Print and label: key points found, described, compressed, and matched between pictures."""
