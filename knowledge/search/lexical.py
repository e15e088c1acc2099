"""The word index of all passages, on disk: incremental BM25 (tantivy)."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bedside.core.errors import StoreError
from bedside.core.queries import PassageQuery
from bedside.core.types.knowledge import Passage

from ..importing import IMPORTS
from .lexical_query import Synonyms, Words
from .lexical_schema import (
    BUCKETS,
    MARK,
    SCHEMA_VERSION,
    document_of,
    filter_value,
    ids_of,
    key_of,
    key_prefix,
    schema,
    to_document,
)
from .words import analyzer, asked, spread

_HEAP = 64 << 20
"""Bytes that the writer holds before it starts a new segment on disk."""
_LOAD_HINT = "bedside knowledge load"


@dataclass(frozen=True, slots=True)
class LexicalHit:
    """A passage with its BM25 score (> 0, comparable only within one query). `document` is what it was cut from."""

    passage_id: str
    source_id: str
    score: float
    document: str = ""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A passage that is written when the next one is known, whose words are its context."""

    passage: Passage
    own: str
    before: tuple[str, ...]

    @property
    def key(self) -> tuple[str, str]:
        return self.passage.source_id, self.passage.id

    @property
    def document(self) -> tuple[str, str]:
        return self.passage.source_id, document_of(self.passage)


