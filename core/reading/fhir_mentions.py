"""What FHIR resources of a case name: findings, diseases and drugs, and whether they are there.

A finding counts as present or as absent only where the resource says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..protocols import TermIndex
from ..types import Case, Facts, Mention
from ..wording import say
from . import fhir
from .assertion.attribution import attributed
from .fhir_context.modified import Modified
from .fhir_context.references import References

_READ = frozenset({"Condition", "Observation", *fhir.MEDICATIONS})
_PART_OF_A_WORD = re.compile(r"[^\W\d]-\Z")
# in the name of an entry a word of doubt is about the entry, wherever it stands ("Seizure, suspected")
_SUSPECTED = re.compile(r"\b(?:suspect\w*|possibl[ey]|probabl[ey]|presum\w+|unconfirmed)\b|\?", re.IGNORECASE)


def from_fhir(case: Case, terms: TermIndex, unread: list[str]) -> list[Mention]:
    """The mentions of all resources; what can't be read is added to `unread`."""
    out: list[Mention] = []
    patients = fhir.patient_ids(case.fhir)
    modified = Modified(case.fhir, References(case.fhir))
    people = {fhir.subject_id(r) for r in fhir.of_kind(case.fhir, *_READ)} - {""}
    for number, resource in enumerate(case.fhir, 1):
        kind = fhir.kind_of(resource)
        if kind not in _READ:
            continue
        reference = fhir.reference_of(resource, number)
        if fhir.of_another(resource, patients):
            unread.append(say("reading.of-another", who=reference))
            continue
        if not patients and len(people) > 1 and fhir.subject_id(resource):
            unread.append(say("reading.of-several-people", who=reference, number=len(people)))
            continue
        if modified.reason(resource):
            continue  # reported where facts are read
        try:
            out += _read(resource, reference, terms, unread)
        except (AttributeError, TypeError, KeyError):
            unread.append(say("reading.misshapen", who=reference))
    return out


def _read(resource: dict[str, Any], reference: str, terms: TermIndex, unread: list[str]) -> list[Mention]:
    if fhir.is_inactive(resource):
        return []
    if fhir.kind_of(resource) not in fhir.MEDICATIONS:
        return list(_named(resource, resource.get("code"), reference, terms, unread))
    if fhir.is_unordered(resource):
        unread.append(say("reading.no-order", who=reference))
        return []
    named = fhir.medications_of(resource)
    found = [m for concept in named for m in _named(resource, concept, reference, terms, unread)]
    if not any(m.kind == "drug" for m in found):
        unread.append(say("reading.drug-not-read", who=reference))
    return found


def _named(resource: dict[str, Any], concept: Any, reference: str, terms: TermIndex, unread: list[str]) -> Iterator[Mention]:
    is_condition = fhir.kind_of(resource) == "Condition"
    if is_condition and (doubt := fhir.doubt(resource)):
        unread.append(say("reading.doubted-status", who=reference, status=doubt))
        return
    there = fhir.says(resource)
    codes = fhir.hpo_codes(concept)
    if there is None:
        # other observations (a laboratory value) name nothing that anybody has or has not
        unread += [say("reading.neither-said", who=reference, id=code) for code in codes]
        return
    if codes:
        yield from _coded(codes, reference, there, terms, unread)
        return
    words = fhir.name_of(concept)
    found = terms.find(words, origin=reference) if words else Facts()
    own = attributed(words, found) if words else found
    unread += [say("reading.of-resources", who=reference, reason=told) for told in own.unread if told not in found.unread]
    if is_condition and any(m.used for m in own.mentions) and (suspected := _SUSPECTED.search(words)):
        unread.append(say("reading.worded-unsure", who=reference, text=suspected.group()))
        return
    for mention in (m for m in own.mentions if m.used):
        if there:
            if mention.kind == "drug" and _PART_OF_A_WORD.search(words[: mention.start]):
                unread.append(say("reading.part-of-a-name", who=reference, name=mention.name))
            yield mention
        elif mention.kind == "phenotype":
            yield mention.model_copy(update={"negated": not mention.negated})


def _coded(codes: list[str], reference: str, there: bool, terms: TermIndex, unread: list[str]) -> Iterator[Mention]:
    known = {id_: term for term in terms.lookup(codes) for id_ in (term.id, *term.related)}
    for code in dict.fromkeys(codes):
        if code not in known:
            unread.append(say("reading.of-resources", who=reference, reason=say("reading.unknown-term", id=code)))
            continue
        yield Mention(
            kind="phenotype",
            id=known[code].id,
            name=known[code].name,
            text=code,
            start=0,
            end=len(code),
            origin=reference,
            negated=not there,
            how="given",
        )
