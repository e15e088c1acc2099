"""What was read of the question and the case, in rows for a reader: what counts, what was denied, what was not used."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from bedside.core.types import Concept, Facts, Mention, Observation, PatientContext, Quantity
from bedside.core.types.context import Fact
from bedside.core.wording import say

from .numbers import plain

MOST = 12
"""Values of one row."""


class FactRow(NamedTuple):
    label: str
    values: tuple[str, ...]


def fact_rows(facts: Facts, *, names: bool = True) -> list[FactRow]:
    """Each row has at least one value. Nothing absent is said to be normal: it has no row. `names`: those that a text names
    too, which may be shown one by one elsewhere."""
    mentions = [m for m in facts.mentions if m.used]
    named = [
        FactRow(say("page.names"), _names(m for m in mentions if not m.negated)),
        FactRow(say("page.denied"), _names(m for m in mentions if m.negated)),
        FactRow(say("page.not-used"), _names(m for m in facts.mentions if not m.used)),
    ]
    rows = [
        *_person(facts.patient),
        *_facts(facts.patient),
        *(named if names else ()),
        FactRow(say("page.unread"), tuple(facts.unread)),
    ]
    return [FactRow(row.label, _summed_up(row.values)) for row in rows if row.values]


def _summed_up(values: tuple[str, ...]) -> tuple[str, ...]:
    """Each once, and so few that a reader looks at them; `answer.json` has all."""
    once = tuple(dict.fromkeys(values))
    return once if len(once) <= MOST else (*once[:MOST], say("page.more", number=f"{len(once) - MOST:,}"))


def _person(patient: PatientContext) -> Iterable[FactRow]:
    if patient.age_years is not None:
        yield FactRow(say("page.age"), (say("page.years", number=plain(patient.age_years)),))
    if patient.sex:
        yield FactRow(say("page.sex"), (patient.sex,))
    if patient.weight_kg is not None:
        yield FactRow(say("page.weight"), (f"{plain(patient.weight_kg)} kg",))
    for label, value in (
        (say("page.pregnant"), patient.pregnant),
        (say("page.lactating"), patient.lactating),
        (say("page.deceased"), patient.deceased),
    ):
        if value is not None:
            yield FactRow(label, (say("page.yes") if value else say("page.no"),))


def _facts(patient: PatientContext) -> Iterable[FactRow]:
    yield FactRow(say("page.conditions"), tuple(_fact(one, one.concept.name, one.status) for one in patient.conditions))
    yield FactRow(say("page.medications"), tuple(_fact(one, one.concept.name, one.status) for one in patient.medications))
    yield FactRow(say("page.allergies"), tuple(_fact(one, one.concept.name, one.status) for one in patient.allergies))
    yield FactRow(say("page.observations"), tuple(_fact(one, _observed(one), one.status) for one in _newest(patient)))
    yield FactRow(
        say("page.genotypes"), tuple(_fact(one, f"{one.gene} {one.result}", one.status) for one in patient.genotypes)
    )
    yield FactRow(say("page.findings"), tuple(_fact(one, one.concept.name, "") for one in patient.findings))


def _fact(fact: Fact, name: str, status: str) -> str:
    """With its date; and why it does not count for the patient, where it does not."""
    dated = f"{name}, {fact.date[:10]}" if fact.date else name
    if fact.holds:
        return dated
    why = [
        say("page.of", experiencer=fact.experiencer) if fact.experiencer != "patient" else "",
        fact.certainty if fact.certainty != "certain" else "",
        fact.temporality if fact.temporality != "current" else "",
        say("page.denied").lower() if fact.negated else "",
    ]
    return say("page.not-counted", name=dated, why=", ".join(filter(None, why)) or status)


def _newest(patient: PatientContext) -> Iterable[Observation]:
    """Of each measurement the newest that counts, else the newest, in the order in which they were first read."""
    newest: dict[str, Observation] = {}
    for one in patient.observations:
        before = newest.get(one.concept.name)
        if before is None or (one.holds, one.date or "") >= (before.holds, before.date or ""):
            newest[one.concept.name] = one
    return newest.values()


def _observed(one: Observation) -> str:
    if isinstance(one.value, Quantity):
        unit = f" {one.value.unit}" if one.value.unit not in ("", "1") else ""
        return f"{one.concept.name} {one.value.comparator}{plain(one.value.value)}{unit}"
    value = one.value.name if isinstance(one.value, Concept) else one.value
    return f"{one.concept.name}: {value or one.absent or '–'}"


def _names(mentions: Iterable[Mention]) -> tuple[str, ...]:
    """Each concept once, with its id; a name in another writing than the text's is shown beside it."""
    out: dict[str, str] = {}
    for m in mentions:
        written = "" if m.text.lower() in (m.name.lower(), m.id.lower()) else f", “{m.text}”"
        of = f"{m.gene} " if m.gene else ""
        ident = f" ({m.id}{written})" if m.id and m.id != m.name else f" ({written[2:]})" if written else ""
        out.setdefault(f"{m.id} {m.gene} {m.negated}", f"{of}{m.name}{ident}")
    return tuple(out.values())
