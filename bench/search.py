"""How often search finds the right document, on pools that nothing is fitted to.

`python bench/search.py [--medquad N] [--questions N] [--ablate] [--terms FILE]`

Pool: PubMedQA's 500 dev abstracts and MedQuAD (all 16,407 answers, or about N). Two rounds: without titles, for questions
that are a paper's title; with titles, for its conclusion, words of it, and MeSH topics with several right abstracts. Each
figure is a document's: hit@1, recall@10, MRR, the mean over the kinds of questions; the table by kind goes to
bench/out/search.json. `--ablate` takes out one part of Bedside's search at a time.

Peers, over the same passages and vectors: `bm25` (rank_bm25's Okapi over stemmed words without stop words), `dense`
(MiniLM, cosine), `rrf` (their plain reciprocal rank fusion, k = 60, of 100 each), `langchain` (EnsembleRetriever over
BM25Retriever and a vector retriever, all defaults, so at most 8 passages). Vectors are kept in bench/out; the first run of
the whole pool embeds 31,000 passages.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import mean
from types import SimpleNamespace
from typing import Any

import numpy as np
from _measure import note, report
from _pools import Asked, documents, passages, titled_questions, untitled_questions
from _vectors import CachedEmbedder
from bedside.core.queries import PassageQuery
from bedside.core.types import Facts, Hit, Passage
from bedside.knowledge.search import candidates, lexical, lexical_query, lexical_schema
from bedside.knowledge.search.fusion import Fused, RankedList
from bedside.knowledge.search.hybrid import HybridSearch
from bedside.knowledge.search.lexical import TantivyIndex
from bedside.knowledge.search.texts import embedding_text
from bedside.knowledge.search.words import asked, stems

DEPTH, K, RRF = 100, 10, 60
Find = Callable[[str], list[str]]

parser = argparse.ArgumentParser()
parser.add_argument("--medquad", type=int, help="answers of MedQuAD in the pool; default: all")
parser.add_argument("--questions", type=int, default=150, help="of each kind")
parser.add_argument("--ablate", action="store_true", help="also without each part of Bedside's search")
parser.add_argument("--terms", metavar="FILE", help="a term index (terms.db of a data folder), for synonyms")
arguments = parser.parse_args()


class Pool:
    """The passages of one round and what every system is built from."""

    def __init__(self, held: list[Passage], embedder: CachedEmbedder) -> None:
        self.passages, self.embedder = held, embedder
        self.by_id = {passage.id: passage for passage in held}
        self.row = {passage.id: row for row, passage in enumerate(held)}
        self.documents = [str(passage.fields["document"]) for passage in held]
        self.vectors = embedder.embed([embedding_text(passage) for passage in held])

    def best(self, scores: Any, k: int = K) -> list[str]:
        """Documents by their best passage."""
        order = np.argsort(-scores, kind="stable")[: 20 * k]
        return list(dict.fromkeys(self.documents[i] for i in order))[:k]

    # The vector store of `HybridSearch`: exact, so that no difference comes from an approximate index.

    def nearest(self, query: PassageQuery) -> list[Hit]:
        scores = self.vectors @ query.vector
        best = np.argsort(-scores, kind="stable")[: query.k]
        return [Hit(passage=self.passages[i], score=float(scores[i])) for i in best]

    def get(self, ids: Sequence[str]) -> list[Passage]:
        return [self.by_id[id] for id in ids]

    def embeddings(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Any]:
        return {key: self.vectors[self.row[key[1]]] for key in keys}


class Okapi:
    """rank_bm25's scores by an inverted index (the same formula and defaults, k1 1.5 and b 0.75; its own loop is slow)."""

    def __init__(self, texts: Sequence[str]) -> None:
        tokens = [stems(text) for text in texts]
        lengths = np.array([len(one) for one in tokens], dtype=np.float32)
        self._norm = 1.5 * (0.25 + 0.75 * lengths / lengths.mean())
        self._lists: dict[str, dict[int, int]] = {}
        for place, one in enumerate(tokens):
            for token in one:
                held = self._lists.setdefault(token, {})
                held[place] = held.get(place, 0) + 1

    def scores(self, text: str) -> Any:
        found = np.zeros(len(self._norm), dtype=np.float32)
        for term in asked(text):
            if held := self._lists.get(term):
                places = np.fromiter(held, dtype=np.int64)
                counts = np.fromiter(held.values(), dtype=np.float32)
                idf = np.log((len(self._norm) - len(held) + 0.5) / (len(held) + 0.5) + 1)
                found[places] += idf * counts * 2.5 / (counts + self._norm[places])
        return found


