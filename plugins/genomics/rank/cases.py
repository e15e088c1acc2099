"""From a question and its case to what is ranked: findings that are there, findings that are not, and what was not read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bedside.core import Facts, Mention, Question, Services


@dataclass(frozen=True)
class Finding:
    """A finding as it was read: `said` in which words, `origin` in which file or option."""

    id: str
    name: str
    said: str
    origin: str


@dataclass(frozen=True)
class Reading:
    """`unread` tells what could not be read, `notes` what should be checked by a person."""

    observed: tuple[Finding, ...] = ()
    excluded: tuple[Finding, ...] = ()
    unread: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())


def read_findings(question: Question, services: Services) -> Reading:
    """All findings of a question's text and case. Raises `StoreError` when names can't be looked up."""
    from bedside.core.engine.read import read

    services.terms.count()  # `read` tells of a broken index and goes on; here nothing can go on without it
    return of_facts(read(question, services, needed=("vcf",)))


def of_facts(facts: Facts) -> Reading:
    """The findings among what was read. One that is said to be there and not to be there is left to the ranker to tell."""
    notes = [
        f"read “{m.text}” as {m.name}: check that this is what was meant"
        for m in facts.mentions
        if m.kind == "phenotype" and m.how == "fuzzy"
    ]
    notes += [
        f"{m.text} is now {m.id} ({m.name})"
        for m in facts.mentions
        if m.kind == "phenotype" and m.how == "given" and m.text != m.id
    ]
    return Reading(
        observed=tuple(_finding(m) for m in facts.of("phenotype")),
        excluded=tuple(_finding(m) for m in facts.of("phenotype", negated=True)),
        unread=facts.unread,
        notes=tuple(dict.fromkeys(notes)),
    )


def _finding(m: Mention) -> Finding:
    return Finding(m.id, m.name, m.text, m.origin)