class TantivyIndex:
    """An index in folder `path`: one writer, any number of readers beside it, which see its last commit.

    `put` and `remove` take effect at `commit`. A process that is killed leaves the last commit. Every method
    raises `StoreError` when the folder is missing, damaged, of another version, written by another process or full.
    """

    def __init__(self, path: str | Path, *, read_only: bool = False) -> None:
        self._folder = Path(path)
        self._name = f"the word index {self._folder}"
        self._lock = threading.RLock()
        self._writer: Any = None
        self._index: Any = None
        self._seen: tuple[int, int] = (0, 0)
        self._read_only = read_only
        self._last: _Waiting | None = None
        with self._told("open"):
            self._open()

    # --- writing ------------------------------------------------------------------------------------------------------

    def put(self, passages: Sequence[Passage]) -> None:
        """Store or replace by (source_id, id). Memory stays bounded: what is full goes to disk, unseen until `commit`.

        Passages of one document come one after the other, in its order; then each is also found by its neighbours' words.
        """
        with self._lock, self._told("store passages"):
            self._must_write()
            for passage in passages:
                last, own = self._last, spread(passage.text)
                if last is None or last.key == (passage.source_id, passage.id):
                    self._last = _Waiting(passage, own, last.before if last else ())
                    continue
                together = last.document == (passage.source_id, document_of(passage))
                self._write(last, (own,) if together else ())
                self._last = _Waiting(passage, own, (last.own,) if together else ())

    def remove(self, source_id: str) -> int:
        """Remove a source at the next `commit`; how many of its passages were visible."""
        with self._lock, self._told("remove passages"):
            number = self.count(source_id)
            self._flush()
            self._must_write().delete_documents_by_term("source", source_id)
            return number

    def commit(self) -> None:
        """Make all that was put and removed visible, in one step."""
        with self._lock, self._told("commit"):
            self._flush()
            self._must_write().commit()
            self._reload()

    def rollback(self) -> None:
        """Forget all since the last `commit`."""
        with self._lock, self._told("roll back"):
            self._last = None
            self._must_write().rollback()

    def close(self) -> None:
        """Close; what was not committed is lost. Waits for background merges, so that nothing is written afterwards."""
        with self._lock:
            writer, self._writer, self._index = self._writer, None, None
            self._last = None
            if writer is not None:
                with self._told("close"):
                    writer.rollback()
                    writer.wait_merging_threads()

    # --- reading ------------------------------------------------------------------------------------------------------

    def query(self, query: PassageQuery, synonyms: Sequence[Synonyms] = ()) -> list[LexicalHit]:
        """The `query.k` passages that share the weightiest words with its text, best first; equal scores by id.

        The text is only split into words: no character in it is an operator. `years` is the first and last year wanted.
        A passage may hold all words of one of the `synonyms` in place of a name; the better of the two counts, not both.
        """
        terms = asked(query.text)
        if query.k <= 0 or not terms:
            return []
        with self._told("search"):
            searcher = self._searcher()
            words = Words(self._index.schema, searcher, "body").query(terms, synonyms)
            hits = _hits(searcher, self._filtered(words, query), query.k)
        return sorted(hits, key=lambda hit: (-hit.score, hit.passage_id, hit.source_id))

    def scores(
        self, text: str, keys: Sequence[tuple[str, str]], *, synonyms: Sequence[Synonyms] = ()
    ) -> dict[tuple[str, str], float]:
        """What `query` would score these passages, (source id, passage id); one that shares no word has no score."""
        terms = asked(text)
        if not keys or not terms:
            return {}
        with self._told("search"):
            with IMPORTS:
                from tantivy import Occur, Query

            searcher, shape = self._searcher(), self._index.schema
            words = Words(shape, searcher, "body").query(terms, synonyms)
            these = Query.const_score_query(Query.term_set_query(shape, "key", [key_of(*key) for key in keys]), 0.0)
            hits = _hits(searcher, Query.boolean_query([(Occur.Must, words), (Occur.Must, these)]), len(keys))
        return {(hit.source_id, hit.passage_id): hit.score for hit in hits}

    def ids(self, source_id: str) -> Iterator[str]:
        """The ids of a source's passages, in no order that means anything, a part at a time."""
        for bucket in range(BUCKETS):
            with self._told("list passages"):
                prefix = key_prefix(source_id, bucket)
                got = self._searcher().terms_with_prefix("key", prefix, filter_query=_all())
            for key, _ in got:
                yield key.removeprefix(prefix)

    def count(self, source_id: str | None = None) -> int:
        with self._told("count"):
            searcher = self._searcher()
            if source_id is None:
                return int(searcher.num_docs)
            with IMPORTS:
                import tantivy

            term = tantivy.Query.term_query(self._index.schema, "source", source_id)
            return int(searcher.search(term, limit=1, count=True).count)

    # --- how ----------------------------------------------------------------------------------------------------------

    def _write(self, waiting: _Waiting, after: tuple[str, ...]) -> None:
        document, key = to_document(waiting.passage, waiting.own, (*waiting.before, *after))
        writer = self._must_write()
        writer.delete_documents_by_term("key", key)
        writer.add_document(document)

    def _flush(self) -> None:
        """Write the passage that waits for its successor."""
        waiting, self._last = self._last, None
        if waiting is not None:
            self._write(waiting, ())

    def _open(self) -> None:
        with IMPORTS:
            import tantivy

        mark = self._folder / MARK
        if not mark.is_file():
            if self._read_only:
                raise StoreError(f"{self._name} does not exist yet", hint=_LOAD_HINT)
            self._folder.mkdir(parents=True, exist_ok=True)
            index = tantivy.Index(schema(), path=str(self._folder))
            mark.write_text(json.dumps({"version": SCHEMA_VERSION}), encoding="utf-8")
        else:
            version = json.loads(mark.read_text(encoding="utf-8")).get("version")
            if version != SCHEMA_VERSION:
                raise StoreError(
                    f"{self._name} is of version {version}, this Bedside writes {SCHEMA_VERSION}",
                    hint=f"move the folder away and load again: {_LOAD_HINT}",
                )
            index = tantivy.Index.open(str(self._folder))
        index.register_tokenizer("words", analyzer())
        index.config_reader("manual")
        if not self._read_only:
            self._writer = index.writer(heap_size=_HEAP, num_threads=1)
        self._index = index
        self._reload()

    def _searcher(self) -> Any:
        index = self._index
        if index is None:
            raise StoreError(f"{self._name} is closed")
        if self._read_only and self._stamp() != self._seen:  # another process has committed
            with self._lock:
                self._reload()
        return index.searcher()

    def _reload(self) -> None:
        if self._index is None:
            raise StoreError(f"{self._name} is closed")
        self._seen = self._stamp()
        self._index.reload()

    def _stamp(self) -> tuple[int, int]:
        stat = (self._folder / "meta.json").stat()
        return stat.st_mtime_ns, stat.st_ino

    def _must_write(self) -> Any:
        if self._read_only:
            raise StoreError(f"{self._name} was opened for reading only")
        if self._writer is None:
            raise StoreError(f"{self._name} is closed")
        return self._writer

    def _filtered(self, words: Any, query: PassageQuery) -> Any:
        with IMPORTS:
            from tantivy import FieldType, Occur, Query

        shape = self._index.schema
        conditions = []
        if query.source_ids:
            conditions.append(Query.term_set_query(shape, "source", list(query.source_ids)))
        if query.kinds:
            conditions.append(Query.term_set_query(shape, "kind", list(query.kinds)))
        conditions += [Query.term_query(shape, "filter", filter_value(n, v)) for n, v in (query.fields or {}).items()]
        if query.years is not None:
            conditions.append(Query.range_query(shape, "year", FieldType.Integer, *query.years))
        if not conditions:
            return words
        must = [(Occur.Must, Query.const_score_query(one, 0.0)) for one in conditions]
        return Query.boolean_query([(Occur.Must, words), *must])

    @contextlib.contextmanager
    def _told(self, doing: str) -> Iterator[None]:
        """Whatever goes wrong inside becomes a `StoreError`."""
        try:
            yield
        except StoreError:
            raise
        except BaseException as error:
            if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
                raise
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
            hint = f"move the folder away and load again: {_LOAD_HINT}"
            if "LockBusy" in reason or "acquire" in reason.lower():
                reason, hint = "another process is writing it", "wait until the other bedside process has ended"
            elif getattr(error, "errno", None) == 28 or "No space left" in str(error):
                reason, hint = "the disk is full", "free some space and load again; the last commit is intact"
            raise StoreError(f"{self._name} could not {doing}: {reason}", hint=hint) from error


def _hits(searcher: Any, query: Any, k: int) -> list[LexicalHit]:
    hits = []
    for score, address in searcher.search(query, limit=k, count=False).hits:
        stored = searcher.doc(address)
        source_id, passage_id = ids_of(stored["key"][0])
        hits.append(LexicalHit(passage_id, source_id, float(score), stored["document"][0]))
    return hits


def _all() -> Any:
    with IMPORTS:
        import tantivy

    return tantivy.Query.all_query()
