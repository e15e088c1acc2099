"""Is an index whole? Chroma writes its HNSW files in place, so that a process that is killed there leaves torn ones.

What follows is an error at every read (chroma-core/chroma#7678), or vectors that are zero, or none at all: of an index that
was cut in half, a search still answers from the other half without a word.
"""

from __future__ import annotations

from typing import Any

from bedside.core.errors import StoreError

from .reader import CollectionReader

_SAMPLE = 50
"""So many of each thousand are searched for."""
_UNFOUND = 0.1
"""An index is approximate: of a whole one a few points in a hundred are not found; of a torn one, whole parts."""


def must_be_whole(reader: CollectionReader, collection: Any) -> None:
    """Read every vector, and find a sample of them again. Raises `StoreError` when one is missing, zero or not found."""
    import numpy as np

    for got in reader.pages(collection, ("embeddings",)):
        vectors = np.asarray(got["embeddings"], dtype=np.float32)
        if len(vectors) != len(got["ids"]) or not np.isfinite(vectors).all() or not vectors.any(axis=1).all():
            raise StoreError(f"{reader.name} holds vectors that were not written whole")
        some = slice(None, None, max(1, len(vectors) // _SAMPLE))
        found = reader.chroma.call(
            "search",
            lambda wanted=vectors[some]: collection.query(query_embeddings=wanted, n_results=1, include=["distances"]),  # type: ignore[misc]
        )
        missed = [not near or near[0] > 1e-3 for near in found["distances"]]
        if sum(missed) > _UNFOUND * len(missed):
            raise StoreError(f"{reader.name} holds vectors that no search finds")
