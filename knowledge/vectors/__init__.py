"""Passages and their vectors, in Chroma."""

from .chroma import ChromaVectors

__all__ = ["ChromaVectors"]
