"""One code over time: the final values of the patient, in one unit, with the slope per day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from ...types.context import FhirAddress, Observation, Quantity, Series
from .elements import LOINC
from .reports import Reports
from .times import moment
from .units import converted, measures

_SECONDS_A_DAY = 86_400


class _Point(NamedTuple):
    when: datetime
    value: float
    unit: str
    observation: Observation


def series(observations: Sequence[Observation], reports: Reports) -> Iterator[Series]:
    """Each code with at least two dated, final quantities that convert into the unit of the newest.

    Only exact values count: one with a comparator ("<5") and one without a day are left out, and reported where the others
    make a series. Values of units that no fixed factor converts are series of their own."""
    points: dict[tuple[str, str, str], list[_Point]] = {}
    left_out: dict[tuple[str, str], list[tuple[Observation, str]]] = {}
    for one in observations:
        value = one.value
        if not one.holds or not isinstance(value, Quantity):
            continue
        code = _code(one)
        when = moment(one.date)
        if value.comparator or when is None:
            why = "inexact-point" if value.comparator else "undated-point"
            left_out.setdefault(code, []).append((one, why))
            continue
        points.setdefault((*code, measures(value.unit)), []).append(_Point(when, value.value, value.unit, one))
    made: set[tuple[str, str]] = set()
    for (system, code_, _), found in points.items():
        if len(found) > 1:
            made.add((system, code_))
            yield _series(sorted(found, key=lambda point: point.when))
    for code, gone in left_out.items():
        for one, why in gone if code in made else ():
            assert isinstance(one.address, FhirAddress)
            reports.add(one.address.reference, why)


def _code(one: Observation) -> tuple[str, str]:
    """By what observations are of one kind: the LOINC code, else the first code, else the name."""
    codings = one.concept.codings
    chosen = next((c for c in codings if c.system == LOINC and c.code), None) or next((c for c in codings if c.code), None)
    return (chosen.system, chosen.code) if chosen else ("", one.concept.name.casefold())


def _series(points: Sequence[_Point]) -> Series:
    newest = points[-1]
    values = [(p.when, converted(p.value, p.unit, newest.unit)) for p in points]
    exact = [(when, value) for when, value in values if value is not None]
    return Series(
        address=newest.observation.address,
        date=newest.observation.date,
        concept=newest.observation.concept,
        unit=newest.unit,
        points=tuple(
            (p.observation.date or "", value) for p, (_, value) in zip(points, values, strict=True) if value is not None
        ),
        slope=_slope(exact),
    )


def _slope(points: Sequence[tuple[datetime, float]]) -> float | None:
    """Per day, by least squares; None where all are of one moment."""
    start = points[0][0]
    days = [(when - start).total_seconds() / _SECONDS_A_DAY for when, _ in points]
    mean_day = sum(days) / len(days)
    mean = sum(value for _, value in points) / len(points)
    spread = sum((day - mean_day) ** 2 for day in days)
    if spread == 0:
        return None
    return sum((day - mean_day) * (value - mean) for day, (_, value) in zip(days, points, strict=True)) / spread
