"""Adapters: each module names the one engine it wraps."""
