"""Conditions, allergies and what runs in the family."""

from __future__ import annotations

from collections.abc import Iterator

from ...types.context import Allergy, Condition
from .. import fhir
from ..fhir import Resource
from .elements import at, certainty, concept, date_of, listed
from .references import References

_ACTIVE = frozenset({"active", "recurrence", "relapse"})
_OVER = frozenset({"inactive", "remission", "resolved"})
# SNOMED CT situations that say that there is none
_NO_ALLERGY = frozenset({"716186003", "409137002", "428607008", "429625007", "716184000", "716185004", "716220001"})
_SEVERITIES = ("severe", "moderate", "mild")
_YEARS = frozenset({"a", "y", "yr", "year", "years"})
_NOT_A_HISTORY = frozenset({"entered-in-error"})


def conditions(resource: Resource, reference: str, _: References) -> Iterator[Condition]:
    """The one condition of a Condition."""
    verified = fhir.states(resource, "verificationStatus")
    clinical = fhir.states(resource, "clinicalStatus")
    status = next((wrong for wrong in ("entered-in-error", "refuted") if wrong in verified), "")
    if not status:
        status = "active" if clinical & _ACTIVE else "resolved" if clinical & _OVER else "unknown"
    yield Condition.model_validate(
        {
            "address": at(reference, "code"),
            "concept": concept(resource.get("code")),
            "status": status,
            "negated": status == "refuted",
            "certainty": certainty(verified),
            "temporality": "historical" if status == "resolved" or _ended(resource) else "current",
            "date": date_of(resource, "onsetDateTime", "onsetPeriod", "recordedDate"),
            "onset_age_years": _years(resource.get("onsetAge")),
        }
    )


def _ended(resource: Resource) -> bool:
    """Is it said to have ended?"""
    return any(resource.get(name) not in (None, False) for name in ("abatementDateTime", "abatementAge", "abatementPeriod"))


def _years(age: object) -> float | None:
    """An Age that is given in years."""
    if not isinstance(age, dict) or age.get("comparator"):
        return None
    value, unit = age.get("value"), str(age.get("code") or age.get("unit")).lower()
    if isinstance(value, bool) or not isinstance(value, int | float) or unit not in _YEARS:
        return None
    return float(value) if 0 <= value <= fhir.OLDEST_YEARS else None


def family(resource: Resource, reference: str, _: References) -> Iterator[Condition]:
    """The conditions of a relative: never the patient's. The relationship stands beside each."""
    relationship = concept(resource.get("relationship"))
    wrong = str(resource.get("status")).lower() in _NOT_A_HISTORY
    for number, one in enumerate(listed(resource, "condition")):
        yield Condition.model_validate(
            {
                "address": at(reference, f"condition[{number}].code"),
                "concept": concept(one.get("code")),
                "experiencer": "relative",
                "relationship": relationship,
                "status": "entered-in-error" if wrong else "unknown",
                "date": date_of(resource, "date"),
                "onset_age_years": _years(one.get("onsetAge")),
            }
        )


def allergies(resource: Resource, reference: str, _: References) -> Iterator[Allergy]:
    """The one allergy, intolerance, or statement that there is none."""
    verified = fhir.states(resource, "verificationStatus")
    clinical = fhir.states(resource, "clinicalStatus")
    named = concept(resource.get("code"))
    wrong = next((name for name in ("entered-in-error", "refuted") if name in verified), "")
    status = wrong or next((name for name in ("active", "inactive", "resolved") if name in clinical), "unknown")
    reactions = listed(resource, "reaction")
    said = {str(r.get("severity")) for r in reactions}
    yield Allergy.model_validate(
        {
            "address": at(reference, "code"),
            "concept": named,
            "status": status,
            "negated": status == "refuted" or bool({c.code for c in named.codings} & _NO_ALLERGY),
            "certainty": certainty(verified),
            "reactions": tuple(concept(m) for r in reactions for m in listed(r, "manifestation")),
            "severity": next((name for name in _SEVERITIES if name in said), "unknown"),
            "date": date_of(resource, "onsetDateTime", "recordedDate"),
        }
    )
