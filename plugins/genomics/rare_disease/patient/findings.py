"""From a question and its case to what is ranked: findings that are there, findings that are not, and what was not read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bedside.core import PatientContext
from bedside.core.toolkit.references import hpo_ids

from ..report.report_text import elsewhere

if TYPE_CHECKING:
    from bedside.core import Facts, Mention, Question, Services

    from ..model.ontology import Ontology


@dataclass(frozen=True)
class Finding:
    """A finding as it was read: `said` in which words, `origin` in which file or option."""

    id: str
    name: str
    said: str
    origin: str


_OF_ONE_SEX = {
    "male": ("HP:0010461", "HP:0012874"),  # abnormality of the male genitalia, of male reproductive physiology
    "female": ("HP:0010460", "HP:0030012"),  # of the female genitalia, of female reproductive physiology
}


@dataclass(frozen=True)
class CaseFindings:
    """`unread` tells what could not be read, `notes` what should be checked by a person. `worded`: there
    was text, whose words may name findings that were not read. `patient`: who that is, as far as it was read."""

    observed: tuple[Finding, ...] = ()
    excluded: tuple[Finding, ...] = ()
    unread: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())
    worded: bool = False
    patient: PatientContext = field(default_factory=PatientContext)


def read_findings(question: Question, services: Services) -> CaseFindings:
    """All findings of a question's text and case. Raises `StoreError` when names can't be looked up."""
    case = question.case
    others = [why for id_ in (*case.phenotypes, *case.excluded_phenotypes) if (why := elsewhere(id_))]
    kept = {
        name: tuple(id_ for id_ in getattr(case, name) if not elsewhere(id_))
        for name in ("phenotypes", "excluded_phenotypes")
    }
    facts = services.reader.read(question.model_copy(update={"case": case.model_copy(update=kept)}), needed=("vcf",))
    found = of_facts(facts)
    worded = bool(question.text.strip() or case.texts)
    return replace(found, unread=tuple(dict.fromkeys((*others, *found.unread))), worded=worded)


def contradictions(observed: Iterable[str], excluded: Iterable[str], ontology: Ontology) -> tuple[str, ...]:
    """What is said to be absent although something given as present implies it, told for a person to check. Ids that are the
    same are the ranker's to tell."""
    absent = set(ontology.known(excluded)[0])
    out = []
    for term in ontology.known(observed)[0]:
        for above in sorted(absent.intersection(ontology.ancestors(term).tolist()) - {term}):
            there, gone = (f"{ontology.names[t]} ({ontology.ids[t]})" for t in (term, above))
            out.append(f"{there} is given as present and {gone}, which it implies, as absent: check; both counted")
    return tuple(out)


def of_other_sex(observed: Iterable[str], sex: str | None, ontology: Ontology) -> tuple[str, ...]:
    """The findings that only the other sex can have, told for a person to check: a sex or a finding is wrong, or the patient
    has a difference of sex development."""
    if sex not in _OF_ONE_SEX:
        return ()
    other = "female" if sex == "male" else "male"
    roots = set(ontology.known(_OF_ONE_SEX[other])[0])
    return tuple(
        f"the patient is given as {sex}, and {ontology.names[term]} ({ontology.ids[term]}) is a finding of a {other}: "
        "check; both counted"
        for term in ontology.known(observed)[0]
        if roots.intersection(ontology.ancestors(term).tolist())
    )


def of_facts(facts: Facts) -> CaseFindings:
    """The findings among what was read. One that is said to be there and not to be there is left to the ranker to tell."""
    notes = [
        f"read “{m.text}” as {m.name}: check that this is what was meant"
        for m in facts.mentions
        if m.kind == "phenotype" and m.how == "fuzzy"
    ]
    notes += [
        f"{m.text} is now {m.id} ({m.name})"
        for m in facts.mentions
        if m.kind == "phenotype" and m.how == "given" and m.id not in {id_ for id_, _, _ in hpo_ids(m.text)}
    ]
    return CaseFindings(
        observed=tuple(_finding(m) for m in facts.of("phenotype")),
        excluded=tuple(_finding(m) for m in facts.of("phenotype", negated=True)),
        unread=facts.unread,
        notes=tuple(dict.fromkeys(notes)),
        patient=facts.patient,
    )


def _finding(m: Mention) -> Finding:
    return Finding(m.id, m.name, m.text, m.origin)
