"""Vectors that are made once: kept by the hash of their text, since embedding a pool takes minutes."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from _measure import note

CACHE = Path(__file__).resolve().parent / "out" / "vectors.db"
_BATCH = 512


class CachedEmbedder:
    """The starter's embedder with what it made before; half precision is kept."""

    def __init__(self) -> None:
        from bedside.knowledge.embeddings import SentenceTransformerEmbedder

        CACHE.parent.mkdir(exist_ok=True)
        self._base = SentenceTransformerEmbedder()
        self._made = sqlite3.connect(CACHE, check_same_thread=False)
        self._made.execute("CREATE TABLE IF NOT EXISTS e (h TEXT PRIMARY KEY, v BLOB)")
        self.fingerprint, self.dimensions = self._base.fingerprint, self._base.dimensions

    def embed(self, texts: Sequence[str]) -> Any:
        import numpy as np

        hashes = [hashlib.sha256(text.encode()).hexdigest()[:20] for text in texts]
        have: dict[str, Any] = {}
        for begin in range(0, len(hashes), 500):
            part = hashes[begin : begin + 500]
            marks = ",".join("?" * len(part))
            rows = self._made.execute(f"SELECT h, v FROM e WHERE h IN ({marks})", part)
            have.update((h, np.frombuffer(v, np.float16)) for h, v in rows)
        todo = list({h: text for h, text in zip(hashes, texts, strict=True) if h not in have}.items())
        started = time.monotonic()
        for begin in range(0, len(todo), _BATCH):
            part_ = todo[begin : begin + _BATCH]
            made = self._base.embed([text for _, text in part_]).astype(np.float16)
            with self._made:
                rows_ = [(h, row.tobytes()) for (h, _), row in zip(part_, made, strict=True)]
                self._made.executemany("INSERT OR REPLACE INTO e VALUES (?, ?)", rows_)
            have.update((h, row) for (h, _), row in zip(part_, made, strict=True))
            if len(todo) > _BATCH:
                rate = (begin + len(part_)) / (time.monotonic() - started)
                note(f"embedded {begin + len(part_):,} of {len(todo):,}, {rate:.0f}/s")
        found = np.stack([have[h] for h in hashes]).astype(np.float32)
        return found / np.linalg.norm(found, axis=1, keepdims=True)
