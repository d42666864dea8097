"""Nearest-neighbour indexes over vectors (faiss is imported only here)."""
