"""Names of drugs, genes, phenotypes, diseases and codes: stored, searched, found in text."""

from .sqlite import SqliteTerms

__all__ = ["SqliteTerms"]
