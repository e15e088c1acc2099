"""Observations and their components, with value, unit, range, and the reason for a value that is not there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from ...types.context import AbsentReason, Concept, Observation, Quantity
from .. import fhir
from ..fhir import Resource
from .elements import at, concept, date_of, listed, quantity, result_status
from .references import References

_REASONS = frozenset(get_args(AbsentReason))
# FHIR's finer codes of dataAbsentReason, by what they are kinds of
_REASON_OF = {
    "asked-unknown": "unknown",
    "temp-unknown": "unknown",
    "asked-declined": "unknown",
    "not-a-number": "error",
    "negative-infinity": "error",
    "positive-infinity": "error",
    "as-text": "unknown",
    "not-permitted": "unknown",
}
VALUES = frozenset(
    {
        *("valueQuantity", "valueCodeableConcept", "valueString", "valueDateTime", "valueTime"),
        *("valueBoolean", "valueInteger"),
    }
)
DATES = ("effectiveDateTime", "effectivePeriod", "effectiveInstant", "issued")


def observations(resource: Resource, reference: str, _: References) -> Iterator[Observation]:
    """The observation itself where it has a value or a reason for having none, and each of its components."""
    status, certainty = result_status(resource)
    date = date_of(resource, *DATES)
    yield from _one(resource, reference, "", status, certainty, date)
    for number, part in enumerate(listed(resource, "component")):
        yield from _one(part, reference, f"component[{number}].", status, certainty, date)


def _one(
    element: Resource, reference: str, place: str, status: Any, certainty: Any, date: str | None
) -> Iterator[Observation]:
    found = _value(element)
    if found is None:
        return
    path, value, absent = found
    low, high = _range(element) if isinstance(value, Quantity) else (None, None)
    yield Observation(
        status=status,
        certainty=certainty,
        date=date,
        address=at(reference, place + path),
        concept=concept(element["code"]),
        value=value,
        absent=absent,
        low=low,
        high=high,
    )


def _value(element: Resource) -> tuple[str, Quantity | Concept | str | None, Any] | None:
    """(path, value, reason of its absence); None for one that says nothing of a value."""
    if (given := element.get("valueQuantity")) is not None and given.get("value") is not None:
        return "valueQuantity", quantity(given), None
    if given := element.get("valueCodeableConcept"):
        return "valueCodeableConcept", concept(given), None
    for name in ("valueString", "valueDateTime", "valueTime"):
        if isinstance(given := element.get(name), str) and given.strip():
            return name, given, None
    if isinstance(given := element.get("valueBoolean"), bool):
        return "valueBoolean", "true" if given else "false", None
    if isinstance(given := element.get("valueInteger"), int) and not isinstance(given, bool):
        return "valueInteger", Quantity(value=given), None
    if (reason := element.get("dataAbsentReason")) is not None:
        code = next((str(c.get("code")) for c in fhir.codings(reason)), "unknown")
        code = _REASON_OF.get(code, code)
        return "dataAbsentReason", None, code if code in _REASONS else "unknown"
    return None


def _range(element: Resource) -> tuple[float | None, float | None]:
    """The one reference range; none where there are several, which hold for different people, or where it is in another
    unit than the value."""
    ranges = listed(element, "referenceRange")
    if len(ranges) != 1:
        return None, None
    given = element.get("valueQuantity", {})
    ends = [ranges[0].get(end) or {} for end in ("low", "high")]
    if any(end.get(key, given.get(key)) != given.get(key) for end in ends for key in ("code", "unit")):
        return None, None
    low, high = (end.get("value") for end in ends)
    return low, high
