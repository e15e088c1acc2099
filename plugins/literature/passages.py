"""Passages that speak to the question, found by meaning and admitted only when they cover what is asked.

Nearness alone is no evidence: the nearest passage to an unanswerable question is still near. A passage is admitted when it
names every concept of the question (by any synonym), covers most of its other content words, and has a word of the family
of what is asked for (treatment, cause, prognosis…).
"""

from __future__ import annotations

from dataclasses import dataclass

from bedside.core import Evidence, Facts, Hit, Passage, Services, Source, TaskRequest, TaskResult, TextSpan
from bedside.core.claims import words
from bedside.core.intent import intents, speaks_to

from .sentences import best_window

CANDIDATES = 24
LIKENESS = 0.35  # cosine under which MiniLM's neighbours were never on the subject (bench/abstain.py)
COVERAGE = 0.6  # share of the question's other content words (bench/abstain.py)
_STRUCTURED = frozenset({"guideline", "pair"})
"""Kinds that are looked up by exact keys: a line for another phenotype must never come in by being similar."""

_ASKING = words(
    "what which who whom how why when where tell explain describe define definition mean meaning find show list give know "
    "information evidence please patient people person someone anyone case disease disorder condition syndrome there any "
    "difference between typical common usual main best kind type sort other most about"
)


@dataclass(frozen=True)
class _Asked:
    """What a passage has to cover."""

    concepts: dict[str, frozenset[str]]
    words: frozenset[str]
    text: str


def run(request: TaskRequest, services: Services) -> TaskResult:
    question = request.question.text
    sources = [s for s in services.sources.all() if s.counts.get("passages")]
    searched = tuple(f"{s.counts['passages']:,} passages of {s.title} ({s.version})" for s in sources)
    if not sources:
        return TaskResult.failed("no source with passages is loaded; type: bedside knowledge load")
    asked = _asked(question, request.facts, services)
    if not asked.concepts and not asked.words:
        return TaskResult.none(*searched, notes=("the question names nothing that passages could be searched for",))

    vector = services.embedder.embed([question])[0]
    hits = services.vectors.query(vector, CANDIDATES)
    about = {s.id: s for s in sources}
    evidence: list[Evidence] = []
    for hit in hits:
        if hit.passage.source_id in about and _admitted(hit, asked, services):
            info = about[hit.passage.source_id]
            source = Source(
                id=info.id,
                title=hit.passage.title or info.title,
                version=info.version,
                licence=info.licence,
                date=info.date,
                url=hit.passage.url or info.url,
                references=hit.passage.references,
            )
            evidence.append(_quote(hit.passage, source, asked, services))
    if not evidence:
        return TaskResult.none(*searched)
    return TaskResult.found(evidence[: request.limit], searched=searched)


def _asked(question: str, facts: Facts, services: Services) -> _Asked:
    concepts: dict[str, frozenset[str]] = {}
    in_question = [m for m in facts.mentions if m.origin == "question"]
    for m in in_question:
        concepts[m.id] = frozenset({m.id, *m.related})
    covered = words(" ".join(m.text for m in in_question))
    rest = words(question) - covered - _ASKING
    return _Asked(concepts, frozenset(rest), question)


def _admitted(hit: Hit, asked: _Asked, services: Services) -> bool:
    passage = hit.passage
    if passage.kind in _STRUCTURED or hit.score < LIKENESS:
        return False
    whole = f"{passage.title}\n{passage.text}"
    if not speaks_to(passage.text, intents(asked.text)):
        return False
    if asked.words:
        share = len(asked.words & words(whole)) / len(asked.words)
        if share < COVERAGE:
            return False
    if not asked.concepts:
        return True
    said = {i for m in services.terms.find(whole, origin="passage").mentions for i in (m.id, *m.related)}
    return all(ids & said for ids in asked.concepts.values())


def _quote(passage: Passage, source: Source, asked: _Asked, services: Services) -> Evidence:
    start, end = best_window(passage.text, words(asked.text))
    return Evidence.of(
        kind=passage.kind,
        quote=passage.text[start:end],
        source=source,
        locator=TextSpan(passage_id=passage.id, start=start, end=end),
        retrieved_at=services.now(),
    )