def peers(pool: Pool) -> dict[str, Find]:
    okapi = Okapi([f"{passage.title} {passage.text}" for passage in pool.passages])

    def dense(text: str) -> Any:
        return pool.vectors @ pool.embedder.embed([text])[0]

    def fused(text: str) -> list[str]:
        scores: dict[str, float] = {}
        for one in (okapi.scores(text), dense(text)):
            for rank, document in enumerate(pool.best(one, DEPTH)):
                scores[document] = scores.get(document, 0.0) + 1 / (RRF + 1 + rank)
        return sorted(scores, key=lambda document: -scores[document])[:K]

    return {
        "bm25": lambda text: pool.best(okapi.scores(text)),
        "dense": lambda text: pool.best(dense(text)),
        "rrf": fused,
        "langchain": langchain(pool),
    }


def langchain(pool: Pool) -> Find:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from langchain_classic.retrievers import EnsembleRetriever
        from langchain_community.retrievers import BM25Retriever
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever

    held = [
        Document(page_content=embedding_text(passage), metadata={"document": passage.fields["document"]})
        for passage in pool.passages
    ]

    class ByVector(BaseRetriever):
        """What `Chroma.as_retriever()` gives by default: the four nearest."""

        def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Document]:
            scores = pool.vectors @ pool.embedder.embed([query])[0]
            return [held[i] for i in np.argsort(-scores, kind="stable")[:4]]

    both = EnsembleRetriever(retrievers=[BM25Retriever.from_documents(held), ByVector()], weights=[0.5, 0.5])

    def find(text: str) -> list[str]:
        return list(dict.fromkeys(document.metadata["document"] for document in both.invoke(text)))[:K]

    return find


@contextlib.contextmanager
def bedside(pool: Pool, terms: Any, *, expand: bool = True) -> Iterator[Find]:
    with tempfile.TemporaryDirectory() as folder:
        words = TantivyIndex(Path(folder) / "words")
        for begin in range(0, len(pool.passages), 1_000):
            words.put(pool.passages[begin : begin + 1_000])
        words.commit()
        search = HybridSearch(SimpleNamespace(vectors=pool, words=words, embedder=pool.embedder, terms=terms), expand=expand)
        yield lambda text: [str(hit.passage.fields["document"]) for hit in search.find(text, K, per_document=True).hits]
        search.close()
        words.close()


def rank_fusion(rankings: Mapping[str, RankedList[Any]]) -> list[Fused[Any]]:
    """In the place of `fuse`."""
    fused: dict[Any, Fused[Any]] = {}
    for ranking in rankings.values():
        for rank, key in enumerate(sorted(ranking.scores, key=lambda key: -ranking.scores[key])):
            fused.setdefault(key, Fused(key)).score += 1 / (RRF + 1 + rank)
    return sorted(fused.values(), key=lambda one: -one.score)


@contextlib.contextmanager
def without(module: Any, name: str, value: Any) -> Iterator[None]:
    was = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, was)


def alone(passage: Passage, own: str, around: Sequence[str]) -> Any:
    return _to_document(passage, own, ())


_to_document = lexical_schema.to_document


def unfilled(self: Any, *lists: Any, filled: Any = None, **how: Any) -> None:
    _made(self, *lists, **how)


