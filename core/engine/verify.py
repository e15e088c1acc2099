"""Verify: every quote is read again at its address, every sentence checked against its quotes.

What fails is dropped and reported. What cannot be read is a failure to verify, never a pass. Of the evidence that passes,
the engine keeps only the quote's address and kind as the specialist gave them: source, strength and notices are the
store's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..errors import BedsideError
from ..evidence import support
from ..evidence.advice import advice, advises
from ..evidence.condition import GUIDANCE, cut_off, head_of
from ..evidence.registry import Resolved, Resolvers, Unresolved
from ..protocols import Services
from ..types import Draft, Evidence, Facts, Mention, Question
from ..types.evidence import evidence_id
from ..wording import say


@dataclass
class Verified:
    """`kept` evidence, as the stores have it, by the id that was proposed; `dropped` ids with the reason; `unreachable`
    stores with the reason.

    `retracted` are those of the kept, by their final id, whose publication was withdrawn, as the store says, not the
    specialist: they may stand beside other support of a sentence, never alone.
    """

    kept: dict[str, Evidence] = field(default_factory=dict)
    retracted: dict[str, str] = field(default_factory=dict)
    dropped: dict[str, str] = field(default_factory=dict)
    unreachable: dict[str, str] = field(default_factory=dict)


def verify_evidence(
    evidence: Iterable[Evidence], question: Question, facts: Facts, services: Services, resolvers: Resolvers
) -> Verified:
    """Resolve each quote's address again, each kind in one go, and keep what still says so."""
    out = Verified()
    items: dict[str, Evidence] = {}
    for item in evidence:
        if not item.id_is_valid:  # first of all: a borrowed id must not displace the evidence that it is of
            out.dropped.setdefault(item.id, say("verify.borrowed-id"))
        else:
            items.setdefault(item.id, item)
    found = resolvers.resolve([item.locator for item in items.values()], services, question, facts)
    for item, there in zip(items.values(), found, strict=True):
        if isinstance(there, Unresolved):
            out.dropped[item.id] = there.reason
            if there.store:
                store, _, why = there.store.partition(": ")
                out.unreachable[store] = why or there.reason
            continue
        reason = _problem(item, there) or _off_subject(item, there, question, facts, services)
        if reason:
            out.dropped[item.id] = reason
            continue
        final = _final(item, there, services)
        out.kept[item.id] = final
        if there.withdrawn:
            out.retracted[final.id] = there.withdrawn
    for id_ in out.kept:
        out.dropped.pop(id_, None)  # the true one passed; the one that borrowed its id is gone
    return out


def _final(item: Evidence, there: Resolved, services: Services) -> Evidence:
    return Evidence(
        id=evidence_id(there.source, item.locator, item.quote),
        kind=_kind(item, there),
        quote=item.quote,
        source=there.source,
        locator=item.locator,
        strength=there.strength,
        retrieved_at=services.now(),
    )


def _kind(item: Evidence, there: Resolved) -> str:
    """As the specialist calls it; but whether it is guidance, the store says."""
    if there.kind in GUIDANCE:
        return item.kind if item.kind in GUIDANCE else "guideline"
    if item.kind in GUIDANCE:
        return there.kind or item.locator.kind
    return item.kind


def _problem(item: Evidence, there: Resolved) -> str:
    if there.lines and item.quote != there.quote:
        proposed = item.quote.split("\n")
        if len(proposed) != len(there.lines):
            return say("verify.other-line-count", source=there.source.title)
        pairs = zip(proposed, there.quote.split("\n"), there.lines, strict=True)
        return say("verify.not-verbatim-in", name=next((name for mine, stands, name in pairs if mine != stands)))
    if item.quote != there.quote:
        return say("verify.not-verbatim")
    if item.source.id != there.source.id:
        return say("verify.other-source", stored=there.source.id, named=item.source.id)
    if there.whole:
        return cut_off(there.whole, there.start, there.start + len(item.quote), statement=there.statement)
    return ""


def _off_subject(item: Evidence, there: Resolved, question: Question, facts: Facts, services: Services) -> str:
    """A guideline line for another drug or another phenotype of the same gene is worse than none.

    What the store calls the text decides whether it is one, and the whole text whom it is for: not what the task calls it,
    nor what it left out of the quote."""
    asked_drugs = {m.id for m in (*facts.of("drug"), *facts.of("drug", negated=True))}
    # a diplotype or a score may mean another phenotype than the text says: then the task that translated it must be heard
    translated = {m.gene for m in (*facts.of("diplotype"), *facts.of("activity_score"))}
    # and a variant file may contradict the text: then what is for the file's result stands beside what is for the text's
    called = any(file.need == "vcf" for file in question.case.files)
    asked_pgx: dict[str, set[str]] = {}
    for m in facts.of("pgx_phenotype"):
        if m.gene and m.gene not in translated and not called:
            asked_pgx.setdefault(m.gene, set()).add(m.name)
    guidance = there.kind in GUIDANCE or item.kind == "guideline"
    if not guidance and (item.kind in ("function", "pair") or not asked_pgx):
        return ""
    if not (asked_pgx or asked_drugs):
        return ""
    texts = dict.fromkeys((there.whole or item.quote, item.quote, *there.parts))
    try:
        said = [_about(text, services.terms.find(text, origin="quote").mentions) for text in texts]
    except BedsideError:
        return say("verify.subject-unchecked")
    if guidance and asked_drugs and not asked_drugs & said[0].drugs:
        return say("verify.other-drug")
    for gene, asked in asked_pgx.items():
        stored = {str(name).casefold() for name in there.results.get(gene, ())}
        if any(name.casefold() in stored or name.casefold().removeprefix(f"{gene.casefold()} ") in stored for name in asked):
            continue
        if any(one.results.get(gene) and not one.results[gene] & asked for one in said):
            return say("verify.other-phenotype", gene=gene)
    return ""


@dataclass(frozen=True)
class _About:
    """The drugs, and by gene the phenotypes, that a text is about: those of its head where that names any."""

    drugs: set[str]
    results: dict[str, set[str]]


def _about(text: str, mentions: Iterable[Mention]) -> _About:
    head = head_of(text)
    drugs: dict[bool, set[str]] = {True: set(), False: set()}
    results: dict[str, dict[bool, set[str]]] = {}
    for m in mentions:
        inside = m.end <= head
        if not m.used:
            continue
        if m.kind == "drug":
            drugs[inside].add(m.id)
        elif m.kind == "pgx_phenotype" and m.gene:
            results.setdefault(m.gene, {True: set(), False: set()})[inside].add(m.name)
    return _About(drugs[True] or drugs[False], {gene: named[True] or named[False] for gene, named in results.items()})


def verify_draft(draft: Draft, kept: Mapping[str, Evidence], services: Services) -> str:
    """Why the draft may not be shown, or the empty string."""
    gone = [i for i in draft.evidence if i not in kept]
    if gone:
        return say("verify.quotes-failed", number=len(gone))
    return unborne(draft.text, [kept[i].quote for i in draft.evidence], services)


def unborne(text: str, quotes: Sequence[str], services: Services) -> str:
    """Why the quotes do not bear a text that is shown in their place, or the empty string."""
    if reason := support.unsupported(text, " ".join(quotes)):
        return reason
    if not advises(text):
        return ""
    try:
        mine, *theirs = (advice(one, services.terms.find(one, origin="quote").mentions) for one in (text, *quotes))
    except BedsideError:
        return say("verify.advice-unchecked")
    for drug, said in mine.items():
        there = {one[drug] for one in theirs if drug in one}
        if there != {said}:
            return say("verify.drug-advice", advice=said)
    return ""
