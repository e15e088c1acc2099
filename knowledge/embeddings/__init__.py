"""Text to vectors."""

from .encoder import SentenceTransformerEmbedder, starter_folder

__all__ = ["SentenceTransformerEmbedder", "starter_folder"]
