"""Metric learning on one's own products: losses, samplers, networks, and what teaches them."""
