"""What both sides found, fused: as passages, or as documents with their best passage."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bedside.core.types import Hit, Passage

from .documents import Document, best_per_document
from .fusion import Fused, RankedList, fuse
from .lexical import LexicalHit
from .lexical_schema import document_of
from .score_completion import Embeddings, Filled, Key, supported

BM25, DENSE = "bm25", "dense"
"""Names in `Hit.parts`."""

HEAD = 30
"""Documents whose likeness to each other counts."""
_SHARE, _NEIGHBOURS = 0.3, 5
"""From 0.2 to 0.5 and from 3 to 10, recall rises alike (docs/benchmarks.md)."""

Get = Callable[[Sequence[str]], list[Passage]]


class Candidates:
    """The hits of both sides for one question. `lost` counts passages that only the word index knows of.

    A retracted passage comes after one that is not and has the same score; then the order of ids decides, so that it is the
    same on every machine.
    """

    def __init__(
        self,
        dense: Sequence[Hit],
        words: Sequence[LexicalHit],
        depth: int,
        *,
        per_document: bool,
        filled: Filled | None = None,
    ) -> None:
        """`filled`: the scores that each side gives to what only the other found; without, they are estimated."""
        self._per_document = per_document
        self._passages: dict[Key, Passage] = {}
        self._document: dict[Key, Document] = {}
        by_meaning: dict[Key, float] = {}
        for hit in dense:
            key = (hit.passage.source_id, hit.passage.id)
            by_meaning[key] = hit.score
            self._passages[key] = hit.passage
            self._document[key] = (hit.passage.source_id, document_of(hit.passage))
        by_words = {(hit.source_id, hit.passage_id): hit.score for hit in words}
        for one in words:
            self._document.setdefault((one.source_id, one.passage_id), (one.source_id, one.document))
        if filled is not None:
            by_words |= filled.by_words
            by_meaning |= filled.by_meaning
            depth = len(self._document) + 1  # both lists are whole
        # A list that ended by itself holds all there is: what it has not got shares no word, or is not stored as a vector.
        meant = RankedList(by_meaning, depth, min(by_meaning.values(), default=0.0))
        self._fused: list[Fused[Key]] = fuse({BM25: RankedList(by_words, depth), DENSE: meant})
        self._documents: list[Fused[Document]] = []
        if per_document:
            worded = RankedList(best_per_document(by_words, self._document), self._room(by_words, depth))
            best = best_per_document(by_meaning, self._document)
            meant = RankedList(best, self._room(by_meaning, depth), min(best.values(), default=0.0))
            self._documents = fuse({BM25: worded, DENSE: meant})
        self.lost = 0

    def _room(self, scores: dict[Key, float], depth: int) -> int:
        """How many documents a list could have had: no more than it has if its passages filled it."""
        return depth if len(scores) < depth else 0

    def support(self, embeddings: Embeddings, known: Mapping[Key, Any]) -> None:
        """Order the first documents anew by what is like them; `embeddings` raises what the store raises."""
        head = self._documents[:HEAD]
        best: dict[Document, Key] = {}
        for one in self._fused:
            best.setdefault(self._document[one.key], one.key)
        keys = [best[one.key] for one in head]
        vectors = {**known, **embeddings([key for key in keys if key not in known])}
        scores = [one.score for one in head]
        mixed = supported(scores, [vectors.get(key) for key in keys], share=_SHARE, neighbours=_NEIGHBOURS)
        for one, score in zip(head, mixed, strict=True):
            one.score = score
        # No score falls below the lowest of the head, so the rest stays behind it.
        self._documents[:HEAD] = sorted(head, key=lambda one: -one.score)

    def top(self, k: int, get: Get) -> list[Hit]:
        """The `k` best, their passages fetched in parts; `get` raises what the store raises."""
        if not self._per_document:
            return self._hits([(one, [one.key]) for one in self._fused], k, get)
        members: dict[Document, list[Key]] = {}
        for one in self._fused:
            members.setdefault(self._document[one.key], []).append(one.key)
        return self._hits([(one, members[one.key]) for one in self._documents], k, get)

    def _hits(self, ordered: Sequence[tuple[Fused[Any], list[Key]]], k: int, get: Get) -> list[Hit]:
        """One hit for each entry: its first passage that is stored."""
        hits: list[Hit] = []
        begin = 0
        while begin < len(ordered) and (len(hits) < k or ordered[begin][0].score == hits[-1].score):
            part = ordered[begin : begin + max(k, 1)]
            begin += len(part)
            self._fetch([keys[0] for _, keys in part], get)
            self._fetch([key for _, keys in part if keys[0] not in self._passages for key in keys[1:]], get)
            for one, keys in part:
                stored = next((key for key in keys if key in self._passages), None)
                if stored is None:
                    self.lost += len(keys)
                else:
                    hits.append(Hit(passage=self._passages[stored], score=one.score, parts=one.parts))
        hits.sort(key=lambda hit: (-hit.score, bool(hit.passage.fields.get("retracted")), hit.passage.id))
        return hits[:k]

    def _fetch(self, keys: Sequence[Key], get: Get) -> None:
        missing = [key for key in keys if key not in self._passages]
        if missing:
            for passage in get([passage_id for _, passage_id in missing]):
                self._passages[passage.source_id, passage.id] = passage
