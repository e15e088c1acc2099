"""Results that stand inside their report: Observations that a DiagnosticReport contains."""

from __future__ import annotations

from typing import TypeVar

from ...types.context import FhirAddress, Genotype, Observation
from ..fhir import WITHDRAWN, Resource, is_modified, kind_of, of_another, subject_id
from .elements import listed
from .genomics.genotypes import genotypes
from .modified import Modified
from .observations import observations
from .references import References
from .reports import Reports

_Result = TypeVar("_Result", Observation, Genotype)


def read_contained(
    report: Resource, reference: str, references: References, reports: Reports, modified: Modified
) -> tuple[list[Observation], list[Genotype]]:
    """The observations and genetic results that are contained in `report`, each at its path in it. In a report that is
    withdrawn they are withdrawn with it."""
    found: list[Observation] = []
    results: list[Genotype] = []
    whose = subject_id(report)
    contained = listed(report, "contained")
    marked = {
        id(member)
        for group in contained
        if kind_of(group) == "Observation" and is_modified(group)
        for member in (group, *(one for _, one in references.members(group, report)))
    }
    for number, inner in enumerate(contained):
        if kind_of(inner) != "Observation":
            continue
        if whose and of_another(inner, frozenset({whose})):
            reports.add(reference, "contained-of-another")
            continue
        if id(inner) in marked or modified.rests_on(inner, report):
            reports.add(reference, "contained-modified")
            continue
        one = {**inner, "contained": report["contained"]}  # what it refers to by # is beside it
        if (withdrawn := str(report.get("status")).lower()) in WITHDRAWN:
            one["status"] = withdrawn
        found += [_inside(fact, number) for fact in observations(one, reference, references)]
        results += [_inside(fact, number) for fact in genotypes(one, reference, references, reports)]
    return found, results


def _inside(fact: _Result, number: int) -> _Result:
    assert isinstance(fact.address, FhirAddress)
    path = f"contained[{number}].{fact.address.path}"
    return fact.model_copy(update={"address": fact.address.model_copy(update={"path": path})})
