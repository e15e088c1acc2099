"""Passages that answer the question, found by words and meaning and admitted only when they cover what is asked.

Similarity alone is not evidence: the most similar passage to an unanswerable question is still similar. A definition is
admitted when its subject is what the question names. Any other passage is admitted when it names every concept of the
question (by any synonym), covers most of its other content words, and has a word of the family of what is asked for
(treatment, cause…).
"""

from __future__ import annotations

from dataclasses import dataclass

from bedside.core import Evidence, Facts, Hit, Passage, Services, Source, TaskRequest, TaskResult, TextSpan
from bedside.core.toolkit.words import words
from bedside.core.types import Intent, SourceInfo

from .arguments import PassagesArguments
from .quote_window import best_window

CANDIDATES = 24
LIKENESS = 0.35  # cosine under which MiniLM's neighbours were not on the subject of our questions (bench/questions.jsonl)
PARAPHRASE = 0.6  # cosine from which a definition may answer a question that uses none of its names
COVERAGE = 0.6  # share of the question's other content words…
NEAR, NEAR_COVERAGE = 0.7, 0.4  # …and what is enough for a passage that is this near
_STRUCTURED = frozenset({"guideline", "pair"})
"""Kinds that are looked up by exact keys: a guideline line for another phenotype must never be found by similarity."""

_ASKING = words(
    "what which who whom how why when where tell explain describe define definition mean meaning find show list give know "
    "information evidence please patient people person someone anyone case disease disorder condition syndrome there any "
    "given get gets getting need needs difference between typical common usual main best kind type sort other most about"
)


@dataclass(frozen=True)
class _Asked:
    """What a passage must cover."""

    concepts: dict[str, frozenset[str]]
    words: frozenset[str]
    text: str
    intents: frozenset[Intent]


def run(request: TaskRequest, services: Services) -> TaskResult:
    question = request.args(PassagesArguments).question
    sources = [s for s in services.sources.all() if _prose(s)]
    if not sources:
        return TaskResult.failed("no source with passages is loaded; type: bedside knowledge load")
    searched = tuple(f"{_prose(s):,} passages of {s.title} ({s.version})" for s in sources)
    asked = _asked(question, request.facts, services)
    denied = any(m.negated and m.used and m.origin == "question" for m in request.facts.mentions)
    if not asked.concepts and (denied or not asked.words):
        return TaskResult.none(*searched, notes=("the question names nothing to search passages for",))

    about = {s.id: s for s in sources}
    evidence: list[Evidence] = []
    found = services.search.find(question, CANDIDATES, source_ids=tuple(about))
    for hit in found.hits:
        if hit.passage.kind not in _STRUCTURED and _admitted(hit, asked, services):
            info = about[hit.passage.source_id]
            source = Source(
                id=info.id,
                title=hit.passage.title or info.title,
                version=info.version,
                licence=info.licence,
                date=info.date,
                url=hit.passage.url or info.url,
                references=hit.passage.references,
                notices=_notices(hit.passage),
            )
            evidence.append(_quote(hit.passage, source, asked, services))
    if not evidence:
        return TaskResult.none(*searched, notes=found.notes)
    return TaskResult.found(evidence[: request.limit], searched=searched, notes=found.notes)


def _asked(question: str, facts: Facts, services: Services) -> _Asked:
    concepts: dict[str, frozenset[str]] = {}
    in_question = [m for m in facts.mentions if m.origin == "question" and m.used]
    for m in in_question:
        if m.negated:
            continue
        concepts[m.id] = frozenset({m.id, *m.related})
    covered = words(" ".join(m.text for m in in_question))
    rest = words(services.reader.without_asking(question)) - covered - _ASKING
    return _Asked(concepts, frozenset(rest), question, services.reader.intents(question))


def _prose(source: SourceInfo) -> int:
    return source.counts.get("passages", 0) - sum(source.counts.get(kind, 0) for kind in _STRUCTURED)


def _admitted(hit: Hit, asked: _Asked, services: Services) -> bool:
    passage, likeness = hit.passage, _likeness(hit)
    if likeness < LIKENESS:
        return False
    if passage.kind == "definition":
        return _defines(passage, likeness, asked)
    whole = f"{passage.title}\n{passage.text}"
    if not services.reader.speaks_to(passage.text, asked.intents) or not _covers(whole, asked, likeness):
        return False
    if not asked.concepts:
        return True
    said = {i for m in services.terms.find(whole, origin="passage").mentions for i in (m.id, *m.related)}
    return all(ids & said for ids in asked.concepts.values())


def _likeness(hit: Hit) -> float:
    """Cosine to the question. A passage found by its words alone must cover them; a missing cosine does not count against
    it.
    """
    return hit.parts.get("dense", LIKENESS)


def _defines(passage: Passage, likeness: float, asked: _Asked) -> bool:
    """A definition says what a thing is, nothing about its treatment or cause, and nothing about other things."""
    if asked.intents - {"definition"}:
        return False
    if not asked.concepts:
        return likeness >= PARAPHRASE and _covers(passage.text, asked, likeness)
    if len(asked.concepts) > 1 and "definition" not in asked.intents:
        return False  # a list of findings does not ask for definitions
    if not _covers(passage.text, asked, likeness):
        return False  # "is it dangerous?" is not a question about its meaning
    return any(passage.doc_id in ids for ids in asked.concepts.values())


def _covers(text: str, asked: _Asked, score: float) -> bool:
    share = NEAR_COVERAGE if score >= NEAR else COVERAGE
    return not asked.words or len(asked.words & words(text)) >= share * len(asked.words)


def _notices(passage: Passage) -> tuple[str, ...]:
    notice = passage.fields.get("notice")
    return (str(notice),) if notice else ()


def _quote(passage: Passage, source: Source, asked: _Asked, services: Services) -> Evidence:
    start, end = best_window(passage.text, services.reader.sentences(passage.text), words(asked.text))
    return Evidence.of(
        kind=passage.kind,
        quote=passage.text[start:end],
        source=source,
        locator=TextSpan(passage_id=passage.id, start=start, end=end),
        retrieved_at=services.now(),
    )
