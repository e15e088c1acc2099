"""Ingest of a large corpus: rate and peak memory at several sizes, beside bare Chroma and bare tantivy on the same records.

Real passages (MedQuAD) are embedded once and repeated under other ids, with noise on their vectors and a number in their
text, so that a million can be stored without a week of embedding: what is measured is reading, storing, indexing and memory,
not the model. Each size and each side runs in a process of its own. Prints one JSON object.

--sizes 10000 100000 1000000   --keep FOLDER keeps the stores (`search_speed.py --folder` asks them)
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from _measure import note, report

BASE = 5_000
NOISE = 0.35
"""Length of the noise on unit vectors: a copy's cosine to its original is then about 0.94, to other copies 0.89."""
SIDES = ("bedside", "chroma", "tantivy")


def base() -> tuple[list[Any], Any]:
    """Real passages and their vectors."""
    from _pools import documents
    from _vectors import CachedEmbedder
    from bedside.core.types import Passage
    from bedside.knowledge.search.texts import embedding_text

    texts = [one.text for one in documents() if len(one.text) > 200][:BASE]
    passages = [Passage.of(source_id="base", doc_id=str(n), text=text[:1_000]) for n, text in enumerate(texts)]
    return passages, CachedEmbedder().embed([embedding_text(passage) for passage in passages])


class Replay:
    """`Embedder` and source in one: the vector of a text is that of the passage it repeats, with its own noise."""

    fingerprint, dimensions = "replay:1", 384

    def __init__(self, folder: Path) -> None:
        import numpy as np

        self._rows = json.loads((folder / "texts.json").read_text(encoding="utf-8"))
        self._vectors = np.load(folder / "vectors.npy")

    def records(self, size: int) -> Iterator[Any]:
        from bedside.core.types import Passage

        for number in range(size):
            text = f"{number} {self._rows[number % len(self._rows)]}"
            yield Passage.of(
                source_id="corpus", doc_id=str(number), text=text, kind="abstract", fields={"document": str(number)}
            )

    def embed(self, texts: list[str]) -> Any:
        import numpy as np

        numbers = [int(text.split(" ", 1)[0]) for text in texts]
        noise = np.random.default_rng(numbers[0]).normal(size=(len(numbers), self.dimensions)).astype(np.float32)
        noise *= NOISE / np.linalg.norm(noise, axis=1, keepdims=True)
        vectors = self._vectors[[number % len(self._rows) for number in numbers]] + noise
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def one_side(side: str, size: int, data: Path, folder: Path) -> dict[str, float]:
    replay = Replay(data)
    began = time.perf_counter()
    if side == "bedside":
        _bedside(replay, size, folder)
    elif side == "chroma":
        _chroma(replay, size, folder)
    else:
        _tantivy(replay, size, folder)
    seconds = time.perf_counter() - began
    return {"per_s": round(size / seconds), "peak_mb": round(_peak_mb()), "seconds": round(seconds, 1)}


def _peak_mb() -> float:
    """Not getrusage: its peak begins with that of the process that started this one."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def _bedside(replay: Replay, size: int, folder: Path) -> None:
    from bedside.core.host.registered import KnowledgeSource
    from bedside.core.testing.doubles import MemoryGraph
    from bedside.knowledge.ingest import FileSources, load
    from bedside.knowledge.ingest.journal import Journal
    from bedside.knowledge.ingest.stores import Stores
    from bedside.knowledge.search.lexical import TantivyIndex
    from bedside.knowledge.terms import SqliteTerms
    from bedside.knowledge.vectors import ChromaVectors

    stores = Stores(
        vectors=ChromaVectors.embedded(folder / "chroma", fingerprint=replay.fingerprint, dimensions=replay.dimensions),
        lexical=TantivyIndex(folder / "words"),
        graph=MemoryGraph(),
        terms=SqliteTerms(folder / "terms.sqlite"),
        sources=FileSources(folder / "sources.json"),
        embedder=replay,
        journal=Journal(folder / "staging"),
    )
    source = KnowledgeSource("corpus", "corpus", "CC0", version=lambda: "1", records=lambda: replay.records(size))
    last = [0]

    def tell(_: str, stage: str, done: int, total: int | None) -> None:
        if stage == "passages" and done >= last[0] + 50_000:
            last[0] = done
            note(f"bedside {done:,} of {size:,}")

    load(source, stores, progress=tell)
    stores.lexical.close()
    stores.vectors.close()


def _chroma(replay: Replay, size: int, folder: Path) -> None:
    import chromadb
    from chromadb.config import Settings

    client = chromadb.PersistentClient(path=folder / "bare", settings=Settings(anonymized_telemetry=False))
    collection = client.create_collection("bare", configuration={"hnsw": {"space": "cosine"}}, embedding_function=None)
    for part in _parts(replay, size):
        collection.add(
            ids=[p.id for p in part],
            embeddings=replay.embed([p.text for p in part]),
            documents=[p.text for p in part],
            metadatas=[{"document": p.doc_id, "kind": p.kind} for p in part],
        )
        if int(part[-1].doc_id) % 50_000 == 49_999:
            note(f"chroma {part[-1].doc_id}")


def _tantivy(replay: Replay, size: int, folder: Path) -> None:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    builder.add_text_field("body", tokenizer_name="en_stem")
    (folder / "bare_words").mkdir()
    index = tantivy.Index(builder.build(), path=str(folder / "bare_words"))
    writer = index.writer(heap_size=64 << 20, num_threads=1)
    for part in _parts(replay, size):
        for passage in part:
            writer.add_document(tantivy.Document(id=passage.id, body=passage.text))
    writer.commit()
    writer.wait_merging_threads()


def _parts(replay: Replay, size: int) -> Iterator[list[Any]]:
    part: list[Any] = []
    for passage in replay.records(size):
        part.append(passage)
        if len(part) == 512:
            yield part
            part = []
    if part:
        yield part


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[2_000, 10_000])
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--side", choices=SIDES)
    parser.add_argument("--data", type=Path)
    given = parser.parse_args()
    if given.side:
        print(json.dumps(one_side(given.side, given.sizes[0], given.data, given.keep)))
        return 0

    import numpy as np

    with tempfile.TemporaryDirectory() as temporary:
        data = given.keep or Path(temporary)
        data.mkdir(parents=True, exist_ok=True)
        passages, vectors = base()
        (data / "texts.json").write_text(json.dumps([p.text for p in passages]), encoding="utf-8")
        np.save(data / "vectors.npy", vectors)
        figures: dict[str, Any] = {}
        for size in given.sizes:
            folder = data / str(size)
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            for side in SIDES:
                command = [sys.executable, __file__, "--side", side, "--sizes", str(size)]
                done = subprocess.run(
                    [*command, "--data", str(data), "--keep", str(folder)], stdout=subprocess.PIPE, text=True, check=True
                )
                got = json.loads(done.stdout)
                figures |= {f"{side}_{size}_{what}": value for what, value in got.items()}
                note(f"{side} {size:,}: {got}")
            slower = min(figures[f"{side}_{size}_per_s"] for side in SIDES[1:])
            figures[f"ratio_{size}"] = round(figures[f"bedside_{size}_per_s"] / slower, 2)
            if not given.keep:
                shutil.rmtree(folder)
        first, last = (figures[f"bedside_{size}_peak_mb"] for size in (given.sizes[0], given.sizes[-1]))
        figures["peak_growth"] = round(last / first, 3)
    report(
        "ingest",
        figures,
        {"sizes": given.sizes, "base": BASE, "noise": NOISE},
        {"peak_growth": "within 10 % from 100,000 to 1,000,000"},
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
