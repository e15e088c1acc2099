"""In-memory doubles that keep the protocols: deterministic, dependency-free, small."""

from __future__ import annotations

import hashlib
import math
import re
import tempfile
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..errors import BedsideError, ModelError, SourceError
from ..protocols import LanguageModel, PassageSearch, VectorStore
from ..queries import Generation, PassageQuery
from ..reading.assertion.negation import denial_cues, senses
from ..reading.reader import Reader
from ..types import Facts, Hit, Mention, Passage, SearchResult, SourceFiles, SourceInfo, Term
from .memory_graph import MemoryGraph

DIMENSIONS = 64


class Vector(list[float]):
    """A list with the one operation that callers of an embedder use: the dot product `@`."""

    def __matmul__(self, other: Iterable[float]) -> float:
        return sum(a * b for a, b in zip(self, other, strict=True))

    def max(self) -> float:
        return max(self)


class Vectors(list[Vector]):
    """Rows; `rows @ vector` is the list of their dot products."""

    def __matmul__(self, other: Vector) -> Vector:
        return Vector(row @ other for row in self)


class WordEmbedder:
    """Texts that share words are near each other, on every machine alike: each word hashes to one dimension."""

    fingerprint = "test-words-64"
    dimensions = DIMENSIONS

    def embed(self, texts: Sequence[str]) -> Vectors:
        return Vectors(self._one(t) for t in texts)

    def _one(self, text: str) -> Vector:
        row = [0.0] * DIMENSIONS
        for word in re.findall(r"\w+", text.lower()):
            row[hashlib.sha256(word.encode()).digest()[0] % DIMENSIONS] += 1.0
        length = math.sqrt(sum(x * x for x in row)) or 1.0
        return Vector(x / length for x in row)


@dataclass
class ScriptedModel(LanguageModel):
    """Gives the replies of its script, in turn; an exception in the script is raised. `asked` keeps what it was asked."""

    replies: list[str | Exception] = field(default_factory=list)
    name: str = "scripted"
    incidents: tuple[str, ...] = ()
    asked: list[list[Mapping[str, str]]] = field(default_factory=list)

    def reply(self, messages: Sequence[Mapping[str, str]], how: Generation) -> str:
        self.asked.append(list(messages))
        if not self.replies:
            raise ModelError("the scripted model has nothing left to say")
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply

    def pieces(self, messages: Sequence[Mapping[str, str]], how: Generation) -> Iterator[str]:
        yield from re.findall(r"\S+\s*", self.reply(messages, how))

    def score(self, passages: Sequence[str], question: str, *, timeout: float | None = None) -> list[float]:
        """A word of the question has probability 0.5 where the passage has it, else 0.01; the mean of the logarithms.

        Scores take nothing from the script, but an exception that is next in it is raised.
        """
        if self.replies and isinstance(reply := self.replies[0], Exception):
            del self.replies[0]
            raise reply
        asked = re.findall(r"\w+", question.lower())
        if not asked:
            raise ModelError("the question is empty")
        found = [set(re.findall(r"\w+", passage.lower())) for passage in passages]
        return [sum(math.log(0.5 if word in have else 0.01) for word in asked) / len(asked) for have in found]

    def start(self) -> None:
        return None

    def close(self) -> None:
        return None


class MemoryVectors(VectorStore):
    def __init__(self) -> None:
        self._rows: dict[str, tuple[Passage, Vector]] = {}

    def put(self, passages: Sequence[Passage], vectors: Any) -> None:
        for passage, vector in zip(passages, vectors, strict=True):
            self._rows[passage.id] = (passage, Vector(float(x) for x in vector))

    def get(self, ids: Sequence[str]) -> list[Passage]:
        return [self._rows[i][0] for i in ids if i in self._rows]

    def nearest(self, query: PassageQuery) -> list[Hit]:
        hits = [
            Hit(passage=p, score=v @ query.vector)
            for p, v in self._rows.values()
            if (not query.source_ids or p.source_id in query.source_ids)
            and (not query.kinds or p.kind in query.kinds)
            and all(p.fields.get(name) == value for name, value in (query.fields or {}).items())
        ]
        return sorted(hits, key=lambda h: (-h.score, h.passage.id))[: query.k]

    def embeddings(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Vector]:
        wanted = set(keys)
        return {key: v for i, (p, v) in self._rows.items() if (key := (p.source_id, i)) in wanted}

    def count(self, source_id: str | None = None) -> int:
        return sum(source_id in (None, p.source_id) for p, _ in self._rows.values())

    def remove(self, source_id: str) -> int:
        gone = [i for i, (p, _) in self._rows.items() if p.source_id == source_id]
        for i in gone:
            del self._rows[i]
        return len(gone)

    def close(self) -> None:
        return None


