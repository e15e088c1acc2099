"""Read: what the question and the case name, grounded to identifiers."""

from __future__ import annotations

import re
from typing import Any

from ..errors import BedsideError
from ..protocols import Services, TermIndex
from ..types import Case, Facts, Mention, Question, Term
from .scope import of_the_patient

_FHIR_TEXT = {
    # resource type -> paths of coded elements whose display names something the term index knows
    "Condition": ("code",),
    "Observation": ("code",),
    "MedicationRequest": ("medicationCodeableConcept", "medicationReference"),
    "MedicationStatement": ("medicationCodeableConcept", "medicationReference"),
}
_HPO_ID = re.compile(r"\bHP:\d{7}\b")
_INACTIVE = frozenset("resolved inactive remission stopped completed cancelled entered-in-error not-taken refuted".split())


def read(question: Question, services: Services) -> Facts:
    """All mentions of the question and its case. What can't be read is told in `unread`; this never raises for a text."""
    mentions: list[Mention] = []
    unread: list[str] = []
    try:
        terms = services.terms
        texts = [("question", question.text), *((t.origin, t.text) for t in question.case.texts)]
        for origin, text in texts:
            facts = of_the_patient(text, terms.find(text, origin=origin))
            mentions += facts.mentions
            unread += facts.unread
            mentions += _ids_in(text, origin, terms)
        both = set(question.case.phenotypes) & set(question.case.excluded_phenotypes)
        unread += [f"{id_} is given as present and as excluded, so it was not used" for id_ in sorted(both)]
        given = [*question.case.phenotypes, *question.case.excluded_phenotypes]
        known = {i: t for t in terms.lookup(given) for i in (t.id, *t.related)} if given else {}
        for ids, negated in ((question.case.phenotypes, False), (question.case.excluded_phenotypes, True)):
            for id_ in ids:
                if id_ in both:
                    continue
                if id_ in known:
                    mentions.append(_given(known[id_], id_, negated))
                else:
                    unread.append(f"{id_} is not a term of the loaded phenotype ontology")
        for drug in question.case.drugs:
            facts = terms.find(drug, origin="case drug list")
            if not facts.of("drug"):
                unread.append("a drug of the case's drug list is not in the loaded drug names")
            mentions += facts.mentions
        mentions += _from_fhir(question.case, terms, unread)
    except BedsideError as error:
        unread.append(f"names could not be looked up: {error}")
    unread += [f"{name}: no installed specialist reads this kind of file yet" for name in question.case.files]
    return Facts(mentions=tuple(mentions), unread=tuple(dict.fromkeys(unread)))


def _ids_in(text: str, origin: str, terms: TermIndex) -> list[Mention]:
    """HPO ids written out in a text."""
    written = list(_HPO_ID.finditer(text))
    names = {t.id: t for t in terms.lookup([w.group() for w in written])} if written else {}
    return [
        _given(names[w.group()], w.group(), False).model_copy(update={"start": w.start(), "end": w.end(), "origin": origin})
        for w in written
        if w.group() in names
    ]


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


def _from_fhir(case: Case, terms: TermIndex, unread: list[str]) -> list[Mention]:
    out: list[Mention] = []
    for number, resource in enumerate(case.fhir, 1):
        kind = str(resource.get("resourceType", "resource"))
        reference = f"{kind}/{resource.get('id', number)}"
        try:
            out += _from_resource(resource, kind, reference, terms)
        except (AttributeError, TypeError, KeyError):
            unread.append(f"{reference} is not shaped as FHIR says and was not read")
    return out


def _from_resource(resource: dict[str, Any], kind: str, reference: str, terms: TermIndex) -> list[Mention]:
    if _inactive(resource) or (kind == "Observation" and not _positive(resource)):
        return []  # an observation names a finding without saying that it is there: only a positive value affirms it
    out: list[Mention] = []
    for path in _FHIR_TEXT.get(kind, ()):
        concept = resource.get(path) or {}
        codings = concept.get("coding") or []
        words = (
            concept.get("text") or concept.get("display") or next((c["display"] for c in codings if c.get("display")), "")
        )
        if words:
            out += terms.find(words, origin=reference).mentions
    return out


def _inactive(resource: dict[str, Any]) -> bool:
    states = [resource.get("status")]
    for name in ("clinicalStatus", "verificationStatus"):
        concept = resource.get(name)
        if isinstance(concept, dict):
            states += [concept.get("text"), *(c.get("code") for c in concept.get("coding") or [])]
    return resource.get("doNotPerform") is True or any(str(s).lower() in _INACTIVE for s in states)


def _positive(resource: dict[str, Any]) -> bool:
    concept = resource.get("valueCodeableConcept")
    if resource.get("valueBoolean") is True:
        return True
    if isinstance(concept, dict):
        words = str(concept.get("text") or " ".join(c.get("display", "") for c in concept.get("coding") or []))
        return words.strip().lower() in {"present", "positive", "yes", "detected"}
    return False
