"""Passages found by their words and by their meaning, in one order."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Protocol

from bedside.core.errors import ServiceError
from bedside.core.protocols import Embedder, PassageSearch, TermIndex, VectorStore
from bedside.core.queries import PassageQuery
from bedside.core.types import Hit, SearchResult

from .candidates import Candidates
from .diversify import varied
from .expand import synonyms
from .lexical import LexicalHit
from .lexical_query import Synonyms
from .lexical_schema import year_of
from .rerank import Reranked
from .score_completion import Filled, Key, cosines, missing

DEPTH = 100
"""Passages that each side may bring. Deeper lists were not better (bench/search.py)."""
DEEPEST = 1_000
_SPARE = 10
"""Passages beyond those asked for that may take the place of near copies."""
_YEARS_OVER = 4
"""Vectors can't be asked for a span of years: so many times as many are fetched, and those outside left out."""

Rerank = Callable[[str, Sequence[Hit]], Reranked]


class WordIndex(Protocol):
    def query(self, query: PassageQuery, synonyms: Sequence[Synonyms] = ()) -> list[LexicalHit]: ...

    def scores(self, text: str, keys: Sequence[Key], *, synonyms: Sequence[Synonyms] = ()) -> Mapping[Key, float]: ...


class Parts(Protocol):
    """Where the parts come from; `Services` is one. Each is asked for at each search and may raise its `ServiceError`."""

    @property
    def vectors(self) -> VectorStore: ...

    @property
    def words(self) -> WordIndex: ...

    @property
    def embedder(self) -> Embedder: ...

    @property
    def terms(self) -> TermIndex: ...


class HybridSearch(PassageSearch):
    """Implements `core.protocols.PassageSearch`: BM25 and vectors side by side, fused by their scores.

    `expand`: also look for the other names of drugs, genes, findings and diseases. `rerank` reorders the first hits where a
    search asks for it. Safe to call from several threads.
    """

    def __init__(self, parts: Parts, *, depth: int = DEPTH, expand: bool = True, rerank: Rerank | None = None) -> None:
        self._parts = parts
        self._depth = depth
        self._expand = expand
        self._rerank = rerank
        self._pool = ThreadPoolExecutor(4, thread_name_prefix="bedside-search")

    def find_passages(self, query: PassageQuery) -> SearchResult:
        """The `k` best passages, or with `per_document` the best passage of each of the `k` best documents.

        `score` is 0 for an average hit of the two lists, and one deviation of their scores is 1. `parts` has `bm25` and
        `dense` (cosine), each where that side found the passage (or the document). Where one side can't be used the other
        answers and a note says so; StoreError or EmbeddingError when neither can.
        """
        text, k, per_document = query.text, query.k, query.per_document
        if k <= 0 or not text.strip():
            return SearchResult()
        depth = min(max(self._depth, 4 * k), DEEPEST)
        deep = replace(query, k=depth)
        meaning: Future[tuple[list[Hit], Any]] = self._pool.submit(self._by_meaning, deep)
        notes: list[str] = []
        groups = self._synonyms(text, notes)
        words: list[LexicalHit] | None = None
        try:
            words = self._parts.words.query(deep, groups)
        except ServiceError as error:
            notes.append(f"found by meaning only, words could not be searched: {error}")
        try:
            dense, vector = meaning.result()
        except ServiceError as error:
            if words is None:
                raise
            dense, vector = [], None
            notes.append(f"found by words only, meaning could not be searched: {error}")
        candidates = self._candidates(text, vector, dense, words, depth, groups, per_document, notes)
        hits = candidates.top(k if per_document else k + _SPARE, self._parts.vectors.get)
        if candidates.lost:
            notes.append(f"{candidates.lost} passages of the word index are not in the passage store")
        if not per_document:
            hits = varied(hits)
        if query.rerank and self._rerank is not None:
            reranked = self._rerank(text, hits)
            hits, notes = reranked.hits, [*notes, reranked.note]
        return SearchResult(
            hits=tuple(hits[:k]),
            notes=tuple(notes),
            expanded={" ".join(g.own): tuple(" ".join(other) for other in g.others) for g in groups},
        )

    def find_many(self, texts: Sequence[str], k: int = 10, **how: Any) -> Iterator[SearchResult]:
        """`find` of each text, their vectors made in one go."""
        vectors: Any = [None] * len(texts)
        with contextlib.suppress(ServiceError):  # each search meets the error again and notes it
            vectors = self._parts.embedder.embed(texts)
        for text, vector in zip(texts, vectors, strict=True):
            yield self.find_passages(PassageQuery(text, k, vector=vector, **how))

    def _candidates(
        self,
        text: str,
        vector: Any,
        dense: list[Hit],
        words: list[LexicalHit] | None,
        depth: int,
        groups: Sequence[Synonyms],
        per_document: bool,
        notes: list[str],
    ) -> Candidates:
        """Both lists fused, each side's scores for what only the other found asked for."""
        if words is None or vector is None:
            return Candidates(dense, words or [], depth, per_document=per_document)
        unworded, unmeant = missing(dense, words, depth)
        embeddings = self._parts.vectors.embeddings
        try:
            fetched = self._pool.submit(embeddings, unmeant)
            by_words = self._parts.words.scores(text, unworded, synonyms=groups)
            vectors = fetched.result()
            filled = Filled(by_words, cosines(vector, vectors), vectors)
            candidates = Candidates(dense, words, depth, per_document=per_document, filled=filled)
            if per_document:
                candidates.support(embeddings, vectors)
            return candidates
        except ServiceError as error:
            notes.append(f"scores of one side only were not completed: {error}")
            return Candidates(dense, words, depth, per_document=per_document)

    def _by_meaning(self, query: PassageQuery) -> tuple[list[Hit], Any]:
        """The hits, and the vector of the text."""
        vector, depth, years = query.vector, query.k, query.years
        if vector is None:
            vector = self._parts.embedder.embed([query.text])[0]
        query = replace(query, vector=vector)
        if years is None:
            return self._parts.vectors.nearest(query), vector
        hits = self._parts.vectors.nearest(replace(query, k=min(_YEARS_OVER * depth, DEEPEST)))
        dated = [(year_of(hit.passage.fields.get("year")), hit) for hit in hits]
        return [hit for year, hit in dated if year is not None and years[0] <= year <= years[1]][:depth], vector

    def _synonyms(self, text: str, notes: list[str]) -> list[Synonyms]:
        if not self._expand:
            return []
        try:
            return synonyms(text, self._parts.terms)
        except ServiceError as error:
            notes.append(f"other names were not searched for: {error}")
            return []

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
