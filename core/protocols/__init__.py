"""What the engine and the plugins ask of the shared parts. The adapters live in `knowledge`, test doubles in `testing`.

Every method raises the `ServiceError` of its part (`ModelError`, `EmbeddingError`, `StoreError`) and nothing else when
the backend is absent, dies or is too slow. All are safe to call from several threads. The stores are for reading: what is
loaded changes by `knowledge load`, as a whole release, never by a task.

A store implements the methods that take one query object (`core.queries`); those with keywords build it and are inherited.
"""

from .models import Embedder, LanguageModel
from .services import Services, TextReader
from .stores import GraphStore, PassageSearch, Sources, TermIndex, VectorStore

__all__ = [
    "Embedder",
    "GraphStore",
    "LanguageModel",
    "PassageSearch",
    "Services",
    "Sources",
    "TermIndex",
    "TextReader",
    "VectorStore",
]
