"""Is an index whole? Chroma writes its HNSW files in place, so that a process that is killed there leaves torn ones.

What follows is an error at every read (chroma-core/chroma#7678), or vectors that are zero, or none at all: of an index that
was cut in half, a search still answers from the other half without a word. A search of some torn indexes ends the process
(SIGSEGV in hnswlib), so that a folder is looked at by another one.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from bedside.core.errors import StoreError

from .clients import open_folder
from .connection import ChromaConnection
from .reader import CollectionReader

_SAMPLE = 50
"""So many of each thousand are searched for."""
_UNFOUND = 0.1
"""An index is approximate: of a whole one a few points in a hundred are not found; of a torn one, whole parts."""


def must_be_whole(reader: CollectionReader, source_id: str) -> None:
    """Read every vector of a source, and find a sample of them again. Raises `StoreError` when one is missing, zero or not
    found."""
    mine = reader.collections(source_id)
    for collection in mine.all():
        if collection is not mine.twins:
            _must_be_whole(reader, collection)


def folder_must_be_whole(folder: Path, source_id: str) -> None:
    """As `must_be_whole`, of the store in `folder`, by a process of its own."""
    command = [sys.executable, "-m", __name__, str(folder), source_id]
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    except OSError as error:
        raise StoreError(f"{folder} could not be looked at: {error.strerror}") from error
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"the process that looked ended with {done.returncode}"])[-1]
        raise StoreError(f"{folder} was not written whole: {last}")


def _must_be_whole(reader: CollectionReader, collection: Any) -> None:
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


if __name__ == "__main__":
    _folder, _source = sys.argv[1:]
    _reader = CollectionReader(
        ChromaConnection(lambda: open_folder(Path(_folder)), _folder, bounded=False), _folder, fingerprint="", dimensions=0
    )
    must_be_whole(_reader, _source)
