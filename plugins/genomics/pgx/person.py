"""What is known of a patient that a population of guidance may ask for: age, weight, indication, what was taken before."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cache

from bedside.core import Facts, Services, TextReader

from .exposure import Exposure, alternatives, exposures
from .indications import Indication, indications
from .phrases import Found, Phrases, data, judged

CHILD_BELOW = 18
"""Years. CPIC's border of atomoxetine and voriconazole."""
_KG_OF_LB = 0.45359237
_WEIGHT = re.compile(
    r"(?<![\w.,/:-])(?P<number>\d{1,3}(?:[.,]\d{1,2})?)[\s-]?(?:(?P<kg>kgs?|kilos?|kilograms?|kilogrammes?)|(?P<lb>lbs?|pounds?))\b"
    r"(?!\s*(?:/|per\b|[x×]\s*m|m2|m²|⁻))",
    re.IGNORECASE,
)
_TWO_WEIGHTS = re.compile(r"\d\s*(?:-|–|to)\s*$")
_NEAR = 30
"""Characters before a weight in which a word can say that it is none."""


@dataclass(frozen=True)
class Person:
    """What is known of the patient; None and empty say that nothing is.

    `is_child` follows `age_years`, else the words; `small`: a word says an infant or a toddler. `age_said` is how old the
    patient is, in words. `weight_over_kg` and `weight_under_kg` are bounds where no weight is given ("over 40 kg").
    `exposures` are by the name of the drug. `alternatives`: whether there are any to the drug."""

    age_years: float | None = None
    is_child: bool | None = None
    small: bool = False
    age_said: str = ""
    weight_kg: float | None = None
    weight_over_kg: float | None = None
    weight_under_kg: float | None = None
    lactating: bool | None = None
    indications: frozenset[Indication] = frozenset()
    exposures: Mapping[str, Exposure] = field(default_factory=dict)
    alternatives: bool | None = None


def person_of(facts: Facts, text: str, services: Services, *, origin: str = "question") -> Person:
    """The patient of `facts` and of `text`, the question or the text that `origin` names."""
    reader, today = services.reader, services.now().date()
    known = facts.patient
    child, small, said = _age(known.age_years, text, reader)
    exact, over, under = _weight(text, reader) if known.weight_kg is None else (known.weight_kg, None, None)
    return Person(
        age_years=known.age_years,
        is_child=child,
        small=small,
        age_said=said,
        weight_kg=exact,
        weight_over_kg=over,
        weight_under_kg=under,
        lactating=known.lactating if known.lactating is not None else _lactating(text, reader),
        indications=indications(facts, text, reader, today, origin),
        exposures=exposures(facts, text, reader, today, origin),
        alternatives=alternatives(text, reader),
    )


def person_of_texts(facts: Facts, texts: Sequence[tuple[str, str]], services: Services) -> Person:
    """The patient of several texts, (origin, text) each. The first of them that says something counts, and every
    indication."""
    people = [person_of(facts, text, services, origin=origin) for origin, text in texts]
    found, *others = people or [person_of(facts, "", services)]
    for one in others:
        told = {
            f.name: getattr(one, f.name)
            for f in fields(Person)
            if f.name not in ("indications", "exposures") and getattr(found, f.name) == f.default
        }
        found = replace(
            found,
            **told,
            indications=found.indications | one.indications,
            exposures={**one.exposures, **found.exposures},
        )
    return found


def _age(years: float | None, text: str, reader: TextReader) -> tuple[bool | None, bool, str]:
    """Whether the patient is a child, a small one, and in words how old."""
    if years is not None:
        return years < CHILD_BELOW, False, f"the patient is {_years(years)} old"
    said = [
        m
        for m in judged(text, _people().find(text), reader)
        if m.id != "neither" and m.experiencer == "patient" and m.certainty == "certain" and not m.negated
    ]
    kinds = {m.id == "adult" for m in said if m.temporality == "current"}
    if len(kinds) != 1:
        return None, False, ""
    adult = kinds == {True}
    small = any(m.id == "small" for m in said)
    return not adult, small, f"the patient is {'an adult' if adult else 'a child'} (“{said[0].text}”)"


def _years(years: float) -> str:
    if years >= 2 or years == 1:
        return f"{years:g} {'year' if years == 1 else 'years'}" if years == int(years) else f"{years:.1f} years"
    months = round(years * 12)
    return f"{months} months" if months != 1 else "1 month"


def _weight(text: str, reader: TextReader) -> tuple[float | None, float | None, float | None]:
    """The weight in kg, or what it is above and below; of several that differ none is taken."""
    words = data("people_words.toml")["weight"]
    exact: set[float] = set()
    over: set[float] = set()
    under: set[float] = set()
    found = {one.start(): one for one in _weights(text, words)}
    for m in judged(text, (Found(one.start(), one.end(), "weight") for one in found.values()), reader):
        if m.experiencer != "patient" or m.certainty != "certain" or m.negated:
            continue
        one = found[m.start]
        kg = round(float(one["number"].replace(",", ".")) * (_KG_OF_LB if one["lb"] else 1), 1)
        before = _before(text, m.start)
        (over if _ends(before, words["over"]) else under if _ends(before, words["under"]) else exact).add(kg)
    if len(exact) > 1 or (exact and (over or under)) or len(over) > 1 or len(under) > 1:
        return None, None, None
    return next(iter(exact), None), next(iter(over), None), next(iter(under), None)


def _weights(text: str, words: Mapping[str, list[str]]) -> Iterator[re.Match[str]]:
    for one in _WEIGHT.finditer(text):
        before, after = _before(text, one.start()), text[one.end() : one.end() + _NEAR].lower().lstrip()
        if _ends(before, words["before"]) or _TWO_WEIGHTS.search(before) or after.startswith(tuple(words["after"])):
            continue
        yield one


def _before(text: str, at: int) -> str:
    return text[max(0, at - _NEAR) : at].lower().rstrip(" :(")


def _ends(before: str, words: list[str]) -> bool:
    return any(before.endswith(w) and (not w[0].isalpha() or not before[: -len(w)][-1:].isalnum()) for w in words)


def _lactating(text: str, reader: TextReader) -> bool | None:
    said = [
        m for m in judged(text, _lactation().find(text), reader) if m.experiencer == "patient" and m.certainty == "certain"
    ]
    answers = {not m.negated for m in said if m.temporality == "current"}
    return answers.pop() if len(answers) == 1 else None


@cache
def _people() -> Phrases:
    words = data("people_words.toml")
    small = set(words["child"]["small"])
    tagged = [(p, "small" if p in small else "child") for p in words["child"]["phrases"]]
    tagged += [(p, "adult") for p in words["adult"]["phrases"]]
    return Phrases([*tagged, *((p, "neither") for p in words["neither"]["phrases"])])


@cache
def _lactation() -> Phrases:
    return Phrases((p, "lactating") for p in data("people_words.toml")["lactating"]["phrases"])
