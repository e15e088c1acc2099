"""Read: what the question and the case name, grounded to identifiers."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ..errors import BedsideError
from ..protocols import Services, TextReader
from ..types import Facts, Intent, Mention, Question, Span, Term
from ..wording import say
from .assertion.attribution import attributed
from .explicit_ids import written_ids
from .fhir_facts import read_patient
from .fhir_mentions import from_fhir
from .genotype_mentions import from_genotypes
from .intent import intents, speaks_to, without_asking
from .own_mentions import judged
from .person_in_text import person_in_texts
from .sentences import sentences


def read(question: Question, services: Services, needed: Collection[str] = ()) -> Facts:
    """All mentions of the question and its case. What can't be read is reported in `unread`; this never raises for a text.

    `needed` are the needs of the installed tasks: a file that none of them reads is reported.
    """
    mentions: list[Mention] = []
    unread: list[str] = []
    failed = False
    told: list[str] = []
    texts = [("question", question.text), *((t.origin, t.text) for t in question.case.texts)]
    person = read_patient(question.case.fhir, services.now().date(), told)
    person = person_in_texts(texts, person, told)
    try:
        terms = services.terms
        for origin, text in texts:
            facts = attributed(text, terms.find(text, origin=origin))
            mentions += facts.mentions
            unread += facts.unread
            written = written_ids(text, origin, terms)
            mentions += written.mentions
            unread += written.unread
        both = set(question.case.phenotypes) & set(question.case.excluded_phenotypes)
        unread += [say("reading.present-and-excluded", id=id_) for id_ in sorted(both)]
        given = [*question.case.phenotypes, *question.case.excluded_phenotypes]
        known = {i: t for t in terms.lookup(given) for i in (t.id, *t.related)} if given else {}
        for ids, negated in ((question.case.phenotypes, False), (question.case.excluded_phenotypes, True)):
            for id_ in ids:
                if id_ in both:
                    continue
                if id_ in known:
                    mentions.append(_given(known[id_], id_, negated))
                else:
                    unread.append(say("reading.unknown-term", id=id_))
        if question.case.phenopackets and not given:
            unread.append(say("reading.no-features"))
        for drug in question.case.drugs:
            facts = terms.find(drug, origin="case drug list")
            if not facts.of("drug"):
                unread.append(say("reading.unknown-drug"))
            mentions += facts.mentions
        mentions += from_fhir(question.case, terms, unread)
        mentions += from_genotypes(person.genotypes, terms)
    except BedsideError as error:
        failed = True
        unread.append(say("reading.names-unavailable", reason=error))
    unread += [
        say("reading.file-not-read", name=file.name, kind=file.kind)
        for file in question.case.files
        if file.need not in needed
    ]
    every = tuple(dict.fromkeys((*unread, *told)))
    return Facts(mentions=tuple(mentions), unread=every, lookup_failed=failed, patient=person)


class Reader(TextReader):
    """Reading as plugins reach it: `services.reader`."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def read(self, question: Question, needed: Collection[str] = ()) -> Facts:
        return read(question, self._services, needed)

    def sentences(self, text: str, *, clauses: bool = False) -> tuple[Span, ...]:
        return sentences(text, clauses=clauses)

    def judged(self, text: str, mentions: Sequence[Mention]) -> tuple[Mention, ...]:
        return judged(text, mentions)

    def intents(self, text: str) -> frozenset[Intent]:
        return intents(text)

    def without_asking(self, text: str) -> str:
        return without_asking(text)

    def speaks_to(self, text: str, asked: frozenset[Intent]) -> bool:
        return speaks_to(text, asked)


def _given(term: Term, text: str, negated: bool) -> Mention:
    return Mention(
        kind="phenotype",
        id=term.id,
        name=term.name,
        text=text,
        start=0,
        end=len(text),
        origin="case phenotypes",
        negated=negated,
        how="given",
    )