class MemoryTerms:
    """Finds exact names and synonyms, and reads denials as the real index does. Give it `mentions` for anything subtler."""

    def __init__(self, terms: Iterable[Term] = (), mentions: Iterable[Mention] = ()) -> None:
        self._terms = {t.id: t for t in terms}
        self._mentions = tuple(mentions)

    def find(self, text: str, *, origin: str = "question") -> Facts:
        found = [m.model_copy(update={"origin": origin}) for m in self._mentions if text[m.start : m.end] == m.text]
        named: list[Mention] = []
        for term in self._terms.values():
            if term.kind == "icd10cm":
                continue
            for name in (term.name, *term.synonyms, *term.brands):
                for match in re.finditer(rf"\b{re.escape(name)}\b", text, re.IGNORECASE):
                    at = {"text": match.group(), "start": match.start(), "end": match.end()}
                    named.append(Mention(kind=term.kind, id=term.id, name=term.name, origin=origin, **at))
        named.sort(key=lambda m: (m.start, m.end))
        readings = senses(text, [(m.start, m.end) for m in named])
        for mention, reading in zip(named, readings, strict=True):
            unclear = reading.sense == "unclear" and mention.kind == "phenotype"
            certainty = "uncertain" if unclear else "certain"
            cues = denial_cues(text, reading.cue, origin)
            read = {"negated": reading.sense == "denied", "certainty": certainty, "cues": cues}
            found.append(mention.model_copy(update=read))
        return Facts(mentions=tuple(sorted(found, key=lambda m: m.start)))

    def ground(self, kind: str, names: Sequence[str]) -> dict[str, Term]:
        out: dict[str, Term] = {}
        for name in names:
            asked = name.casefold()
            found = [
                t
                for t in self._terms.values()
                if t.kind == kind and asked in {n.casefold() for n in (t.name, *t.synonyms, *t.brands)}
            ]
            if len(found) == 1:
                out[name] = found[0]
        return out

    def lookup(self, ids: Sequence[str]) -> list[Term]:
        return [self._terms[i] for i in ids if i in self._terms]

    def search(self, text: str, *, kinds: Sequence[str] = (), k: int = 10) -> list[Term]:
        asked = set(text.lower().split())
        hits = [t for t in self._terms.values() if (not kinds or t.kind in kinds) and asked & set(t.name.lower().split())]
        return hits[:k]

    def put(self, terms: Iterable[Term]) -> int:
        before = len(self._terms)
        self._terms.update((t.id, t) for t in terms)
        return len(self._terms) - before

    def count(self, source_id: str | None = None) -> int:
        return sum(source_id in (None, t.source_id) for t in self._terms.values())

    def remove(self, source_id: str) -> int:
        gone = [i for i, t in self._terms.items() if t.source_id == source_id]
        for i in gone:
            del self._terms[i]
        return len(gone)

    def close(self) -> None:
        return None


class MemorySearch(PassageSearch):
    """`PassageSearch` by meaning alone, over the doubles of `services`."""

    def __init__(self, services: TestServices) -> None:
        self._services = services

    def find_passages(self, query: PassageQuery) -> SearchResult:
        vector = self._services.embedder.embed([query.text])[0]
        hits: dict[str, Hit] = {}
        for hit in self._services.vectors.nearest(replace(query, vector=vector, k=10_000)):
            year = hit.passage.fields.get("year")
            if query.years and not (isinstance(year, int) and query.years[0] <= year <= query.years[1]):
                continue
            document = str(hit.passage.fields.get("document") or hit.passage.doc_id or hit.passage.id)
            hits.setdefault(document if query.per_document else hit.passage.id, hit)
        found = [hit.model_copy(update={"parts": {"dense": hit.score}}) for hit in hits.values()]
        return SearchResult(hits=tuple(found[: query.k]))


class MemorySources:
    def __init__(self, infos: Iterable[SourceInfo] = ()) -> None:
        self._infos = {i.id: i for i in infos}

    def all(self) -> list[SourceInfo]:
        return list(self._infos.values())

    def get(self, source_id: str) -> SourceInfo | None:
        return self._infos.get(source_id)

    def put(self, info: SourceInfo) -> None:
        self._infos[info.id] = info


class TestServices:
    """All doubles together. Set an attribute to an exception and using that service raises it."""

    __test__ = False  # not a test class, whatever its name

    def __init__(self, **parts: Any) -> None:
        self._parts = {
            "llm": ScriptedModel(),
            "embedder": WordEmbedder(),
            "vectors": MemoryVectors(),
            "graph": MemoryGraph(),
            "terms": MemoryTerms(),
            "sources": MemorySources(),
            "search": MemorySearch(self),
            "reader": Reader(self),
            **parts,
        }
        self.time = datetime(2026, 1, 1, tzinfo=UTC)
        self.pulled: dict[str, SourceFiles] = {}
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self.names: dict[str, str] = {}

    def now(self) -> datetime:
        return self.time

    def files(self, source_id: str) -> SourceFiles:
        """Those that `pulled` holds."""
        if source_id not in self.pulled:
            raise SourceError(f"{source_id} has not been pulled yet", hint=f"bedside knowledge pull {source_id}")
        return self.pulled[source_id]

    def workspace(self, name: str) -> Path:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="bedside-")
            weakref.finalize(self, self._folder.cleanup)
        path = Path(self._folder.name) / name
        path.mkdir(exist_ok=True)
        return path

    def fail(self, part: str, error: BedsideError) -> None:
        """From now on every use of this service raises `error`."""
        self._parts[part] = error

    def __getattr__(self, name: str) -> Any:
        try:
            part = self.__dict__["_parts"][name]
        except KeyError:
            raise AttributeError(name) from None
        if isinstance(part, BaseException):
            raise part
        return part