_made = candidates.Candidates.__init__
LESS: dict[str, Callable[[], contextlib.AbstractContextManager[None]]] = {
    "missing scores estimated": lambda: without(candidates.Candidates, "__init__", unfilled),
    "no support by likeness": lambda: without(candidates, "_SHARE", 0.0),
    "rank fusion instead": lambda: without(candidates, "fuse", rank_fusion),
    "no words of neighbours": lambda: without(lexical, "to_document", alone),
    "title counted once": lambda: without(lexical_schema, "_TITLE_WEIGHT", lexical_schema._OWN_WEIGHT),
    "rare words as in BM25": lambda: without(lexical_query, "_RARE", 0.0),
}


def measure(find: Find, questions: Mapping[str, Sequence[Asked]]) -> dict[str, dict[str, float]]:
    reported: dict[str, dict[str, float]] = {}
    for kind, some in questions.items():
        found = [find(one.text) for one in some]
        pairs = list(zip(found, (one.right for one in some), strict=True))
        reported[kind] = {
            "hit@1": mean(bool(docs) and docs[0] in right for docs, right in pairs),
            "recall@10": mean(len(right.intersection(docs)) / min(len(right), K) for docs, right in pairs),
            "mrr": mean(next((1 / n for n, doc in enumerate(docs, 1) if doc in right), 0.0) for docs, right in pairs),
        }
    return reported


class NoTerms:
    def find(self, text: str) -> Facts:
        return Facts()

    def lookup(self, ids: Sequence[str]) -> list[Any]:
        return []


def main() -> None:
    pool, embedder = documents(arguments.medquad), CachedEmbedder()
    terms: Any = NoTerms()
    if arguments.terms:
        from bedside.knowledge.terms import SqliteTerms

        terms = SqliteTerms(Path(arguments.terms), read_only=True)
    tables: dict[str, dict[str, dict[str, float]]] = {}

    def reported(system: str, found: dict[str, dict[str, float]]) -> None:
        tables.setdefault(system, {}).update(found)
        note(f"{system:24}" + "  ".join(f"{kind} {f['hit@1']:.3f}/{f['recall@10']:.3f}" for kind, f in found.items()))

    rounds = [
        (titled, {kind: some[: arguments.questions] for kind, some in questions.items()})
        for titled, questions in ((False, untitled_questions(pool)), (True, titled_questions(pool)))
    ]
    for titled, questions in rounds:
        held = Pool(passages(pool, titled=titled), embedder)
        embedder.embed([one.text for some in questions.values() for one in some])
        for name, find in peers(held).items():
            reported(name, measure(find, questions))
        with bedside(held, terms, expand=bool(arguments.terms)) as find:
            reported("bedside", measure(find, questions))
        if arguments.ablate:
            for name, less in LESS.items():
                with less(), bedside(held, terms, expand=bool(arguments.terms)) as find:
                    reported(name, measure(find, questions))
        if arguments.ablate and arguments.terms:
            with bedside(held, terms, expand=False) as find:
                reported("no other names", measure(find, questions))
    out = Path(__file__).resolve().parent / "out" / "search.json"
    out.write_text(json.dumps(tables, indent=2) + "\n", encoding="utf-8")
    figures = {
        f"{system} {name}": round(mean(found[name] for found in tables[system].values()), 4)
        for system in tables
        for name in ("hit@1", "recall@10", "mrr")
    }
    best = {
        name: max(figures[f"{peer} {name}"] for peer in ("bm25", "dense", "rrf", "langchain"))
        for name in ("hit@1", "recall@10")
    }
    report(
        "search quality",
        figures,
        {
            "documents": len(pool),
            "questions": {kind: len(some) for _, questions in rounds for kind, some in questions.items()},
            "synonyms": bool(arguments.terms),
        },
        {f"bedside {name}": f">= {value}" for name, value in best.items()},
    )


if __name__ == "__main__":
    main()
