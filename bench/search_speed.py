"""Seconds per search beside the bare stores under it. `python bench/search_speed.py [passages]`, 10,000 by default.

The first passages are MedQuAD's, the others the same text again with a little noise on the vector. For each question, in
turn: Bedside's search (both sides, fusion, passages read), Chroma's own query for the same number of passages, and tantivy's
own, all with the question's vector given. Also `k10`: Chroma and tantivy asked for 10 passages only. Goal: p95 at most 1.5
times that of the slower of the two at the same depth.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from _measure import note, report
from _pools import documents, passages, untitled_questions
from _vectors import CachedEmbedder
from bedside.core.queries import PassageQuery
from bedside.core.types import Passage
from bedside.knowledge.search.hybrid import DEPTH, HybridSearch
from bedside.knowledge.search.lexical import TantivyIndex
from bedside.knowledge.search.words import asked
from bedside.knowledge.vectors import ChromaVectors

K, ROUNDS, BATCH, NOISE = 10, 100, 5_000, 0.02


def again(passage: Passage, row: int, of: int) -> Passage:
    fields = {"document": f"{passage.fields['document']}/{row // of}"}
    # A number in its text: copies of a text are indexed once.
    text = f"{passage.text} {row}" if row >= of else passage.text
    return passage.model_copy(update={"id": f"p{row}", "text": text, "fields": fields})


def main(size: int) -> None:
    embedder = CachedEmbedder()
    pool = documents(2_500)
    real = passages(pool, titled=False)[:size]
    vectors = embedder.embed([passage.text for passage in real])
    texts = [one.text for one in untitled_questions(pool)["MedQuAD own answer"]][:ROUNDS]
    asking = embedder.embed(texts)
    chance = np.random.default_rng(4)
    with tempfile.TemporaryDirectory() as folder:
        store = ChromaVectors.embedded(
            Path(folder) / "chroma", fingerprint=embedder.fingerprint, dimensions=embedder.dimensions
        )
        words = TantivyIndex(Path(folder) / "words")
        for begin in range(0, size, BATCH):
            rows = np.arange(begin, min(begin + BATCH, size))
            copies = [again(real[row % len(real)], int(row), len(real)) for row in rows]
            noise = chance.normal(0, NOISE, (len(rows), vectors.shape[1])) * (rows >= len(real))[:, None]
            near = vectors[rows % len(real)] + noise
            store.put(copies, (near / np.linalg.norm(near, axis=1, keepdims=True)).astype(np.float32))
            words.put(copies)
            note(f"stored {rows[-1] + 1:,}")
        words.commit()
        search = HybridSearch(SimpleNamespace(vectors=store, words=words, embedder=embedder, terms=None), expand=False)
        index = words._index

        def chroma(number: int, k: int) -> None:
            main = store._reader.collections("pool").main
            main.query(query_embeddings=[asking[number]], n_results=k, include=["documents", "metadatas", "distances"])

        def tantivy(number: int, k: int) -> None:
            query = index.parse_query(" ".join(asked(texts[number])), ["body"])
            searcher = index.searcher()
            for _, address in searcher.search(query, limit=k).hits:
                searcher.doc(address)

        systems: dict[str, Callable[[int], Any]] = {
            "bedside": lambda n: search.find_passages(PassageQuery(texts[n], K, vector=asking[n])),
            "chroma": lambda n: chroma(n, DEPTH),
            "tantivy": lambda n: tantivy(n, DEPTH),
            "chroma k10": lambda n: chroma(n, K),
            "tantivy k10": lambda n: tantivy(n, K),
        }
        times: dict[str, list[float]] = {name: [] for name in systems}
        for number in range(-5, len(texts)):
            for name, ask in systems.items():
                started = time.perf_counter()
                ask(max(number, 0))
                if number >= 0:
                    times[name].append(time.perf_counter() - started)
        search.close()
        words.close()
        store.close()
    figures: dict[str, float] = {}
    for name, some in times.items():
        figures |= {f"{name} p{q} ms": round(float(np.percentile(some, q)) * 1_000, 2) for q in (50, 95)}
    slower = max(figures["chroma p95 ms"], figures["tantivy p95 ms"])
    figures["p95 ratio"] = round(figures["bedside p95 ms"] / slower, 3)
    conditions = {"passages": size, "k": K, "depth": DEPTH, "questions": len(texts)}
    report("search speed", figures, conditions, {"p95 ratio": "<= 1.5"})


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
