"""Weight, pregnancy and lactation, by the newest final observation or a condition in force. What is not said stays None."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, TypeVar

from ...types.context import Address, Concept, Condition, Fact, FhirAddress, Observation, Quantity
from .. import fhir
from .elements import LOINC, SNOMED
from .reports import Reports
from .times import latest
from .units import kilograms

_WEIGHT = frozenset({"29463-7", "3141-9"})  # body weight; the same, measured
_PREGNANCY_STATUS = "82810-3"
_PREGNANT = frozenset({"LA15173-0", "77386006"})
_NOT_PREGNANT = frozenset({"LA26683-5", "60001007"})
# SNOMED CT: pregnant, normal, high-risk and multiple pregnancy
_PREGNANCIES = frozenset({"77386006", "72892002", "47200007", "16356006"})
# SNOMED CT: breastfeeding (mother), an observable; LOINC: breastfeeding status, with its answers
_LACTATION = frozenset({"413712001"})
_LACTATION_STATUS = "63895-7"
_LACTATES, _DOES_NOT = frozenset({"LA29252-6"}), frozenset({"LA29253-4"})
_LONGEST_PREGNANCY_DAYS = 310
_HEAVIEST_KG = 700
_F = TypeVar("_F", bound=Fact)


def read_body(
    observations: Sequence[Observation], conditions: Sequence[Condition], today: date, reports: Reports
) -> tuple[dict[str, Any], dict[str, Address]]:
    """({field of Person: value}, where each stands)."""
    values: dict[str, Any] = {}
    addresses: dict[str, Address] = {}
    for field, found in (
        ("weight_kg", _weight(observations, reports)),
        ("pregnant", _pregnant(observations, conditions, today, reports)),
        ("lactating", _lactating(observations, conditions, today)),
    ):
        if found is not None:
            values[field], addresses[field] = found
    return values, addresses


def _weight(observations: Sequence[Observation], reports: Reports) -> tuple[float, Address] | None:
    weights = [o for o in observations if o.holds and _has(o.concept, LOINC, _WEIGHT)]
    if not weights:
        return None
    newest = _newest(weights)
    value = newest[0].value
    kg = kilograms(value) if isinstance(value, Quantity) and not value.comparator else None
    if kg is None or not 0 < kg < _HEAVIEST_KG:
        reports.add(_reference(newest[0]), "weight-not-read")
        return None
    if len({str(o.value) for o in newest}) > 1:
        reports.add(_reference(newest[0]), "weights-of-one-time")
        return None
    return kg, newest[0].address


def _pregnant(
    observations: Sequence[Observation], conditions: Sequence[Condition], today: date, reports: Reports
) -> tuple[bool, Address] | None:
    said = [*_statuses(observations), *((True, c) for c in conditions if c.holds and _has(c.concept, SNOMED, _PREGNANCIES))]
    fresh = []
    for pregnant, fact in said:
        if _stale(fact, today):
            reports.add(_reference(fact), "pregnancy-long-ago")
        else:
            fresh.append((pregnant, fact))
    if not fresh:
        return None
    newest = _newest([fact for _, fact in fresh])
    answers = {pregnant for pregnant, fact in fresh if fact in newest}
    # a condition in force, or an answer without a date, may be as new as the newest
    answers |= {pregnant for pregnant, fact in fresh if isinstance(fact, Condition) or fact.date is None}
    if len(answers) > 1:
        for _, fact in fresh:
            reports.add(_reference(fact), "pregnancy-contradicted")
        return None
    return answers.pop(), newest[0].address


def _statuses(observations: Sequence[Observation]) -> Iterator[tuple[bool, Observation]]:
    for one in observations:
        if one.holds and isinstance(one.value, Concept) and _has(one.concept, LOINC, frozenset({_PREGNANCY_STATUS})):
            pregnant, not_pregnant = (
                any(_has(one.value, system, answers) for system in (LOINC, SNOMED)) for answers in (_PREGNANT, _NOT_PREGNANT)
            )
            if pregnant != not_pregnant:
                yield pregnant, one


def _lactating(
    observations: Sequence[Observation], conditions: Sequence[Condition], today: date
) -> tuple[bool, Address] | None:
    """By a condition in force, or by the newest final observation that says so or denies it."""
    said: list[tuple[bool, Fact]] = [(True, c) for c in conditions if c.holds and _has(c.concept, SNOMED, _LACTATION)]
    said += [(answer, o) for o in observations if o.holds and not _stale(o, today) and (answer := _lactates(o)) is not None]
    if not said:
        return None
    newest = _newest([fact for _, fact in said])
    answers = {answer for answer, fact in said if fact in newest or isinstance(fact, Condition) or fact.date is None}
    return (answers.pop(), newest[0].address) if len(answers) == 1 else None


def _lactates(one: Observation) -> bool | None:
    """What an observation says of it; None where it says nothing that is known here."""
    if isinstance(one.value, Concept) and _has(one.value, SNOMED, _LACTATION):
        return True
    if not (_has(one.concept, LOINC, frozenset({_LACTATION_STATUS})) or _has(one.concept, SNOMED, _LACTATION)):
        return None
    if isinstance(one.value, Concept):
        yes, no = (_has(one.value, LOINC, answers) for answers in (_LACTATES, _DOES_NOT))
        return yes if yes != no else None
    return {"true": True, "false": False}.get(one.value) if isinstance(one.value, str) else None


def _stale(fact: Fact, today: date) -> bool:
    """Is it of a pregnancy that must be over?"""
    day = fhir.day(fact.date, month_is_enough=True)
    return day is not None and (today - day).days > _LONGEST_PREGNANCY_DAYS


def _newest(facts: Sequence[_F]) -> list[_F]:
    """Those of the latest moment."""
    last = max(latest(fact.date) for fact in facts)
    return [fact for fact in facts if latest(fact.date) == last]


def _has(concept: Concept, system: str, codes: frozenset[str]) -> bool:
    return any(c.code in codes and c.system == system for c in concept.codings)


def _reference(fact: Fact) -> str:
    return fact.address.reference if isinstance(fact.address, FhirAddress) else ""
