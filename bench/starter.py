"""Starter knowledge: passages per second of the ingest, against raw `model.encode` of the same texts in the same run.

Prints one JSON object. `ratio` (goal: at least 0.9) compares embedding and storing (Chroma, word index) through `load` with
encoding alone as the library does it by itself; `same_work` says how much of that the numeric precision gives: it compares
with the raw model in the precision that the ingest used. `--passages N` takes a sample (1,500), `--repeat` how often.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")


def sample(count: int) -> list[Any]:
    from bedside.core.types import Passage
    from bedside.knowledge.starter import starter_sources

    by_id = {source.id: source for source in starter_sources()}
    found = [one for name in ("cpic", "hpo") for one in by_id[name].records() if isinstance(one, Passage)]
    step = max(1, len(found) // count)
    return found[::step][:count]


def clocked(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=1_500)
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()

    from bedside.core.host.registered import KnowledgeSource
    from bedside.core.testing.doubles import MemoryGraph
    from bedside.knowledge.embeddings import SentenceTransformerEmbedder, starter_folder
    from bedside.knowledge.ingest import FileSources, load
    from bedside.knowledge.ingest.journal import Journal
    from bedside.knowledge.ingest.stores import Stores
    from bedside.knowledge.search.lexical import TantivyIndex
    from bedside.knowledge.search.texts import embedding_text
    from bedside.knowledge.terms import SqliteTerms
    from bedside.knowledge.vectors import ChromaVectors
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()
    passages = sample(given.passages)
    texts = [embedding_text(passage) for passage in passages]
    device = SentenceTransformerEmbedder().device
    raw = SentenceTransformer(str(starter_folder()), device=device, local_files_only=True)
    half = SentenceTransformer(str(starter_folder()), device=device, local_files_only=True)
    embedder = SentenceTransformerEmbedder(device=device)
    embedder.embed(texts[:64])
    if embedder.half:
        half.bfloat16()

    def records() -> Iterator[Any]:
        yield from passages

    source = KnowledgeSource("bench", "bench", "CC0", version=lambda: "1", records=records)
    seconds: dict[str, list[float]] = {"ingest": [], "raw": [], "raw_same_precision": []}
    for _ in range(given.repeat):
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            stores = Stores(
                vectors=ChromaVectors.embedded(
                    place / "chroma", fingerprint=embedder.fingerprint, dimensions=embedder.dimensions
                ),
                lexical=TantivyIndex(place / "words"),
                graph=MemoryGraph(),
                terms=SqliteTerms(place / "terms.sqlite"),
                sources=FileSources(place / "sources.json"),
                embedder=embedder,
                journal=Journal(place / "staging"),
            )
            seconds["ingest"].append(clocked(lambda s=stores: load(source, s)))
            stores.lexical.close()
            stores.vectors.close()
            stores.terms.close()
        # encode() with the library's own batch size.
        seconds["raw"].append(clocked(lambda: raw.encode(texts, show_progress_bar=False)))
        seconds["raw_same_precision"].append(
            clocked(lambda: half.encode(texts, show_progress_bar=False, convert_to_tensor=True))
        )
    per_second = {name: len(texts) / statistics.median(values) for name, values in seconds.items()}
    ratio = per_second["ingest"] / per_second["raw"]
    result = {
        "name": "starter",
        "passages": len(texts),
        "device": device,
        "bfloat16": embedder.half,
        "passages_per_second": {name: round(value, 1) for name, value in per_second.items()},
        "ratio": round(ratio, 3),
        "same_work": round(per_second["ingest"] / per_second["raw_same_precision"], 3),
        "goal": 0.9,
        "ok": ratio >= 0.9,
    }
    print(json.dumps(result))
    return 0 if ratio >= 0.9 else 1


if __name__ == "__main__":
    sys.exit(main())
